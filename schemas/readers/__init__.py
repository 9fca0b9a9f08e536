"""Read-only connections to databases of every supported engine."""
