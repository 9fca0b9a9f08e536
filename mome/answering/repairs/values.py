"""Repair of queries that leave out a stored value: `sick leave requests that were approved`.

`composed` lists it. Covered: a value that the question says as it is stored, or by what the comment
of its column explains, in one column of few values of the query's own tables. What a negation, a
comparison of values or a share means is left to the reader.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.answering.titles.restrictions import HAPPENING
from mome.catalog import Catalog
from mome.linking.code_meanings import spoken
from mome.linking.demands import demands
from mome.linking.names import all_stems, name_stems, says
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

# Capitals within a question are no word of it.
_CODE = re.compile(r"[A-Z]{2,5}")
_WHEN = "(?:in|on|during|since|between|before|after|until|per|by|from|this|last)"
FEW = 30
"""Maximum number of values of such a column."""
_BOTH = re.compile(
    r"\b(?:share|percent(?:age)?|ratio|rate|versus|vs|compar\w+|or|between|each|every)\b|%"
)


def take_said_values(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Compare the column that holds a said value with it, where nothing in the query says it."""
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    if demands(question).negated or _BOTH.search(question.lower()):
        return []
    found: dict[str, list[tuple[str, Stored]]] = {}
    for alias, table in tables_in(tree, catalog):
        for column in table.columns:
            node = exp.column(column.name, alias)
            node.parent = tree
            stored = stored_of(node, catalog, values)
            if stored is None or not _is_kind(stored):
                continue
            for value in stored.known:
                said, *meaning = spoken(column, value)
                meant = [text for text in meaning if not _is_event(text, question)]
                if _says(question, said) or any(says(question, text) for text in meant):
                    found.setdefault(value, []).append((alias, stored))
    used, notes = _stems_of(tree), []
    for value, places in found.items():
        # A value of two columns, or a second one of a column, is the reader's to choose.
        is_only = len(places) == 1 and _is_only_value(places[0], found)
        if not is_only or all_stems([value]) & used:
            continue
        alias, stored = places[0]
        name = stored.column.name
        nodes = [node for node in tree.find_all(exp.Column) if node.name.lower() == name.lower()]
        if nodes:
            # Whether a column that is never NULL has a value says nothing of the rows.
            if len(nodes) == 1 and _takes_value(nodes[0], stored, value):
                notes.append(f"{stored.name} was read as {value!r}")
            continue
        identifier = exp.to_identifier(name, quoted=re.fullmatch(r"\w+", name) is None)
        is_one = len(sources(tree)) == 1
        node = exp.Column(this=identifier) if is_one else exp.column(identifier, alias)
        tree.where(exp.EQ(this=node, expression=exp.Literal.string(value)), copy=False)
        notes.append(f"{stored.name} was read as {value!r}")
    return notes


def _is_event(text: str, question: str) -> bool:
    """Return whether a word says when rows came about, and no status: `shipments booked in May`."""
    return text in HAPPENING and re.search(rf"\b{text} {_WHEN}\b", question.lower()) is not None


def _takes_value(node: exp.Column, stored: Stored, value: str) -> bool:
    """Compare a column with a value where a query asks whether it has one; returns whether it
    does.
    """
    parent = node.parent
    if not isinstance(parent, exp.Is) or stored.column.nullable:
        return False
    if not isinstance(parent.expression, exp.Null) or parent.find_ancestor(exp.Where) is None:
        return False
    whole = parent.parent if isinstance(parent.parent, exp.Not) else parent
    whole.replace(exp.EQ(this=node.copy(), expression=exp.Literal.string(value)))
    return True


def _is_kind(stored: Stored) -> bool:
    """Return whether a column tells kinds of rows apart by words."""
    column = stored.column
    is_few = column.values_complete and 1 < len(stored.known) <= FEW
    return column.family == "text" and is_few and not stored.is_key


def _says(question: str, value: str) -> bool:
    """Return whether a question says a word of at least four letters, or a code, as stored."""
    if _CODE.fullmatch(value):
        return re.search(rf"\b{value}\b", question) is not None
    if len(value) < 4 or not value.replace(" ", "").isalpha():
        return False
    return re.search(rf"\b{re.escape(value.lower())}\b", question.lower()) is not None


def _is_only_value(place: tuple[str, Stored], found: dict[str, list[tuple[str, Stored]]]) -> bool:
    same = [one for places in found.values() for one in places if one[1].name == place[1].name]
    return len(same) == 1


def _stems_of(tree: exp.Expr) -> set[str]:
    """Return the stems of the words in a query's names and texts."""
    names = (node.name for node in tree.find_all(exp.Column, exp.Table))
    texts = (node.name for node in tree.find_all(exp.Literal) if node.is_string)
    return set().union(*map(name_stems, names)) | all_stems(texts)
