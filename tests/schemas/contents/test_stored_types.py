"""Families of SQLite's columns from their stored values."""

from __future__ import annotations

from collections.abc import Callable

from schemas import introspect, resolve_url

SCRIPT = """
CREATE TABLE t(i, r, mixed, text, none_, other, blob, odd XYZ);
INSERT INTO t VALUES
    (1, 1.5, 1, 'a', NULL, 1, x'00', 3),
    (2, 2.5, 1.5, NULL, NULL, 'a', x'01', NULL);
CREATE VIEW v AS SELECT count(*) AS n, upper(text) AS name FROM t GROUP BY text;
"""


def test_untyped_columns_get_their_family_from_their_values(make_sqlite: Callable) -> None:
    catalog = introspect(resolve_url(make_sqlite(SCRIPT)))
    families = {f"{table.key}.{column.name}": column.family for table, column in catalog.columns()}
    assert families == {
        "t.i": "integer",
        "t.r": "number",
        "t.mixed": "number",
        "t.text": "text",
        "t.none_": "other",
        "t.other": "other",
        "t.blob": "binary",
        "t.odd": "integer",
        "v.n": "integer",
        "v.name": "text",
    }
    assert catalog.table("v").column("name").values == ("A",)
