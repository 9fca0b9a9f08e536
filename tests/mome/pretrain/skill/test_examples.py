"""Groups: questions over one schema, some of which it cannot answer."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest

from mome.errors import BackboneError
from mome.grammar.form_grammar import NONE
from mome.pretrain import batches
from mome.pretrain.command import read_database
from mome.pretrain.corpus import spider_examples, wikisql_examples
from mome.pretrain.examples import Example, add_variants
from mome.pretrain.skill.examples import SHARES, Group, GroupDrawer
from mome.pretrain.variants import Synonyms

SCHEMA = """\
shop(shop_id int, city ['Basel', 'Bern'])
staff(staff_id int, name ['Ada', 'Ben', 'Cleo'], age int, shop_id int)
keys: staff.shop_id = shop.shop_id
"""
ANSWERS = {
    "question: How many shops are there?\n": "SELECT COUNT(*) FROM shop",
    "question: Who is older than 30?\n": "SELECT staff.name WHERE staff.age > 30",
    "question: Who works in Basel?\n": ("SELECT staff.name WHERE shop.city = 'Basel'"),
    "question: How many people work in each city?\n": (
        "SELECT shop.city, COUNT(*) FROM staff GROUP BY shop.city"
    ),
}


def test_both_models_learn_from_the_same_data_sets() -> None:
    assert set(SHARES) == set(batches.SHARES)


def test_questions_as_they_are_share_the_schema_as_it_is(groups: list[Group]) -> None:
    (group,) = groups
    assert group.schema == SCHEMA
    assert {asked.text: asked.answer for asked in group.asked} == ANSWERS


def test_groups_are_the_same_for_a_seed_and_differ_between_seeds(examples: list[Example]) -> None:
    drawer = GroupDrawer(examples)
    first, again, other = (list(islice(drawer.groups(seed), 6)) for seed in (0, 0, 1))
    assert first == again != other


def test_a_group_is_about_one_database(data: Path, examples: list[Example]) -> None:
    others = wikisql_examples(data, 10, random.Random(0))
    drawn = list(islice(GroupDrawer([*examples, *others]).groups(0), 40))
    schemas = {tuple(sorted(group.schema.splitlines())) for group in drawn}
    assert ("data(notes int, state)",) in schemas or ("data(notes number, state)",) in schemas
    assert all(("data(" in group.schema) != ("shop(" in group.schema) for group in drawn)


def test_over_a_variant_all_names_of_the_answers_are_in_the_schema(data: Path) -> None:
    examples = spider_examples(data, ["train"], read_database)
    # A variant of eight names may have no new one.
    for seed in range(4):
        add_variants(examples, Synonyms(data), random.Random(seed))
    groups = list(islice(GroupDrawer(examples).groups(0), 30))
    # Two orders of the tables, and names of variants.
    assert len({group.schema for group in groups}) >= 4
    for group in groups:
        words = set(group.schema.replace("(", " ").replace(")", " ").replace(",", " ").split())
        for asked in group.asked:
            names = [word for word in asked.answer.replace(",", " ").split() if "." in word]
            for name in names:
                assert set(name.split(".")) <= words | {"*"}, (group.schema, asked.answer)


def test_some_questions_have_no_answer(data: Path, examples: list[Example]) -> None:
    others = wikisql_examples(data, 10, random.Random(0))
    drawn = islice(GroupDrawer([*examples, *others]).groups(0), 300)
    asked = [(group, one) for group in drawn for one in group.asked]
    unanswered = [(group, one) for group, one in asked if one.answer == NONE]
    assert 0.02 < len(unanswered) / len(asked) < 0.15
    lacking = [group for group, one in unanswered if "older than" in one.text]
    assert any("age" not in group.schema for group in lacking)
    assert all("shop_id" in group.schema for group in lacking if "shop(" in group.schema)
    strange = [group for group, one in unanswered if "notes for" in one.text]
    assert any("shop(" in group.schema for group in strange)


def test_no_examples_are_refused() -> None:
    with pytest.raises(BackboneError, match="no question to learn from"):
        next(GroupDrawer([]).groups(0))


def test_some_prompts_show_answered_questions_of_the_same_database(
    data: Path, examples: list[Example]
) -> None:
    drawer = GroupDrawer(examples)
    some = drawer.group(examples[:2], None)
    assert "question:" not in some.schema
    rng = random.Random(0)
    shown = [drawer.group(examples[:2], rng).schema for _ in range(60)]
    paired = [schema for schema in shown if "question:" in schema]
    assert 5 <= len(paired) <= 30
    asked = {example.question for example in examples[:2]}
    others = {example.question for example in examples[2:]}
    for schema in paired:
        lines = schema.splitlines()
        starts = [place for place, line in enumerate(lines) if line.startswith("question: ")]
        questions = {lines[place].removeprefix("question: ") for place in starts}
        assert 1 <= len(questions) <= 3
        assert questions <= others and not questions & asked
        assert all(lines[place + 1].startswith("SELECT") for place in starts)
