"""The translator's choice among candidates: thresholds, the check on the database, ranking, and
readings that are equally good.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from mome import Translator
from mome.answering import live_checks
from mome.backbones.base import Candidate
from mome.execution import Executor, open_executor
from mome.memory import Memory
from songs import (
    AGES,
    GENRES,
    NAMES,
    PAIRS,
    QUESTION,
    ROCK,
    SLOW,
    TITLES,
    UNBORN,
    UNNAMED,
    Ask,
    Scripted,
    make_database,
    said,
    share,
    untimed,
)


@pytest.mark.parametrize(
    ("question", "none", "status"),
    [
        (QUESTION, 0.59, "ok"),
        (QUESTION, 0.6, "unanswerable"),
        (UNNAMED, 0.09, "ok"),
        (UNNAMED, 0.1, "unanswerable"),
    ],
)
def test_none_is_the_answer_from_a_probability_on_that_is_lower_where_nothing_is_named(
    real: Translator, ask: Ask, question: str, none: float, status: str
) -> None:
    assert (real.linker.slice(question).score > 0) == (question == QUESTION)
    answer = ask(said(NAMES, 0.3), said(None, none), question=question)
    assert (answer.status, answer.sql) == (status, NAMES if status == "ok" else None)
    if status == "ok":
        assert share(answer) == pytest.approx(0.3)
    else:
        assert answer.confidence == none
    assert ("nothing in this database" in answer.reason) == (status != "ok")


@pytest.mark.parametrize(
    ("question", "given", "reason"),
    [
        (UNNAMED, said(None, 0.9), "nothing in this database answers the question; no name or "
         "stored value in the database says “zebras” or “fly”; a term of your own can be defined "
         "in the glossary"),
        ("What did Justin Brahms sing?", said(None, 0.9), "nothing in this database answers the "
         "question; no name or stored value in the database says “Brahms” or “sing”; did you "
         "mean Justin Brown?"),
        (QUESTION, said(None, 0.9), "nothing in this database answers the question"),
        ("profit, margin and tax of tall singers", said(NAMES, 0.001), "no reading of the question "
         "is likely enough to be shown; no name or stored value in the database says “profit”, "
         "“margin” or “tax”; a term of your own can be defined in the glossary"),
    ],
)  # fmt: skip
def test_the_reason_names_what_the_database_does_not_say(
    ask: Ask, question: str, given: Candidate, reason: str
) -> None:
    assert ask(given, question=question).reason == reason


REFUSED = [
    "DELETE FROM singer",
    "SELECT * FROM nowhere",
    "SELECT height FROM singer",
    "not sql at all",
    f"{NAMES}; {AGES}",
    "",
    "SELECT (",
]


@pytest.mark.parametrize("answers", [REFUSED, []], ids=["refused", "no candidate"])
def test_what_the_guard_refuses_is_never_an_answer(
    ask: Ask, executor: Executor, answers: list[str]
) -> None:
    answer = ask(*(said(sql) for sql in answers), executor=executor)
    assert (answer.status, answer.sql, answer.alternatives, answer.confidence) == (
        "unanswerable",
        None,
        (),
        0.0,
    )
    assert "no query that this database accepts" in answer.reason
    assert len(answer.nearest) == 3


def test_the_best_candidate_that_the_guard_lets_through_is_the_answer(
    ask: Ask, executor: Executor
) -> None:
    answer = ask(*(said(sql) for sql in REFUSED), said(NAMES, 0.2), executor=executor)
    assert (answer.status, answer.sql, answer.alternatives) == ("ok", NAMES, ())
    assert share(answer) == pytest.approx(0.2)


def test_a_guess_is_not_shown(ask: Ask) -> None:
    least = ask(said(NAMES, 0.0099))
    assert (least.status, least.sql, least.alternatives) == (
        "unanswerable",
        None,
        (),
    ) and "try other words" in least.reason
    assert ask(said(NAMES, 0.01)).sql == NAMES


def test_a_candidate_that_fails_on_the_database_is_dropped(ask: Ask, tmp_path: Path) -> None:
    """The catalog is older than the database, which has lost a column."""
    changed = make_database(tmp_path / "changed.sqlite")
    connection = sqlite3.connect(changed)
    connection.execute("ALTER TABLE singer DROP COLUMN age")
    connection.close()
    with open_executor(changed) as executor:
        answer = ask(said(AGES, 0.6), said(NAMES, 0.2), executor=executor)
        assert (answer.sql, answer.alternatives) == (NAMES, ())
        assert ask(said(AGES), executor=executor).status == "unanswerable"
        untried = ask(said(NAMES, 0.6), said(AGES, 0.2), executor=executor)
    assert (untried.sql, untried.alternatives) == (NAMES, ())
    assert ask(said(AGES, 0.6), said(NAMES, 0.2)).sql == AGES


@pytest.mark.parametrize(
    "empty", [UNBORN, "SELECT MAX(age) FROM singer WHERE age < 0"], ids=["no rows", "null alone"]
)
def test_a_candidate_without_rows_comes_after_one_with_rows(
    ask: Ask, executor: Executor, empty: str
) -> None:
    answer = ask(said(empty, 0.4), said(NAMES, 0.08), executor=executor)
    assert (answer.sql, answer.status) == (NAMES, "ok") and 0.24 < share(answer) < 0.48
    assert [other.sql for other in answer.alternatives] == [empty]
    assert ask(said(empty, 0.4), said(NAMES, 0.06), executor=executor).sql == empty
    assert ask(said(empty, 0.4), said(NAMES, 0.08)).sql == empty
    assert ask(said(empty, 0.4), executor=executor).sql == empty


def test_a_count_of_zero_is_an_answer_with_rows(ask: Ask, executor: Executor) -> None:
    count = "SELECT COUNT(*) FROM singer WHERE age < 0"
    assert ask(said(count, 0.4), said(NAMES, 0.2), executor=executor).sql == count


def test_of_likely_answers_the_one_that_the_question_fits_comes_first(
    ask: Ask, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "question_scores", {AGES: -10.0})
    answer = ask(said(NAMES, 0.5), said(AGES, 0.2), question=UNNAMED)
    assert answer.sql == AGES and 0.65 < share(answer) < 0.7
    assert ask(said(NAMES, 0.92), said(AGES, 0.05), question=UNNAMED).sql == NAMES
    assert ask(said(PAIRS[ROCK], 0.6), said(AGES, 0.2), question=ROCK).sql == PAIRS[ROCK]
    monkeypatch.setattr(scripted, "question_scores", {AGES: -19.0})
    assert ask(said(NAMES, 0.5), said(AGES, 0.2), question=UNNAMED).sql == NAMES


def test_after_one_that_takes_too_long_no_other_candidate_runs(
    ask: Ask, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_checks, "CHECK_SECONDS", 0.1)
    answer = ask(said(SLOW, 0.8), said(UNBORN, 0.1), said(NAMES, 0.05), executor=executor)
    assert answer.status == "ok" and answer.sql.count("number AS ") == 3
    assert [other.sql for other in answer.alternatives] == [UNBORN, NAMES]


def test_without_its_database_a_translator_answers_unchecked(
    real: Translator, scripted: Scripted, known: Memory, ask: Ask, tmp_path: Path
) -> None:
    gone = make_database(tmp_path / "gone.sqlite")
    with open_executor(gone) as executor:
        gone.unlink()
        scripted.given = (said(UNBORN, 0.6), said(NAMES, 0.2))
        offline = Translator(scripted, real.linker, known, executor=executor)
        answers = [untimed(offline.translate(QUESTION)) for _ in range(2)]
    assert (answers[0].status, answers[0].sql) == ("ok", UNBORN)
    assert answers[0] == answers[1] == untimed(ask(*scripted.given))


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (0.25, 0.24, "ambiguous"),
        (0.29, 0.27, "ambiguous"),
        (0.25, 0.23, "ok"),
        (0.3, 0.29, "ok"),
        (0.45, 0.44, "ok"),
    ],
)
def test_two_readings_that_are_equally_good_are_ambiguous(
    ask: Ask, first: float, second: float, status: str
) -> None:
    answer = ask(said(NAMES, first), said(AGES, second))
    assert (answer.status, answer.sql, [other.sql for other in answer.alternatives]) == (
        status,
        NAMES,
        [AGES],
    )


def test_readings_that_give_the_same_rows_are_not_ambiguous(ask: Ask, executor: Executor) -> None:
    same = "SELECT name FROM singer WHERE age > 0 ORDER BY age"
    assert ask(said(NAMES, 0.25), said(same, 0.24), executor=executor).status == "ok"
    assert ask(said(NAMES, 0.25), said(AGES, 0.24), executor=executor).status == "ambiguous"


def test_candidates_that_repair_makes_equal_are_one_reading(ask: Ask) -> None:
    sql = "SELECT name FROM singer WHERE country = 'France'"
    answer = ask(said(sql.replace("France", "france"), 0.25), said(sql, 0.24))
    assert (answer.status, answer.alternatives) == ("ok", ())


def test_a_reading_without_rows_makes_nothing_ambiguous(ask: Ask, executor: Executor) -> None:
    assert ask(said(UNBORN, 0.25), said(NAMES, 0.24), executor=executor).status == "ok"
    assert ask(said(UNBORN, 0.25), said(NAMES, 0.24)).status == "ambiguous"


def test_three_alternatives_at_most_best_first(ask: Ask) -> None:
    candidates = [
        said(sql, chance)
        for sql, chance in [
            (NAMES, 0.4),
            (AGES, 0.2),
            (TITLES, 0.1),
            (GENRES, 0.05),
            (UNBORN, 0.02),
        ]
    ]
    answer = ask(
        candidates[2],
        said("nonsense"),
        candidates[0],
        candidates[4],
        said(None, 0.1),
        candidates[3],
        candidates[1],
    )
    assert answer.sql == NAMES
    assert [(other.sql, other.score) for other in answer.alternatives] == [
        (candidate.answer, candidate.score) for candidate in candidates[1:4]
    ]
