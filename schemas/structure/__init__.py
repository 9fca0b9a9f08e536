"""The structure of a database: tables, columns and keys, without any rows."""
