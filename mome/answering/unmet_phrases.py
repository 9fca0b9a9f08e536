"""Phrases of a question for which a query takes something else: `name and weight` answered with
name and age, where nothing in the database is a weight.

A phrase is unmet if no name and no stored value says one of its words, and none of the columns that
play its part in the query means something like it. `candidates` ranks such a query lower, and
`outcomes` declines a question whose best query is one. Of the gold queries of Spider's dev split
the rule finds something in 4 of 1,034, with reworded names (Spider-Syn) in 25.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from sqlglot import exp

from mome.catalog import Catalog
from mome.linking.asked_phrases import AskedPhrase, asked_phrases
from mome.linking.names import (
    COMMON_STEMS,
    SHAPE_STEMS,
    abbreviates,
    all_stems,
    name_words,
    stem,
)
from mome.sql_tree import places

Alike = Callable[[str, str], bool]
"""Returns whether two phrases may mean the same."""

# Columns by which people know a row: what they hold is called as the table is.
_LABELS = frozenset(map(stem, "name title id code number no description label key".split()))
_PLAIN = COMMON_STEMS | SHAPE_STEMS
# `The id and weight`: the id is claimed, though many names hold the word.
_UNCLAIMED = _PLAIN - _LABELS


def unmet_phrases(
    question: str, tree: exp.Expr, unknown: Collection[str], catalog: Catalog, alike: Alike
) -> list[str]:
    """Return the phrases of the question that the query does not answer.

    `unknown`: words of the question that neither a name nor a stored value says.
    """
    asked = asked_phrases(question)
    strange = {stem(word) for word in unknown}
    found = []
    for phrase in asked:
        words = all_stems([phrase.text]) - _PLAIN
        if not words or not words <= strange:
            continue
        meant = list(_meant(phrase, tree, catalog))
        # What another phrase names is not free for this one.
        others = set().union(*(all_stems([one.text]) for one in asked if _is_apart(one, phrase)))
        free = [names for names in meant if not all_stems(names[:1]) & (others - _UNCLAIMED)]
        text = phrase.text.lower()
        names = [name for one in free for name in one]
        if meant and not any(_is_short(name, text) or alike(text, name) for name in names):
            found.append(phrase.text)
    return list(dict.fromkeys(found))


def _is_short(name: str, text: str) -> bool:
    """Return whether a name shortens a phrase: `mat no` or `wo` for materials and work orders."""
    words = text.split()
    if name == "".join(word[0] for word in words) and len(words) > 1:
        return True
    return any(abbreviates(part, word) for part in name.split() for word in words)


def _is_apart(one: AskedPhrase, other: AskedPhrase) -> bool:
    return one.text not in other.text and other.text not in one.text


def _meant(phrase: AskedPhrase, tree: exp.Expr, catalog: Catalog) -> Iterator[tuple[str, ...]]:
    """Yield the names, as people write them, of each thing that plays a phrase's part."""
    if phrase.part in ("counted", "named"):
        for table in tree.find_all(exp.Table):
            yield (_as_words(table.name),)
    for column in _columns(phrase, tree):
        words = name_words(column.name)
        is_label = {stem(word) for word in words[-1:]} <= _LABELS
        tables = [key.rpartition(".")[2] for key, _ in places(column, catalog)] if is_label else []
        yield (" ".join(words), *map(_as_words, tables))


def _columns(phrase: AskedPhrase, tree: exp.Expr) -> list[exp.Column]:
    """Return the columns that play a phrase's part in a query."""
    select = tree.find(exp.Select)
    shown = select.expressions if select is not None else []
    figures = [*tree.find_all(exp.AggFunc), *tree.find_all(exp.Order)]
    nodes = {
        "shown": shown,
        "counted": [*shown, *figures],
        # Suppliers may be those of a key or of a condition.
        "named": [tree],
        "figure": figures or shown,
        "order": tree.find_all(exp.Order),
        "condition": tree.find_all(exp.Where, exp.Having),
    }[phrase.part]
    found = {column.sql(): column for node in nodes for column in node.find_all(exp.Column)}
    return list(found.values())


def _as_words(name: str) -> str:
    return " ".join(name_words(re.sub(r"^tbl_?", "", name)))
