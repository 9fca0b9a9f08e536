"""A verified query answers questions that differ from the verified one in its parameters alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mome.answering.filled_queries import FilledQueries
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import reject
from mome.catalog import Catalog
from mome.execution import Executor
from mome.linking.matched_question import Phrase
from mome.linking.slice import Linker
from mome.linking.values import ValueIndex, ValueMatch
from songs import FRENCH, NAMES, PAIRS, ROCK, Ask, said

COUNTED = (
    "How many singers are from France?",
    "SELECT COUNT(*) FROM singer WHERE country = 'France'",
)
OLDEST = (
    "Show the two oldest singers over 30.",
    "SELECT name FROM singer WHERE age > 30 ORDER BY age DESC LIMIT 2",
)
HELD = (
    "How many concerts were held in 2014?",
    "SELECT COUNT(*) FROM concert WHERE held >= '2014-01-01' AND held < '2015-01-01'",
)
SINCE = ("Concerts since 2014", "SELECT id FROM concert WHERE held >= '2014-01-01'")
MONTHLY = (
    "Concerts in May 2014",
    "SELECT id FROM concert WHERE STRFTIME('%Y-%m', held) = '2014-05'",
)
YEAR = ("Which stadiums had concerts in 2014?", "SELECT stadium_id FROM concert WHERE year = 2014")
SALES = (
    "Titles of pop songs of the United States",
    "SELECT title FROM song JOIN singer ON singer.id = singer_id "
    "WHERE genre = 'pop' AND country = 'United States'",
)


@pytest.fixture
def filled(
    make_concerts: Callable[..., Catalog],
) -> Callable[..., list[str]]:
    """`filled(pair, question)`: the queries of a verified pair for another question."""

    def filled(
        *pairs: tuple[str, str],
        question: str,
        kind: str = "verified",
        values: ValueIndex | None = None,
        lookup: Callable[[list[Phrase]], list[ValueMatch]] = lambda phrases: [],
        codes: dict[str, str] | None = None,
    ) -> list[str]:
        facts = [MemoryFact(str(i), kind, (ask,), sql) for i, (ask, sql) in enumerate(pairs)]
        stored = values or ValueIndex(
            [
                ("singer", "country", ["France", "United States", "Netherlands"], True),
                ("song", "genre", ["pop", "rock", "hip hop"], True),
                ("stadium", "city", ["Paris", "Glasgow", "Georgia"], True),
            ]
        )

        def code(place: tuple[str, str], text: str) -> str | None:
            return (codes or {}).get(text.lower()) if place == ("singer", "sex") else None

        catalog = make_concerts()
        known = Linker(catalog, []).known
        queries = FilledQueries(facts, catalog, stored, lookup, code, known)
        return [one.sql for one in queries.answers(question)]

    return filled


@pytest.mark.parametrize(
    ("pair", "question", "old", "new"),
    [
        (COUNTED, "how many singers are from the netherlands", "'France'", "'Netherlands'"),
        (COUNTED, "How many singers are from United States", "'France'", "'United States'"),
        (COUNTED, "How many singers are from France", "", ""),
        (OLDEST, "List the three oldest singers over 30", "LIMIT 2", "LIMIT 3"),
        (OLDEST, "show me the 2 oldest singers over 41", "> 30", "> 41"),
        (HELD, "how many concerts were held in 2016", "'2014-01-01' AND held < '2015",
         "'2016-01-01' AND held < '2017"),
        (HELD, "How many concerts were held in March 2015?",
         "'2014-01-01' AND held < '2015-01-01'", "'2015-03-01' AND held < '2015-04-01'"),
        (SINCE, "concerts since 2015", "2014", "2015"),
        (MONTHLY, "concerts in December 2016", "2014-05", "2016-12"),
        (YEAR, "Which stadiums had concerts in 2015?", "2014", "2015"),
        (SALES, "titles of hip hop songs of the Netherlands",
         "'pop' AND country = 'United States'", "'hip hop' AND country = 'Netherlands'"),
    ],
)  # fmt: skip
def test_what_the_question_says_is_filled_in(
    filled: Callable[..., list[str]], pair: tuple[str, str], question: str, old: str, new: str
) -> None:
    # Written as the guard's parser writes it.
    (before,) = filled(pair, question=pair[0])
    (after,) = filled(pair, question=question)
    assert after == before.replace(old, new)
    assert old in before


@pytest.mark.parametrize(
    ("pair", "question"),
    [
        (COUNTED, "How many singers are from Spain?"),
        (COUNTED, "How many singers are not from the Netherlands?"),
        (COUNTED, "How many singers are from France or the Netherlands?"),
        (COUNTED, "Which singers are from the Netherlands?"),
        (OLDEST, "Show the two youngest singers over 30."),
        (OLDEST, "Show the two oldest singers."),
        (HELD, "How many concerts were held since 2016?"),
        (HELD, "How many concerts were held in 2015 and 2016?"),
        (SINCE, "Concerts in 2015"),
        (MONTHLY, "Concerts in 2016"),
        (SALES, "Titles of pop songs of the United States in 2014"),
    ],
)
def test_another_question_gets_nothing(
    filled: Callable[..., list[str]], pair: tuple[str, str], question: str
) -> None:
    assert filled(pair, question=question) == []


def test_only_verified_queries_are_filled(filled: Callable[..., list[str]]) -> None:
    question = "How many singers are from the Netherlands?"
    assert filled(COUNTED, question=question, kind="rows where") == []


def test_a_number_that_stands_for_two_things_stays(filled: Callable[..., list[str]]) -> None:
    twice = "SELECT name FROM singer WHERE age > 2 ORDER BY age DESC LIMIT 2"
    pair = ("The 2 oldest singers over that age", twice)
    assert filled(pair, question="The 3 oldest singers over that age") == []


def test_a_value_that_names_two_kinds_of_things_is_not_filled(
    filled: Callable[..., list[str]],
) -> None:
    """Georgia is a country and, elsewhere, a city: the question may be about either."""
    values = ValueIndex(
        [
            ("singer", "country", ["France", "Georgia", "Netherlands"], True),
            ("stadium", "city", ["Paris", "Glasgow", "Georgia"], True),
        ]
    )
    ask = "How many singers are from {}?"
    assert filled(COUNTED, question=ask.format("Georgia"), values=values) == []
    assert filled(COUNTED, question=ask.format("Netherlands"), values=values) != []


def test_a_value_beyond_the_index_is_looked_up(filled: Callable[..., list[str]]) -> None:
    values = ValueIndex([("singer", "country", ["France"], False)])

    def lookup(phrases: list[Phrase]) -> list[ValueMatch]:
        (phrase,) = phrases
        known = {"spain": "Spain"}.get(phrase.text.lower())
        return [ValueMatch("singer", "country", known, 0, 0, 1.0)] if known else []

    (sql,) = filled(
        COUNTED, question="How many singers are from spain?", values=values, lookup=lookup
    )
    assert sql.endswith("'Spain'")
    question = "How many singers are from Atlantis?"
    assert filled(COUNTED, question=question, values=values, lookup=lookup) == []


CODED = (
    "How many female singers are over 30?",
    "SELECT COUNT(*) FROM singer WHERE sex = 'F' AND age > 30",
)


@pytest.mark.parametrize(
    ("codes", "question", "where"),
    [
        ({"male": "M", "female": "F"}, "How many male singers are over 40?", "'M' AND age > 40"),
        # Which word says F follows from the one that stands in its place.
        ({"male": "M"}, "How many male singers are over 40?", "'M' AND age > 40"),
        ({}, "How many female singers are over 40?", "'F' AND age > 40"),
    ],
)
def test_a_code_is_filled_in_by_its_name(
    filled: Callable[..., list[str]], codes: dict[str, str], question: str, where: str
) -> None:
    (sql,) = filled(CODED, question=question, codes=codes)
    assert sql.endswith(f"sex = {where}")


@pytest.mark.parametrize(
    "question",
    [
        "How many young singers are over 40?",
        "How many singers are over 40?",
        "How many female male are over 40?",
    ],
)
def test_a_word_that_is_no_code_is_not_filled_in(
    filled: Callable[..., list[str]], question: str
) -> None:
    assert filled(CODED, question=question, codes={"male": "M", "female": "F"}) == []


def test_an_article_may_be_part_of_a_value(filled: Callable[..., list[str]]) -> None:
    values = ValueIndex([("singer", "country", ["France", "The Gambia"], True)])
    (sql,) = filled(COUNTED, question="How many singers are from the Gambia?", values=values)
    assert sql.endswith("'The Gambia'")


def test_two_verified_questions_of_one_pattern_are_both_returned(
    filled: Callable[..., list[str]],
) -> None:
    other = (
        COUNTED[0].replace("France", "the Netherlands"),
        NAMES + " WHERE country = 'Netherlands'",
    )
    assert len(filled(COUNTED, other, question="How many singers are from United States?")) == 2


def test_a_filled_query_wins_over_the_model(ask: Ask, executor: Executor) -> None:
    question = "How many singers are from the United States?"
    answer = ask(said(NAMES), question=question, executor=executor)
    assert (answer.status, answer.sql, answer.confidence, answer.verified_match) == (
        "ok",
        PAIRS[FRENCH].replace("France", "United States"),
        1.0,
        FRENCH,
    )
    assert answer.notes == (f"the verified query of “{FRENCH}”, with 'United States' for 'France'",)


def test_the_verified_question_in_nearly_its_words_needs_no_note(ask: Ask) -> None:
    answer = ask(said(NAMES), question="how many singers are from the France")
    assert (answer.sql, answer.verified_match, answer.notes) == (PAIRS[FRENCH], FRENCH, ())


def test_a_filled_query_that_people_rejected_is_not_given(
    ask: Ask, executor: Executor, tmp_path: Path
) -> None:
    question = "Who sings pop songs?"
    (tmp_path / "feedback").mkdir()
    filled = PAIRS[ROCK].replace("rock", "pop")
    assert ask(said(NAMES), question=question, executor=executor, feedback=tmp_path).sql == filled
    reject(tmp_path, question, filled)
    answer = ask(said(NAMES), question=question, executor=executor, feedback=tmp_path)
    assert (answer.sql, answer.verified_match) == (NAMES, None)
