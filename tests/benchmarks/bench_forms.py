"""How many of people's queries have a form, and give the same rows back.

`python tests/benchmarks/bench_forms.py DATA [--sets NAME ...]` prints two tables and writes a CSV.
DATA holds a folder for each set: spider, bird_train, exercises and sede. The first table has a row
for each set; the second the most frequent reasons for which a query has no form, or not the same
rows.

With rows (spider, exercises) a query counts if its form gives the same rows back. Without, it
counts if its form, read again from the SQL that it gives, is the same, and so are the tables and
columns of that SQL.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import sqlglot
from form_sets import Questions, read_set, rows_of
from tables import Row, show

from mome.answering.row_comparison import same_rows
from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.sql_tree import is_ordered
from training_data.sql.referenced_objects import objects_of

SETS = ("spider", "bird_train", "exercises", "sede")
SHOWN = 15
"""Reasons of each set in the second table."""


class Score:
    """How many queries of one set have a form, and why the others have none."""

    def __init__(self) -> None:
        self.queries = 0
        self.formed = 0
        """Queries that have a form."""
        self.joinless = 0
        """Queries whose form writes no join."""
        self.kept = 0
        """Queries whose form says the same, as the module's docstring defines it."""
        self.reasons: Counter[str] = Counter()
        self.examples: dict[str, str] = {}

    def add(self, questions: Questions, sql: str, form: Forms) -> None:
        """Count one query."""
        self.queries += 1
        try:
            text = form.encode(sql)
        except NotExpressible as error:
            self._note(f"no form: {error}", sql)
            return
        self.formed += 1
        self.joinless += " JOIN " not in text
        problem = _problem(questions, sql, text, form)
        self.kept += not problem
        if problem:
            self._note(problem, f"{sql}\n    {text}")

    def _note(self, reason: str, example: str) -> None:
        # Reasons that differ in the name of a table or column alone are one reason.
        reason = re.sub(r"(table|column) .+", r"\1 ...", reason)
        self.reasons[reason] += 1
        self.examples.setdefault(reason, example)

    def row(self, name: str) -> Row:
        """Return the score as a row of the table."""
        counts = {"form": self.formed, "no join": self.joinless, "same back": self.kept}
        shares = {column: f"{count / self.queries:.4f}" for column, count in counts.items()}
        return {"set": name, "queries": str(self.queries), **shares}


def _problem(questions: Questions, sql: str, text: str, form: Forms) -> str:
    """Return what a form loses; empty if it loses nothing."""
    try:
        back = form.decode(text)
        again = form.encode(back)
    except NotExpressible as error:
        return f"not back: {error}"
    if again != text:
        return "another form when read again"
    if questions.path is None:
        catalog = questions.catalog
        return "" if _objects(sql, catalog) == _objects(back, catalog) else "other names"
    wanted, found = rows_of(questions.path, sql), rows_of(questions.path, back)
    if isinstance(wanted, str):
        # A query that fails, or takes too long, has no rows to compare.
        return ""
    if isinstance(found, str):
        return "fails"
    is_same = same_rows(wanted, found, ordered=is_ordered(sql, "sqlite"))
    return "" if is_same else "other rows"


def _objects(sql: str, catalog: Catalog) -> frozenset[str]:
    """Return the tables and columns that SQL names."""
    return objects_of(sqlglot.parse_one(sql, dialect="sqlite"), catalog)


def score_of(sets: Iterable[Questions]) -> Score:
    """Return the score of one set."""
    score = Score()
    for questions in sets:
        form = Forms(questions.catalog)
        for sql in questions.queries:
            score.add(questions, sql, form)
    return score


def main() -> None:
    """Print the tables and write them as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", default=SETS, choices=SETS)
    parser.add_argument("--examples", action="store_true", help="print a query for each reason")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_forms.csv"))
    options = parser.parse_args()
    rows: list[Row] = []
    reasons: list[Row] = []
    for name in options.sets:
        score = score_of(read_set(options.data, name))
        rows.append(score.row(name))
        for reason, count in score.reasons.most_common(SHOWN):
            reasons.append({"set": name, "queries": str(count), "why": reason})
            if options.examples:
                print(f"{name}: {reason}\n    {score.examples[reason]}")
    show(options.csv, rows, reasons)


if __name__ == "__main__":
    main()
