"""Introspection: read a database of any supported engine, strictly read-only, into a catalog.

`introspect(resolve_url("postgresql://user@host/shop")).write("catalog.json")` is the whole path.
`training_data` (facts), the tuning half of `mome` and `app` use this package; it imports none of
them.
"""

from schemas.catalog import Catalog, Column, ForeignKey, Problem, Table
from schemas.contents.values import ColumnValues, collect_values, write_values
from schemas.diff import CatalogDiff, Change, diff
from schemas.errors import (
    BadUrl,
    BrokenCatalog,
    EmptyDatabase,
    LoginFailed,
    NoSuchDatabase,
    NotADatabase,
    QueryFailed,
    QueryTimedOut,
    SchemaError,
    Unreachable,
    UnsupportedDatabase,
)
from schemas.exclude import is_excluded
from schemas.introspection import introspect
from schemas.limits import Limits, Progress
from schemas.readers.base import Reader
from schemas.readers.files import open_files, select_file, view_names
from schemas.readers.opening import open_reader
from schemas.source import Source, public_url, resolve_url

__all__ = [
    "BadUrl",
    "BrokenCatalog",
    "Catalog",
    "CatalogDiff",
    "Change",
    "Column",
    "ColumnValues",
    "EmptyDatabase",
    "ForeignKey",
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
    "Table",
    "Unreachable",
    "UnsupportedDatabase",
    "collect_values",
    "diff",
    "introspect",
    "is_excluded",
    "open_files",
    "open_reader",
    "public_url",
    "resolve_url",
    "select_file",
    "view_names",
    "write_values",
]
