"""Codes are known by a glossary, by verified questions, and by tables that name them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mome.answering.code_words import CodeWords
from mome.answering.live_checks import LiveChecks
from mome.answering.named_codes import NamedCodes
from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog, Table
from mome.execution import Executor, open_executor
from mome.linking.slice import Linker
from mome.linking.values import ValueIndex

SCHEMA = """
CREATE TABLE land (code TEXT PRIMARY KEY, name TEXT, capital TEXT);
CREATE TABLE parcel (id INTEGER PRIMARY KEY, state TEXT, land_code TEXT REFERENCES land);
INSERT INTO land VALUES ('DE', 'Germany', 'Berlin'), ('FR', 'France', 'Paris'),
  ('GE', 'Georgia', 'Tbilisi'), ('GA', 'Georgia', 'Atlanta');
"""
LAND, STATE = ("parcel", "land_code"), ("parcel", "state")


@pytest.fixture
def executor(tmp_path: Path) -> Iterator[Executor]:
    connection = sqlite3.connect(tmp_path / "parcels.sqlite")
    connection.executescript(SCHEMA)
    connection.close()
    with open_executor(tmp_path / "parcels.sqlite") as executor:
        yield executor


@pytest.fixture
def words(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table], executor: Executor
) -> Callable[..., CodeWords]:
    """`words(fact, ..., offline=False)`; a fact is its kind, wording and SQL."""

    def words(*facts: tuple[str, str, str], offline: bool = False) -> CodeWords:
        catalog = make_catalog(
            make_table("land", "code text!, name text, capital text"),
            make_table(
                "parcel", "id integer!, state text, land_code text", {"land_code": "land.code"}
            ),
        )
        values = ValueIndex(
            [
                ("land", "code", ["DE", "FR", "GA", "GE"], True),
                ("land", "name", ["France", "Georgia", "Germany"], True),
                ("land", "capital", ["Atlanta", "Berlin", "Paris", "Tbilisi"], True),
            ]
        )
        made = [
            MemoryFact(str(i), kind, (wording,), sql)
            for i, (kind, wording, sql) in enumerate(facts)
        ]
        live = LiveChecks(catalog, None if offline else executor)
        named = NamedCodes(made, catalog, values, Linker(catalog, []).known)
        return CodeWords(named, catalog, values, live)

    return words


LOST = ("glossary", "lost parcels", "SELECT * FROM parcel WHERE parcel.state = 'L'")
LATE = ("verified", "How many parcels are late?", "SELECT COUNT(*) FROM parcel WHERE state = 'D'")


def test_glossary_and_verified_questions_name_codes(words: Callable[..., CodeWords]) -> None:
    known = words(LOST, LATE)
    assert (known.code(STATE, "lost"), known.code(STATE, "LATE")) == ("L", "D")
    assert known.code(STATE, "early") is None
    assert known.code(LAND, "lost") is None


@pytest.mark.parametrize(
    "fact",
    [
        # Which of two words says it, and which of two codes is said, is not known.
        ("verified", "How many parcels came back broken?", LATE[2]),
        ("verified", "How many parcels are late?", LATE[2] + " AND land_code = 'DE'"),
        ("verified", "How many parcels are D?", LATE[2]),
        ("verified", "How many parcels are punctual?", LATE[2].replace("=", "<>")),
        ("rows where", "How many parcels are late?", LATE[2]),
    ],
)
def test_a_question_that_says_more_names_no_code(
    words: Callable[..., CodeWords], fact: tuple[str, str, str]
) -> None:
    known = words(fact)
    assert [known.code(STATE, word) for word in ("late", "back", "broken", "D", "punctual")] == [
        None
    ] * 5


def test_a_name_of_two_codes_is_none(words: Callable[..., CodeWords]) -> None:
    other = ("verified", "Which parcels are late?", "SELECT id FROM parcel WHERE state = 'X'")
    assert words(LATE, other).code(STATE, "late") is None


def test_the_database_tells_codes_beside_their_names(words: Callable[..., CodeWords]) -> None:
    known = words()
    assert known.code(LAND, "germany") == "DE"
    assert known.code(LAND, "Paris") == "FR"
    assert known.code(("land", "code"), "France") == "FR"
    # Two codes, no such name, and a column that refers to no other.
    assert [known.code(LAND, "Georgia"), known.code(LAND, "Spain")] == [None, None]
    assert known.code(STATE, "France") is None


def test_without_the_database_only_facts_name_codes(words: Callable[..., CodeWords]) -> None:
    known = words(LOST, offline=True)
    assert (known.code(STATE, "lost"), known.code(LAND, "Germany")) == ("L", None)
