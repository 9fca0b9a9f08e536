"""Other words for generated facts: kept where the model reads them back as the same, and never
where another fact has them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pytest

from mome.artifacts.facts import MemoryFact
from mome.backbones.base import Candidate, Prompt
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.identity import BUNDLED
from mome.linking.slice import Linker
from mome.tune.paraphrase import TRIES, phrase
from mome.tune.plan import planned
from training_data import make_fact

COUNT, NAMES, AGES = (
    "SELECT COUNT(*) FROM singer",
    "SELECT name FROM singer",
    "SELECT age FROM singer",
)


class Asking(BundledBackbone):
    """The shipped model, which asks and answers by the book."""

    asked: Mapping[str, Sequence[str]] = MappingProxyType({})
    answered: Mapping[str, str | None] = MappingProxyType({})

    def questions(self, queries: Sequence[str], linker: Linker, *, seed: int) -> list[str]:
        return [self.asked[sql][seed] for sql in queries]

    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        given = [self.answered.get(prompt.question, "nothing") for prompt in prompts]
        return [[] if answer == "nothing" else [Candidate(answer, -0.1, 0.9)] for answer in given]


@pytest.fixture(scope="module")
def asking(one_thread: None) -> Asking:
    return Asking(BUNDLED)


def fact(kind: str, wording: str, sql: str) -> MemoryFact:
    return planned(make_fact(kind, [wording], sql, ["singer"]))


def same(one: str, other: str) -> bool:
    return other == one.replace("singer", "singer AS s")


def phrased(asking: Asking, linker: Linker, *facts: MemoryFact) -> list[tuple[str, ...]]:
    return [fact.wordings for fact in phrase(facts, asking, linker, same)]


def test_questions_that_are_understood_become_wordings(asking: Asking, linker: Linker) -> None:
    asking.asked = {
        COUNT: ("Singers?", "How many singers?"),
        NAMES: ("Which singer?", "Whose names?"),
        AGES: ("", "How old?"),
    }
    asking.answered = {
        "Singers?": COUNT,
        "How many singers?": "SELECT COUNT(*) FROM singer AS s",
        "Which singer?": AGES,
        "Whose names?": None,
    }
    facts = [
        fact("count_rows", "count singers", COUNT),
        fact("list_names", "names of singers", NAMES),
        fact("list_ages", "ages", AGES),
    ]
    assert phrased(asking, linker, *facts) == [
        ("count singers", "Singers?", "How many singers?"),
        ("names of singers",),
        ("ages",),
    ]


def test_a_question_about_something_else_is_none(asking: Asking, linker: Linker) -> None:
    asking.asked = {COUNT: ("How many teachers are there?", "How many singers are from France?")}
    asking.answered = {
        "How many teachers are there?": COUNT,
        "How many singers are from France?": COUNT,
    }
    assert phrased(asking, linker, fact("count_rows", "count singers", COUNT)) == [
        ("count singers", "How many singers are from France?")
    ]


def test_no_two_facts_get_the_same_words(asking: Asking, linker: Linker) -> None:
    asking.asked = {
        COUNT: ("ages!", "All of them?"),
        NAMES: ("all of them", "Count Singers"),
        AGES: ("Which year?", "Which year?"),
    }
    asking.answered = {
        "ages!": COUNT,
        "All of them?": COUNT,
        "all of them": NAMES,
        "Count Singers": NAMES,
        "Which year?": AGES,
    }
    facts = [
        fact("count_rows", "count singers", COUNT),
        fact("list_names", "names of singers", NAMES),
        fact("list_ages", "ages", AGES),
    ]
    assert phrased(asking, linker, *facts) == [
        ("count singers",),
        ("names of singers", "all of them"),
        ("ages", "Which year?"),
    ]


def test_people_s_words_stay_alone(asking: Asking, linker: Linker) -> None:
    asking.asked, asking.answered = {}, {}
    facts = [fact("verified", "count singers", COUNT), fact("glossary", "names", NAMES)]
    assert phrase(facts, asking, linker, same) == facts


def test_who_listens_hears_of_every_question(asking: Asking, linker: Linker) -> None:
    asking.asked, asking.answered = {COUNT: ["How many?"] * TRIES}, {}
    heard: list[tuple[int, int]] = []
    phrase(
        [fact("count_rows", "count singers", COUNT)] * 20,
        asking,
        linker,
        same,
        lambda done, total: heard.append((done, total)),
    )
    assert heard == [(16, 40), (20, 40), (36, 40), (40, 40)]
