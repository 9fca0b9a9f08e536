"""Practice for the shared experts: verified questions, some of them with other stored values and
numbers. `mome tune` calls it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.linking.values import ValueIndex

SWAPPED = 0.4
"""Fraction of the questions whose values are swapped; the others keep people's own words."""
LONGEST_VALUE = 40
"""Characters of a stored value that is put into a question; longer ones are sentences."""

COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In)
"""Comparisons of a column with a literal. LIKE is none of them: its literal is a pattern."""


def practice(
    pairs: Sequence[tuple[str, str]], dialect: str, values: ValueIndex, *, rounds: int, seed: int
) -> list[list[tuple[str, str]]]:
    """Return rounds of (question, SQL) from verified pairs; a verified question never gets another
    answer.
    """
    rng = random.Random(seed)
    trees = [_parse(sql, dialect) for _, sql in pairs]
    asked = {question.casefold() for question, _ in pairs}
    found = []
    for _ in range(rounds):
        round_ = []
        for pair, tree in zip(pairs, trees, strict=True):
            other = swap(*pair, tree, dialect, values, rng) if rng.random() < SWAPPED else pair
            round_.append(pair if other[0].casefold() in asked else other)
        found.append(round_)
    return found


def swap(
    question: str,
    sql: str,
    tree: exp.Expr | None,
    dialect: str,
    values: ValueIndex,
    rng: random.Random,
) -> tuple[str, str]:
    """Replace values that occur once in the question and in the SQL; return the pair unchanged if
    there are none.
    """
    if tree is None:
        return question, sql
    others: dict[str, str] = {}
    for text, column in _literals(tree).items():
        said = said_once(text, question)
        new = another_value(text, column, values, rng) if said else None
        if said and new is not None:
            question = question[: said.start()] + new + question[said.end() :]
            others[text] = new
    if not others:
        return question, sql
    changed = tree.transform(lambda node: _replaced(node, others))
    return question, changed.sql(dialect=dialect)


def said_once(text: str, question: str) -> re.Match[str] | None:
    """Return where the question contains this text if it does so exactly once, else None."""
    found = list(re.finditer(rf"(?<![\w.]){re.escape(text)}(?![\w.]*\w)", question, re.IGNORECASE))
    return found[0] if len(found) == 1 else None


def another_value(text: str, column: str, values: ValueIndex, rng: random.Random) -> str | None:
    """Return another value of a column of this name that stores `text`; for a number, another one
    of as many digits.
    """
    if text.isdigit():
        return another_number(text, rng)
    stored = values.beside(text, column)
    new = rng.choice(stored) if stored else ""
    return new if is_sayable(new) else None


def another_number(text: str, rng: random.Random) -> str | None:
    """Return another number; None for small numbers, which may be part of the meaning, and for very
    large ones.
    """
    # Up to five a number may be part of the meaning: "two or more", "top 3".
    if not text.isdigit() or len(text) > 9 or int(text) < 6:
        return None
    # Four digits that begin like a year are replaced by a year.
    if len(text) == 4 and text[:2] in ("19", "20"):
        return str(rng.randint(1950, 2030))
    return str(rng.randint(max(6, 10 ** (len(text) - 1)), 10 ** len(text) - 1))


def is_sayable(value: str) -> bool:
    """Return whether a stored value can stand in a question."""
    return (
        0 < len(value) <= LONGEST_VALUE
        and value == value.strip()
        and value.isprintable()
        and "%" not in value
    )


def _parse(sql: str, dialect: str) -> exp.Expr | None:
    try:
        return sqlglot.parse_one(sql, dialect=dialect)
    except (SqlglotError, RecursionError):
        return None


def _literals(tree: exp.Expr | None) -> dict[str, str]:
    """Return literals that the SQL compares with a column, with the column's name."""
    found: dict[str, str] = {}
    for literal in tree.find_all(exp.Literal) if tree is not None else ():
        parent = literal.parent
        if not isinstance(parent, COMPARISONS):
            continue
        column = parent.find(exp.Column)
        if column is not None:
            found.setdefault(literal.this, column.name)
    return found


def _replaced(node: exp.Expr, others: dict[str, str]) -> exp.Expr:
    if not isinstance(node, exp.Literal) or node.this not in others:
        return node
    return exp.Literal(this=others[node.this], is_string=node.is_string)
