"""SQL of facts: writing it as a syntax tree, quoting names, and finding what it refers to."""
