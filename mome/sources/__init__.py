"""What `schemas` and `mome.execution` share: how DuckDB is opened, how csv and parquet files are
read, and which options a database URL may have.

It needs no other part of `mome`, so that introspection can use it alone.
"""
