"""Augmented examples: in other orders of tables and over variants the form means the same."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from mome.backbones.bundled.pointer_form import PointerForm
from mome.pretrain.command import read_database
from mome.pretrain.corpus import spider_examples
from mome.pretrain.examples import Drawn, Example, add_variants
from mome.pretrain.variants import Synonyms

QUESTION = "Who works in Basel?"


def sql_of(drawn: Drawn) -> str:
    """Return the SQL to which the tokens of a drawn example decode."""
    form = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph)
    return form.decode(" ".join(token for _, token in drawn.tokens))


def test_an_example_has_the_names_that_its_sql_needs(by_question: dict[str, Example]) -> None:
    assert set(by_question[QUESTION].names) == {"staff.name", "shop.city"}
    assert by_question["How many shops are there?"].names == ("shop",)


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_the_form_points_at_the_same_names_in_any_order_of_tables(
    by_question: dict[str, Example], seed: int | None
) -> None:
    rng = None if seed is None else random.Random(seed)
    sql = sql_of(by_question[QUESTION].draw(rng))
    # Augmentation may have swapped the city.
    assert sql.replace("Bern", "Basel") == (
        "SELECT staff.name FROM staff JOIN shop ON staff.shop_id = shop.shop_id "
        "WHERE shop.city = 'Basel'"
    )


def test_over_a_variant_the_form_means_the_same(data: Path) -> None:
    examples = spider_examples(data, ["train"], read_database)
    add_variants(examples, Synonyms(data), random.Random(0))
    example = next(example for example in examples if example.question == QUESTION)
    draws = [example.draw(random.Random(seed)) for seed in range(40)]
    assert len({drawn.linker for drawn in draws}) == 4
    for drawn in draws:
        sql = sql_of(drawn)
        assert sql.startswith("SELECT ")
        assert " JOIN " in sql
        for name in drawn.names:
            assert name.rpartition(".")[2] in sql


def test_shuffling_moves_tables(by_question: dict[str, Example]) -> None:
    draws = [by_question[QUESTION].draw(random.Random(seed)) for seed in range(12)]
    assert {drawn.slice_.tables[0].table.name for drawn in draws} == {"shop", "staff"}
