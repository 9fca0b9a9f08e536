"""The questions of an examination."""

from __future__ import annotations

from pathlib import Path

import pytest

from mome.artifacts.facts import MemoryFact
from mome.evaluation.domains import DOMAINS, make_database, questions, write_verified
from mome.evaluation.questions import MOST, near, read_questions, reworded, unrelated
from mome.execution import open_executor
from mome.guard import guard
from mome.linking.values import ValueIndex
from mome.pretrain.command import read_database
from training_data import UnreadableFile, read_verified


def fact(question: str, sql: str, name: str = "f1") -> MemoryFact:
    return MemoryFact(name, "verified", (question,), sql)


FACTS = [
    fact("How many of the members does each club have?", "SELECT 1", "f1"),
    fact("Which clubs have no successful members?", "SELECT 2", "f2"),
    fact("Who joined in 2024?", "SELECT 3", "f3"),
]


def test_facts_are_asked_in_words_that_no_tune_used() -> None:
    assert [(one.question, one.sql) for one in reworded(FACTS)] == [
        ("how many members each club have", "SELECT 1"),
        ("Which clubs have no scucessful members?", "SELECT 2"),
        ("Could you please tell me: Who joined in 2024? Thanks!", "SELECT 3"),
    ]
    # A wording that a mistake leaves as it is would be no other one.
    assert reworded([FACTS[0], fact("Who is it?", "SELECT 4")])[1:] == []
    assert len(reworded(FACTS * 40)) <= MOST


def test_near_questions_have_another_value_and_its_sql() -> None:
    values = ValueIndex([("club", "city", ("Basel", "Bern"))])
    known = [
        fact("Which clubs are in Basel?", "SELECT name FROM club WHERE city = 'Basel'"),
        fact("How many clubs are there?", "SELECT COUNT(*) FROM club"),
    ]
    (one,) = near(known, values, "sqlite")
    assert (one.kind, one.question, one.sql) == (
        "near",
        "Which clubs are in Bern?",
        "SELECT name FROM club WHERE city = 'Bern'",
    )


def test_unrelated_questions_leave_out_subjects_of_the_facts() -> None:
    asked = {one.question for one in unrelated(FACTS)}
    assert all(one.sql is None for one in unrelated(FACTS)) and len(asked) == MOST


def test_an_exam_is_read_with_the_problems_of_its_lines(tmp_path: Path) -> None:
    path = tmp_path / "exam.csv"
    path.write_text('question,sql\nHow many?,SELECT 1\n"What, then?",\nonly\n,SELECT 2\n')
    found, problems = read_questions(path)
    assert [(one.question, one.sql, one.place) for one in found] == [
        ("How many?", "SELECT 1", f"{path}, line 2"),
        ("What, then?", None, f"{path}, line 3"),
    ]
    assert [problem.split(": ")[0] for problem in problems] == [
        f"{path}, line 4",
        f"{path}, line 5",
    ]
    with pytest.raises(UnreadableFile, match="no column sql"):
        read_questions(_written(tmp_path / "other.csv", "question\nHow many?\n"))


@pytest.mark.parametrize("name", DOMAINS)
def test_every_query_of_a_domain_gives_rows(name: str, tmp_path: Path) -> None:
    database = make_database(name, tmp_path / f"{name}.sqlite")
    catalog, _ = read_database(database)
    pairs, problems = read_verified(write_verified(name, tmp_path / "verified.jsonl"))
    asked = questions(name)
    assert len(pairs) == 8 and not problems
    wanted = [pair.sql for pair in pairs] + [one.sql for one in asked if one.sql is not None]
    with open_executor(database) as executor:
        for sql in wanted:
            assert executor.run(guard(sql, catalog)).rows, sql
    assert {one.kind for one in asked} == {"reworded", "near", "own", "unrelated"}
    assert all((one.sql is None) == (one.kind == "unrelated") for one in asked)


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
