"""The server shortens long values, and leaves all others as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mome.execution.address import read_address
from mome.execution.bounds import VALUE
from mome.execution.postgresql import PostgresqlEngine, PostgresqlSession


@pytest.fixture
def session(postgres_url: str) -> Iterator[PostgresqlSession]:
    session = PostgresqlEngine(read_address(postgres_url)).connect()
    yield session
    session.close()


@pytest.mark.parametrize(
    ("expression", "beginning", "mark"),
    [
        ("repeat('ä', 1048577)", "ää", "… [cut: 1,048,576 of 1,048,577 characters]"),
        (
            "decode(repeat('ff', 1048577), 'hex')",
            "ffff",
            "… [cut: 524,288 of 1,048,577 bytes]",
        ),
        (
            "to_json(repeat('x', 300000))",
            '"xxx',
            "… [cut: 262,144 of 300,002 characters]",
        ),
        (
            "ARRAY(SELECT generate_series(1, 100000))",
            "{1,2,3,",
            "… [cut: 262,144 of 588,896 characters]",
        ),
    ],
)
def test_a_long_value_is_cut_and_says_so(
    session: PostgresqlSession, expression: str, beginning: str, mark: str
) -> None:
    fetched = session.run(f"SELECT 1 AS x, {expression} AS x, NULL::text AS y", 60.0, 10)
    ((number, cut, nothing),) = fetched.rows
    assert (fetched.columns, number, nothing) == (("x", "x", "y"), 1, None)
    assert type(cut) is str and cut.startswith(beginning) and cut.endswith(mark)
    assert fetched.cut == (0,)


def test_values_within_the_bounds_stay(session: PostgresqlSession) -> None:
    sql = (
        f"SELECT repeat('x', {VALUE}), 'a  '::char(5), decode('00ff', 'hex'), ARRAY[1, NULL], "
        "'{\"a\": [1]}'::json, '[1]'::jsonb, ROW(1, 'b')::text, NULL::json, '<a/>'::xml, "
        "int4range(1, 3), 'x'::\"char\", '1 2'::tsvector, '10.0.0.1/8'::inet, B'101', 12.50"
    )
    fetched = session.run(sql, 60.0, 10)
    assert fetched.cut == ()
    values = ["a    ", b"\x00\xff", [1, None], {"a": [1]}, [1], "(1,b)", None, "<a/>"]
    assert list(fetched.rows[0][:9]) == ["x" * VALUE, *values]
    assert list(map(str, fetched.rows[0][9:])) == [
        *("[1,3)", "x", "'1' '2'", "10.0.0.1/8", "101", "12.50")
    ]


@pytest.mark.parametrize("expression", ["pg_sleep(0)", "ROW(1, 'a')", "NULL", "'a'", "oid '1'"])
def test_odd_types(session: PostgresqlSession, expression: str) -> None:
    assert len(session.run(f"SELECT {expression}, 'b'::text", 60.0, 10).rows) == 1


def test_order_and_laziness_stay(session: PostgresqlSession) -> None:
    sql = "SELECT 'a' || x FROM generate_series(1, 100000) AS g(x) ORDER BY x DESC"
    assert session.run(sql, 60.0, 2).rows == [("a100000",), ("a99999",)]
    endless = "WITH RECURSIVE n(x) AS (SELECT 'a' UNION ALL SELECT x FROM n) SELECT x FROM n"
    assert session.run(endless, 60.0, 3).rows == [("a",)] * 3


def test_a_row_too_large_for_memory_arrives_short(session: PostgresqlSession) -> None:
    cells = ", ".join(["repeat(repeat('x', 10000), 300)"] * 50)
    fetched = session.run(f"SELECT {cells}", 120.0, 10)
    assert len(fetched.cut) == 50
    assert all(len(value) < 1.1 * VALUE for value in fetched.rows[0])
