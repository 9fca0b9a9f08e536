"""Whole rows for a question that asks for things and names nothing of them: `Show all teachers`.

A reader answers it with their names. The turns after it ask for anything else of the same rows, so
that `Conversation` shows them whole.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.catalog import Catalog, Table
from mome.conversation.clauses import aggregates, anchors
from mome.forms.nodes import FormColumn, form_column
from mome.linking.names import all_stems, name_stems, name_words, question_words, stem

_ASKS = re.compile(
    r"^(?:show|list|give|find|display|return|get|see|sort|order|what are|which are)(?: me| us)?\s+"
    r"(?:(?:all|every|of|the|available|info|information|details?|about|on|any)\s+)*",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(r"^(?:which|what)\s+", re.IGNORECASE)
# `Which flights land in ATO` asks for names if flights have some.
_NAMING = frozenset(map(stem, "name title label".split()))
# Behind the noun: a restriction, an order, or nothing; never an attribute (`employee names`).
_BEHIND = frozenset(
    "who that which whose with without in from for by on at of under over above below older "
    "younger where having sorted ordered info information details".split()
)
NAMES_SHOWN = 2
"""Maximum number of columns that name a row, such as first and last name."""


def whole_rows(question: str, form: exp.Query, catalog: Catalog) -> exp.Select | None:
    """Return the form with whole rows in the place of their names; None if the question asks for
    something else, or the form shows something else.

    question: without courtesies.
    """
    if not isinstance(form, exp.Select) or aggregates(form):
        return None
    table, shown = _asked_table(question, form.expressions, catalog), form.expressions
    if table is None:
        return None
    if len(shown) > NAMES_SHOWN or not all(_is_unsaid(node, table, question) for node in shown):
        return None
    sources = {column.table for column in form.find_all(FormColumn)}
    if sources != {table.key} or (anchors(form) or [table.key]) != [table.key]:
        return None
    tree = form.copy()
    tree.set("expressions", [form_column(table.key)])
    tree.set("distinct", None)
    return None if tree == form else tree


def _asked_table(question: str, shown: list[exp.Expr], catalog: Catalog) -> Table | None:
    """Return the table whose noun stands where a question says what it asks for."""
    asks, which = _ASKS.match(question), _ASKS_WHICH.match(question)
    found = asks or which
    if found is None:
        return None
    words = [word.text.lower() for word in question_words(question[found.end() :])]
    words = [word for word in words if word[0].isalnum()]
    for table in catalog.tables:
        noun = [stem(part) for part in name_words(table.name)]
        if [stem(word) for word in words[: len(noun)]] == noun:
            behind = words[len(noun) : len(noun) + 1]
            is_whole = all(map(_goes_on, behind)) if asks else not any(map(_is_naming, shown))
            return table if is_whole else None
    return None


def _goes_on(word: str) -> bool:
    """Return whether a word behind the noun is none of its attributes: `departing`, `in`."""
    return word in _BEHIND or word.endswith("ing")


def _is_naming(node: exp.Expr) -> bool:
    return not _NAMING.isdisjoint(name_stems(node.name))


def _is_unsaid(node: exp.Expr, table: Table, question: str) -> bool:
    """Return whether a node is a column of the table that the question does not name."""
    if not isinstance(node, FormColumn) or node.table != table.key or node.args.get("keys"):
        return False
    own = name_stems(node.name) - name_stems(table.name)
    # The airlines are what their column `airline` holds.
    return bool(own) and not own & all_stems([question])
