"""Repair of a value that a query leaves out and the question wants: `raw materials that are not
obsolete` are no other than raw ones. `composed` lists it.

Covered: a text of a column of few values that the question says, with no word of negation before
it, while its one negation stands behind.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Comparison, comparisons
from mome.catalog import Catalog
from mome.linking.code_meanings import spoken
from mome.linking.names import question_words, stem
from mome.linking.values import ValueIndex

_NEGATIVE = re.compile(
    r"\b(?:no[nt]?|none|never|neither|nor|without|except\w*|exclud\w*|ignor\w*|disregard\w*|but"
    r"|other|others|another|else|besides|apart|aside|lack\w*|un\w+|in\w+|leav\w*|minus|instead"
    r"|rather|outside|different|differ\w*|remaining|rest|cannot)\b|n['’]t\b|\bnon-"
)
_BEHIND = re.compile(r"\bnot\b|\bnever\b|n['’]t\b")
_LEFT_OUT = re.compile(
    r"\b(?:left out|excluded|ignored|disregarded|aside|not (?:be )?(?:counted|included))\b"
)


def take_wanted_values(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Write = for <> where the question negates something else than the value."""
    asked = question.lower()
    if _LEFT_OUT.search(asked) or len(_BEHIND.findall(asked)) != 1:
        return []
    notes = []
    for comparison in comparisons(tree, catalog, values):
        text = comparison.texts[0] if len(comparison.texts) == 1 else ""
        if comparison.sign == "<>" and _is_wanted(comparison, text, asked):
            comparison.node.replace(
                exp.EQ(this=comparison.column.copy(), expression=_literal(text))
            )
            notes.append(f"{comparison.stored.name} was read as {text!r}, which is not negated")
    return notes


def _literal(text: str) -> exp.Literal:
    return exp.Literal.string(text)


def _is_wanted(comparison: Comparison, text: str, asked: str) -> bool:
    """Return whether a question says a value before it negates anything."""
    if not text or not comparison.stored.complete:
        return False
    ends = [end for said in spoken(comparison.stored.column, text) for end in _ends(said, asked)]
    return bool(ends) and not _NEGATIVE.search(asked[: max(ends)])


def _ends(text: str, asked: str) -> list[int]:
    """Return where a question has said a text."""
    words = question_words(asked)
    wanted = [stem(word.text) for word in question_words(text)]
    stems = [stem(word.text) for word in words]
    starts = range(len(stems) - len(wanted) + 1)
    return [
        words[at + len(wanted) - 1].end
        for at in starts
        if wanted and stems[at : at + len(wanted)] == wanted
    ]
