"""`mome eval`: figures for people and for programs, exit statuses for continuous integration."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mome.evaluation.suite import examine_domains
from mome.reporting import Reporter
from training_data.sample.pairs import VERIFIED

if TYPE_CHECKING:
    from conftest import Cli, Done, Tuned


def exam(path: Path, *lines: dict | str) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


def test_figures_of_a_memory_and_of_an_exam(bookshop: Tuned, mome: Cli, tmp_path: Path) -> None:
    (question, sql), (_, other_sql) = VERIFIED[6], VERIFIED[0]
    questions = exam(
        tmp_path / "exam.jsonl",
        {"question": question, "sql": sql},
        {"question": VERIFIED[3][0], "sql": other_sql},
        {"question": "Which greenhouse used the most water?", "sql": None},
        "no JSON",
        {"question": "What is hidden?", "sql": "SELECT 1 FROM nothing"},
        {"sql": "SELECT 1"},
    )
    page = tmp_path / "exam.html"
    done = mome(
        "eval",
        "--memory",
        bookshop.memory,
        "--questions",
        questions,
        "--json",
        "--html",
        page,
        "--at-least",
        "accuracy=0.6",
        "--at-least",
        "verified=1",
    )
    assert done.code == 1, done.err
    figures = json.loads(done.out)
    facts = bookshop.facts()
    assert (figures["recall"]["good"], figures["recall"]["of"]) == (
        sum(fact["recalled"] for fact in facts),
        len(facts),
    )
    assert (figures["verified"]["good"], figures["verified"]["of"]) == (len(VERIFIED),) * 2
    assert (figures["accuracy"]["good"], figures["accuracy"]["of"]) == (1, 2)
    by_question = {(one["kind"], one["question"]): one for one in figures["questions"]}
    assert by_question["own", question]["grade"] == "right"
    assert by_question["own", question]["confidence"] == 1.0
    assert by_question["own", VERIFIED[3][0]]["grade"] not in ("right", "refused")
    assert by_question["own", "Which greenhouse used the most water?"]["grade"] == "rightly refused"
    assert figures["reworded"]["share"] > 0.7
    assert figures["refused"]["share"] > 0.9
    assert figures["refused"]["of"] > 20 and figures["p95_ms"] >= figures["p50_ms"] > 0
    assert "below: accuracy: 0.5000, and at least 0.6 is wanted" in done.err
    assert f"not right: {questions}, line 2: {VERIFIED[3][0]}: " in done.err
    for line in (4, 5, 6):
        assert f"left out: {questions}, line {line}: " in done.err
    assert f"{questions}, line 2" not in page.read_text()
    assert "Your questions" in page.read_text()


def test_figures_for_people_and_what_changed_since_a_version(own_club: Tuned, mome: Cli) -> None:
    where = ("--memory", own_club.memory)
    question, sql = "What is our pride?", "SELECT COUNT(*) FROM member"
    learned = mome("learn", "--question", question, "--sql", sql, *where)
    assert learned.code == 0, learned.err
    questions = exam(
        own_club.memory.parent / "exam.jsonl",
        {"question": question, "sql": sql},
        {
            "question": "Which clubs are in Basel?",
            "sql": "SELECT name FROM club WHERE city = 'Basel'",
        },
    )
    done = mome("eval", *where, "--questions", questions, "--compare", "0001")
    assert done.code == 0, done.err
    assert done.out.splitlines()[0] == ("recall     4 of 4 (100.0%; 95% interval 51 to 100%)")
    assert any(line.startswith("accuracy   2 of 2") for line in done.out.splitlines())
    (better,) = (line for line in done.err.splitlines() if line.startswith("better: "))
    assert better.startswith(f"better: {question}: ") and better.endswith(f" -> right: {sql}")


def test_what_could_not_run_has_a_status_of_its_own(
    club: Tuned, mome: Cli, tmp_path: Path, refused: Callable[[Done, str], None]
) -> None:
    nothing = mome("eval", "--memory", tmp_path / "nothing")
    refused(nothing, "there is no memory at")
    missing = mome("eval", "--memory", club.memory, "--questions", tmp_path / "none.jsonl")
    refused(missing, "cannot read")
    version = mome("eval", "--memory", club.memory, "--compare", "0007")
    refused(version, "keeps no version 0007; it keeps 0001")
    bound = mome("eval", "--memory", club.memory, "--at-least", "accuracy=7")
    refused(bound, "is not one of recall, verified, ")
    both = mome("eval", "--suite", "--questions", tmp_path / "none.jsonl")
    refused(both, "it has questions of its own")
    assert {done.code for done in (nothing, missing, version, bound, both)} == {2}


def test_a_shipped_domain_is_tuned_and_examined() -> None:
    ((name, figures),) = examine_domains(("shop",), "bundled", Reporter(), least=0.0)
    assert name == "shop" and not figures.problems
    shares = {name: (share.good, share.of) for name, share in figures.shares.items()}
    assert shares["verified"] == (8, 8)
    assert shares["reworded"][1] == 7 and shares["locality"][1] == 5
    assert shares["refused"][1] == 7 and shares["accuracy"][1] == 8
    # As measured, less two questions.
    assert shares["reworded"][0] >= 5 and shares["locality"][0] >= 4
