"""Introspection: read a database of any supported engine, strictly read-only, into a catalog.

`introspect(resolve_url("postgresql://user@host/shop")).write("catalog.json")` is the whole path.
`training_data` (facts), the tuning half of `mome` and `app` use this package. Of all these it
imports `mome.sources` alone: how files are read and which options a URL may have.
"""

from schemas.catalog import FullCatalog, FullColumn, FullForeignKey, FullTable, Problem
from schemas.contents.values import ColumnValues, collect_values, write_values
from schemas.diff import CatalogDiff, Change, diff
from schemas.errors import (
    BadUrl,
    BrokenCatalog,
    DatabaseUnreachable,
    EmptyDatabase,
    LoginFailed,
    NoSuchDatabase,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    SchemaError,
    UnsupportedDatabase,
)
from schemas.exclude import is_excluded
from schemas.introspection import introspect
from schemas.limits import Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.opening import open_reader
from schemas.source import Source, public_url, resolve_url

__all__ = [
    "BadUrl",
    "BrokenCatalog",
    "FullCatalog",
    "CatalogDiff",
    "Change",
    "FullColumn",
    "ColumnValues",
    "EmptyDatabase",
    "FullForeignKey",
    "Limits",
    "LoginFailed",
    "NoSuchDatabase",
    "NotADatabase",
    "Problem",
    "Progress",
    "QueryFailed",
    "QueryTimedOut",
    "Reader",
    "SchemaError",
    "Source",
    "FullTable",
    "DatabaseUnreachable",
    "UnsupportedDatabase",
    "collect_values",
    "diff",
    "introspect",
    "is_excluded",
    "open_reader",
    "public_url",
    "resolve_url",
    "write_values",
]
