"""Compose the query of a title from what its parts name. The translator calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from mome.answering.titles.clarity import are_of_same_rows, can_show, is_unclear
from mome.answering.titles.columns import measures_of_table
from mome.answering.titles.dimensions import Division, division, is_table, rows_of, steps
from mome.answering.titles.figure_reader import FigureReader, row_date
from mome.answering.titles.figures import AS_STORED, COUNT_PER, TitleFigure, TitleScope
from mome.answering.titles.grammar import take_steps, title_parts
from mome.answering.titles.kinds import FIRST_KINDS, KINDS, Kind
from mome.answering.titles.kinds.reading import Composed, KindReading
from mome.answering.titles.naming import FIGURE_WORDS
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import Paths, RowDate
from mome.answering.titles.restrictions import named_values
from mome.answering.titles.row_conditions import worth
from mome.answering.titles.said_words import TitleWords, are_explained, parts_of
from mome.answering.titles.writing import written
from mome.catalog import Table
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.matched_question import MatchedQuestion


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
        self._figures = FigureReader(self._vocabulary)

    def read(self, matched: MatchedQuestion) -> Title | None:
        """Return the query of a title; None if a word is left unexplained, or if two tables,
        columns, dates or ways to join fit equally well.
        """
        scope = replace(self.scope, values=named_values(matched))
        question = matched.question
        first = self._of_kind(question, scope, FIRST_KINDS)
        if first is not None:
            return self._title(first)
        titles = self._of_title(question, scope)
        if titles:
            # Another figure that can be divided in this way would be another answer.
            return self._title(titles[0]) if len(titles) == 1 else None
        composed = self._of_kind(question, scope, KINDS)
        return None if composed is None else self._title(composed)

    def _of_title(self, question: str, scope: TitleScope) -> list[Composed]:
        for parts in title_parts(question):
            for reading in dict.fromkeys((parts, _as_stored(parts))):
                found = self._readings(reading, scope)
                if found:
                    return found
        return []

    def _of_kind(self, question: str, scope: TitleScope, kinds: Sequence[Kind]) -> Composed | None:
        catalog, paths, words = self._catalog, self._paths, self._vocabulary
        reading = KindReading(catalog, paths, words, self._figures, scope, self._readings)
        for kind in kinds:
            composed = kind(question, reading)
            if composed is not None:
                return composed
        return None

    def _readings(self, parts: TitleParts, scope: TitleScope) -> list[Composed]:
        options = [self._figures.read(phrase, scope) for phrase in parts.figures]
        chosen = [one for one in product(*options) if are_of_same_rows(one)]
        if parts.topic:
            words = self._vocabulary.words(parts.topic)
            chosen = [one for one in chosen if are_explained(words, parts_of(one[0].table.name))]
        clear = [one for one in chosen if not _may_be_values(parts, one[0].table)]
        composed = [self._composed(parts, figures) for figures in clear]
        return [one for one in composed if one is not None]

    def _composed(self, parts: TitleParts, figures: Sequence[TitleFigure]) -> Composed | None:
        """Return the query of the figures; None if the title does not mean them."""
        if parts.in_currency:
            figures = [worth(one, self.scope) for one in figures]
        figure = figures[0]
        listed = [word for item in parts.listed for word in self._vocabulary.words(item)]
        if not all(word.closeness or word.text in FIGURE_WORDS for word in listed):
            return None
        if any(is_unclear(parts, one) for one in figures):
            return None
        if parts.hides_figure and len(figures) > 1:
            # `The plan with the most jobs and its number of users` shows the second figure.
            return None
        phrases = list(parts.dimensions)
        of_rows = [phrase for phrase in phrases if self._is_table(phrase, figure.table)]
        if of_rows and figure.aggregates == ("average",) and set(of_rows) <= set(parts.rates):
            # An average per ticket is the average over tickets.
            phrases = [phrase for phrase in phrases if phrase not in of_rows]
        elif of_rows and len(phrases) == 1 and figure.measure is not None:
            rows = rows_of(figure.table)
            # A condition on a number of the rows themselves is one of a list.
            # One row has one number, and no average of it.
            if rows is None or parts.having is not None or len(figure.aggregates) > 1:
                return None
            return self._written(parts, figures, [rows])
        elif of_rows or figure.aggregates == (AS_STORED,):
            return None
        if figure.aggregates == (COUNT_PER,):
            # What rows are counted by stands last.
            phrases.sort(key=lambda phrase: phrase in parts.rates)
        divisions = self._divisions(phrases, figure)
        if divisions is None or not can_show(parts, figure, divisions):
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
        date, catalog, paths = figure.date, self._catalog, self._paths
        return division(words, table, date, catalog, paths)

    def _written(
        self, parts: TitleParts, figures: Sequence[TitleFigure], divisions: Sequence[Division]
    ) -> Composed | None:
        figure, date = figures[0], None
        is_compared = bool(parts.view.compared[0])
        if parts.span.condition or is_compared or any(one.date for one in divisions):
            date = row_date(figure, divisions, self._paths)
            if date is None:
                return None
        form = written(parts, figures, divisions, date)
        composed = None if form is None else Composed(form, _note(parts, figure, date))
        return composed if composed is not None and self._title(composed) is not None else None

    def _title(self, composed: Composed) -> Title | None:
        try:
            # Once through the form of the SQL, so that it is spelled as the model's answers are.
            sql = self._forms.decode(composed.form)
            return Title(self._forms.decode(self._forms.encode(sql)), composed.note)
        except NotExpressible:
            return None


def _may_be_values(parts: TitleParts, table: Table) -> bool:
    """Return whether a dimension may be a stored value of the rows as well: tickets opened by
    email are those of this channel, or divided by the addresses of their customers.
    """
    texts = [column.values or () for column in table.columns if column.family == "text"]
    stored = {str(value).casefold() for values in texts for value in values}
    return any(phrase in stored for phrase in parts.dimensions)


def _as_stored(parts: TitleParts) -> TitleParts:
    """Return the parts with a column of single rows in the place of an aggregate that is not
    said.
    """
    if len(parts.figures) > 1 or parts.figures[0].aggregates != ("",):
        return parts
    return replace(parts, figures=(replace(parts.figures[0], aggregates=(AS_STORED,)),))


def _note(parts: TitleParts, figure: TitleFigure, date: RowDate | None) -> str:
    """Return in words what a title was taken to ask for."""
    name = figure.table.key
    what = f"the rows of {name}" if figure.measure is None else f"{figure.measure.name} of {name}"
    dated = f", dated by {date.column.name}" if date is not None else ""
    viewed = f"; {parts.view.note}" if parts.view.note else ""
    return f"read word by word, as the title of a report on {what}{dated}{viewed}"
