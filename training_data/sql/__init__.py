"""SQL as facts need it: written, quoted, and looked through for what it refers to."""
