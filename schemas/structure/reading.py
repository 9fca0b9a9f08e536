"""Read a database's structure with the module for its engine.

`schemas.introspection` and `schemas.drift` call `read_structure`.
"""

from __future__ import annotations

from typing import cast

from schemas.readers.base import Reader
from schemas.structure.base import Structure, normalise_structure


def read_structure(reader: Reader) -> Structure:
    """Read names, types, keys, comments and allowed values of all that the connection may see."""
    # Imported here so that a process loads only the driver that it uses.
    if reader.engine == "duckdb":
        from schemas.readers.duckdb_reader import DuckDBReader
        from schemas.structure import duckdb_structure

        return normalise_structure(duckdb_structure.read(cast(DuckDBReader, reader)))
    from schemas.readers.sqlalchemy_reader import SQLAlchemyReader
    from schemas.structure import sqlalchemy_structure

    return normalise_structure(sqlalchemy_structure.read(cast(SQLAlchemyReader, reader)))
