"""Names in a question that nothing stored is called."""

from __future__ import annotations

import pytest

from mome.answering.strange_names import strange_names
from mome.sql_tree import parsed

ALL = "SELECT wage FROM staff"


@pytest.mark.parametrize(
    ("question", "sql", "names"),
    [
        ("wage of Ada Moreau in the shop", ALL, ["Ada Moreau"]),
        ("Does the boss Ada Moreau ever work with Jan Berg?", ALL, ["Ada Moreau", "Jan Berg"]),
        # The database may write it so.
        ("wage of those in the United Kingdom", "SELECT wage FROM staff WHERE land = 'UK'", []),
        # One word alone, a title, a known name, the first word.
        ("wage of all those in Moreau", ALL, []),
        ("Wage Of Ada Moreau", ALL, []),
        ("wage of those from New York now", ALL, []),
        ("Ada and all those who work here", ALL, []),
        ("wage of those who came in May 2024", ALL, []),
    ],
)
def test_a_name_without_a_part_in_the_query_is_strange(
    question: str, sql: str, names: list[str]
) -> None:
    tree = parsed(sql, "sqlite")
    assert tree is not None
    unknown = ["Ada", "Moreau", "Jan", "Berg", "United", "Kingdom", "May"]
    assert strange_names(question, tree, unknown) == names
