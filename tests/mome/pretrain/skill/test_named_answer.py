"""Answers with names decode to the same SQL as the pointers that they replace."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mome.backbones.bundled.form_tokens import join_form
from mome.backbones.bundled.pointer_form import PointerForm
from mome.forms.forms import Forms
from mome.pretrain.command import read_database
from mome.pretrain.examples import Example, Family, encode_all
from mome.pretrain.sampling.sample import sample_questions
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.skill.named_answer import _with_whole_aliases, named_answer
from schemas import introspect, resolve_url

STORE = """
CREATE TABLE "Order Line" (id INTEGER PRIMARY KEY, "unit price" REAL, placed DATE, sender_id
  INTEGER REFERENCES person(id), receiver_id INTEGER REFERENCES person(id));
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, boss_id INTEGER REFERENCES person(id));
"""


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Family:
    """Return a database with awkward names, two keys to one table and one of a table to itself."""
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(STORE)
    return Family(read_database(path))


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        ("SELECT name FROM person", "SELECT person.name"),
        ("SELECT * FROM person", "SELECT person.*"),
        (
            'SELECT AVG("unit price") FROM "Order Line" WHERE placed >= \'2024-01-01\' '
            "AND placed < '2025-01-01'",
            'SELECT AVG("Order Line"."unit price") WHERE DURING("Order Line".placed, \'2024\')',
        ),
        (
            'SELECT s.name, r.name FROM "Order Line" AS o JOIN person AS s ON o.sender_id = s.id '
            "JOIN person AS r ON o.receiver_id = r.id",
            'SELECT "Order Line".sender_id.name, "Order Line".receiver_id.name',
        ),
        (
            "SELECT p.name, b.name FROM person AS p JOIN person AS b ON p.boss_id = b.id",
            "SELECT person.name, person.boss_id.name",
        ),
    ],
)
def test_a_form_is_written_with_names(family: Family, sql: str, answer: str) -> None:
    assert _answer(family, "What is asked?", sql) == answer


def test_a_period_is_written_as_the_question_says_it(family: Family) -> None:
    sql = "SELECT id FROM \"Order Line\" WHERE placed < '2025-01-01'"
    until = _answer(family, "Orders until 2024", sql)
    assert until == 'SELECT "Order Line".id WHERE UNTIL("Order Line".placed, \'2024\')'


def test_sql_without_a_form_is_written_as_it_is(family: Family) -> None:
    sql = "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up) SELECT n FROM up"
    assert _answer(family, "Count up", sql).startswith("SQL: WITH RECURSIVE up")


def test_sampled_questions_decode_to_the_sql_of_their_pointers(data: Path) -> None:
    path = data / "spider/db/shop.sqlite"
    scene = Scene(introspect(resolve_url(path)), path, seed=0)
    asked = sample_questions(scene, 40)
    rows = [("shop", one.question, scene.forms.decode(one.form)) for one in asked]
    scene.connection.close()
    for example in encode_all("forms", rows, lambda name: read_database(path)):
        drawn = example.draw(None)
        catalog, graph = drawn.linker.catalog, drawn.linker.graph
        sql = Forms(catalog, graph=graph).decode(named_answer(drawn))
        tokens = _with_whole_aliases(drawn.tokens)
        by_pointer = PointerForm(catalog, drawn.slice_, graph)
        assert sql == by_pointer.decode(join_form(token for _, token in tokens))


def _answer(family: Family, question: str, sql: str) -> str:
    """Return the named answer of a question."""
    rows = [("store", question, sql)]
    examples: list[Example] = encode_all("spider", rows, lambda name: family.database)
    return named_answer(examples[0].draw(None))
