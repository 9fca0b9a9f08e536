"""Questions in the layout that `mome pretrain --data` reads, and examples and batches of them.

All questions of Spider's splits are about one small shop.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from mome.pretrain.batches import Batches
from mome.pretrain.command import read_database
from mome.pretrain.corpus import spider_examples
from mome.pretrain.examples import Example

SHOP = """
CREATE TABLE shop (shop_id INTEGER PRIMARY KEY, city TEXT NOT NULL);
CREATE TABLE staff (
    staff_id INTEGER PRIMARY KEY,
    name TEXT,
    age INTEGER,
    shop_id INTEGER REFERENCES shop(shop_id)
);
INSERT INTO shop VALUES (1, 'Basel'), (2, 'Bern');
INSERT INTO staff VALUES (1, 'Ada', 41, 1), (2, 'Ben', 28, 1), (3, 'Cleo', 33, 2);
"""
QUESTIONS = [
    ("How many shops are there?", "SELECT count(*) FROM shop"),
    ("Who is older than 30?", "SELECT name FROM staff WHERE age > 30"),
    (
        "Who works in Basel?",
        "SELECT T1.name FROM staff AS T1 JOIN shop AS T2 ON T1.shop_id = T2.shop_id "
        "WHERE T2.city = 'Basel'",
    ),
    (
        "How many people work in each city?",
        "SELECT city, count(*) FROM staff JOIN shop ON staff.shop_id = shop.shop_id GROUP BY city",
    ),
]
NO_FORM = ("Who is as old as whom?", "SELECT name FROM staff WHERE (")
"""A question whose SQL cannot be parsed."""
BIRD = {
    "db": "races",
    "question": "Who won in Monza?",
    "sql": "SELECT T1.surname FROM driver AS T1 "
    "INNER JOIN race AS T2 ON T1.driver_id = T2.winner_id "
    "WHERE T2.place = 'Monza' AND T2.laps > 50",
    "evidence": "won refers to winner_id",
    "split": "train",
}
RACES = {
    "driver": {"driver_id": "", "surname": "family name"},
    "race": {"winner_id": "", "place": "", "laps": "", "race date": ""},
}
WIKISQL = {
    "id": "w1",
    "table": "t1",
    "columns": ["notes", "state"],
    "question": "What are the notes for Bern?",
    "sql": 'SELECT MAX "notes" FROM data WHERE "state" = \'Bern\'',
}
SEDE = {
    "db": "site",
    "question": "Users who wrote posts",
    "sql": "SELECT u.Name FROM Users AS u JOIN Posts AS p ON p.UserId = u.Id",
    "split": "train",
}
SITE = {
    "Users": {"Id": "number", "Name": "text"},
    "Posts": {"UserId": "number", "Title": "text", "Created": "time"},
}


def write_lines(path: Path, rows: list[dict]) -> None:
    """Write a JSON Lines file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder for `--data`; all tests share it and do not change it."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "spider/db").mkdir(parents=True)
    connection = sqlite3.connect(folder / "spider/db/shop.sqlite")
    connection.executescript(SHOP)
    connection.close()
    shutil.copy(folder / "spider/db/shop.sqlite", folder / "spider/db/inn_1.sqlite")
    rows = [
        {"db": "shop", "question": question, "sql": sql, "split": "train"}
        for question, sql in (*QUESTIONS, NO_FORM)
    ]
    reworded = {
        "db": "shop",
        "question": "Count the stores",
        "sql": "SELECT count(*) FROM shop",
        "split": "train_syn",
    }
    held_out = {
        "db": "shop",
        "question": "List the cities",
        "sql": "SELECT city FROM shop",
        "split": "dev",
    }
    kept = {**rows[0], "db": "inn_1"}
    write_lines(folder / "spider/questions.jsonl", [*rows, reworded, held_out, kept])
    second = {**BIRD, "question": "Who took the flag in Monza?"}
    write_lines(folder / "bird_train/questions.jsonl", [BIRD, second])
    (folder / "bird_train/schemas.json").write_text(json.dumps({"races": RACES}))
    wikisql = [{**WIKISQL, "split": "train"}, {**WIKISQL, "id": "w2", "split": "dev"}]
    write_lines(folder / "wikisql/questions.jsonl", wikisql)
    titled = {**SEDE, "question": "Who wrote 'x'?", "sql": f"{SEDE['sql']} WHERE p.Title = 'x'"}
    unwritten = {**SEDE, "question": "Pivot", "sql": None}
    write_lines(folder / "sede/questions.jsonl", [SEDE, titled, unwritten])
    (folder / "sede/schemas.json").write_text(json.dumps({"site": SITE}))
    return folder


@pytest.fixture(scope="session")
def examples(data: Path) -> list[Example]:
    """Return Spider's training questions, about a shop without variants."""
    return spider_examples(data, ["train"], read_database)


@pytest.fixture(scope="session")
def by_question(examples: list[Example]) -> dict[str, Example]:
    """Return the same examples by their questions."""
    return {example.question: example for example in examples}


@pytest.fixture(scope="session")
def batches(examples: list[Example], bundled_folder: Path) -> Batches:
    """Return batches of two rows for a tiny model."""
    return Batches(examples, bundled_folder, batch=2)
