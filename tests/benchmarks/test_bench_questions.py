"""The questions of `bench_questions` are well formed, the queries about the databases that are made
run, and answers are judged by their rows.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest
from sqlglot import exp

from mome.sql_tree import parsed
from training_data.sample.bookshop import create_sample
from training_data.sample.pairs import VERIFIED

FOLDER = Path(__file__).parent
FILES = sorted((FOLDER / "questions").glob("*.jsonl"))
FILLED = FOLDER / "questions" / "filled" / "bookshop.jsonl"
CONTINUED = FOLDER / "questions" / "continued" / "bookshop.jsonl"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The benchmark, which imports its neighbours as a script does."""
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("bench_questions")


@pytest.fixture(scope="module")
def bookshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample database."""
    return create_sample(tmp_path_factory.mktemp("questions") / "bookshop.sqlite")


def test_there_are_ten_questions_for_each_of_twenty_constructs(bench: ModuleType) -> None:
    counts = Counter()
    for path in FILES:
        if path.stem != "billing":
            counts.update(question.construct for question in bench.read_questions(path))
    assert len(FILES) == 6
    assert len(counts) == 20
    assert set(counts.values()) == {10}


def test_there_are_80_questions_about_billing(bench: ModuleType) -> None:
    assert len(bench.read_questions(FOLDER / "questions" / "billing.jsonl")) == 80


def test_there_are_50_questions_that_verified_queries_answer_with_other_literals(
    bench: ModuleType,
) -> None:
    texts = {question.question for question in bench.read_questions(FILLED)}
    assert len(texts) == 50
    assert texts.isdisjoint(question for question, _ in VERIFIED)


def test_there_are_36_questions_that_go_on_behind_known_ones(bench: ModuleType) -> None:
    texts = {question.question for question in bench.read_questions(CONTINUED)}
    assert len(texts) == 36
    assert texts.isdisjoint(question for question, _ in VERIFIED)


@pytest.mark.parametrize(
    "path", [*FILES, FILLED, CONTINUED], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_each_line_has_its_fields(bench: ModuleType, path: Path) -> None:
    questions = bench.read_questions(path)
    for question in questions:
        assert question.db == path.stem
        assert question.question == question.question.strip() != ""
        assert question.sql
        for sql in question.sql:
            assert isinstance(parsed(sql, "sqlite"), exp.Query), sql
        assert len({parsed(sql, "sqlite") for sql in question.sql}) == len(question.sql)
    texts = {question.question for question in questions}
    assert len(texts) == len(questions)


def test_a_line_with_another_field_is_refused(bench: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "shop.jsonl"
    path.write_text('{"db": "shop", "construct": "nth", "question": "Who?", "query": "SELECT 1"}\n')
    with pytest.raises(ValueError, match="expected the fields"):
        bench.read_questions(path)


@pytest.mark.parametrize(
    "path", ["billing.jsonl", "bookshop.jsonl", "filled/bookshop.jsonl", "continued/bookshop.jsonl"]
)
def test_the_queries_about_a_made_database_return_rows(
    bench: ModuleType, tmp_path: Path, path: str
) -> None:
    database = bench.database_of(Path(path).stem, tmp_path / "no data", tmp_path)
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    for question in bench.read_questions(FOLDER / "questions" / path):
        for sql in question.sql:
            rows = connection.execute(sql).fetchall()
            assert rows, sql
    connection.close()


@pytest.mark.parametrize(
    ("status", "sql", "expected"),
    [
        ("ok", "SELECT opened_on, name FROM store", "right"),
        ("ok", "SELECT STRFTIME('%Y', opened_on), name FROM store", "right"),
        ("ok", "SELECT name FROM store", "wrong"),
        ("ok", "SELECT nothing FROM store", "invalid"),
        ("ambiguous", "SELECT name, opened_on FROM store", "refused"),
        ("unanswerable", None, "refused"),
    ],
)
def test_an_answer_is_judged_by_its_rows(
    bench: ModuleType, bookshop: Path, status: str, sql: str | None, expected: str
) -> None:
    queries = (
        "SELECT name, opened_on FROM store",
        "SELECT name, STRFTIME('%Y', opened_on) FROM store",
    )
    question = bench.Question("bookshop", "typed period", "When did the stores open?", queries)
    assert bench.verdict(bookshop, question, {"status": status, "sql": sql}) == expected


def test_order_counts_where_the_query_orders(bench: ModuleType, bookshop: Path) -> None:
    ordered = "SELECT name FROM store ORDER BY opened_on"
    question = bench.Question("bookshop", "nth", "Stores by age", (ordered,))
    backwards = {"status": "ok", "sql": f"{ordered} DESC"}
    assert bench.verdict(bookshop, question, backwards) == "wrong"


def test_precision_leaves_out_what_is_refused(bench: ModuleType) -> None:
    judged = []
    for construct, verdict in (("nth", "right"), ("nth", "refused"), ("text", "wrong")):
        question = bench.Question("bookshop", construct, "?", ("SELECT 1",))
        judged.append(bench.Judged(question, verdict, "ok", "SELECT 1"))
    first, second, total = bench.table(judged)
    assert (first["construct"], first["accuracy"], first["precision"]) == ("nth", "0.500", "1.000")
    assert (second["right"], second["wrong"], second["refused"]) == ("0", "1", "0")
    assert (total["construct"], total["accuracy"], total["precision"]) == ("all", "0.333", "0.500")
