"""The translator and what people said: pairs that they stored, rejected or verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mome import Translator
from mome.artifacts.feedback import LONGEST_QUESTION, accept_again, reject, verify
from mome.execution import Executor
from songs import AGES, FRENCH, NAMES, PAIRS, QUESTION, ROCK, TITLES, Ask, said, share
from training_data.given import verified


def test_a_rejected_query_answers_its_question_no_more_until_the_mark_is_taken_back(
    ask: Ask, real: Translator, tmp_path: Path
) -> None:
    given = (said(NAMES, 0.9), said(AGES, 0.05))
    reject(tmp_path, QUESTION.upper(), NAMES)
    answer = ask(*given, feedback=tmp_path)
    assert (answer.sql, answer.alternatives) == (AGES, ())
    assert share(answer) == pytest.approx(0.05)
    assert ask(*given, question="What of singers?", feedback=tmp_path).sql == NAMES
    accept_again(tmp_path, QUESTION, NAMES)
    assert ask(*given, feedback=tmp_path).sql == NAMES


def test_a_rejected_query_comes_back_under_no_other_names(ask: Ask, tmp_path: Path) -> None:
    reject(tmp_path, QUESTION, NAMES)
    for same in ("SELECT T1.name FROM singer AS T1", "SELECT singer.name AS n FROM singer"):
        answer = ask(said(same), feedback=tmp_path)
        assert (answer.status, answer.sql) == ("unanswerable", None)
        assert "marked as wrong" in answer.reason


def test_a_stored_pair_answers_at_once(ask: Ask, real: Translator, tmp_path: Path) -> None:
    heard: list[str] = []
    verify(tmp_path, real.catalog, QUESTION, TITLES, "corrected")
    answer = ask(said(NAMES), question=QUESTION.lower(), feedback=tmp_path, on_stage=heard.append)
    assert (answer.status, answer.sql, answer.confidence) == ("ok", TITLES, 1.0)
    assert (answer.verified_match, answer.tables) == (QUESTION.lower(), ("song",))
    assert heard == ["link"]
    assert ask(said(NAMES), question="What of singers?", feedback=tmp_path).sql == NAMES


def test_a_stored_pair_that_does_not_run_is_no_answer(
    ask: Ask, tmp_path: Path, executor: Executor
) -> None:
    broken = {"question": QUESTION, "sql": "SELECT rank FROM singer", "source": "corrected"}
    (tmp_path / "feedback.jsonl").write_text(json.dumps(broken) + "\n", "utf-8")
    assert ask(said(NAMES), feedback=tmp_path, executor=executor).sql == NAMES


def test_what_mome_learn_stored_is_left_to_the_memory(
    ask: Ask, real: Translator, tmp_path: Path
) -> None:
    verify(tmp_path, real.catalog, QUESTION, TITLES, "learned")
    assert ask(said(NAMES), feedback=tmp_path).sql == NAMES


def test_what_can_be_asked_can_be_learned() -> None:
    assert LONGEST_QUESTION == verified.LONGEST_QUESTION


@pytest.mark.parametrize(
    ("question", "sql", "match"),
    [
        (FRENCH, PAIRS[FRENCH], FRENCH),
        ("HOW many singers are from... France", PAIRS[FRENCH], FRENCH),
        ("French singers, how many?", PAIRS[FRENCH], FRENCH),
        (FRENCH, PAIRS[ROCK], None),
        (QUESTION, NAMES, None),
    ],
)
def test_a_verified_match_is_the_verified_query_itself(
    ask: Ask, question: str, sql: str, match: str | None
) -> None:
    answer = ask(said(sql), question=question)
    assert (answer.sql, answer.verified_match) == (sql, match)


@pytest.mark.parametrize(
    ("question", "difference"),
    [
        ("How many singers are not from France?", "negation"),
        ("How many singers from France sang in 2014?", "number"),
    ],
)
def test_a_verified_query_is_no_answer_to_another_question(
    ask: Ask, executor: Executor, question: str, difference: str
) -> None:
    answer = ask(said(PAIRS[FRENCH]), question=question, executor=executor)
    assert (answer.status, answer.sql, answer.verified_match) == ("unanswerable", None, None)
    assert f"differs in {difference}" in answer.reason
    other = ask(said(PAIRS[FRENCH], 0.6), said(NAMES, 0.2), question=question, executor=executor)
    assert other.sql.startswith(NAMES) and other.verified_match is None
