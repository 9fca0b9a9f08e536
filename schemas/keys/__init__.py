"""Keys that nobody declared, found by names and rows."""
