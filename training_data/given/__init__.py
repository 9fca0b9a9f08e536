"""What users give: verified pairs, glossaries and their expressions, read and made into facts."""
