"""Repair of queries that show, or ignore, what the question leaves out: `leaving out refunded
payments`, `excluding cancelled orders`. `composed` lists it.

Covered: a flag, or a stored text of a column of few values (or what its comment explains), right
behind the words of leaving out or before them (`cancelled orders left out`), in a query of one
SELECT with no condition on the column but one of just these rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.answering.repairs.flags import (
    FILLERS,
    LEFT_OUT,
    flag_value,
    flags_of,
    what_is_said,
)
from mome.answering.repairs.written_columns import written_column
from mome.catalog import Catalog, Column
from mome.linking.code_meanings import spoken
from mome.linking.names import stem
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

FEW = 30
"""Maximum number of values of a column of kinds."""
_OUT = re.compile(
    rf"(?P<words>{LEFT_OUT}|\bwithout){FILLERS}(?P<phrase>[a-z][\w-]*(?: [a-z][\w-]*){{0,3}})"
)
_LEFT = re.compile(
    r"(?P<phrase>[a-z][\w-]*(?: [a-z][\w-]*){0,3}?),? (?:(?:are|is|were|being|to be) )?"
    r"(?P<words>left out|excluded|ignored|disregarded|not (?:counted|included))\b"
)
_LONGEST_KIND = 3
"""Maximum number of words before those of leaving out that say a kind of rows."""
_END = re.compile(r" (?:by|per|for|in|of|on|from|with|and|or|each|when)\b")
"""Pattern of what follows a noun."""
# These ask for what is left out too.
_BOTH = re.compile(r"\b(?:share|percent(?:age)?|ratio|rate|versus|vs|compar\w+)\b|%")


@dataclass(frozen=True)
class _Kind:
    """A kind of rows: those that hold a value in a column."""

    node: exp.Column
    """As the query writes the column."""
    column: Column
    value: exp.Expr
    opposite: exp.Expr | None = None
    """The other value of a flag; None for a column of texts."""

    @property
    def others(self) -> exp.Expr:
        """The condition of all other rows."""
        if self.opposite is not None:
            return exp.EQ(this=self.node.copy(), expression=self.opposite.copy())
        other = exp.NEQ(this=self.node.copy(), expression=self.value.copy())
        absent = exp.Is(this=self.node.copy(), expression=exp.Null())
        return exp.paren(exp.or_(other, absent)) if self.column.nullable else other

    def condition_in(self, select: exp.Select) -> exp.EQ | None:
        """Return the query's condition of just these rows, if it has no other on the column."""
        where = select.args.get("where")
        if where is None:
            return None
        parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
        found = [part for part in parts if self.is_in(part)]
        part = found[0] if len(found) == 1 else None
        return part if isinstance(part, exp.EQ) and part.expression == self.value else None

    def is_in(self, part: exp.Expr) -> bool:
        """Return whether a part of the query reads the column."""
        nodes = part.find_all(exp.Column)
        return any(node.name.lower() == self.column.name.lower() for node in nodes)


def leave_out_said(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Leave out the rows that a question leaves out, and the figures of such rows."""
    asked = question.lower()
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    if _BOTH.search(asked):
        return []
    notes = []
    for words, phrase in _phrases(asked):
        kinds = list(_kinds(tree, phrase, catalog, values))
        is_clear = words != "without" or _is_about_one(tree, phrase, catalog)
        if len(kinds) == 1 and is_clear and _left_out(tree, kinds[0]):
            notes.append(f"{_END.split(phrase)[0]} are left out")
    return notes


def _phrases(asked: str) -> Iterator[tuple[str, str]]:
    """Yield the words of leaving out in a question, with a phrase that may say what is left out."""
    for match in _OUT.finditer(asked):
        yield match["words"], match["phrase"]
    for match in _LEFT.finditer(asked):
        words = match["phrase"].split()
        for first in range(max(0, len(words) - _LONGEST_KIND), len(words)):
            yield match["words"], " ".join(words[first:])


def _is_about_one(select: exp.Select, phrase: str, catalog: Catalog) -> bool:
    """Return whether `without deactivated users` is about the rows of a query of users: accounts
    without such users are another matter.
    """
    tables = [table for _, table in tables_in(select, catalog)]
    figures = [node for node in select.expressions if node.find(exp.Anonymous)]
    nouns = set(map(stem, phrase.split()[1:]))
    return len(sources(select)) == 1 and bool(figures) and stem(tables[0].name) in nouns


def _kinds(
    select: exp.Select, phrase: str, catalog: Catalog, values: ValueIndex | None
) -> Iterator[_Kind]:
    """Yield the kinds of rows that a phrase begins with."""
    for alias, column, words in flags_of(select, catalog):
        said = what_is_said(words, " ".join(phrase.split()[: len(words)]))
        if said is not None:
            node = written_column(select, alias, column.name, catalog.dialect)
            yield _Kind(node, column, flag_value(column, said), flag_value(column, not said))
    for alias, table in tables_in(select, catalog):
        for column in table.columns:
            node = written_column(select, alias, column.name, catalog.dialect)
            for value in _values(node, select, catalog, values):
                texts = [text.lower().replace("_", " ") for text in spoken(column, value)]
                if any(re.match(rf"{re.escape(text)}\b", phrase) for text in texts):
                    yield _Kind(node, column, exp.Literal.string(value))


def _values(
    node: exp.Column, select: exp.Select, catalog: Catalog, values: ValueIndex | None
) -> tuple[str, ...]:
    """Return the texts of a column that tells kinds of rows apart; empty if it does not."""
    inside = node.copy()
    inside.parent = select
    stored = stored_of(inside, catalog, values)
    if stored is None or stored.column.family != "text" or stored.is_key:
        return ()
    return stored.known if stored.complete and 1 < len(stored.known) <= FEW else ()


def _left_out(select: exp.Select, kind: _Kind) -> bool:
    """Add the condition, and drop figures of that kind; returns whether that was possible."""
    kept = [node for node in select.expressions if not _is_figure_of(node, kind)]
    dropped = len(kept) < len(select.expressions)
    if dropped and not any(node.find(exp.Anonymous) for node in kept):
        return False
    if any(kind.is_in(case) for node in kept for case in node.find_all(exp.Case)):
        return False
    wrong = kind.condition_in(select)
    if wrong is not None:
        wrong.replace(kind.others)
    elif any(map(kind.is_in, _conditions(select))):
        return False
    else:
        select.where(kind.others, copy=False)
    select.set("expressions", kept)
    return True


def _is_figure_of(node: exp.Expr, kind: _Kind) -> bool:
    """Return whether a query shows a sum or a count of rows of that kind, or of others."""
    case = node.find(exp.Case)
    return case is not None and case.find_ancestor(exp.Anonymous) is not None and kind.is_in(case)


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    for name in ("where", "having", "order"):
        if select.args.get(name) is not None:
            yield select.args[name]
    yield from select.args.get("joins") or []
