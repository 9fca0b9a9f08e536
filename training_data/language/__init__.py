"""Words for tables and columns: roles of columns, nouns of tables, and joins between tables."""
