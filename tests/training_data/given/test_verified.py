"""Verified pairs are read, settled and checked; broken ones are reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from schemas import FullCatalog
from training_data.given.verified import VerifiedPair, read_verified, verified_facts
from training_data.sample.bookshop import sample_verified

Check = Callable[[str], str | None]


def write(path: Path, *entries: object) -> Path:
    path.write_text(
        "\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in entries),
        "utf-8",
    )
    return path


def test_every_pair_of_the_sample_becomes_a_fact(
    tmp_path: Path, bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    pairs, problems = read_verified(sample_verified(tmp_path / "verified.jsonl"))
    facts, refused = verified_facts(pairs, bookshop_catalog, check=bookshop_check)
    assert problems == refused == []
    assert [(fact.wordings[0], fact.sql) for fact in facts] == [
        (pair.question, pair.sql) for pair in pairs
    ]
    assert {fact.kind for fact in facts} == {"verified"}
    assert facts[0].objects == ("customer",)
    assert all(fact.objects for fact in facts)


def test_broken_lines_are_reported_and_skipped(tmp_path: Path) -> None:
    path = write(
        tmp_path / "v.jsonl",
        {"question": " How  many\nbooks? ", "sql": "SELECT COUNT(*)\nFROM book ; "},
        {"question": "no sql"},
        {"sql": "SELECT 1"},
        "{broken",
        {"question": "bell\u0007", "sql": "SELECT 1"},
        {"question": "x" * 2000, "sql": "SELECT 1"},
        {"question": "?", "sql": "SELECT 1"},
        {"question": ["a"], "sql": "SELECT 1"},
        {"question": "last", "sql": "SELECT 2"},
    )
    pairs, problems = read_verified(path)
    assert [(pair.question, pair.sql, pair.line) for pair in pairs] == [
        ("How many books?", "SELECT COUNT(*)\nFROM book", 1),
        ("last", "SELECT 2", 9),
    ]
    assert [problem.line for problem in problems] == [2, 3, 4, 5, 6, 7, 8]
    assert problems[0].reason == "no sql"


def test_csv(tmp_path: Path) -> None:
    pairs, problems = read_verified(
        write(tmp_path / "v.csv", "question,sql", '"a, b",SELECT 1', "c")
    )
    assert [(pair.question, pair.sql) for pair in pairs] == [("a, b", "SELECT 1")]
    assert [problem.line for problem in problems] == [3]


def test_of_two_answers_the_later_counts(tmp_path: Path) -> None:
    path = write(
        tmp_path / "v.jsonl",
        {"question": "How many books?", "sql": "SELECT 1"},
        {"question": "other", "sql": "SELECT 2"},
        {"question": "how many BOOKS", "sql": "SELECT 3"},
    )
    pairs, problems = read_verified(path)
    assert [(pair.question, pair.sql) for pair in pairs] == [
        ("other", "SELECT 2"),
        ("how many BOOKS", "SELECT 3"),
    ]
    assert [str(problem) for problem in problems] == [
        f"{path}, line 1: line 3 asks the same with other SQL; the later one counts"
    ]


def test_the_same_pair_twice_is_one_with_both_wordings(
    tmp_path: Path, bookshop_catalog: FullCatalog
) -> None:
    path = write(
        tmp_path / "v.jsonl",
        {"question": "Books?", "sql": "SELECT 1"},
        {"question": "books", "sql": "SELECT  1"},
    )
    pairs, problems = read_verified(path)
    assert len(pairs) == 1 and problems == []
    (fact,), _ = verified_facts(pairs, bookshop_catalog, check=lambda sql: None)
    assert fact.wordings == ("Books?",)


def test_pairs_of_two_files_are_settled_too(bookshop_catalog: FullCatalog) -> None:
    pairs = [
        VerifiedPair("q", "SELECT 1", 4, "old.csv"),
        VerifiedPair("Q?", "SELECT 2", 1, "new.csv"),
    ]
    facts, problems = verified_facts(pairs, bookshop_catalog, check=lambda sql: None)
    assert [fact.sql for fact in facts] == ["SELECT 2"]
    assert [str(problem) for problem in problems] == [
        "old.csv, line 4: new.csv, line 1 asks the same with other SQL; the later one counts"
    ]


def test_other_wordings_are_kept_but_never_against_another_question(
    tmp_path: Path, bookshop_catalog: FullCatalog
) -> None:
    path = write(
        tmp_path / "v.jsonl",
        {
            "question": "How many books?",
            "sql": "SELECT COUNT(*) FROM book",
            "wordings": ["book count", "HOW MANY BOOKS", "authors", 3, ""],
        },
        {"question": "Authors?", "sql": "SELECT COUNT(*) FROM author"},
    )
    facts, _ = verified_facts(read_verified(path)[0], bookshop_catalog, check=lambda sql: None)
    assert [fact.wordings for fact in facts] == [("How many books?", "book count"), ("Authors?",)]


def test_refused_sql_is_a_problem_with_its_line(
    bookshop_catalog: FullCatalog, bookshop_check: Check
) -> None:
    pairs = [
        VerifiedPair("a", "SELECT turnover FROM book", 7, "v.csv"),
        VerifiedPair("b", "SELECT title FROM book", 8, "v.csv"),
    ]
    facts, problems = verified_facts(pairs, bookshop_catalog, check=bookshop_check)
    assert [fact.objects for fact in facts] == [("book", "book.title")]
    assert [str(problem) for problem in problems] == ["v.csv, line 7: no such column: turnover"]


def test_sql_that_sqlglot_cannot_read_has_no_objects(bookshop_catalog: FullCatalog) -> None:
    (fact,), _ = verified_facts(
        [VerifiedPair("a", "SELECT (((", 1)], bookshop_catalog, check=lambda sql: None
    )
    assert fact.objects == ()


def test_of_a_list_of_right_queries_the_first_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(
        '{"question": "How many?", "sql": ["SELECT 1;", "SELECT 2"]}\n'
        '{"question": "None?", "sql": []}\n'
    )
    pairs, problems = read_verified(path)
    assert [pair.sql for pair in pairs] == ["SELECT 1"]
    assert [problem.reason for problem in problems] == ["no sql"]
