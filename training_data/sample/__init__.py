"""The bookshop of `make demo`: a database, verified pairs and a glossary."""
