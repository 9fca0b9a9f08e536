"""Tables and columns are found through aliases, subqueries and common table expressions."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlglot

from schemas import FullCatalog
from training_data.sql.referenced_objects import objects_of


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT COUNT(*) FROM singer", "singer"),
        ("SELECT NAME FROM Singer", "singer singer.name"),
        ("SELECT s.name FROM singer AS s WHERE s.country = 'Peru'",
         "singer singer.name singer.country"),
        ("SELECT name FROM singer JOIN concert ON singer.singer_id = concert.singer_id",
         "singer singer.name singer.singer_id concert concert.singer_id"),
        ("SELECT name FROM singer WHERE NOT singer_id IN (SELECT singer_id FROM concert)",
         "singer singer.name singer.singer_id concert concert.singer_id"),
        ("SELECT name FROM singer WHERE EXISTS "
         "(SELECT 1 FROM concert WHERE concert.singer_id = singer.singer_id AND tickets > 1)",
         "singer singer.name singer.singer_id concert concert.singer_id concert.tickets"),
        ("WITH big AS (SELECT singer_id AS who FROM concert) SELECT COUNT(*) FROM big",
         "concert concert.singer_id"),
        ("SELECT stars FROM press.review UNION SELECT tickets FROM concert",
         "press.review press.review.stars concert concert.tickets"),
        ("SELECT m.name FROM singer AS s JOIN singer AS m ON s.mentor_id = m.singer_id",
         "singer singer.name singer.mentor_id singer.singer_id"),
        ("SELECT \"Seat Count\" FROM venue ORDER BY \"order\"",
         "venue venue.Seat\u00a0Count venue.order"),
        ("SELECT nothing FROM nowhere", ""),
    ],
)  # fmt: skip
def test_objects(sql: str, expected: str, concerts: Callable[[str], FullCatalog]) -> None:
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    assert objects_of(tree, concerts("duckdb")) == {
        key.replace("\u00a0", " ") for key in expected.split(" ") if key
    }
