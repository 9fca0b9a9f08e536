"""What a memory is not about it leaves alone, bit for bit; other words for what it knows go to the
experts of their fact.
"""

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING

import pytest
import torch

from mome import Translator
from mome.memory import Memory, MemoryConfig, MemoryFact
from schemas import introspect, resolve_url
from training_data import generate

if TYPE_CHECKING:
    from conftest import Tuned

ELSEWHERE = """
CREATE TABLE doctor (doctor_id INTEGER PRIMARY KEY, surname TEXT, specialty TEXT, salary REAL);
CREATE TABLE patient (patient_id INTEGER PRIMARY KEY, surname TEXT, blood_type TEXT, weight REAL,
  born DATE);
CREATE TABLE appointment (
  doctor_id INTEGER REFERENCES doctor, patient_id INTEGER REFERENCES patient, held_on DATE,
    minutes INTEGER);
CREATE TABLE airport (airport_id INTEGER PRIMARY KEY, city TEXT, runways INTEGER, elevation REAL);
CREATE TABLE flight (flight_id INTEGER PRIMARY KEY, origin_id INTEGER REFERENCES airport,
  airline TEXT, departs DATE, distance REAL);
CREATE TABLE team (team_id INTEGER PRIMARY KEY, nickname TEXT, stadium TEXT, founded INTEGER);
CREATE TABLE player (player_id INTEGER PRIMARY KEY, nickname TEXT, position TEXT,
  team_id INTEGER REFERENCES team, goals INTEGER);
INSERT INTO doctor VALUES (1, 'Okafor', 'surgery', 9000.0), (2, 'Lind', 'radiology', 8000.0), (3,
  'Sato', 'surgery', 7500.0);
INSERT INTO patient VALUES (1, 'Mar', 'A', 71.5, '1980-04-01'), (2, 'Quay', 'B', 64.0,
  '1992-11-13'), (3, 'Ivers', 'A', 90.0, '1975-02-20');
INSERT INTO appointment VALUES (1, 1, '2024-01-05', 30), (1, 2, '2024-02-06', 20), (2, 3,
  '2024-02-09', 45);
INSERT INTO airport VALUES (1, 'Lisbon', 2, 114.0), (2, 'Oslo', 3, 208.0), (3, 'Denver', 6, 1655.0);
INSERT INTO flight VALUES (1, 1, 'Norse', '2024-03-01', 274.0), (2, 2, 'Norse', '2024-03-02',
  274.0), (3, 3, 'Mesa', '2024-05-09', 1400.0);
INSERT INTO team VALUES (1, 'Foxes', 'North End', 1901), (2, 'Gulls', 'Seaside', 1932), (3,
  'Rovers', 'Hillside', 1954);
INSERT INTO player VALUES (1, 'Ace', 'keeper', 1, 0), (2, 'Bolt', 'striker', 1, 12), (3, 'Crow',
  'striker', 2, 7);
"""
FACTS, AT_ONCE = 40, 32


@pytest.fixture(scope="module")
def translator(bookshop: Tuned) -> Translator:
    """Of the bookshop, with shared experts."""
    found = Translator.load(bookshop.memory)
    assert found.memory.shared is not None
    return found


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Questions about a hospital, airports and a league."""
    path = tmp_path_factory.mktemp("elsewhere") / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(ELSEWHERE)
    facts = generate(introspect(resolve_url(path)), check=lambda sql: None, limit=400)
    return [wording for fact in facts for wording in fact.wordings]


def test_another_databases_questions_are_routed_nowhere(
    translator: Translator, elsewhere: list[str]
) -> None:
    route = translator.memory.route(elsewhere)
    assert len(elsewhere) > 500
    assert (route.hit | route.near).float().mean() <= 0.01


def test_what_is_routed_nowhere_keeps_every_bit(
    translator: Translator, elsewhere: list[str]
) -> None:
    memory, backbone = translator.memory, translator.backbone
    route = memory.route(elsewhere)
    strangers = [
        question
        for question, taken in zip(elsewhere, (route.hit | route.near).tolist(), strict=True)
        if not taken
    ]
    for seed in range(4):
        questions = random.Random(seed).sample(strangers, AT_ONCE)
        batch = backbone.batch(
            [translator.prompt(question) for question in questions],
            [memory.facts[0].answer] * AT_ONCE,
        )
        with torch.no_grad():
            bare = backbone.answer_logits(batch)[0]
            with memory.routed(questions):
                found = backbone.answer_logits(batch)[0]
        assert torch.equal(found, bare)


def test_other_words_meet_the_experts_of_their_fact(
    translator: Translator, bookshop: Tuned
) -> None:
    facts = generate(introspect(resolve_url(bookshop.database)), check=lambda sql: None, limit=1000)
    chosen = random.Random(0).sample([fact for fact in facts if len(fact.wordings) > 1], FACTS)
    known, held = [fact.wordings[:-1] for fact in chosen], [fact.wordings[-1] for fact in chosen]
    memory = Memory.create(translator.backbone, MemoryConfig(), known, translator.linker)
    memory.facts = tuple(
        MemoryFact(fact.id, fact.kind, words, fact.sql, fact.objects)
        for fact, words in zip(chosen, known, strict=True)
    )
    memory.known = memory.queries([wording for words in known for wording in words])
    found, own = memory.route(held), memory.route([words[0] for words in known])
    met = [
        bool(hit) and torch.equal(ids, experts)
        for hit, ids, experts in zip(found.hit, found.ids, own.ids, strict=True)
    ]
    assert sum(met) >= 0.95 * FACTS
