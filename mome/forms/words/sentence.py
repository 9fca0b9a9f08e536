"""Say what a form asks for. The explanation of an answer and the headings of its result use it."""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.words.clauses import clauses, labels_of
from mome.forms.words.labels import Labels
from mome.forms.words.names import Vocabulary

_SETS = {exp.Union: "together with", exp.Intersect: "that are also among", exp.Except: "but not"}
BEGINNINGS = {
    "shows": "shows",
    "joins": "joined with",
    "where": "where",
    "group": "for each",
    "having": "keeping those where",
    "qualify": "only",
    "order": "ordered by",
    "limit": "",
}
"""Clause -> the words before its phrases."""
_JOINED_BY_AND = frozenset(("joins", "where", "group", "having", "qualify"))


def sentence(tree: exp.Expr, catalog: Catalog) -> str:
    """Return a form in one sentence. The tree has the catalog's names, as `Forms.read` returns."""
    return as_sentence(told(tree, Vocabulary(catalog, tree)))


def column_names(tree: exp.Expr, catalog: Catalog) -> list[str]:
    """Return what the columns of a form's result are called."""
    words = Vocabulary(catalog, tree)
    while not isinstance(tree, exp.Select):
        tree = tree.this
    labels = query_labels(tree, words)
    return [_column_name(entry, labels) for entry in tree.expressions]


def _column_name(entry: exp.Expr, labels: Labels) -> str:
    # Alone, a query needs no parentheses around it.
    return labels.query(entry) if isinstance(entry, exp.Subquery) else labels.of(entry)


def as_sentence(text: str) -> str:
    """Return a text with a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def query_labels(select: exp.Select, words: Vocabulary) -> Labels:
    """Return the names of a query's expressions."""
    return labels_of(select, words, lambda query: told(query, words).removeprefix("shows "))


def told(tree: exp.Expr, words: Vocabulary) -> str:
    """Return a query in words, without the marks of a sentence."""
    if isinstance(tree, exp.Subquery):
        return told(tree.this, words)
    if isinstance(tree, exp.SetOperation):
        verb = next(words for kind, words in _SETS.items() if isinstance(tree, kind))
        return f"{told(tree.this, words)}, {verb}: {told(tree.expression, words)}"
    assert isinstance(tree, exp.Select)
    found = clauses(tree, query_labels(tree, words))
    return ", ".join(_clause(name, phrases) for name, phrases in found.items() if phrases)


def begun(beginning: str, text: str) -> str:
    """Put words before a text: "without orders", not "where without orders"."""
    if text.startswith("with"):
        beginning = beginning.removesuffix("where").rstrip()
    return f"{beginning} {text}".lstrip()


def _clause(name: str, phrases: list[str]) -> str:
    text = (" and " if name in _JOINED_BY_AND else ", ").join(phrases)
    return begun(BEGINNINGS[name], text)
