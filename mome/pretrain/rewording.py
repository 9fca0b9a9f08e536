"""Augmentation of a question: other values, another opening, lower case, a typing error.

`mome.pretrain.examples` calls it for each example that is drawn.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from mome.linking.values import ValueIndex
from mome.tune.value_swaps import another_number, is_sayable, said_once

Form = tuple[tuple[str, str], ...]
"""Tokens of a query, as of `named_form`: each has a kind, and pointers are names."""

SWAPPED = 0.4
"""Probability that a question gets other values and numbers."""
_OPENING = re.compile(
    r"(?:(?:what|which|who) (?:is|are|were|was)"
    r"|(?:please )?(?:show|list|find|give|return|display|get|tell)(?: out)?(?: me| us)?)"
    r"(?= (?:the|all)\b)",
    re.IGNORECASE,
)
_OPENINGS = (
    "return me",
    "show me",
    "give me",
    "list",
    "find",
    "I want to know",
    "I want to see",
    "what are",
    "please tell me",
    "could you show",
    "get",
    "I'd like to see",
    "display",
    "can you list",
    "tell me",
    "show us",
    "we need",
    "fetch",
    "look up",
    "provide",
)


def swap_values(
    question: str, form: Form, values: ValueIndex, rng: random.Random
) -> tuple[str, Form]:
    """Replace values and numbers by others, both in the question and in the form of its SQL.

    A text is replaced by another stored value of its column. A literal stays if it does not occur
    exactly once in the question and once in the form.
    """
    tokens = list(form)
    texts = [token for _, token in form]
    column = ""
    for place, (kind, token) in enumerate(form):
        # A literal belongs to the last column before it.
        if kind == "pointer" and "." in token:
            column = token
        new = _other_literal(kind, token, column, values, rng)
        if new is None:
            continue
        match = said_once(_unquoted(token) if kind == "string" else token, question)
        if match and texts.count(token) == 1:
            question = question[: match.start()] + new + question[match.end() :]
            tokens[place] = (kind, _quoted(new) if kind == "string" else new)
    return question, tuple(tokens)


def _other_literal(
    kind: str, token: str, column: str, values: ValueIndex, rng: random.Random
) -> str | None:
    """Return another literal for a token; None if it is no literal or there is no other."""
    if kind == "string":
        return _other_text(token, column, values, rng)
    if kind == "number":
        return another_number(token, rng)
    return None


def _other_text(token: str, column: str, values: ValueIndex, rng: random.Random) -> str | None:
    """Return a stored value of the column; None if there is none that a question can name."""
    table, _, name = column.rpartition(".")
    stored = values.of(table, name)
    new = rng.choice(stored) if stored and "%" not in token else ""
    return new if is_sayable(new) else None


def _quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _unquoted(literal: str) -> str:
    """Return the text of an SQL literal."""
    return literal[1:-1].replace("''", "'")


def perturb(question: str, values: Sequence[str], rng: random.Random) -> str:
    """Reword the question at random: opening, end mark, spelling and case.

    `values`: the question's words for values, which keep their spelling.
    """
    for change, probability in _CHANGES:
        if rng.random() < probability:
            question = change(question, values, rng)
    return question


def _reopen(question: str, values: Sequence[str], rng: random.Random) -> str:
    """Replace the opening by another one."""
    return _OPENING.sub(lambda _: rng.choice(_OPENINGS), question, count=1)


def _drop_mark(question: str, values: Sequence[str], rng: random.Random) -> str:
    """Remove the mark at the end."""
    return question.rstrip(" ?.!")


def _misspell(question: str, values: Sequence[str], rng: random.Random) -> str:
    """Swap, drop or double a letter inside of a word that belongs to no value."""
    kept = " ".join(values).lower()
    words = [match for match in re.finditer(r"[a-z]{5,}", question) if match.group() not in kept]
    if not words:
        return question
    word = rng.choice(words)
    place = word.start() + rng.randrange(1, len(word.group()) - 1)
    left, right = question[place], question[place + 1]
    letters = rng.choice((right + left, right, left, left + left + right))
    return question[:place] + letters + question[place + 2 :]


def _lower(question: str, values: Sequence[str], rng: random.Random) -> str:
    """Write everything in lower case."""
    return question.lower()


_CHANGES: tuple[tuple[Callable[[str, Sequence[str], random.Random], str], float], ...] = (
    (_reopen, 0.3),
    (_drop_mark, 0.2),
    (_misspell, 0.08),
    (_lower, 0.15),
)
"""The changes in their order, each with its probability."""
