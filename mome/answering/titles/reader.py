"""Compose the query of a title from what its parts name. The translator calls it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from mome.answering.titles.best_rows import best_rows
from mome.answering.titles.clarity import are_of_same_rows, can_show, is_unclear
from mome.answering.titles.columns import measures_of_table
from mome.answering.titles.dimensions import (
    Division,
    division,
    is_table,
    listed_columns,
    rows_of,
    steps,
)
from mome.answering.titles.figures import (
    AS_STORED,
    COUNT_PER,
    OF_NUMBERS,
    TitleFigure,
    TitleScope,
    bound_condition,
    days_between,
    days_of,
    figures,
    lacking,
    not_happened,
    part_of_rows,
    ranking,
    worth,
)
from mome.answering.titles.grammar import take_steps, title_parts
from mome.answering.titles.listings import Listing, listings
from mome.answering.titles.naming import FIGURE_WORDS, TitleWords, are_explained, parts_of
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.paths import Paths, RowDate
from mome.answering.titles.restrictions import named_values
from mome.answering.titles.writing import best_of_each, listed, written
from mome.catalog import Table
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.matched_question import MatchedQuestion

_DAYS = re.compile(
    r"(?:number of )?(?:days|time in days) (?:between|from) (?P<first>.+?) (?:and|to|until) "
    r"(?P<second>.+?)(?: (?:of|for) (?P<rows>.+))?"
)
_TIME = re.compile(r"(?P<rows>[\w -]+?) (?:time|duration)(?: in days)?")
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
        return self._best(matched.question, scope) or self._list(matched.question, scope)

    def _best(self, question: str, scope: TitleScope) -> Title | None:
        """Return the query of the best rows of each group; None if the question asks for none."""
        for best in best_rows(question):
            found = [one for one in self._figures(best.rows, scope) if one.measure is None]
            if len(found) != 1:
                continue
            figure, words = found[0], self._vocabulary.words
            ranked = ranking(figure.table, best.by, words(best.measure), scope)
            group = self._division(best.group, figure, by_name=True)
            columns = self._columns(best.columns, figure)
            date = _date(figure, [], self._paths) if best.span.condition else None
            if ranked is None or group is None or columns is None:
                return None
            if best.span.condition and date is None:
                return None
            form = best_of_each(figure, columns, group, ranked, best, date)
            return self._title(form, _list_note(figure, date))
        return None

    def _list(self, question: str, scope: TitleScope) -> Title | None:
        """Return the query of a list of columns; None if the question asks for none."""
        for listing in listings(question):
            found = self._figures(listing.rows, scope)
            figures = [one for one in found if one.measure is None]
            if len(figures) == 1 and not listing.columns:
                return self._which(listing, figures[0])
            if len(figures) == 1:
                return self._listed(listing, figures[0])
        return None

    def _listed(self, listing: Listing, figure: TitleFigure) -> Title | None:
        columns = self._columns(listing.columns, figure)
        if columns is None or all(one.path for one in columns):
            # The rows may be those of the other table.
            return None
        return self._of_rows(listing, figure, columns)

    def _columns(self, phrases: Sequence[str], figure: TitleFigure) -> list[Division] | None:
        """Return the columns that phrases name; None if one of them names none."""
        found: list[Division] = []
        for phrase in phrases:
            words = self._vocabulary.words(phrase)
            one = listed_columns(words, figure.table, self._catalog, self._paths)
            if one is None or one in found:
                return None
            found.append(one)
        return found

    def _which(self, listing: Listing, figure: TitleFigure) -> Title | None:
        """Return the query of the names of the rows; None if they have none, or if nothing says
        which of them.
        """
        rows = rows_of(figure.table)
        is_all = not (figure.rows or figure.date or listing.span.condition)
        return None if rows is None or is_all else self._of_rows(listing, figure, [rows])

    def _of_rows(
        self, listing: Listing, figure: TitleFigure, columns: Sequence[Division]
    ) -> Title | None:
        is_dated = listing.span.condition or listing.order
        date = _date(figure, [], self._paths) if is_dated else None
        if is_dated and date is None:
            return None
        form = listed(figure, columns, listing, date)
        return self._title(form, _list_note(figure, date))

    def _readings(self, parts: TitleParts, scope: TitleScope) -> list[Title]:
        options = [self._figures(phrase, scope) for phrase in parts.figures]
        chosen = [one for one in product(*options) if are_of_same_rows(one)]
        if parts.topic:
            words = self._vocabulary.words(parts.topic)
            chosen = [one for one in chosen if are_explained(words, parts_of(one[0].table.name))]
        composed = [self._composed(parts, figures) for figures in chosen]
        return [one for one in composed if one is not None]

    def _figures(self, phrase: FigurePhrase, scope: TitleScope) -> list[TitleFigure]:
        """Return what a phrase may mean, with its conditions."""
        found = []
        for figure in self._measured(phrase, scope):
            # `Halls have stages` may count the halls.
            if figure.measure is None and not figure.rows and _HAVE.search(phrase.head):
                continue
            whole = self._restricted(replace(figure, aggregates=phrase.aggregates), phrase, scope)
            if whole is not None:
                found.append(whole)
        return found

    def _measured(self, phrase: FigurePhrase, scope: TitleScope) -> list[TitleFigure]:
        words = self._vocabulary.words
        days, time = _DAYS.fullmatch(phrase.head), _TIME.fullmatch(phrase.head)
        if time is not None and phrase.aggregates[0] in OF_NUMBERS:
            found = days_of(words(time["rows"]), scope)
            if found:
                return found
        if days is None:
            return figures(words(phrase.head), _kind(phrase), scope)
        if phrase.aggregates[0] not in OF_NUMBERS:
            return []
        rows = words(days["rows"] or "")
        return days_between(words(days["first"]), words(days["second"]), rows, scope)

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
        for absent in phrase.absent:
            found = found and not_happened(found, words(absent), scope)
        if found and phrase.lacks:
            found = lacking(found, words(phrase.lacks))
        if found and phrase.part:
            found = part_of_rows(found, words(phrase.part), scope)
        return found

    def _composed(self, parts: TitleParts, figures: Sequence[TitleFigure]) -> Title | None:
        """Return the query of the figures; None if the title does not mean them."""
        if parts.in_currency:
            figures = [worth(one, self.scope) for one in figures]
        figure = figures[0]
        listed = [word for item in parts.listed for word in self._vocabulary.words(item)]
        if not all(word.closeness or word.text in FIGURE_WORDS for word in listed):
            return None
        if any(is_unclear(parts, one) for one in figures):
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
        if figure.aggregates == (COUNT_PER,):
            # What rows are counted by stands last.
            phrases.sort(key=lambda phrase: phrase in parts.rates)
        # Things that are ranked or picked are shown by their names.
        by_name = parts.limit > 0 or parts.hides_figure or bool(parts.existence)
        by_name |= figure.aggregates == (COUNT_PER,)
        divisions = self._divisions(phrases, figure, by_name=by_name)
        if divisions is None or not can_show(parts, figure, divisions):
            return None
        return self._written(parts, figures, divisions)

    def _is_table(self, phrase: str, table: Table) -> bool:
        return is_table(self._vocabulary.words(phrase), table, self._catalog)

    def _divisions(
        self, phrases: Sequence[str], figure: TitleFigure, *, by_name: bool
    ) -> list[Division] | None:
        """Return what the phrases name; None if one of them names nothing."""
        found: list[Division] = []
        for phrase in phrases:
            one = self._division(phrase, figure, by_name=by_name)
            # Two phrases for one column: one of them means something else.
            if one is None or one in found:
                return None
            found.append(one)
        return found

    def _division(self, phrase: str, figure: TitleFigure, *, by_name: bool) -> Division | None:
        name, size = take_steps(phrase)
        words, table = self._vocabulary.words(name), figure.table
        if size:
            return steps(words, size, table, self.scope.measures[table.key])
        date, catalog, paths = figure.date, self._catalog, self._paths
        return division(words, table, date, catalog, paths, by_name=by_name)

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
        return None if form is None else self._title(form, _note(parts, figure, date))

    def _title(self, form: str, note: str) -> Title | None:
        try:
            # Once through the form of the SQL, so that it is spelled as the model's answers are.
            sql = self._forms.decode(form)
            return Title(self._forms.decode(self._forms.encode(sql)), note)
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


def _list_note(figure: TitleFigure, date: RowDate | None) -> str:
    dated = f", dated by {date.column.name}" if date is not None else ""
    return f"read word by word, as a list of the rows of {figure.table.key}{dated}"
