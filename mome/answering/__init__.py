"""From a question to SQL: translate it, check what was written, rank it and explain it."""
