"""How often people ask what each rule writes: the share of their queries with a form of the rule.

`python tests/benchmarks/bench_rules.py FOLDER [FOLDER ...]` prints two tables and writes a CSV. The
first folder has questions.jsonl and the databases in db/, the others questions.jsonl only. Their
train splits have equal weight.

A form is a query without names, literals and joins: its clauses, functions and comparisons. If
several rules have the same share, the first gets all of it as its weight, the second half of it,
and so on. The table is sorted by weight; `RULES` is in this order.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

import sqlglot
from sqlglot import exp
from tables import Row, show

from schemas import introspect, resolve_url
from training_data.language.subjects import Database
from training_data.rules import RULES

DRAFTS = 3
"""Maximum number of drafts that a rule writes about one table."""


def form(sql: str) -> str:
    """Return the query with `c` for every column, `v` for every literal and `t` for its tables.

    Joins and aliases are removed, and equal expressions of a SELECT list count once.
    """
    tree = sqlglot.parse_one(sql, read="sqlite")
    for select in tree.find_all(exp.Select):
        select.set("joins", None)
        select.set("expressions", [entry.unalias() for entry in select.expressions])
    # COUNT(column) and COUNT(*) answer the same questions.
    for count in tree.find_all(exp.Count):
        if isinstance(count.this, exp.Column):
            count.set("this", exp.Star())
    # sqlglot tells ORDER BY from ORDER BY ... ASC; a form does not.
    for ordered in tree.find_all(exp.Ordered):
        ordered.set("desc", ordered.args.get("desc") or None)
    tree = tree.transform(_plain)
    for select in tree.find_all(exp.Select):
        shown = sorted({entry.sql() for entry in select.expressions})
        select.set("expressions", [sqlglot.parse_one(text) for text in shown])
        if select.args.get("group"):
            select.set("group", exp.Group(expressions=[exp.column("c")]))
    return tree.sql()


def _plain(node: exp.Expression) -> exp.Expression:
    """Return `t` for a table, `c` for a column, `v` for a literal, and any other node as it is."""
    if isinstance(node, exp.Table):
        return exp.to_table("t")
    if isinstance(node, exp.Column) and not (node.this.args.get("quoted") and not node.table):
        return exp.column("c")
    # A column here is a name in double quotes without a table; SQLite reads "France" as a text.
    if isinstance(node, exp.Literal | exp.Column):
        return exp.column("v")
    return node


def people_forms(folder: Path) -> tuple[Counter[str], set[str]]:
    """Return the number of queries of each form in the train split, and its databases' names."""
    forms: Counter[str] = Counter()
    names = set()
    with open(folder / "questions.jsonl", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    for entry in entries:
        if entry["split"] == "train":
            names.add(entry["db"])
            try:
                forms[form(entry["sql"])] += 1
            except sqlglot.errors.SqlglotError:
                forms["not read"] += 1
    return forms, names


def rule_forms(folder: Path, names: set[str]) -> dict[str, set[str]]:
    """Return the forms that each rule writes about the databases in `folder`."""
    forms: dict[str, set[str]] = {rule.__name__: set() for rule in RULES}
    for name in sorted(names):
        database = Database(introspect(resolve_url(folder / f"{name}.sqlite")))
        for subject in database.subjects():
            for rule in RULES:
                for draft in islice(rule(database, subject), DRAFTS):
                    forms[rule.__name__].add(form(database.sql.text(draft.sql)))
    return forms


def weighted(
    rules: Mapping[str, set[str]], counts: Sequence[Counter[str]]
) -> list[tuple[float, str, list[float]]]:
    """Return the weight of each rule, its name and its share of each data set, by weight."""
    seen: Counter[float] = Counter()
    rows = []
    for rule, forms in rules.items():
        shares = shares_of(forms, counts)
        mean = sum(shares) / len(shares)
        seen[mean] += 1
        rows.append((mean / seen[mean], rule, shares))
    return sorted(rows, key=lambda row: -row[0])


def shares_of(forms: set[str], counts: Sequence[Counter[str]]) -> list[float]:
    """Return for each data set the share of its queries with one of the forms."""
    return [sum(count[form_] for form_ in forms) / count.total() for count in counts]


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_rules.csv"))
    options = parser.parse_args()
    counts, names = zip(*map(people_forms, options.folders), strict=True)
    rules = rule_forms(options.folders[0] / "db", names[0])
    heads = [folder.resolve().name for folder in options.folders]

    def row(rule: str, shares: Sequence[float], weight: str) -> Row:
        cells = {head: f"{share:.4f}" for head, share in zip(heads, shares, strict=True)}
        return {"rule": rule, **cells, "weight": weight}

    table = [row(rule, shares, f"{weight:.4f}") for weight, rule, shares in weighted(rules, counts)]
    covered = set().union(*rules.values())
    table.append(row("any", shares_of(covered, counts), ""))
    queries: Counter[str] = sum(counts, Counter())
    gaps = [
        {"forms that no rule writes": form_, "queries": str(count)}
        for form_, count in queries.most_common(60)
        if form_ not in covered
    ]
    show(options.csv, table, gaps[:15])


if __name__ == "__main__":
    main()
