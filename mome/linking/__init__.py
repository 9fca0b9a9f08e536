"""Schema linking: which tables, columns and stored values a question names, and the bounded slice
of the catalog that a model reads.
"""
