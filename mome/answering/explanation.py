"""A sentence that says what a query does, and one that says in what another differs from it; the
page and `mome ask` show them.
"""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import NotExpressible, Refused
from mome.forms.forms import Forms
from mome.forms.words.difference import difference
from mome.forms.words.sentence import sentence
from mome.guard import read_sql, write_sql
from mome.sql_tree import sources

_VERBS = {exp.Union: "together with", exp.Intersect: "that are also among", exp.Except: "but not"}
_CLAUSES = {
    "where": "where",
    "group": "for each",
    "having": "keeping those with",
    "order": "ordered by",
    "limit": "at most",
}


def explain(sql: str, forms: Forms) -> str:
    """Describe a query in one sentence, in plain words if it has a form; empty if it does not
    parse.
    """
    try:
        return sentence(forms.read(sql), forms.catalog)
    except NotExpressible:
        return explain_sql(sql, forms.catalog.dialect)


def explain_difference(sql: str, other: str, catalog: Catalog) -> str:
    """Say in one sentence in what `other` differs from `sql`; without a form, what it does."""
    return told_difference(sql, other, Forms(catalog))


def told_difference(sql: str, other: str, forms: Forms) -> str:
    """Return the same as `explain_difference`, with forms of the catalog that are there already."""
    try:
        return difference(forms.read(sql), forms.read(other), forms.catalog)
    except NotExpressible:
        return explain(other, forms)


def explain_sql(sql: str, dialect: str) -> str:
    """Describe a query in one sentence by its clauses; empty if it does not parse."""
    try:
        text = _query(read_sql(sql, dialect), dialect)
    except Refused:
        return ""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _query(tree: exp.Expr, dialect: str) -> str:
    if isinstance(tree, (exp.Subquery, exp.Paren)):
        return _query(tree.this, dialect)
    if isinstance(tree, exp.SetOperation):
        verb = next(words for kind, words in _VERBS.items() if isinstance(tree, kind))
        first = _query(tree.this, dialect)
        second = f"{verb}: {_query(tree.expression, dialect)}"
        return ", ".join([first, second, *_clauses(tree, dialect)])
    return _select(tree, dialect) if isinstance(tree, exp.Select) else ""


def _select(select: exp.Select, dialect: str) -> str:
    shown = ", ".join(write_sql(e, dialect) for e in select.expressions)
    tables = dict.fromkeys(node.name or node.alias or "a query" for node in sources(select))
    which = "the different " if select.args.get("distinct") else ""
    read = " joined with ".join(tables) or "no table"
    return ", ".join([f"shows {which}{shown} from {read}", *_clauses(select, dialect)])


def _clauses(query: exp.Query, dialect: str) -> list[str]:
    found = ((words, query.args.get(clause)) for clause, words in _CLAUSES.items())
    return [f"{words} {_clause(node, dialect)}" for words, node in found if node is not None]


def _clause(node: exp.Expr, dialect: str) -> str:
    if isinstance(node, (exp.Limit, exp.Fetch)):
        count = node.args.get("expression") or node.args.get("count")
        rows = write_sql(count, dialect) if count is not None else "1"
        return f"{rows} {'row' if rows == '1' else 'rows'}"
    parts = node.expressions or [node.this]
    written = ", ".join(write_sql(part, dialect) for part in parts if part is not None)
    # GROUP BY ALL has no expressions.
    return written or "combination of the other columns"
