"""What people give: verified pairs, glossaries and expressions, read from files and made into facts."""
