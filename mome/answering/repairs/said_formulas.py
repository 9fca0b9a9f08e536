"""Read formulas over columns that a question says: `quantity times unit price`, `actual minus
planned minutes`. `formula_repairs` puts them into a query.

Covered: numeric columns of the query's own tables and numbers, joined by words or spaced signs; a
product binds more than a sum. Not covered: parentheses within a formula, and two formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.answering.repairs.written_columns import written_column
from mome.catalog import Catalog
from mome.linking.names import abbreviates, name_stems, name_words, stem
from mome.sql_tree import tables_in

_SIGNS: dict[str, type[exp.Binary]] = {
    "times": exp.Mul, "multiplied by": exp.Mul, "multiplied with": exp.Mul, "x": exp.Mul,
    "×": exp.Mul, "*": exp.Mul, "divided by": exp.Div, "/": exp.Div,
    "plus": exp.Add, "+": exp.Add, "minus": exp.Sub, "−": exp.Sub,
}  # fmt: skip
_SIGN = re.compile(
    rf"(?<=[\w)])\s+(?P<sign>{'|'.join(map(re.escape, _SIGNS))})\s+(?=[\w(])", re.IGNORECASE
)
_BREAK = re.compile(r"[,;:?!()\[\]]|\.(?=\s|$)")
_ARTICLES = frozenset("the a an its their his her of each".split())
LONGEST = 4
"""Maximum number of words that name a column."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Operand:
    """A column of a query's tables."""

    alias: str
    stored: Stored

    @property
    def place(self) -> tuple[str, str]:
        """Alias and column in lower case."""
        return self.alias, self.stored.column.name.lower()


@dataclass(frozen=True)
class Formula:
    """A formula over columns, in the order in which the question says it."""

    operands: tuple[Operand | str, ...]
    """Columns, and numbers in digits; the first is a column."""
    signs: tuple[type[exp.Binary], ...]

    @property
    def columns(self) -> frozenset[tuple[str, str]]:
        """Places of the columns."""
        return frozenset(one.place for one in self.operands if isinstance(one, Operand))

    @property
    def is_ratio(self) -> bool:
        """Whether it is one division."""
        return self.signs == (exp.Div,)


def said_formula(question: str, select: exp.Select, catalog: Catalog) -> Formula | None:
    """Return the only formula of a question whose operands are all known; else None."""
    text = question.lower()
    signs = list(_SIGN.finditer(text))
    if not signs:
        return None
    before = _BREAK.split(text[: signs[0].start()])[-1]
    after = _BREAK.split(text[signs[-1].end() :])[0]
    between = [text[a.end() : b.start()] for a, b in zip(signs, signs[1:], strict=False)]
    if any(map(_BREAK.search, between)):
        return None
    columns = list(_numeric(select, catalog))
    last = _first_named(_words(after), columns)
    first = _last_named(_words(before), _words(after), columns)
    middle = [_resolved(_words(part), columns) for part in between]
    operands = (first, *middle, last)
    named = [one for one in operands if one is not None]
    kinds = tuple(_SIGNS[match["sign"]] for match in signs)
    formula = Formula(tuple(named), kinds)
    is_known = len(named) == len(operands) and isinstance(first, Operand)
    # `Price minus price` is no formula.
    counted = sum(isinstance(one, Operand) for one in named)
    return formula if is_known and len(formula.columns) == counted else None


def _numeric(select: exp.Select, catalog: Catalog) -> Iterator[Operand]:
    """Yield the columns of quantities in a query's tables."""
    for alias, table in tables_in(select, catalog):
        for column in table.columns:
            node = written_column(select, alias, column.name, catalog.dialect)
            node.parent = select
            stored = stored_of(node, catalog, None)
            is_number = column.family in ("integer", "number")
            if stored is not None and is_number and not stored.is_key:
                yield Operand(alias, stored)


def _words(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?|[^\W_]+", text)


def _first_named(words: list[str], columns: Sequence[Operand]) -> Operand | str | None:
    """Return what the most of the first words name."""
    words = _without_articles(words)
    for end in range(min(LONGEST, len(words)), 0, -1):
        found = _resolved(words[:end], columns)
        if found is not None:
            return found
    return None


def _last_named(
    words: list[str], behind: list[str], columns: Sequence[Operand]
) -> Operand | str | None:
    """Return what the most of the last words name, perhaps together with the noun of the other
    operand: `actual minus planned minutes`.
    """
    heads: list[list[str]] = [[]]
    heads += [behind[place : place + 1] for place in range(1, min(LONGEST, len(behind)))]
    for head in heads:
        for size in range(min(LONGEST, len(words)), 0, -1):
            found = _resolved([*words[-size:], *head], columns)
            if found is not None:
                return found
    return None


def _without_articles(words: list[str]) -> list[str]:
    start = next((n for n, word in enumerate(words) if word not in _ARTICLES), len(words))
    return words[start:]


def _resolved(words: list[str], columns: Sequence[Operand]) -> Operand | str | None:
    """Return the number that a word is, or the only column that all words name."""
    words = _without_articles(words)
    if len(words) == 1 and _NUMBER.fullmatch(words[0]):
        return words[0]
    named = [one for one in columns if _is_named(words, one)]
    whole = [one for one in named if _is_whole(words, one)]
    found = whole or named
    return found[0] if len(found) == 1 else None


def _is_named(words: list[str], operand: Operand) -> bool:
    """Return whether each word is one of a column's name, or of its table's beside such a word."""
    parts = name_words(operand.stored.column.name)
    own = name_stems(operand.stored.table.name)
    fitting = [word for word in words if any(_is_part(part, word) for part in parts)]
    return bool(fitting) and all(word in fitting or stem(word) in own for word in words)


def _is_whole(words: list[str], operand: Operand) -> bool:
    parts = name_words(operand.stored.column.name)
    return all(any(_is_part(part, word) for word in words) for part in parts)


def _is_part(part: str, word: str) -> bool:
    return stem(part) == stem(word) or abbreviates(part, word)
