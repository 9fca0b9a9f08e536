"""The sets of questions that `bench_exam` asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_questions import QUESTIONS, Question, database_of, read_questions
from unanswerable_sets import foreign, unanswerable, without_columns

from mome.pretrain.examples import read_lines
from training_data.sample.pairs import GLOSSARY, VERIFIED


@dataclass(frozen=True)
class ExamSet:
    """Questions of one data set."""

    folder: str
    split: str
    key: str = "split"
    """The field that names the split."""
    verified: str | None = None
    """The split whose questions become verified pairs; None for none."""
    every_second: bool = False
    """Whether every second question of the split becomes a verified pair instead."""


SETS = {
    "club": ExamSet("exercises", "club"),
    "plants": ExamSet("exercises", "plants"),
    "spider": ExamSet("spider", "dev"),
    "spider-syn": ExamSet("spider", "dev_syn"),
    "geography": ExamSet("geography", "test", verified="train"),
    "geography-query": ExamSet("geography", "test", key="query_split", verified="train"),
}
"""The sets of people's questions on which the project is judged."""
HALF = ExamSet("geography", "train", every_second=True)
OWN = ("bookshop", "department_store", "inn_1", "store_1", "tracking_orders")
"""The databases of the 200 questions of our own that are ten for each construct."""
BILLING = "billing"
FILLED = "filled"
"""50 questions about the sample bookshop. Each differs from a verified one in stored values,
numbers or periods alone.
"""
CONTINUED = "continued"
"""36 questions about it that go on behind the words of a verified one or of a glossary's term."""
BUSINESS = "business"
"""Questions about three businesses that are made here, in the words of those who work there. A
fifth of them has no answer. No rule and no training saw them.
"""
ENTERPRISE = "enterprise"
"""Questions about larger firms that are made here, as their analysts and managers write them. No
rule, no training and no fitting of confidence saw them.
"""
BUSINESSES = {
    BUSINESS: ("gym", "factory", "charity"),
    ENTERPRISE: ("logistics", "clinic", "warehouse_dw"),
}
"""The databases of the sets that have questions with and without an answer."""
OF_SAMPLE = (FILLED, CONTINUED)
SAMPLE = "bookshop"
FITTED = ("own", BILLING, "geography-half", "foreign", "without", BUSINESS)
"""The sets to which confidence is fitted: our own questions, half of GeoQuery's training split with
the other half as verified pairs, questions about other databases, questions whose column was
dropped, and those about businesses.
"""


@dataclass(frozen=True)
class Sitting:
    """The questions about one database."""

    database: Path
    questions: Sequence[Question]
    verified: Sequence[dict] = ()
    """The memory's verified pairs."""
    glossary: Sequence[Mapping[str, str]] = ()
    """The memory's glossary."""


def sittings(name: str, data: Path, work: Path) -> Iterator[Sitting]:
    """Yield the questions of a set, database by database. `work`: receives databases that are made
    for it.
    """
    if name in SETS:
        yield from _of_people(SETS[name], data)
    elif name == "geography-half":
        yield from _of_people(HALF, data)
    elif name in OF_SAMPLE:
        work.mkdir(parents=True, exist_ok=True)
        database = database_of(SAMPLE, data, work).resolve()
        pairs = [{"question": question, "sql": sql} for question, sql in VERIFIED]
        questions = read_questions(QUESTIONS / name / f"{SAMPLE}.jsonl")
        yield Sitting(database, questions, pairs, GLOSSARY)
    elif name in BUSINESSES:
        work.mkdir(parents=True, exist_ok=True)
        for business in BUSINESSES[name]:
            yield _of_business(name, business, data, work)
    else:
        work.mkdir(parents=True, exist_ok=True)
        databases = {"own": OWN, BILLING: (BILLING,)}.get(name, (*OWN, BILLING))
        for own in databases:
            yield from _of_our_own(name, own, data, work)


def _of_our_own(name: str, own: str, data: Path, work: Path) -> Iterator[Sitting]:
    if name in ("foreign", "without"):
        made = foreign if name == "foreign" else without_columns
        for database, questions in made(own, data, work):
            yield Sitting(database, questions)
    else:
        database = database_of(own, data, work).resolve()
        yield Sitting(database, read_questions(QUESTIONS / f"{own}.jsonl"))


def _of_business(name: str, business: str, data: Path, work: Path) -> Sitting:
    database = database_of(business, data, work).resolve()
    questions = read_questions(QUESTIONS / name / f"{business}.jsonl")
    return Sitting(database, [*questions, *unanswerable(business)])


def _of_people(exam: ExamSet, data: Path) -> Iterator[Sitting]:
    asked: dict[str, list[Question]] = defaultdict(list)
    verified: dict[str, list[dict]] = defaultdict(list)
    for number, entry in enumerate(read_lines(data / exam.folder / "questions.jsonl")):
        is_asked = entry[exam.key] == exam.split
        if is_asked and exam.every_second and number % 2 == 0:
            is_asked, is_verified = False, True
        else:
            is_verified = entry[exam.key] == exam.verified
        if is_verified:
            verified[entry["db"]].append({"question": entry["question"], "sql": entry["sql"]})
        elif is_asked:
            sql = entry["sql"]
            queries = (sql,) if isinstance(sql, str) else tuple(sql)
            asked[entry["db"]].append(Question(entry["db"], "", entry["question"], queries))
    for own, questions in sorted(asked.items()):
        database = (data / exam.folder / "db" / f"{own}.sqlite").resolve()
        yield Sitting(database, questions, verified[own])
