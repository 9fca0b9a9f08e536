"""A memory's folder without torch: where it lies, whose database it is of, its facts, checksums, lock and feedback."""
