"""Execution accuracy on questions of our own.

`python tests/benchmarks/bench_questions.py DATA [--work FOLDER] [--db NAME ...] [--limit N]` prints
a table and writes a CSV. DATA holds spider/ with its databases. `questions/` has a file for each
database. Ten questions for each of twenty constructs are about the sample bookshop and four of
Spider's; 80 are about a billing database that no model was trained on. It and the bookshop are made
here.

Each database gets a memory by `mome tune`, without verified pairs, and `mome translate` answers its
questions. The work folder keeps memories, answers and verdicts; a memory that exists is refreshed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from billing_database import create_billing
from charity_database import create_charity
from clinic_database import create_clinic
from factory_database import create_factory
from form_sets import rows_of
from gym_database import create_gym
from logistics_database import create_logistics
from tables import Row, show
from warehouse_dw_database import create_warehouse_dw

from mome.answering.row_comparison import same_rows
from mome.pretrain.examples import read_lines
from mome.sql_tree import is_ordered
from training_data.sample.bookshop import create_sample

QUESTIONS = Path(__file__).with_name("questions")
MADE: dict[str, Callable[[Path], Path]] = {
    "billing": create_billing,
    "bookshop": create_sample,
    "charity": create_charity,
    "clinic": create_clinic,
    "factory": create_factory,
    "gym": create_gym,
    "logistics": create_logistics,
    "warehouse_dw": create_warehouse_dw,
}
"""What makes a database at a path; the others are Spider's."""
FIELDS = {"db", "construct", "question", "sql"}


@dataclass(frozen=True)
class Question:
    """A question with the queries that answer it."""

    db: str
    construct: str
    question: str
    sql: tuple[str, ...]
    """Several if the question leaves open how a period or a share is written: 2024-05 or the first
    day of that month, a fraction or a percentage.
    """


@dataclass(frozen=True)
class Judged:
    """What became of one question."""

    question: Question
    verdict: str
    """right, wrong, invalid or refused."""
    status: str
    """Status of the translation."""
    answer: str | None
    """SQL of the translation; None if it has none."""


def read_questions(path: Path) -> list[Question]:
    """Return the questions of a file. Raises ValueError if a line has other fields."""
    return [_question(line) for line in read_lines(path)]


def _question(line: dict) -> Question:
    if set(line) != FIELDS:
        raise ValueError(f"expected the fields {sorted(FIELDS)}, found {sorted(line)}")
    sql = line["sql"]
    queries = (sql,) if isinstance(sql, str) else tuple(sql)
    return Question(line["db"], line["construct"], line["question"], queries)


def database_of(name: str, data: Path, folder: Path) -> Path:
    """Return the database of that name: one that is made in `folder`, or one of Spider's."""
    if name in MADE:
        return MADE[name](folder / f"{name}.sqlite")
    return data / "spider" / "db" / f"{name}.sqlite"


def verdict(database: Path, question: Question, answer: dict) -> str:
    """Return whether an answer is right, wrong, invalid, which is what the database refuses to run,
    or refused, which is every status but ok.

    An answer is right if it gives the rows of one of the question's queries, in their order if that
    query has one. Its columns may stand in another order.
    """
    if answer["status"] != "ok":
        return "refused"
    found = rows_of(database, answer["sql"])
    if isinstance(found, str):
        return "invalid"
    for sql in question.sql:
        wanted = rows_of(database, sql)
        if isinstance(wanted, str):
            # A question without rows to compare would count against the model.
            raise ValueError(f"{wanted}: {sql}")
        ordered = is_ordered(sql, "sqlite")
        if same_rows(wanted, found, ordered=ordered, any_column_order=True):
            return "right"
    return "wrong"


def ask(database: Path, questions: Sequence[Question], folder: Path) -> Iterator[Judged]:
    """Tune a memory for the database in `folder` and yield what became of each question."""
    folder.mkdir(parents=True, exist_ok=True)
    memory, asked, out = folder / "memory", folder / "questions.jsonl", folder / "answers.jsonl"
    write_lines(asked, ({"question": question.question} for question in questions))
    run_mome("tune", "--db-url", database, "--memory", memory)
    run_mome("translate", "--memory", memory, "--questions", asked, "--out", out)
    # `mome translate` answers in the order of the questions.
    for question, answer in zip(questions, read_lines(out), strict=True):
        found = verdict(database, question, answer)
        yield Judged(question, found, answer["status"], answer["sql"])


def run_mome(*arguments: str | Path) -> None:
    """Run a command of mome. Raises CalledProcessError if it fails."""
    command = [sys.executable, "-m", "mome.cli", *map(str, arguments)]
    subprocess.run(command, check=True)


def write_lines(path: Path, lines: Iterable[dict]) -> None:
    """Write JSON objects, each in a line."""
    texts = [json.dumps(line, ensure_ascii=False) + "\n" for line in lines]
    path.write_text("".join(texts), encoding="utf-8")


def table(judged: Sequence[Judged]) -> list[Row]:
    """Return a row for each construct and one for all questions."""
    constructs = dict.fromkeys(each.question.construct for each in judged)
    rows = []
    for construct in constructs:
        part = [each for each in judged if each.question.construct == construct]
        rows.append(_row(construct, part))
    return [*rows, _row("all", judged)]


def _row(construct: str, judged: Sequence[Judged]) -> Row:
    counts = Counter(each.verdict for each in judged)
    right, wrong = counts["right"], counts["wrong"] + counts["invalid"]
    return {
        "construct": construct,
        "questions": str(len(judged)),
        "right": str(right),
        "wrong": str(wrong),
        "refused": str(counts["refused"]),
        "accuracy": _share(right, len(judged)),
        "precision": _share(right, right + wrong),
    }


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def main() -> None:
    """Print the table and write it as CSV."""
    names = sorted(path.stem for path in QUESTIONS.glob("*.jsonl"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--work", type=Path, default=Path("build/bench_questions"))
    parser.add_argument("--db", nargs="+", default=names, choices=names)
    parser.add_argument("--limit", type=int, help="ask the first N questions of each database")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_questions.csv"))
    options = parser.parse_args()
    judged: list[Judged] = []
    for name in options.db:
        folder = options.work / name
        database = database_of(name, options.data, folder)
        questions = read_questions(QUESTIONS / f"{name}.jsonl")[: options.limit]
        part = list(ask(database.resolve(), questions, folder))
        write_lines(folder / "verdicts.jsonl", map(asdict, part))
        judged += part
    show(options.csv, table(judged))


if __name__ == "__main__":
    main()
