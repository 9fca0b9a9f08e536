"""One fact comes or goes, with the shipped model on a real SQLite database: what is memorised,
written, refused and left alone.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from mome import Translator
from mome.artifacts.feedback import NotStored
from mome.artifacts.lock import TuneLock
from mome.errors import ExecutionError, MemoryError_, MomeError, NoMemory, Refused
from mome.memory import MemoryStore, recall
from mome.reporting import Reporter
from mome.tune.learn import MemoryChange, forget, learn
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database

SCHEMA = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, age INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer_id INTEGER REFERENCES singer, title TEXT,
  genre TEXT);
INSERT INTO singer VALUES (1, 'Joe Sharp', 'France', 33), (2, 'Timbaland', 'United States', 40),
  (3, 'Justin Brown', 'France', 25);
INSERT INTO song VALUES (1, 1, 'Sun', 'pop'), (2, 2, 'Rain', 'rock'), (3, 2, 'Wind', 'pop');
"""
FRENCH, SONGS = "Who comes from the hexagon?", "How many songs?"
PAIRS = {
    FRENCH: "SELECT name FROM singer WHERE country = 'France'",
    SONGS: "SELECT COUNT(*) FROM song",
}
VETERANS, VETERANS_SQL = "Who are our veterans?", "SELECT name FROM singer WHERE age > 30"
SILENT = Reporter()


@dataclass(frozen=True)
class Stage:
    """A database and its memory."""

    folder: Path

    @property
    def memory(self) -> Path:
        return self.folder / "memory"

    def tune(self, pairs: Mapping[str, str] = PAIRS) -> None:
        """The memory of the pairs, and of what people said to it."""
        verified = self.folder / "verified.jsonl"
        verified.write_text(
            "".join(
                json.dumps({"question": question, "sql": sql}) + "\n"
                for question, sql in pairs.items()
            ),
            "utf-8",
        )
        request = TuneRequest(
            str(self.folder / "music.sqlite"), self.memory, verified=(verified,), limit=0
        )
        with Preparation(request, SILENT) as preparation:
            tune_database(preparation, preparation.plan())

    def learn(self, question: str = VETERANS, sql: str = VETERANS_SQL) -> MemoryChange:
        return learn(self.memory, question, sql, SILENT)

    def forget(self, name: str) -> MemoryChange:
        return forget(self.memory, name, SILENT)

    def answers(self) -> dict[str, str]:
        """What the memory recalls when it is asked."""
        translator = Translator.load(self.memory)
        report = recall(translator.memory, translator.memory.facts, translator.prompt)
        known = zip(translator.memory.facts, report.facts, strict=True)
        return {
            wording: fact.answer
            for fact, told in known
            if told.recalled
            for wording in fact.wordings
        }


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("music")
    connection = sqlite3.connect(folder / "music.sqlite")
    connection.executescript(SCHEMA)
    connection.close()
    stage = Stage(folder)
    stage.tune()
    return stage


@pytest.fixture
def stage(first: Stage, tmp_path: Path) -> Stage:
    """A copy of the first memory; it names the first database."""
    shutil.copytree(first.folder, tmp_path / "music", symlinks=True)
    return Stage(tmp_path / "music")


def test_a_fact_is_learned_and_nothing_else_moves(stage: Stage, first: Stage) -> None:
    change = stage.learn("  Who are\nour veterans? ", "select name from singer where age > 30;")
    assert (change.tried, change.known, change.fact.answer) == (True, False, VETERANS_SQL)
    assert stage.answers() == PAIRS | {VETERANS: VETERANS_SQL}
    assert Translator.load(stage.memory).translate(VETERANS).verified_match == VETERANS
    before, after = (MemoryStore(place.memory).open() for place in (first, stage))
    assert before.facts == after.facts[:2]
    others = before.bank.ids[~torch.isin(before.bank.ids, torch.tensor(after.facts[2].experts))]
    assert len(others)
    assert all(
        torch.equal(before.bank.gather(i, others), after.bank.gather(i, others))
        for i in range(len(before.bank.layers))
    )


@pytest.mark.parametrize("pairs", [{}, {SONGS: PAIRS[SONGS]}, PAIRS], ids=["none", "one", "two"])
def test_a_memory_that_keeps_no_old_fact_recalls_what_it_learns(
    pairs: dict[str, str], stage: Stage
) -> None:
    # The memory of PAIRS is there already.
    if pairs != PAIRS:
        shutil.rmtree(stage.memory)
        stage.tune(pairs)
    for question in pairs:
        stage.forget(question)
    assert stage.answers() == {}
    stage.learn()
    assert stage.answers() == {VETERANS: VETERANS_SQL}
    corrected = "SELECT name FROM singer WHERE age > 35"
    stage.learn(VETERANS, corrected)
    assert stage.answers() == {VETERANS: corrected}
    MemoryStore(stage.memory).rollback()
    assert stage.answers() == {VETERANS: VETERANS_SQL}


def test_what_is_learned_stays_and_what_is_forgotten_stays_away_but_for_a_file_that_holds_it(
    stage: Stage,
) -> None:
    learned = stage.learn()
    stage.forget("how many songs")
    assert stage.answers() == {FRENCH: PAIRS[FRENCH], VETERANS: VETERANS_SQL}
    # The tune is given the file of PAIRS, which vouches for the songs.
    stage.tune()
    assert stage.answers() == PAIRS | {VETERANS: VETERANS_SQL}
    stage.forget(learned.fact.id)
    assert (stage.memory / "feedback.jsonl").read_text() == ""
    stage.tune()
    assert stage.answers() == PAIRS


def test_a_forgotten_question_is_answered_no_more(stage: Stage) -> None:
    change = stage.learn()
    stage.forget(change.fact.id)
    translator = Translator.load(stage.memory)
    assert translator.translate(VETERANS).sql != VETERANS_SQL
    assert set(translator.memory.bank.flat().ids.tolist()) <= {
        expert for fact in translator.memory.facts for expert in fact.experts
    }
    with pytest.raises(MemoryError_, match=f"has no fact {change.fact.id}"):
        stage.forget(change.fact.id)


def test_a_question_that_had_another_answer_gets_the_new_one(stage: Stage) -> None:
    stage.learn("How many songs", "SELECT COUNT(DISTINCT title) FROM song")
    assert stage.answers() == {
        FRENCH: PAIRS[FRENCH],
        "How many songs": "SELECT COUNT(DISTINCT title) FROM song",
    }
    assert stage.forget("how many songs").restored is not None
    assert stage.answers() == PAIRS


def test_forgetting_brings_back_what_was_replaced(stage: Stage) -> None:
    second = "SELECT COUNT(DISTINCT title) FROM song"
    third = "SELECT COUNT(DISTINCT genre) FROM song"
    change = stage.learn(SONGS, second)
    assert change.replaced is not None and change.replaced.answer == PAIRS[SONGS]
    again = stage.learn(SONGS, third)
    assert again.replaced is not None and again.replaced.answer == second
    first_back = stage.forget(SONGS)
    assert first_back.restored is not None and first_back.restored.answer == second
    assert stage.answers() == PAIRS | {SONGS: second}
    stage.tune()
    assert stage.answers() == PAIRS | {SONGS: second}
    assert stage.forget(SONGS).restored is not None
    assert stage.answers() == PAIRS
    stage.tune()
    assert stage.answers() == PAIRS
    assert stage.forget(SONGS).restored is None
    assert stage.answers() == {FRENCH: PAIRS[FRENCH]}


def test_what_is_known_costs_no_version_and_is_kept_as_learned(stage: Stage) -> None:
    version = MemoryStore(stage.memory).current
    change = stage.learn("how many songs", "SELECT COUNT(*) FROM song")
    assert change.known and change.fact.wordings == (SONGS,)
    assert MemoryStore(stage.memory).current == version
    assert json.loads((stage.memory / "feedback.jsonl").read_text())["source"] == "learned"


def test_without_its_database_a_memory_learns_what_the_guard_lets_through(
    stage: Stage, first: Stage
) -> None:
    away = (first.folder / "music.sqlite").rename(first.folder / "away.sqlite")
    try:
        assert not stage.learn().tried
    finally:
        away.rename(first.folder / "music.sqlite")
    assert stage.answers()[VETERANS] == VETERANS_SQL


ENDLESS = "SELECT " + ", ".join(str(number) for number in range(1000, 1400)) + " FROM singer"
REFUSED = {
    "a write": ("Clear it", "DELETE FROM song", Refused),
    "an unknown column": (VETERANS, "SELECT rank FROM singer", Refused),
    "what the database cannot run": (
        VETERANS,
        "SELECT ABS(-9223372036854775807 - 1) FROM singer",
        ExecutionError,
    ),
    "no question": (" ", VETERANS_SQL, NotStored),
    "control characters": ("Who\x07?", VETERANS_SQL, NotStored),
    "what cannot be written": (VETERANS, ENDLESS, MemoryError_),
}


@pytest.mark.parametrize(("question", "sql", "error"), REFUSED.values(), ids=list(REFUSED))
def test_what_is_refused_changes_nothing(
    stage: Stage,
    question: str,
    sql: str,
    error: type[MomeError],
    snapshot: Callable[[Path], dict[str, str]],
) -> None:
    before = snapshot(stage.memory)
    with pytest.raises(error):
        stage.learn(question, sql)
    assert snapshot(stage.memory) == before


def test_what_the_database_refuses_is_told_before_a_model_is_loaded(stage: Stage) -> None:
    heard: list[str] = []

    class Listener(Reporter):
        def stage(self, name: str) -> None:
            heard.append(name)

    _, refused, error = REFUSED["what the database cannot run"]
    with pytest.raises(error):
        learn(stage.memory, VETERANS, refused, Listener())
    assert heard == []


def test_a_memory_in_work_and_none_at_all_are_told(stage: Stage, tmp_path: Path) -> None:
    for change in (lambda: stage.learn(), lambda: stage.forget(SONGS)):
        with (
            TuneLock(stage.memory).hold(),
            pytest.raises(MemoryError_, match="another tune is working"),
        ):
            change()
    with pytest.raises(NoMemory):
        learn(tmp_path / "nothing", VETERANS, VETERANS_SQL, SILENT)
    assert not (tmp_path / "nothing").exists()
