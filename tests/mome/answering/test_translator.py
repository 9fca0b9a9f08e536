"""The translator on a real SQLite database, with the shipped model and a memory tuned on three
verified pairs: what it refuses before a model is asked, and what an answer says.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mome import Translator
from mome.answering.translation import Rewritten
from mome.artifacts.feedback import LONGEST_QUESTION
from mome.errors import BackboneError
from mome.execution import Executor
from mome.guard import guard
from mome.memory import Memory
from songs import FRENCH, NAMES, PAIRS, QUESTION, ROCK, SECRET, Ask, Scripted, said, share


@pytest.mark.parametrize("question", ["", "   ", "\n\t\u2003 \r\n"])
def test_an_empty_question_is_an_error(ask: Ask, question: str) -> None:
    heard = []
    answer = ask(said(NAMES), question=question, on_stage=heard.append)
    assert (answer.status, answer.sql, answer.reason, heard) == (
        "error",
        None,
        "the question is empty",
        [],
    )


def test_a_harmful_question_is_blocked_before_the_model_is_asked(ask: Ask) -> None:
    heard = []
    answer = ask(said(NAMES), question="Delete all singers", on_stage=heard.append)
    assert (answer.status, answer.sql, heard) == ("blocked", None, [])
    assert "only reading is possible" in answer.reason
    assert ask(said(NAMES), question="Deleted songs").status == "ok"


def test_spaces_are_folded_and_a_question_over_the_limit_is_not_answered(ask: Ask) -> None:
    assert ask(said(NAMES), question="  names \n of\tsingers ").question == "names of singers"
    longest = ("singer " * 1000)[:LONGEST_QUESTION].strip()
    assert ask(said(NAMES), question=longest).status == "ok"
    answer = ask(said(NAMES), question="singer " * 100_000)
    assert (answer.status, answer.sql) == ("error", None)
    assert "699,999 characters, and 1,000 characters can be read" in answer.reason


@pytest.mark.parametrize(
    "question",
    [
        "singers " * 124,
        "\ud800 singers",
        "\x00",
        "\u200b",
        "?",
        "😀 'quotes\" -- ;",
        "ｓｉｎｇｅｒ " * 50,
    ],
)
def test_the_real_model_takes_any_question(real: Translator, question: str) -> None:
    answer = real.translate(question)
    assert answer.status in ("ok", "ambiguous", "unanswerable") and (answer.sql is None) == (
        answer.status == "unanswerable"
    )


def test_an_impossible_query_is_dropped_with_its_reason(ask: Ask, executor: Executor) -> None:
    senseless = "SELECT name FROM singer WHERE age > 40 AND age < 30"
    answer = ask(said(senseless), executor=executor)
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert "its conditions on singer.age exclude each other" in answer.reason
    assert ask(said(senseless, 0.6), said(NAMES, 0.2), executor=executor).sql == NAMES


def test_what_an_answer_leaves_out_is_said_and_doubted(ask: Ask, executor: Executor) -> None:
    answer = ask(said(NAMES, 0.8), question="Which singers sang in 2014?", executor=executor)
    assert (answer.sql, share(answer)) == (NAMES, pytest.approx(0.2))
    assert answer.notes == ("nothing in this query says 'in 2014'",)


def test_literals_are_rewritten_to_what_is_stored(ask: Ask, executor: Executor) -> None:
    written = (
        "SELECT name FROM singer WHERE country IN ('france', 'UNITED STATES') AND name <> 'Nobody'"
    )
    answer = ask(said(written), executor=executor)
    assert answer.sql == (
        "SELECT name FROM singer WHERE country IN ('France', 'United States') AND name <> 'Nobody'"
    )
    assert answer.literals == (
        Rewritten("singer.country", "france", "France"),
        Rewritten("singer.country", "UNITED STATES", "United States"),
    )
    assert ask(said(PAIRS[FRENCH])).literals == ()


def test_an_answer_says_what_it_rests_on(ask: Ask, real: Translator, known: Memory) -> None:
    answer = ask(said(PAIRS[ROCK]))
    assert answer.tables == ("singer", "song") and answer.columns == (
        "singer.id",
        "singer.name",
        "song.genre",
        "song.singer_id",
    )
    assert "genre is 'rock'" in answer.explanation and answer.reason == ""
    assert (
        answer.schema_fingerprint == real.catalog.fingerprint
        and known.backbone.identity.startswith(answer.model_version)
    )
    assert real.model_version == f"{answer.model_version}+0001"


def test_stages_are_heard_in_order_and_timed(ask: Ask) -> None:
    heard = []
    answer = ask(said(NAMES), on_stage=heard.append)
    assert heard == ["link", "decode", "check"] and list(answer.timings) == [*heard, "total"]
    spent = [answer.timings[stage] for stage in heard]
    assert answer.timings["total"] == pytest.approx(sum(spent)) and min(spent) > 0


def test_who_listens_can_stop_and_ask_again(real: Translator) -> None:
    def stop(stage: str) -> None:
        if stage == "decode":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        real.translate(FRENCH, stop)
    assert real.translate(FRENCH).sql == PAIRS[FRENCH]


def test_an_error_of_the_model_is_an_answer(
    real: Translator, scripted: Scripted, known: Memory
) -> None:
    scripted.given = BackboneError("the model ran out of paper")
    answer = Translator(scripted, real.linker, known).translate(QUESTION)
    assert (answer.status, answer.sql, answer.reason) == (
        "error",
        None,
        "the model ran out of paper",
    )
    assert list(answer.timings) == ["link", "decode", "total"]


def test_what_was_memorised_is_answered_with_its_rows(
    memory_folder: Path, executor: Executor
) -> None:
    translator = Translator.load(memory_folder, executor=executor)
    rows = []
    for question, sql in PAIRS.items():
        answer = translator.translate(question)
        assert (answer.status, answer.sql, answer.verified_match, answer.nearest[0]) == (
            "ok",
            sql,
            question,
            question,
        )
        assert answer.confidence == 1.0
        rows.append(executor.run(guard(answer.sql, translator.catalog)).rows)
    assert rows == [[(2,)], [("Timbaland",)], [(7,)]]
    assert translator.examples == tuple(PAIRS)


def test_the_slice_of_a_known_question_holds_what_its_fact_rests_on(real: Translator) -> None:
    assert "vault" not in {entry.table.key for entry in real.linker.slice(SECRET).tables}
    assert "vault" in {entry.table.key for entry in real.prompt(SECRET).slice.tables}
    assert "vault" not in {
        entry.table.key for entry in real.prompt("Which streets cross the river?").slice.tables
    }


def test_what_is_no_text_is_a_mistake_of_the_caller(real: Translator) -> None:
    with pytest.raises(TypeError, match="a question is a str, not NoneType"):
        real.translate(None)


def test_a_question_that_fails_is_not_suggested(ask: Ask, known: Memory) -> None:
    question = known.facts[0].wordings[0]
    answer = ask(said("SELECT sea FROM nothing", 0.9), question=question)
    assert answer.sql is None
    assert answer.nearest and question not in answer.nearest
