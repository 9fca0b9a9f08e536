"""Read-only connections to any database, one door for all who ask for rows."""
