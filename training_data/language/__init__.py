"""How people speak of tables and columns: words, roles, subjects, paths between tables."""
