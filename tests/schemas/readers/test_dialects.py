"""Quoted names and casts in each dialect."""

from __future__ import annotations

from schemas import FullTable
from schemas.readers.dialects import DIALECTS


def test_names_are_quoted_whatever_they_hold() -> None:
    assert DIALECTS["postgresql"].quote('a"b') == '"a""b"'
    assert DIALECTS["mariadb"].quote("a`b") == "`a``b`"
    assert DIALECTS["duckdb"].table(FullTable("my schema", "t", "table", ())) == '"my schema"."t"'
    assert DIALECTS["sqlite"].table(FullTable(None, "t", "table", ())) == '"t"'


def test_only_sqlite_gives_values_with_their_own_type() -> None:
    uncast = [name for name, dialect in DIALECTS.items() if dialect.as_text("v") == "v"]
    assert uncast == ["sqlite"]
