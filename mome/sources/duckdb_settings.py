"""Settings with which every DuckDB connection is opened."""

from __future__ import annotations

# A process may open a file twice only with equal settings, and introspection and execution can have
# one file open together.
FILE_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Otherwise an unknown table name would resolve to a variable of the Python program.
    "python_enable_replacements": False,
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
"""For a DuckDB file."""
MEMORY_CONFIG = {**FILE_CONFIG, "enable_external_access": True}
"""For a database in memory over csv and parquet files, which it has to read."""
