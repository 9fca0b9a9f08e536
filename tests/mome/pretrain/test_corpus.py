"""Spider's splits and WikiSQL as examples; SQL that has no form is left out."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

from mome.backbones.bundled.pointer_form import PointerForm
from mome.pretrain.command import read_database
from mome.pretrain.corpus import (
    KEPT,
    business_examples,
    kept_examples,
    sampled_examples,
    self_join_examples,
    spider_examples,
    wikisql_examples,
)
from mome.pretrain.examples import Example


def test_a_split_gives_its_own_questions_that_have_a_form(
    data: Path, by_question: dict[str, Example]
) -> None:
    assert len(by_question) == 4
    assert "Who is as old as whom?" not in by_question
    (reworded,) = spider_examples(data, ["train_syn"], read_database, "syn")
    assert reworded.question == "Count the stores"


def test_databases_that_are_kept_give_no_example(data: Path, tmp_path: Path) -> None:
    assert len(KEPT) == 15
    questions = (data / "spider/questions.jsonl").read_text("utf-8")
    folder = tmp_path / "spider"
    folder.mkdir()
    (folder / "questions.jsonl").write_text(questions.replace('"shop"', '"store_1"'))
    assert spider_examples(tmp_path, ["train", "train_syn"], read_database) == []
    assert sampled_examples(tmp_path, read_database, lambda path: [("Who?", "SELECT 1")]) == []


def test_what_is_kept_can_be_measured_on(data: Path) -> None:
    (example,) = kept_examples(data, read_database)
    assert example.question == "How many shops are there?"


def test_sampled_questions_are_examples_of_their_database(data: Path) -> None:
    def sample(path: Path) -> list[tuple[str, str]]:
        return [(f"Who works in the {path.stem}?", "SELECT name FROM staff")]

    (example,) = sampled_examples(data, read_database, sample)
    assert (example.source, example.question) == ("forms", "Who works in the shop?")
    assert example.names == ("staff.name",)


def test_self_joins_are_examples_of_the_copy(data: Path) -> None:
    def sample(path: Path, folder: Path) -> tuple[Path, list[tuple[str, str]]]:
        copy = folder / "shop_boss_id.sqlite"
        copy.write_bytes(path.read_bytes())
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute(
                "ALTER TABLE staff ADD COLUMN boss_id INTEGER REFERENCES staff (staff_id)"
            )
        sql = "SELECT e.name, b.name FROM staff AS e JOIN staff AS b ON e.boss_id = b.staff_id"
        return copy, [("Who is the boss of each employee?", sql)]

    (example,) = self_join_examples(data, read_database, sample)
    assert example.source == "forms"
    assert "staff.boss_id" in example.names
    assert self_join_examples(data, read_database, lambda path, folder: None) == []


def test_business_questions_are_examples_of_databases_that_are_gone_afterwards(data: Path) -> None:
    written: list[Path] = []

    def sample(number: int, folder: Path) -> tuple[Path, list[tuple[str, str]]]:
        path = folder / f"business_{number}.sqlite"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE bill (id INTEGER PRIMARY KEY, amount REAL)")
        written.append(path)
        return path, [("Amount billed", "SELECT SUM(amount) FROM bill")]

    (example,) = business_examples(data, read_database, sample)
    assert (example.source, example.names) == ("business", ("bill.amount",))
    assert not any(path.exists() for path in written)


def test_wikisql_is_read_from_its_train_split_and_aggregates_get_parentheses(data: Path) -> None:
    (example,) = wikisql_examples(data, 10, random.Random(0))
    drawn = example.draw(None)
    form = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph)
    sql = form.decode(" ".join(token for _, token in drawn.tokens))
    assert sql == "SELECT MAX(notes) FROM data WHERE state = 'Bern'"
