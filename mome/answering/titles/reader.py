"""Compose the query of a title from what its parts name. The translator calls it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from mome.answering.titles.columns import is_link, is_rank, label_columns, measures_of_table
from mome.answering.titles.dimensions import Division, division, is_table, rows_of, steps
from mome.answering.titles.figures import (
    AS_STORED,
    OF_NUMBERS,
    OF_ROWS,
    TitleFigure,
    TitleScope,
    bound_condition,
    figures,
    not_happened,
    part_of_rows,
)
from mome.answering.titles.grammar import UNITS, take_steps, title_parts
from mome.answering.titles.naming import TitleWords, parts_of
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.paths import Paths, RowDate
from mome.answering.titles.restrictions import named_values
from mome.answering.titles.writing import written
from mome.catalog import Table
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.matched_question import MatchedQuestion

_HAVE = re.compile(r"\b(?:have|has|had|with) \w")


@dataclass(frozen=True)
class Title:
    """A question that was read as a title."""

    sql: str
    note: str
    """How it was read, for people."""


class TitleReader:
    """Reads titles about one catalog. Thread-safe; built once."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms
        self._catalog = forms.catalog
        self._paths = Paths(forms.catalog)
        dialect, tables = forms.catalog.dialect, forms.catalog.tables
        measures = {table.key: measures_of_table(table, dialect) for table in tables}
        self.scope = TitleScope(forms.catalog, self._paths, measures)
        self._vocabulary = TitleWords(forms.catalog)

    def read(self, matched: MatchedQuestion) -> Title | None:
        """Return the query of a title; None if a word is left unexplained, or if two tables,
        columns, dates or ways to join fit equally well.
        """
        scope = replace(self.scope, values=named_values(matched))
        for parts in title_parts(matched.question):
            for reading in dict.fromkeys((parts, _as_stored(parts))):
                found = self._readings(reading, scope)
                if found:
                    # Another figure that can be divided in this way would be another answer.
                    return found[0] if len(found) == 1 else None
        return None

    def _readings(self, parts: TitleParts, scope: TitleScope) -> list[Title]:
        options = [self._figures(phrase, scope) for phrase in parts.figures]
        chosen = [one for one in product(*options) if _are_of_same_rows(one)]
        composed = [self._composed(parts, figures) for figures in chosen]
        return [one for one in composed if one is not None]

    def _figures(self, phrase: FigurePhrase, scope: TitleScope) -> list[TitleFigure]:
        """Return what a phrase may mean, with its conditions."""
        words = self._vocabulary.words(phrase.head)
        found = []
        for figure in figures(words, _kind(phrase), scope):
            # `Halls have stages` may count the halls.
            if figure.measure is None and not figure.rows and _HAVE.search(phrase.head):
                continue
            whole = self._restricted(replace(figure, aggregates=phrase.aggregates), phrase, scope)
            if whole is not None:
                found.append(whole)
        return found

    def _restricted(
        self, figure: TitleFigure, phrase: FigurePhrase, scope: TitleScope
    ) -> TitleFigure | None:
        """Return the figure of the rows that a phrase names; None if one of its conditions is not
        clear.
        """
        table, words = figure.table, self._vocabulary.words
        bounds = [bound_condition(table, one, words(one.name), scope) for one in phrase.bounds]
        parts = [bound_condition(table, one, words(one.name), scope) for one in phrase.part_bounds]
        if None in bounds or None in parts:
            return None
        rows = (*figure.rows, *filter(None, bounds))
        found: TitleFigure | None = replace(figure, rows=rows, part=tuple(filter(None, parts)))
        if found and phrase.absent:
            found = not_happened(found, words(phrase.absent))
        if found and phrase.part:
            found = part_of_rows(found, words(phrase.part), scope)
        return found

    def _composed(self, parts: TitleParts, figures: Sequence[TitleFigure]) -> Title | None:
        """Return the query of the figures; None if the title does not mean them."""
        figure = figures[0]
        if any(_is_unclear(parts, one) for one in figures):
            return None
        phrases = list(parts.dimensions)
        of_rows = [phrase for phrase in phrases if self._is_table(phrase, figure.table)]
        if of_rows and figure.aggregates == ("average",):
            # An average per ticket is the average over tickets.
            phrases = [phrase for phrase in phrases if phrase not in of_rows]
        elif of_rows and len(phrases) == 1 and figure.measure is not None:
            rows = rows_of(figure.table)
            return None if rows is None else self._written(parts, figures, [rows])
        elif of_rows or figure.aggregates == (AS_STORED,):
            return None
        divisions = self._divisions(phrases, figure)
        if divisions is None or not _can_show(parts, figure, divisions):
            return None
        return self._written(parts, figures, divisions)

    def _is_table(self, phrase: str, table: Table) -> bool:
        return is_table(self._vocabulary.words(phrase), table, self._catalog)

    def _divisions(self, phrases: Sequence[str], figure: TitleFigure) -> list[Division] | None:
        """Return what the phrases name; None if one of them names nothing."""
        found: list[Division] = []
        for phrase in phrases:
            one = self._division(phrase, figure)
            # Two phrases for one column: one of them means something else.
            if one is None or one in found:
                return None
            found.append(one)
        return found

    def _division(self, phrase: str, figure: TitleFigure) -> Division | None:
        name, size = take_steps(phrase)
        words, table = self._vocabulary.words(name), figure.table
        if size:
            return steps(words, size, table, self.scope.measures[table.key])
        return division(words, table, figure.date, self._catalog, self._paths)

    def _written(
        self, parts: TitleParts, figures: Sequence[TitleFigure], divisions: Sequence[Division]
    ) -> Title | None:
        figure, date = figures[0], None
        is_compared = bool(parts.view.compared[0])
        if parts.span.condition or is_compared or any(one.date for one in divisions):
            date = _date(figure, divisions, self._paths)
            if date is None:
                return None
        form = written(parts, figures, divisions, date)
        if form is None:
            return None
        try:
            # Once through the form of the SQL, so that it is spelled as the model's answers are.
            sql = self._forms.decode(form)
            return Title(self._forms.decode(self._forms.encode(sql)), _note(parts, figure, date))
        except NotExpressible:
            return None


def _as_stored(parts: TitleParts) -> TitleParts:
    """Return the parts with a column of single rows in the place of an aggregate that is not
    said.
    """
    if len(parts.figures) > 1 or parts.figures[0].aggregates != ("",):
        return parts
    return replace(parts, figures=(replace(parts.figures[0], aggregates=(AS_STORED,)),))


def _kind(phrase: FigurePhrase) -> str:
    """Return the aggregate that limits what can be meant the most."""
    of_numbers = [one for one in phrase.aggregates if one in OF_NUMBERS]
    return of_numbers[0] if of_numbers else phrase.aggregates[0]


def _are_of_same_rows(figures: Sequence[TitleFigure]) -> bool:
    first = figures[0]
    return all(
        one.table is first.table and one.rows == first.rows and one.date == first.date
        for one in figures
    )


def _is_unclear(parts: TitleParts, figure: TitleFigure) -> bool:
    """Return whether the words may mean something else than the figure."""
    if figure.measure is None:
        is_listing = parts.is_listing and figure.aggregates[0] not in OF_ROWS
        return is_listing or _counts_something_else(parts, figure)
    if {"minimum", "maximum"}.intersection(figure.aggregates) and is_rank(figure.measure):
        return True
    if parts.is_lookup and figure.aggregates == ("",):
        return True
    # `Average amount per month` may be that of the rows or that of the months.
    return figure.aggregates == ("average",) and any(phrase in UNITS for phrase in parts.rates)


def _counts_something_else(parts: TitleParts, figure: TitleFigure) -> bool:
    """Return whether the rows may not be what is counted: one row that a name picks, or the pairs
    of a table that only links two others.
    """
    own = [one.column for one in figure.rows if not one.path]
    labels = [column.name for column in label_columns(figure.table)]
    ending = parts_of(figure.table.name)[-1:]
    if any(column in labels or parts_of(column) == ending for column in own):
        return True
    is_bare = not (parts.dimensions or figure.rows or parts.span.condition)
    return is_bare and is_link(figure.table)


def _can_show(parts: TitleParts, figure: TitleFigure, divisions: Sequence[Division]) -> bool:
    """Return whether the groups are those that the view and the conditions need."""
    times = [one for one in divisions if one.date is not None]
    if parts.view.over == "time":
        return len(times) == 1
    if parts.view.over == "groups":
        # The share of open tickets by team: of all open ones, or of each team's.
        return len(divisions) == 1 and not figure.rows and not figure.part
    if parts.within:
        return len(divisions) == 2
    if parts.keeps_all:
        is_thing = len(divisions) == 1 and len(divisions[0].path) == 1 and divisions[0].key
        return bool(is_thing) and not (figure.rows or parts.span.condition)
    return bool(divisions) or not (parts.having or parts.limit)


def _date(figure: TitleFigure, divisions: Sequence[Division], paths: Paths) -> RowDate | None:
    """Return the date of the rows; None if it is not clear."""
    if figure.has_other_date:
        return None
    named = [one.date for one in divisions if one.date is not None]
    if named:
        return named[0]
    return RowDate(figure.date) if figure.date is not None else paths.date_of(figure.table)


def _note(parts: TitleParts, figure: TitleFigure, date: RowDate | None) -> str:
    """Return in words what a title was taken to ask for."""
    name = figure.table.key
    what = f"the rows of {name}" if figure.measure is None else f"{figure.measure.name} of {name}"
    dated = f", dated by {date.column.name}" if date is not None else ""
    viewed = f"; {parts.view.note}" if parts.view.note else ""
    return f"read word by word, as the title of a report on {what}{dated}{viewed}"
