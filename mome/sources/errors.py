"""The error of a csv or parquet file that cannot be read."""


class UnreadableTableFile(Exception):
    """A file cannot be read; `str(error)` is one line that names the file and the reason."""
