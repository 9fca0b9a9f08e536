"""Glossary files: terms are read, broken lines are reported, the later of two entries counts."""

from __future__ import annotations

from pathlib import Path

from training_data.given.glossary import read_glossary, synonyms
from training_data.sample.bookshop import sample_glossary


def test_the_sample(tmp_path: Path) -> None:
    terms, problems = read_glossary(sample_glossary(tmp_path / "glossary.jsonl"))
    assert problems == [] and len(terms) == 13
    assert ("client", "customer") in synonyms(terms)
    assert not any(term == "revenue" for term, _ in synonyms(terms))


def test_csv_with_empty_fields(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(
        'term,meaning,expression\nclient,customer,\nrevenue,,"SUM(a * b);"\nnothing,,\n,x,\n'
    )
    terms, problems = read_glossary(path)
    assert [(term.term, term.meaning, term.expression, term.line) for term in terms] == [
        ("client", "customer", None, 2),
        ("revenue", None, "SUM(a * b)", 3),
    ]
    assert [str(problem) for problem in problems] == [
        f"{path}, line 4: neither meaning nor expression for 'nothing'",
        f"{path}, line 5: no term",
    ]


def test_only_the_term_column_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("term,meaning\nclient,customer\n")
    assert len(read_glossary(path)[0]) == 1


def test_the_later_explanation_counts(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(
        '{"term": "Client", "meaning": "buyer"}\n'
        '{"term": "client", "meaning": "customer"}\n'
        '{"term": "client", "meaning": "customer"}\n'
    )
    terms, problems = read_glossary(path)
    assert [(term.term, term.meaning, term.line) for term in terms] == [("client", "customer", 3)]
    assert [problem.line for problem in problems] == [1]


def test_too_long_and_control_characters(tmp_path: Path) -> None:
    path = tmp_path / "g.jsonl"
    path.write_text(
        f'{{"term": "{"x" * 100}", "meaning": "y"}}\n{{"term": "bell\\u0007", "meaning": "y"}}\n'
    )
    terms, problems = read_glossary(path)
    assert terms == [] and [problem.line for problem in problems] == [1, 2]
