"""The value index."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from schemas import ColumnValues, collect_values, introspect, resolve_url, write_values

SCRIPT = """
CREATE TABLE t(
    id INTEGER PRIMARY KEY, country TEXT, town TEXT, prose TEXT, email TEXT, none_ TEXT, empty_ TEXT
);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
INSERT INTO t
SELECT i, CASE i % 2 WHEN 0 THEN 'France' ELSE 'Österreich' END, 'town ' || i,
       printf('%090d', i), 'a' || i || '@b.c', NULL, ''
FROM n;
CREATE VIEW v AS SELECT town FROM t WHERE id <= 2;
"""


def _values(path: Path | str, **options: object) -> dict[str, ColumnValues]:
    """Return `table.column` -> the values of that column."""
    source = resolve_url(path)
    rows = collect_values(source, introspect(source, **options))
    return {f"{row.table}.{row.column}": row for row in rows}


def test_short_text_of_every_column_that_is_not_excluded(make_sqlite: Callable) -> None:
    values = _values(make_sqlite(SCRIPT), exclude=["email"])
    assert list(values) == ["t.country", "t.town", "t.empty_", "v.town"]
    assert values["t.country"] == ColumnValues("t", "country", ("France", "Österreich"), True)
    assert (len(values["t.town"].values), values["t.town"].complete) == (200, True)
    assert values["v.town"].values == ("town 1", "town 2")


def test_of_too_many_values_the_frequent_ones_are_kept(
    make_sqlite: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("schemas.contents.values.MAX_VALUES", 3)
    path = make_sqlite(SCRIPT + "INSERT INTO t(town) VALUES ('town 77'), ('town 77'), ('town 5')")
    frequent = ("town 1", "town 5", "town 77")
    assert _values(path)["t.town"] == ColumnValues("t", "town", frequent, False)


def test_long_values_are_left_out_and_the_list_is_not_complete(make_sqlite: Callable) -> None:
    path = make_sqlite(
        "CREATE TABLE t(a TEXT);"
        "INSERT INTO t VALUES ('x'), (printf('%081d', 1)), (printf('%080d', 1))"
    )
    column = _values(path)["t.a"]
    assert ([len(value) for value in column.values], column.complete) == ([80, 1], False)


@pytest.mark.parametrize("server", ["postgres_url", "mariadb_url"])
def test_servers(server: str, request: pytest.FixtureRequest, run: Callable) -> None:
    url = request.getfixturevalue(server)
    rows = ", ".join(f"('naïve {number}', 1)" for number in range(60))
    run(url, "CREATE TABLE t(a VARCHAR(99), b INT)", f"INSERT INTO t VALUES {rows}")
    values = _values(url)
    assert list(values) == ["t.a"]
    column = values["t.a"]
    assert (len(column.values), column.complete, column.values[0]) == (60, True, "naïve 0")


def test_the_file_has_one_line_for_each_column(tmp_path: Path) -> None:
    rows = [ColumnValues("t", "a", ("é", "x"), True), ColumnValues("s.u", "b", ("y",), False)]
    assert write_values(tmp_path / "values.jsonl", rows) == 2
    lines = (tmp_path / "values.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "table": "t",
        "column": "a",
        "values": ["é", "x"],
        "complete": True,
    }
    assert json.loads(lines[1])["table"] == "s.u"


def test_progress_is_reported(make_sqlite: Callable) -> None:
    source = resolve_url(make_sqlite(SCRIPT))
    steps: list[tuple] = []
    list(collect_values(source, introspect(source), progress=lambda *step: steps.append(step)))
    assert steps == [(0, 2, "t"), (1, 2, "v"), (2, 2, "done")]
