"""CHECK constraints as each engine spells them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.structure.checks import allowed_values, check_expressions, literals


@pytest.mark.parametrize(
    ("expression", "column", "values"),
    [
        ("k in ('x','y')", "k", ("x", "y")),
        ("`k` in ('x','y')", "k", ("x", "y")),
        ("(k IN ('x', 'y'))", "k", ("x", "y")),
        (
            "((status)::text = ANY ((ARRAY['a'::character varying, "
            "'b''c'::character varying(20)])::text[]))",
            "status",
            ("a", "b'c"),
        ),
        ("(n = ANY (ARRAY[1, '-2'::integer]))", "n", (1, "-2")),
        ("((k)::text = 'x'::text)", "k", ("x",)),
        ("(`k` in (_utf8mb4'x',_utf8mb4'y'))", "k", ("x", "y")),
        ("[my col] in (-1, 2.5)", "my col", (-1, 2.5)),
        ('"my ""col" in (\'a\')', 'my "col', ("a",)),
        ("a = 'M' or A = 'F'", "a", ("M", "F")),
        ("a is null or a in ('q')", "a", ("q",)),
        ("a in ('it''s, (ok)') or a is null", "a", ("it's, (ok)",)),
        ("VALUE = ANY (ARRAY['x'::text])", "VALUE", ("x",)),
    ],
)
def test_a_list_is_read(expression: str, column: str, values: tuple) -> None:
    found = allowed_values(expression)
    assert found is not None
    assert (found.column, found.values) == (column, values)


@pytest.mark.parametrize(
    "expression",
    [
        "a in ('x') and b > 0",
        "upper(a) in ('X')",
        "a in ('x') or b in ('y')",
        "a not in ('x')",
        "a <> 'x'",
        "a > 3",
        "a in ('x') or length(a) > 3",
        "a in (b, c)",
        "a in (1 + 2)",
        "a in (select 'x')",
        "a between 1 and 3",
        "",
    ],
)
def test_anything_else_is_no_list(expression: str) -> None:
    assert allowed_values(expression) is None


def test_check_expressions_of_a_create_statement() -> None:
    sql = (
        "CREATE TABLE t(a TEXT CHECK (a IN ('x', '(y')), "
        "b INT CONSTRAINT q CHECK(b > 0 AND (b < 3)), c TEXT DEFAULT 'check (1)')"
    )
    assert list(check_expressions(sql)) == ["a IN ('x', '(y')", "b > 0 AND (b < 3)"]


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    allowed_values(text)
    list(check_expressions(text))


@given(st.lists(st.text(st.characters(exclude_characters="\\"), min_size=1), min_size=1))
def test_every_literal_comes_back(values: list[str]) -> None:
    written = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    assert literals(f"ENUM({written})") == tuple(values)
    assert allowed_values(f"c IN ({written})").values == tuple(values)
