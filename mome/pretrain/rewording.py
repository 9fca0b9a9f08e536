"""Augmentation of a question: other values, another opening, lower case, a typing error.

`mome.pretrain.corpus` calls it for each example that is drawn.
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
    r"(?:(?:what|which|who) (?:is|are|were|was)|(?:please )?(?:show|list|find|give|return|display|get|tell)(?: out)?(?: me| us)?)"
    r"(?= (?:the|all)\b)",
    re.IGNORECASE,
)
_OPENINGS = (
    "return me|show me|give me|list|find|I want to know|I want to see|what are|please tell me|could you show|get|I'd like to see|display|"
    "can you list|tell me|show us|we need|fetch|look up|provide"
).split("|")


def swap_values(
    question: str, form: Form, values: ValueIndex, rng: random.Random
) -> tuple[str, Form]:
    """Replace values and numbers by others, both in the question and in the form of its SQL.

    A text is replaced by another stored value of its column. A literal stays if it does not occur
    exactly once in the question and once in the form.
    """
    column, tokens = "", list(form)
    for place, (kind, token) in enumerate(form):
        column = token if kind == "pointer" and "." in token else column
        new = (
            _other_text(token, column, values, rng)
            if kind == "string"
            else another_number(token, rng)
            if kind == "number"
            else None
        )
        old = token[1:-1].replace("''", "'") if kind == "string" else token
        if (
            new is not None
            and (found := said_once(old, question))
            and [t for _, t in form].count(token) == 1
        ):
            question = question[: found.start()] + new + question[found.end() :]
            tokens[place] = (kind, "'" + new.replace("'", "''") + "'" if kind == "string" else new)
    return question, tuple(tokens)


def _other_text(token: str, column: str, values: ValueIndex, rng: random.Random) -> str | None:
    """Return a stored value of the column; None if there is none that a question can name."""
    table, _, name = column.rpartition(".")
    stored = values.of(table, name)
    new = rng.choice(stored) if stored and "%" not in token else ""
    return new if is_sayable(new) else None


def perturb(question: str, said: Sequence[str], rng: random.Random) -> str:
    """Reword the question at random: opening, end mark, spelling and case.

    `values`: the question's words for values, which keep their spelling.
    """
    for change, share in _CHANGES:
        if rng.random() < share:
            question = change(question, said, rng)
    return question


def _opened(question: str, said: Sequence[str], rng: random.Random) -> str:
    return _OPENING.sub(lambda _: rng.choice(_OPENINGS), question, count=1)


def _unmarked(question: str, said: Sequence[str], rng: random.Random) -> str:
    return question.rstrip(" ?.!")


def _misspelt(question: str, said: Sequence[str], rng: random.Random) -> str:
    kept = " ".join(said).lower()
    words = [m for m in re.finditer(r"[a-z]{5,}", question) if m.group() not in kept]
    if not words:
        return question
    at = (word := rng.choice(words)).start() + rng.randrange(1, len(word.group()) - 1)
    left, right = question[at], question[at + 1]
    return (
        question[:at]
        + rng.choice((right + left, right, left, left + left + right))
        + question[at + 2 :]
    )


def _lower(question: str, said: Sequence[str], rng: random.Random) -> str:
    """Write everything in lower case."""
    return question.lower()


_CHANGES: tuple[tuple[Callable[[str, Sequence[str], random.Random], str], float], ...] = (
    (_opened, 0.3),
    (_unmarked, 0.2),
    (_misspelt, 0.08),
    (_lower, 0.15),
)
"""The changes in their order, each with its probability."""
