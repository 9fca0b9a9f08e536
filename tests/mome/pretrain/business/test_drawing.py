"""A seed gives one schema; schemas differ, hang together and name nothing twice."""

from __future__ import annotations

from mome.pretrain.business.domains import DOMAINS
from mome.pretrain.business.drawing import FEWEST_TABLES, draw_database


def test_a_seed_gives_one_schema_and_others_differ() -> None:
    assert draw_database(3) == draw_database(3)
    assert draw_database(3) != draw_database(3 + len(DOMAINS))


def test_names_are_different_and_references_lead_to_tables() -> None:
    for seed in range(2 * len(DOMAINS)):
        drawn = draw_database(seed)
        tables = [table.name for table in drawn.tables]
        assert len(set(tables)) == len(tables) >= FEWEST_TABLES
        for table in drawn.tables:
            names = [table.key.lower(), *(column.name.lower() for column in table.columns)]
            assert len(set(names)) == len(names)
            assert {column.refers for column in table.columns} - {""} <= set(tables)
