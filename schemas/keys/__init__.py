"""Foreign keys that are not declared, inferred from names and rows."""
