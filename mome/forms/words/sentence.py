"""Say what a form asks for. The explanation of an answer uses it."""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.trees import direct_columns, sources
from mome.forms.words.conditions import condition
from mome.forms.words.labels import Labels
from mome.forms.words.names import Vocabulary, plural

_SETS = {exp.Union: "together with", exp.Intersect: "that are also among", exp.Except: "but not"}


def sentence(tree: exp.Expr, catalog: Catalog) -> str:
    """Return a form in one sentence. The tree has the catalog's names, as `Forms.read` returns."""
    text = _query(tree, catalog)
    return f"{text[:1].upper()}{text[1:]}."


def column_names(tree: exp.Expr, catalog: Catalog) -> list[str]:
    """Return what the columns of a form's result are called."""
    while not isinstance(tree, exp.Select):
        tree = tree.this
    labels = _labels(tree, catalog)
    return [labels.of(entry) for entry in tree.expressions]


def _labels(select: exp.Select, catalog: Catalog) -> Labels:
    words = Vocabulary(select, catalog)
    return Labels(words, _rows(select, words), condition)


def _rows(select: exp.Select, words: Vocabulary) -> str:
    """Return what the rows of a query are called."""
    listed = [node.name for node in sources(select) if isinstance(node, exp.Table)]
    columns = [column.table for column in direct_columns(select)]
    tables = set(listed) | set(columns)
    # Joined, there is a row for each of the table that leads to all others.
    for table in sorted(tables):
        if tables <= words.reached(table):
            return plural(words.table(table))
    return "rows"


def _query(tree: exp.Expr, catalog: Catalog) -> str:
    if isinstance(tree, exp.Subquery):
        return _query(tree.this, catalog)
    if isinstance(tree, exp.SetOperation):
        verb = next(words for kind, words in _SETS.items() if isinstance(tree, kind))
        parts = [_query(tree.this, catalog), f"{verb}: {_query(tree.expression, catalog)}"]
        return ", ".join(parts)
    assert isinstance(tree, exp.Select)
    labels = _labels(tree, catalog)
    which = "the different " if tree.args.get("distinct") else ""
    shown = ", ".join(labels.of(entry) for entry in tree.expressions)
    return ", ".join([f"shows {which}{shown}", *_clauses(tree, labels)])


def _clauses(select: exp.Select, labels: Labels) -> list[str]:
    """Return what a query says of its rows, groups and order."""
    found = []
    if where := select.args.get("where"):
        text = condition(where.this, labels)
        # "without orders", not "where without orders"
        found.append(text if text.startswith("with") else f"where {text}")
    if group := select.args.get("group"):
        found.append(f"for each {' and '.join(map(labels.of, group.expressions))}")
    if having := select.args.get("having"):
        found.append(f"keeping those where {condition(having.this, labels)}")
    if qualify := select.args.get("qualify"):
        found.append(f"only {condition(qualify.this, labels)}")
    if order := select.args.get("order"):
        found.append(f"ordered by {', '.join(_ordered(e, labels) for e in order.expressions)}")
    if limit := select.args.get("limit"):
        count = limit.expression.name
        found.append(f"at most {count} {'row' if count == '1' else 'rows'}")
    return found


def _ordered(entry: exp.Expr, labels: Labels) -> str:
    name = labels.of(entry.this if isinstance(entry, exp.Ordered) else entry)
    return f"{name}, highest first" if entry.args.get("desc") else name
