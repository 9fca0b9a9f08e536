"""The sample bookshop of `make demo` and the tests: a database, verified pairs and a glossary."""
