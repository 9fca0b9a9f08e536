"""Read a database's structure with the reader of its engine."""

from __future__ import annotations

from schemas.readers.base import Reader
from schemas.structure.base import Structure, tidied


def read_structure(reader: Reader) -> Structure:
    """Names, types, keys, comments and allowed values of everything that the connection may see."""
    if reader.engine == "duckdb":
        from schemas.structure.duckdb_structure import read
    else:
        from schemas.structure.sqlalchemy_structure import read
    return tidied(read(reader))
