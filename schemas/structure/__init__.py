"""Tables, columns and keys, before any row is read."""
