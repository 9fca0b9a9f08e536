"""BIRD's questions as examples: keys, types and values are guessed from its queries."""

from __future__ import annotations

import random
from pathlib import Path

from mome.pretrain.bird import bird_examples


def test_keys_types_and_values_come_from_the_queries(data: Path) -> None:
    examples = bird_examples(data, random.Random(0))
    catalog = examples[0].linker.catalog
    (key,) = catalog.table("driver").foreign_keys
    assert (key.columns, key.ref_table, key.ref_columns) == (("driver_id",), "race", ("winner_id",))
    families = {column.name: column.family for column in catalog.table("race").columns}
    assert families == {
        "winner_id": "integer",
        "place": "text",
        "laps": "integer",
        "race date": "date",
    }
    assert examples[0].linker.slice("who won in monza").words != ()


def test_questions_keep_their_hint_half_of_the_time(data: Path) -> None:
    questions = {
        example.question
        for seed in range(8)
        for example in bird_examples(data, random.Random(seed))
    }
    assert questions >= {"Who won in Monza?", "Who won in Monza? won refers to winner_id"}
