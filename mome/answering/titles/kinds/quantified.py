"""Read things by whether rows belong to them: `customers who never placed an order`, `how many
drivers had no trip in May`, `plans nobody has subscribed to`, `clients with jobs in 2023 but not in
2024`. One of the kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mome.answering.titles.dimensions import Division, identified, listed_columns
from mome.answering.titles.figure_reader import row_date
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.from_clause import (
    START,
    JoinedPaths,
    date_conditions,
    name_of,
    row_conditions,
)
from mome.answering.titles.kinds.quantifier_words import (
    ONLY,
    AskedThings,
    asked_things,
    phrases_of_rows,
)
from mome.answering.titles.kinds.reading import Composed, DatedRows, KindReading
from mome.answering.titles.listings import split_columns
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import Path
from mome.answering.titles.restrictions import RowCondition
from mome.answering.titles.row_conditions import part_of_rows
from mome.answering.titles.shapes import opened
from mome.answering.titles.spans import TitleSpan
from mome.catalog import Table

_COUNTED = re.compile(r"(?:how many|(?:the )?number of) (?P<rest>.+)")
_NAMES = re.compile(r"^names? of (?:the |all |all the |our )?")
THINGS = "things"
"""What a form calls the table of the things."""


def things_by_rows(question: str, reading: KindReading) -> Composed | None:
    """Read things that have rows, or have none."""
    text = " ".join(question.lower().split()).strip(" .?!")
    text, columns = split_columns(opened(text)[1])
    named = _NAMES.match(text)
    if named is not None:
        text, columns = text[named.end() :], columns or ("name",)
    counted = _COUNTED.fullmatch(text)
    if counted is not None and columns:
        return None
    for asked in asked_things(counted["rest"] if counted is not None else text):
        found = _Quantified(reading, is_counted=counted is not None).compose(asked, columns)
        if found is not None:
            return found
    return None


class _Quantified:
    """Composes the queries of one question."""

    def __init__(self, reading: KindReading, *, is_counted: bool) -> None:
        self._reading = reading
        self._is_counted = is_counted

    def compose(self, asked: AskedThings, columns: Sequence[str]) -> Composed | None:
        """Return the query; None if a word of the question is not explained."""
        things = self._reading.rows(asked.things)
        if things is None or things.span or _is_compared(things):
            return None
        table, joins = things.figure.table, JoinedPaths(things.figure.table, start=THINGS)
        shown = self._shown(table, columns)
        if shown is None:
            return None
        names = [name_of(joins.alias(one.path), name) for one in shown for name in one.columns]
        conditions = list(row_conditions(things.figure.rows, joins))
        conditions += date_conditions(TitleParts(()), things.figure, None, joins)
        for is_some, phrase in asked.belonging:
            exists = self._exists(phrase, table, asked.part)
            if exists is None:
                return None
            conditions.append(exists if is_some else f"NOT {exists}")
        what = "COUNT(*)" if self._is_counted else ", ".join(names)
        form = f"SELECT {what} FROM {joins.text} WHERE {' AND '.join(conditions)}"
        return Composed(form, f"read word by word, as the rows of {table.key} by what they have")

    def _shown(self, table: Table, columns: Sequence[str]) -> list[Division] | None:
        """Return the columns that are shown; None if one of them is not clear."""
        if self._is_counted:
            return []
        words, reading = self._reading.vocabulary.words, self._reading
        found = [
            listed_columns(words(one), table, reading.catalog, reading.paths) for one in columns
        ]
        if not columns:
            found = [identified(table)]
        shown = [one for one in found if one is not None]
        return shown if len(shown) == len(found) else None

    def _exists(self, phrase: str, things: Table, part: str) -> str | None:
        """Return the condition that such rows belong to a thing, and no others if all of them are
        to be of one kind.
        """
        for rows, path in self._belonging(phrase, things):
            if not part:
                return self._written(rows, path)
            kind = self._kind(rows.figure, part)
            if kind is None:
                continue
            others = replace(rows.figure, rows=tuple(o for o in rows.figure.rows if o != kind))
            others = replace(others, rows=(*others.rows, _opposite(kind)))
            some = self._written(rows, path)
            other = self._written(replace(rows, figure=others), path)
            return some and other and f"{some} AND NOT {other}"
        return None

    def _kind(self, figure: TitleFigure, part: str) -> RowCondition | None:
        """Return the condition that all rows are to fulfil; None if it is not clear which."""
        conditions = figure.rows
        if part != ONLY:
            words = self._reading.vocabulary.words(part)
            whole = part_of_rows(figure, words, self._reading.scope)
            conditions = () if whole is None else whole.part
        # A date of what happened is a condition of its own.
        if len(conditions) != 1 or figure.date is not None:
            return None
        return conditions[0] if _can_be_turned(conditions[0], figure.table) else None

    def _written(self, rows: DatedRows, path: Path) -> str | None:
        """Return the condition that rows belong to a thing; None if their date is not clear."""
        joins = JoinedPaths(rows.figure.table)
        key = name_of(joins.alias(path[:-1]), path[-1].column)
        conditions = [f"{key} = {name_of(THINGS, path[-1].ref_column)}"]
        conditions += row_conditions(rows.figure.rows, joins)
        date = row_date(rows.figure, [], self._reading.paths) if rows.span else None
        if rows.span and date is None:
            return None
        parts = TitleParts((), span=TitleSpan(rows.span))
        conditions += date_conditions(parts, rows.figure, date, joins)
        return f"EXISTS(SELECT 1 FROM {joins.text} WHERE {' AND '.join(conditions)})"

    def _belonging(self, phrase: str, things: Table) -> Iterator[tuple[DatedRows, Path]]:
        """Yield the rows that a phrase names, with the way from them to the things."""
        for text in phrases_of_rows(phrase):
            rows = self._reading.rows(text)
            if rows is None or rows.figure.table is things:
                continue
            # A condition on things of this kind is one on others of them.
            is_other = any(one.path and one.path[-1].target is things for one in rows.figure.rows)
            path = self._reading.paths.to(rows.figure.table, things, ())
            if path is not None and not is_other:
                yield rows, path


def _is_compared(things: DatedRows) -> bool:
    """Return whether a condition on the things names a column of theirs in its value."""
    return any(f"{START}." in one.value for one in things.figure.rows)


def _can_be_turned(condition: RowCondition, table: Table) -> bool:
    """Return whether rows that do not fulfil a condition are those that fulfil its opposite."""
    if condition.operator in ("IS", "IS NOT"):
        return True
    target = condition.path[-1].target if condition.path else table
    keys = [table.column(condition.path[0].column)] if condition.path else []
    columns = [target.column(condition.column), *keys]
    is_always = all(column is not None and not column.nullable for column in columns)
    return condition.operator in ("=", "<>") and is_always and len(condition.path) < 2


def _opposite(condition: RowCondition) -> RowCondition:
    turned = {"=": "<>", "<>": "=", "IS": "IS NOT", "IS NOT": "IS"}
    return replace(condition, operator=turned[condition.operator])
