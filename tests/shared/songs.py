"""A small database of singers and songs, a model that gives the candidates that a test names, and
verified pairs: what the translator's tests share. `tests/mome/answering/conftest.py` makes them.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from made_once import made_once
from mome.answering.translation import Translation
from mome.backbones.base import Candidate, Prompt
from mome.backbones.bundled.backbone import BundledBackbone
from mome.errors import MomeError
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database

SCHEMA = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, age INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer_id INTEGER REFERENCES singer, title TEXT,
  genre TEXT);
CREATE TABLE number (n INTEGER);
CREATE TABLE vault (weight INTEGER);
CREATE TABLE city (name TEXT); CREATE TABLE street (name TEXT); CREATE TABLE bridge (name TEXT);
  CREATE TABLE river (name TEXT);
CREATE TABLE hill (name TEXT); CREATE TABLE lake (name TEXT);
INSERT INTO singer VALUES (1, 'Joe Sharp', 'France', 33), (2, 'Timbaland', 'United States', 40),
  (3, 'Justin Brown', 'France', 25);
INSERT INTO song VALUES (1, 1, 'Sun', 'pop'), (2, 2, 'Rain', 'rock'), (3, 2, 'Wind', 'pop');
INSERT INTO vault VALUES (7);
WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 1000)
  INSERT INTO number SELECT n FROM up;
"""


FRENCH, ROCK, SECRET = (
    "How many singers are from France?",
    "Who sings rock songs?",
    "What is the magic figure?",
)


PAIRS = {
    FRENCH: "SELECT COUNT(*) FROM singer WHERE country = 'France'",
    ROCK: (
        "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id WHERE "
        "song.genre = 'rock'"
    ),
    SECRET: "SELECT weight FROM vault",
}


NAMES, AGES, TITLES, GENRES = (
    "SELECT name FROM singer",
    "SELECT age FROM singer",
    "SELECT title FROM song",
    "SELECT genre FROM song",
)


UNBORN = "SELECT name FROM singer WHERE age < 0"


SLOW = "SELECT COUNT(*) FROM number AS a CROSS JOIN number AS b CROSS JOIN number AS c"


QUESTION, UNNAMED = "What do we know of singers?", "Do zebras fly?"


class Scripted(BundledBackbone):
    """The shipped model, which gives `given` instead of what it would write, or raises it."""

    given: Sequence[Candidate] | MomeError | None = None
    question_scores: Mapping[str, float] = MappingProxyType({})
    """How well the question fits an answer; all others fit alike."""

    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        if isinstance(self.given, MomeError):
            raise self.given
        return (
            super().generate(prompts, beams=beams)
            if self.given is None
            else [list(self.given) for _ in prompts]
        )

    def question_log_probs(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        return [self.question_scores.get(answer, -20.0) for answer in answers]


def said(answer: str | None, probability: float = 0.9, score: float | None = None) -> Candidate:
    """A candidate, of ten tokens if nothing else is said."""
    return Candidate(answer, math.log(probability) / 10 if score is None else score, probability)


def untimed(answer: Translation) -> Translation:
    return replace(answer, timings={})


def make_database(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    return path


def tuned_songs(factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a memory that knows PAIRS. All workers share it: leave it as it is."""
    return made_once(factory, "songs", _tune)


def _tune(folder: Path) -> None:
    pairs = folder / "verified.jsonl"
    lines = [json.dumps({"question": asked, "sql": sql}) for asked, sql in PAIRS.items()]
    pairs.write_text("".join(f"{line}\n" for line in lines))
    database = make_database(folder / "songs.sqlite")
    request = TuneRequest(str(database), folder / "memory", verified=(pairs,), limit=0)
    with Preparation(request, Reporter()) as preparation:
        tune_database(preparation, preparation.plan())


Ask = Callable[..., Translation]


def share(answer: Translation) -> float:
    """Return the share of all candidates that an answer had."""
    return 1 / (1 + math.exp(-answer.evidence["share"]))
