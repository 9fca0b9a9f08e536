"""Spider's splits and WikiSQL as examples; SQL that has no pointer form is left out."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mome.backbones.bundled.pointer_form import PointerForm
from mome.pretrain.command import read_database
from mome.pretrain.corpus import (
    Example,
    add_variants,
    bird_examples,
    spider_examples,
    wikisql_examples,
)
from mome.pretrain.variants import Synonyms


@pytest.fixture(scope="module")
def shop(data: Path) -> dict[str, Example]:
    """Spider's training questions."""
    return {
        example.question: example for example in spider_examples(data, ["train"], read_database)
    }


def test_a_split_holds_its_own_questions_that_have_a_form(
    data: Path, shop: dict[str, Example]
) -> None:
    assert len(shop) == 4 and "Who is as old as whom?" not in shop
    assert [
        example.question for example in spider_examples(data, ["train_syn"], read_database, "syn")
    ] == ["Count the stores"]


def test_an_example_knows_what_its_sql_needs(shop: dict[str, Example]) -> None:
    assert set(shop["Who works in Basel?"].names) == {"staff.name", "shop.city"}
    assert shop["How many shops are there?"].names == ("shop",)


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_the_form_points_at_the_same_names_in_any_order_of_tables(
    shop: dict[str, Example], seed: int | None
) -> None:
    example = shop["Who works in Basel?"]
    drawn = example.draw(None if seed is None else random.Random(seed))
    sql = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph).decode(
        " ".join(token for _, token in drawn.tokens)
    )
    sql = sql.replace("Bern", "Basel")
    assert (
        sql
        == "SELECT staff.name FROM staff JOIN shop ON staff.shop_id = shop.shop_id WHERE shop.city = 'Basel'"
    )


def test_over_a_variant_the_form_means_the_same(data: Path) -> None:
    examples = spider_examples(data, ["train"], read_database)
    add_variants(examples, Synonyms(data), random.Random(0))
    example = next(e for e in examples if e.question == "Who works in Basel?")
    drawn = [example.draw(random.Random(seed)) for seed in range(40)]
    assert len({d.linker for d in drawn}) == 4
    for d in drawn:
        sql = PointerForm(d.linker.catalog, d.slice_, d.linker.graph).decode(
            " ".join(token for _, token in d.tokens)
        )
        assert (
            sql.startswith("SELECT ")
            and " JOIN " in sql
            and all(name.rpartition(".")[2] in sql for name in d.names)
        )


def test_shuffling_moves_tables(shop: dict[str, Example]) -> None:
    drawn = {
        shop["Who works in Basel?"].draw(random.Random(seed)).slice_.tables[0].table.name
        for seed in range(12)
    }
    assert drawn == {"shop", "staff"}


def test_bird_gets_keys_types_and_values_from_its_queries(data: Path) -> None:
    examples = bird_examples(data, random.Random(0))
    catalog = examples[0].linker.catalog
    assert [
        (key.columns, key.ref_table, key.ref_columns)
        for key in catalog.table("driver").foreign_keys
    ] == [(("driver_id",), "race", ("winner_id",))]
    families = {column.name: column.family for column in catalog.table("race").columns}
    assert families == {
        "winner_id": "integer",
        "place": "text",
        "laps": "integer",
        "race date": "date",
    }
    assert examples[0].linker.slice("who won in monza").words != ()


def test_bird_questions_keep_their_hint_half_of_the_time(data: Path) -> None:
    asked = {
        example.question
        for seed in range(8)
        for example in bird_examples(data, random.Random(seed))
    }
    assert asked >= {"Who won in Monza?", "Who won in Monza? won refers to winner_id"}


def test_wikisql_is_read_from_its_train_split_with_its_odd_aggregates_mended(data: Path) -> None:
    (example,) = wikisql_examples(data, 10, random.Random(0))
    drawn = example.draw(None)
    sql = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph).decode(
        " ".join(token for _, token in drawn.tokens)
    )
    assert sql == "SELECT MAX(notes) FROM data WHERE state = 'Bern'"
