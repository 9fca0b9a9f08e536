"""Say in what another reading of a question differs from the first. The page and `mome ask` use it
for the readings that they show.
"""

from __future__ import annotations

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.words.clauses import clauses
from mome.forms.words.labels import as_form
from mome.forms.words.names import Vocabulary
from mome.forms.words.sentence import BEGINNINGS, as_sentence, begun, query_labels, told

SAME = "Asks for the same in other SQL."
_CHANGED = {**BEGINNINGS, "form": ""}
_ADDED = {
    "shows": "also shows",
    "joins": "also joined with",
    "where": "only where",
    "group": "also for each",
    "having": "only those where",
    "qualify": "only",
    "order": "also ordered by",
    "limit": "",
    "form": "also",
}
"""Clause -> the words before what only the other form says."""
_REMOVED = {
    "shows": "does not show",
    "joins": "not joined with",
    "where": "not only where",
    "group": "not for each",
    "having": "not only those where",
    "qualify": "not only",
    "order": "not ordered by",
    "limit": "not just",
    "form": "without",
}
"""Clause -> the words before what only the first form says."""


def difference(first: exp.Expr, other: exp.Expr, catalog: Catalog) -> str:
    """Return in one sentence what `other` asks for and `first` does not, and the reverse; all that
    `other` asks for where the two are not alike. Both are trees of `Forms.read`.
    """
    if first == other:
        return SAME
    # One vocabulary, so that columns of one name in two tables are told apart.
    words = Vocabulary(catalog, first, other)
    if not isinstance(first, exp.Select) or not isinstance(other, exp.Select):
        return as_sentence(told(other, words))
    before = clauses(first, query_labels(first, words))
    after = clauses(other, query_labels(other, words))
    # Where the words are the same, the forms are not: they name what the words leave out.
    found = _changes(before, after) or _changes(_parts(first), _parts(other))
    return as_sentence("; ".join(found))


def _changes(first: dict[str, list[str]], other: dict[str, list[str]]) -> list[str]:
    """Return a phrase for each clause that differs."""
    changes = (_change(name, first[name], other[name]) for name in first)
    return [change for change in changes if change]


def _change(name: str, first: list[str], other: list[str]) -> str:
    if first == other:
        return ""
    gone = [phrase for phrase in first if phrase not in other]
    new = [phrase for phrase in other if phrase not in first]
    # The same phrases in another order, or one of them twice.
    if not gone and not new:
        gone, new = first, other
    if not gone:
        return begun(_ADDED[name], _listed(new))
    if not new:
        return begun(_REMOVED[name], _listed(gone))
    return f"{begun(_CHANGED[name], _listed(new))} instead of {_listed(gone)}"


def _listed(phrases: list[str]) -> str:
    return " and ".join(phrases)


def _parts(select: exp.Select) -> dict[str, list[str]]:
    """Return the parts of a form as they are written."""
    found = []
    for part in select.args.values():
        found += part if isinstance(part, list) else [part]
    return {"form": [as_form(part).strip(", ") for part in found if isinstance(part, exp.Expr)]}
