"""Whether an answer is given, how sure it is, and which other readings are offered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from mome import Translator
from mome.answering.evidence import LEAST, Compared, evidence, log_odds
from mome.calibration.calibrator import Calibrator
from mome.execution import Executor
from mome.guard import guard
from songs import AGES, FRENCH, NAMES, PAIRS, QUESTION, Ask, said

POP_AND_ROCK = "titles of the rock and pop songs of singer 1"
BOTH = "SELECT title FROM song WHERE (genre = 'rock' OR genre = 'pop') AND singer_id = 1"
LAST = "SELECT title FROM song WHERE genre = 'rock' OR (genre = 'pop' AND singer_id = 1)"


@pytest.mark.parametrize(("given", "other"), [(BOTH, LAST), (LAST, BOTH)])
def test_a_condition_of_both_or_of_the_last_alone_is_asked_back(
    ask: Ask, executor: Executor, given: str, other: str
) -> None:
    answer = ask(said(given), question=POP_AND_ROCK, executor=executor)
    assert (answer.status, answer.sql) == ("ambiguous", given)
    (reading,) = answer.alternatives
    assert reading.sql == other
    assert "genre" in reading.reading


def test_readings_with_the_same_rows_are_no_other_readings(ask: Ask, executor: Executor) -> None:
    same = "SELECT name FROM singer WHERE id > 0"
    question = "rock and pop songs of singer 7"
    nobody = BOTH.replace("singer_id = 1", "singer_id < 9")
    assert ask(said(nobody), question=question, executor=executor).status == "ok"
    answer = ask(said(NAMES, 0.5), said(same, 0.2), said(AGES, 0.1), executor=executor)
    assert [other.sql for other in answer.alternatives] == [AGES]
    # 0.5 and 0.2 of 0.8
    assert answer.evidence["votes"] == pytest.approx(log_odds(0.7), abs=1e-6)


def test_confidence_is_calibrated_and_certain_where_people_verified(
    ask: Ask, real: Translator, executor: Executor
) -> None:
    answer = ask(said(NAMES, 0.7), executor=executor)
    assert answer.confidence == Calibrator.load(readers=1).confidence(answer.evidence)
    assert real.translate(FRENCH).confidence == 1.0
    assert real.translate(FRENCH).evidence["known"] == 1.0


def test_a_question_for_what_is_not_there_is_declined_by_its_name(
    ask: Ask, executor: Executor
) -> None:
    question = "What are the name and shoe size of all singers?"
    answer = ask(said("SELECT name, age FROM singer", 0.9), question=question, executor=executor)
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert answer.reason.startswith("nothing in this database says “shoe size”")
    known = ask(said(NAMES, 0.7), question="What are the names of all singers?", executor=executor)
    assert known.status == "ok"


def test_an_answer_below_the_least_confidence_is_not_given(ask: Ask, executor: Executor) -> None:
    given = said(NAMES, 0.7)
    sure = ask(given, executor=executor).confidence
    assert ask(given, executor=executor, least=sure).status == "ok"
    answer = ask(given, executor=executor, least=sure + 0.001)
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert f"a probability of {sure:.2f}, and answers need {sure + 0.001:.2f}" in answer.reason
    assert len(answer.nearest) == 3
    verified = ask(said(PAIRS[FRENCH]), question=FRENCH, executor=executor, least=1.0)
    assert (verified.status, verified.sql) == ("ok", PAIRS[FRENCH])


@pytest.mark.parametrize(
    ("question", "sql", "unknown", "unread", "unsaid", "joins"),
    [
        ("names of singers", NAMES, 0, 0, 0.0, 0),
        # Zebras are unknown, ages are not read, and countries are not asked for.
        ("ages of zebras", "SELECT country FROM singer", 1, 1, 1.0, 0),
        (
            "names of singers of rock songs",
            "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id "
            "WHERE song.genre = 'rock'",
            0,
            0,
            # The genre is asked for by its value; the keys do not count.
            0.5,
            1,
        ),
    ],
)
def test_what_question_and_query_say_without_the_other_is_counted(
    real: Translator,
    question: str,
    sql: str,
    unknown: int,
    unread: int,
    unsaid: float,
    joins: int,
) -> None:
    found = _evidence(real, question, sql)
    assert (found["unknown_words"], found["unread_names"]) == (unknown, unread)
    assert (found["unsaid_columns"], found["joins"]) == (unsaid, joins)


def test_a_readers_own_favourite_agrees_or_not(real: Translator) -> None:
    def agreement(best: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
        found = _evidence(real, QUESTION, NAMES, best, others=[_checked(real, AGES, other)])
        return found["first_agrees"], found["second_agrees"]

    assert agreement((0.5, 0.2), (0.4, 0.6)) == (1.0, -1.0)
    assert agreement((0.3, 0.9), (0.4, 0.0)) == (-1.0, 1.0)
    alone = _evidence(real, QUESTION, NAMES)
    assert (alone["first_agrees"], alone["second_agrees"]) == (1.0, 0.0)


def test_no_word_of_a_composed_query_is_unknown(real: Translator) -> None:
    sql = "SELECT country FROM singer"
    found = _evidence(real, "ages of zebras", sql, note="read word by word")
    assert (found["composed"], found["unknown_words"], found["unsaid_columns"]) == (1.0, 0.0, 0.0)
    assert _evidence(real, "ages of zebras", sql)["composed"] == 0.0


@pytest.mark.parametrize(("probability", "bounded"), [(0.0, LEAST), (1.0, 1 - LEAST), (0.2, 0.2)])
def test_log_odds_are_finite(probability: float, bounded: float) -> None:
    assert log_odds(probability) == pytest.approx(math.log(bounded / (1 - bounded)))


def _evidence(
    real: Translator,
    question: str,
    sql: str,
    by_readers: tuple[float, ...] = (),
    others: Sequence[Any] = (),
    note: str = "",
) -> dict[str, float]:
    reading, _, matched = real._read(question)
    best = _checked(real, sql, by_readers, note)
    return evidence(Compared(best, others, ()), matched, reading, real.catalog)


def _checked(real: Translator, sql: str, by_readers: tuple[float, ...], note: str = "") -> Any:
    candidate = SimpleNamespace(by_readers=by_readers, probability=0.5, note=note)
    return SimpleNamespace(
        query=guard(sql, real.catalog),
        candidate=candidate,
        share=0.5,
        flaws=0,
        is_doubtful=False,
        empty=False,
        literals=(),
    )
