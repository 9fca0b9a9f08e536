"""Conversations with a memory that is tuned on three verified pairs about singers and songs: the
shipped model, the real database.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mome import Translator
from mome.conversation.conversation import EDITED, Conversation
from mome.execution import open_executor
from songs import FRENCH, ROCK, make_database, tuned_songs


@pytest.fixture(scope="module")
def translator(one_thread: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Translator]:
    database = make_database(tmp_path_factory.mktemp("database") / "songs.sqlite")
    with open_executor(str(database)) as executor:
        yield Translator.load(tuned_songs(tmp_path_factory) / "memory", executor=executor)


@pytest.fixture
def conversation(translator: Translator) -> Conversation:
    return translator.conversation()


def test_a_value_is_replaced_and_the_question_says_so(conversation: Conversation) -> None:
    first = conversation.ask(FRENCH)
    assert (first.sql, first.understood) == (
        "SELECT COUNT(*) FROM singer WHERE country = 'France'",
        "",
    )
    second = conversation.ask("What about the United States?")
    assert second.sql == "SELECT COUNT(*) FROM singer WHERE country = 'United States'"
    assert second.question == "What about the United States?"
    assert second.understood == "How many singers are from United States?"
    assert (second.status, second.confidence) == ("ok", EDITED * first.confidence)
    third = conversation.ask("by age")
    assert third.sql == (
        "SELECT age, COUNT(*) FROM singer WHERE country = 'United States' GROUP BY age"
    )
    assert [turn.asked for turn in conversation.turns][1:] == [second.question, "by age"]


def test_a_new_subject_starts_afresh(conversation: Conversation) -> None:
    conversation.ask(FRENCH)
    fresh = conversation.ask("How many songs are there?")
    assert (fresh.sql, fresh.understood) == ("SELECT COUNT(*) FROM song", "")
    verified = conversation.ask(ROCK)
    assert (verified.verified_match, verified.understood) == (ROCK, "")


def test_the_reader_reads_what_no_edit_explains(conversation: Conversation) -> None:
    conversation.ask(FRENCH)
    answer = conversation.ask("How many of them sing pop songs?")
    assert answer.sql is not None and answer.status == "ok"
    assert "'France'" in answer.sql and "'pop'" in answer.sql
    assert answer.understood == "How many of singers that are from France sing pop songs?"


def test_a_request_that_cannot_be_met_keeps_the_answer(conversation: Conversation) -> None:
    first = conversation.ask(FRENCH)
    shown = conversation.ask("as a bar chart")
    assert (shown.sql, shown.display, shown.status) == (first.sql, "bar", "ok")
    other = conversation.ask("drop the age")
    assert other.sql == first.sql
    assert other.notes[0] == "the answer has no such part that could be left out"


def test_a_follow_up_cannot_write(conversation: Conversation) -> None:
    conversation.ask(FRENCH)
    answer = conversation.ask("Delete them from the database")
    assert (answer.status, answer.sql) == ("blocked", None)
    # The answer before that is still the one that is followed.
    by_age = conversation.ask("by age")
    assert by_age.sql is not None and by_age.sql.startswith("SELECT age, COUNT(*)")
    assert conversation.ask("remove the age").sql == (
        "SELECT COUNT(*) FROM singer WHERE country = 'France'"
    )


def test_without_an_answer_before_a_question_stands_alone(translator: Translator) -> None:
    conversation = translator.conversation()
    assert conversation.ask("").status == "error"
    alone = conversation.ask("What about the United States?")
    assert alone.understood == ""
    assert conversation.turns[1].understood == "What about the United States?"


def test_a_conversation_goes_on_from_given_turns(translator: Translator) -> None:
    first = translator.conversation()
    first.ask(FRENCH)
    later = translator.conversation(first.turns).ask("and the highest age?")
    assert later.sql == "SELECT MAX(age) FROM singer WHERE country = 'France'"


def test_what_a_person_verified_wins(translator: Translator, tmp_path: Path) -> None:
    conversation = translator.conversation()
    conversation.ask("Who sings pop songs?")
    answer = conversation.ask("What about rock?")
    assert answer.understood == "Who sings rock songs?"
    assert answer.verified_match == ROCK


def test_rows_stay_whole_until_something_of_them_is_named(conversation: Conversation) -> None:
    assert conversation.ask("Show all singers").sql == "SELECT * FROM singer"
    french = conversation.ask("only those from France")
    assert french.sql == "SELECT * FROM singer WHERE country = 'France'"
    names = conversation.ask("what are their names?")
    assert names.sql == "SELECT name FROM singer WHERE country = 'France'"


def test_a_question_of_its_own_is_about_the_figures_that_are_shown(
    conversation: Conversation,
) -> None:
    conversation.ask("How many singers are there for each country?")
    most = conversation.ask("Which country has the highest number of singers?")
    assert most.sql == (
        "SELECT country FROM singer GROUP BY country ORDER BY COUNT(*) DESC LIMIT 1"
    )
    assert most.understood == "Which country has the highest number of singers?"


def test_a_question_that_says_all_of_a_query_starts_afresh(conversation: Conversation) -> None:
    conversation.ask("Who are the singers from France?")
    fresh = conversation.ask("What is the average age per country?")
    assert fresh.understood == "" and "France" not in (fresh.sql or "")
