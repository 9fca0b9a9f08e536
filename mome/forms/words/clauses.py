"""The phrases of a query's clauses. `sentence` joins them, `difference` compares them."""

from __future__ import annotations

from sqlglot import exp

from mome.forms.nodes import steps
from mome.forms.trees import direct_columns, sources
from mome.forms.words.conditions import condition
from mome.forms.words.labels import Labels, Query
from mome.forms.words.names import Vocabulary, plural

Clauses = dict[str, list[str]]
"""Clause -> its phrases, in the order of a sentence. A clause that is not there has none."""


def clauses(select: exp.Select, labels: Labels) -> Clauses:
    """Return the phrases of a query."""
    shown = _shown(select, labels)
    return {
        "shows": shown,
        "joins": _joined(select, labels, any(labels.rows in phrase for phrase in shown)),
        "where": _conditions(select.args.get("where"), labels),
        "group": _listed(select.args.get("group"), labels),
        "having": _conditions(select.args.get("having"), labels),
        "qualify": _conditions(select.args.get("qualify"), labels),
        "order": _ordered(select.args.get("order"), labels),
        "limit": _limited(select),
    }


def labels_of(select: exp.Select, words: Vocabulary, query: Query) -> Labels:
    """Return the names of a query's expressions; `query` puts nested queries into words."""
    return Labels(words, _rows(select, words), condition, query)


def _rows(select: exp.Select, words: Vocabulary) -> str:
    """Return what the rows of a query are called."""
    tables = set(_listed_tables(select)) | {column.table for column in direct_columns(select)}
    # Joined, there is a row for each of the table that leads to all others.
    for table in sorted(tables):
        if tables <= words.reached(table):
            return plural(words.table(table))
    return "rows"


def _listed_tables(select: exp.Select) -> list[str]:
    return [node.name for node in sources(select) if isinstance(node, exp.Table)]


def _joined(select: exp.Select, labels: Labels, are_rows_told: bool) -> list[str]:
    """Return the tables that no column names: which rows there are depends on them all the same.

    are_rows_told: whether a column, such as a count, says what the rows are called.
    """
    told = {labels.words.owner(steps(column)) for column in direct_columns(select)}
    outer = {join.this.name for join in select.args.get("joins") or [] if join.side == "LEFT"}
    found = []
    for key in _listed_tables(select):
        name = labels.words.table(key)
        if name not in told and not (are_rows_told and plural(name) == labels.rows):
            found.append(f"{name} where there is one" if key in outer else name)
    return found


def _shown(select: exp.Select, labels: Labels) -> list[str]:
    shown = [labels.of(entry) for entry in select.expressions]
    if select.args.get("distinct"):
        shown[0] = f"the different {shown[0]}"
    return shown


def _conditions(clause: exp.Expr | None, labels: Labels) -> list[str]:
    if clause is None:
        return []
    parts = list(clause.this.flatten()) if isinstance(clause.this, exp.And) else [clause.this]
    # Beside others, an OR needs its parentheses.
    found = []
    for part in parts:
        text = condition(part, labels)
        is_mixed = len(parts) > 1 and isinstance(part.unnest(), exp.Connector)
        found.append(f"({text})" if is_mixed else text)
    return found


def _listed(clause: exp.Expr | None, labels: Labels) -> list[str]:
    return [] if clause is None else [labels.of(entry) for entry in clause.expressions]


def _ordered(clause: exp.Expr | None, labels: Labels) -> list[str]:
    found = []
    for entry in clause.expressions if clause is not None else ():
        name = labels.of(entry.this if isinstance(entry, exp.Ordered) else entry)
        found.append(f"{name} (highest first)" if entry.args.get("desc") else name)
    return found


def _limited(select: exp.Select) -> list[str]:
    limit, offset = select.args.get("limit"), select.args.get("offset")
    found = []
    if limit is not None:
        count = limit.expression.name
        found.append(f"at most {count} {'row' if count == '1' else 'rows'}")
    if offset is not None:
        count = offset.expression.name
        found.append("after the first row" if count == "1" else f"after the first {count} rows")
    return found
