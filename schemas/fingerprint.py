"""One number for a database's structure: a memory compares it to know whether the database moved since it was tuned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.catalog import Column, Table


def fingerprint(dialect: str, tables: Iterable[Table]) -> str:
    """SHA-256 in hex of names, types, nullability, declared keys and allowed values.

    Rows, comments and inferred keys are left out: the first two do not change what SQL is valid, the last depend on rows.
    """
    parts = [dialect, sorted(map(_table, tables), key=json.dumps)]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _table(table: Table) -> list:
    declared = [[key.columns, key.ref_table, key.ref_columns] for key in table.foreign_keys if not key.inferred]
    return [table.key, table.kind, [_column(column) for column in table.columns], table.primary_key, table.unique, declared]


def _column(column: Column) -> list:
    return [column.name, column.type, column.nullable, column.enum]
