"""Repairs of IS NULL that says the opposite of its question: `not yet paid`, `still open`.

`composed` lists it.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import date_columns, stored_of
from mome.answering.repairs.written_columns import written_column
from mome.catalog import Catalog
from mome.linking.demands import demands
from mome.linking.names import all_stems, name_stems, stem
from mome.linking.values import ValueIndex

_ENDS = all_stems(
    ["end cancel cancelled close closed terminate terminated delete deleted expire expired"]
    + ["leave left finish finished complete completed resolve resolved stop stopped retired"]
)
"""Stems of what something that still lasts has not done."""
_LASTING = re.compile(
    r"\b(?:still (?:active|open|running|valid|there|employed|pending|unresolved|in use|going on"
    r"|with us)|ongoing"
    r"|currently (?:active|open|running|valid|employed))\b"
)
_STILL_THERE = re.compile(
    r"\b(?:still (?:with us|employed|here|work(?:s|ing)? (?:here|for us|with us)|on board|on staff)"
    r"|currently employed)\b"
)
_LEAVING = all_stems(["term termination exit departure quit resigned resignation dismissed"])
"""Further stems of what people who are still there have not done."""
_WORD = re.compile(r"[a-z]+")


def turn_null(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write IS NULL for IS NOT NULL, or the reverse, where the question says which is meant.

    Covered: columns that are named after what happened (`paid_at`), and those of an end
    (`end_date`) where the question speaks of what still lasts.
    """
    notes = []
    for node in tree.find_all(exp.Is):
        if not isinstance(node.this, exp.Column) or not isinstance(node.expression, exp.Null):
            continue
        stored = stored_of(node.this, catalog, values)
        absent = None if stored is None else _is_absent(stored.column.name, question.lower())
        negation = node.parent if isinstance(node.parent, exp.Not) else None
        if stored is None or absent is None or absent == (negation is None):
            continue
        if negation is not None:
            negation.replace(node.copy())
        else:
            node.replace(exp.Not(this=node.copy()))
        notes.append(f"rows {'without' if absent else 'with'} a value in {stored.name} are meant")
    return notes


def take_lasting(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Leave out what has ended where the question asks for people who are still there, and the
    query says nothing of the only day of an end: `term_date`.
    """
    if not isinstance(tree, exp.Select) or not _STILL_THERE.search(question.lower()):
        return []
    if len(list(tree.find_all(exp.Select))) > 1:
        return []
    found = [
        (alias, stored)
        for alias, stored in date_columns(tree, catalog, values)
        if stored.column.nullable and name_stems(stored.column.name) & (_ENDS | _LEAVING)
    ]
    # Those who have left have a day of leaving, where other rows end.
    leaving = [one for one in found if name_stems(one[1].column.name) & _LEAVING]
    found = leaving or found
    read = {node.name.lower() for node in tree.find_all(exp.Column)}
    if len(found) != 1 or found[0][1].column.name.lower() in read:
        return []
    alias, stored = found[0]
    node = written_column(tree, alias, stored.column.name, catalog.dialect)
    tree.where(exp.Is(this=node, expression=exp.Null()), copy=False)
    return [f"rows without a value in {stored.name} are meant"]


def _is_absent(column: str, question: str) -> bool | None:
    """Return whether a question wants a column to be empty; None if it does not say so, or asks for
    both.
    """
    stems = name_stems(column)
    if _LASTING.search(question) and stems & _ENDS:
        return True
    said = [word for word in _WORD.findall(question) if stem(word) in stems and word[-2:] in _PAST]
    undone = sum(f"un{word}" in question for word in _past_words(column))
    negated = sum(_negations(word, question) for word in set(said))
    if undone or negated:
        # `Paid and unpaid invoices`, `sent and not sent`.
        return None if len(said) > negated else True
    return False if said and not demands(question).negated else None


_PAST = ("ed", "id", "nt", "en", "ld")
"""Ends of words for what happened: cancelled, paid, sent, taken, sold."""


_NEGATIONS = (
    r"\b(?:not|never|yet to be|n't)(?: (?:yet|been|ever|be)){{0,2}} {word}\b",
    r"\b(?:ignoring|excluding|without|except(?: for)?|leaving out|not counting)"
    r"(?: (?:the|any|all|those)){{0,2}} {word}\b",
    r"\b{word}(?: (?!and\b|or\b)\w+)? (?:left out|not counted|excluded|ignored)\b",
    r"\b(?:neither|nor)(?: been)? {word}\b",
    r"\bnobody (?:has |have |had )?{word}\b",
)
"""Patterns of words that say of another one that it has not happened."""


def _negations(word: str, question: str) -> int:
    return sum(len(re.findall(pattern.format(word=word), question)) for pattern in _NEGATIONS)


def _past_words(column: str) -> list[str]:
    return [word for word in _WORD.findall(column.lower()) if word[-2:] in _PAST]
