"""csv and parquet files as views of a DuckDB connection, as the executors open them."""

from mome.sources.views import create_views

__all__ = ["create_views"]
