from __future__ import annotations

import pytest

from app.naming import named_sql


@pytest.mark.parametrize(
    ("sql", "names", "named"),
    [
        (
            "SELECT channel, COUNT(*) FROM orders GROUP BY channel",
            ("channel", "number of orders"),
            'SELECT channel, COUNT(*) AS "number of orders" FROM orders GROUP BY channel',
        ),
        ("SELECT COUNT(*) AS n FROM orders", ("n",), None),
        ("SELECT * FROM orders", ("a", "b"), None),
        ("SELECT 1 UNION SELECT 2", ("n",), None),
        ("SELECT MAX(price) FROM book ORDER BY price", ("price",), None),
        ("SELECT", ("n",), None),
    ],
)
def test_what_is_computed_is_named(sql: str, names: tuple[str, ...], named: str | None) -> None:
    assert named_sql(sql, names, "sqlite") == (named or sql)


def test_a_name_with_a_quote_stays_a_name() -> None:
    assert named_sql("SELECT 1 + 1", ('a" FROM x --',), "sqlite") == (
        'SELECT 1 + 1 AS "a"" FROM x --"'
    )
