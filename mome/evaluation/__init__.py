"""Examine a memory: what it recalls, in which words, and what it refuses. `mome eval` calls it."""
