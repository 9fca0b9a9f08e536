"""Read a database's structure with the module for its engine.

`schemas.introspection` and `schemas.drift` call `read_structure`.
"""

from __future__ import annotations

from schemas.readers.base import Reader
from schemas.structure.base import Structure, normalise_structure


def read_structure(reader: Reader) -> Structure:
    """Read names, types, keys, comments and allowed values of all that the connection may see."""
    if reader.engine == "duckdb":
        from schemas.structure.duckdb_structure import read
    else:
        from schemas.structure.sqlalchemy_structure import read
    return normalise_structure(read(reader))
