"""A title before the candidates of the model, alone and in the translator."""

from __future__ import annotations

import pytest

from mome.answering.titles.joined import PROBABILITY, with_title
from mome.answering.titles.reader import Title
from mome.backbones.base import Candidate
from songs import AGES, FRENCH, Ask, said

TITLE = Title("SELECT 1", "read as a title")
GENRES = "Songs by genre"


def test_the_others_share_what_a_title_leaves() -> None:
    found = with_title([Candidate(None, -0.1, 0.8), Candidate("SELECT 2", -2.0, 0.1)], TITLE)
    assert [(one.answer, one.note) for one in found] == [
        ("SELECT 1", "read as a title"),
        (None, ""),
        ("SELECT 2", ""),
    ]
    probabilities = [one.probability for one in found]
    assert probabilities == pytest.approx([PROBABILITY, 0.08, 0.01])


def test_what_the_model_writes_too_is_likelier() -> None:
    (one, none) = with_title([Candidate("SELECT 1", -0.5, 0.6), Candidate(None, -1.0, 0.2)], TITLE)
    assert (one.answer, one.score, one.note) == ("SELECT 1", -0.5, "read as a title")
    assert one.probability == pytest.approx(0.96)
    assert none.probability == pytest.approx(0.02)


def test_a_title_is_answered_where_the_model_finds_no_answer(ask: Ask) -> None:
    answer = ask(Candidate(None, -0.1, 0.95), said(AGES), question=GENRES)
    assert (answer.status, answer.sql) == (
        "ok",
        "SELECT genre, COUNT(*) FROM song GROUP BY genre",
    )
    assert answer.notes[0] == "read word by word, as the title of a report on the rows of song"
    assert 0.3 < answer.confidence < 1


def test_no_title_is_declined_as_before(ask: Ask) -> None:
    answer = ask(Candidate(None, -0.1, 0.95), said(AGES), question="Concerts by genre")
    assert answer.status == "unanswerable"


def test_what_people_verified_comes_first(ask: Ask) -> None:
    assert "France" in (ask(said(AGES), question=FRENCH).sql or "")
