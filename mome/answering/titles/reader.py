"""Compose the query of a title from what its parts name. The translator calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.columns import main_date, measures_of_table
from mome.answering.titles.dimensions import UNITS, Division, division, is_table, rows_of
from mome.answering.titles.figures import AS_STORED, TitleFigure, TitleScope, figures
from mome.answering.titles.grammar import TitleParts, title_parts
from mome.answering.titles.naming import TitleWords, Words
from mome.answering.titles.paths import Paths
from mome.answering.titles.restrictions import named_values
from mome.answering.titles.writing import written
from mome.catalog import Column
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

    def read(self, matched: MatchedQuestion) -> Title | None:
        """Return the query of a title; None if a word is left unexplained, or if two tables,
        columns, dates or ways to join fit equally well.
        """
        scope = replace(self.scope, values=named_values(matched))
        for parts in title_parts(matched.question):
            for aggregate in dict.fromkeys((parts.aggregate, parts.aggregate or AS_STORED)):
                found = self._readings(replace(parts, aggregate=aggregate), scope)
                if found:
                    # Another figure that can be divided in this way would be another answer.
                    return found[0] if len(found) == 1 else None
        return None

    def _readings(self, parts: TitleParts, scope: TitleScope) -> list[Title]:
        words = self._vocabulary.words(parts.head)
        found = figures(words, parts.aggregate, scope)
        composed = [self._composed(parts, figure) for figure in found]
        return [one for one in composed if one is not None]

    def _composed(self, parts: TitleParts, figure: TitleFigure) -> Title | None:
        """Return the query of a figure; None if the title does not mean it."""
        if _is_unclear(parts, figure):
            return None
        phrases = [self._vocabulary.words(phrase) for phrase in parts.dimensions]
        of_rows = [words for words in phrases if is_table(words, figure.table, self._catalog)]
        if of_rows and parts.aggregate == "average":
            # An average per ticket is the average over tickets.
            phrases = [words for words in phrases if words not in of_rows]
        elif of_rows and len(phrases) == 1 and figure.measure is not None:
            rows = rows_of(figure.table)
            return None if rows is None else self._written(parts, figure, [rows])
        elif of_rows or parts.aggregate == AS_STORED:
            return None
        divisions = self._divisions(phrases, figure)
        return None if divisions is None else self._written(parts, figure, divisions)

    def _divisions(self, phrases: Sequence[Words], figure: TitleFigure) -> list[Division] | None:
        """Return what the phrases name; None if one of them names nothing."""
        found: list[Division] = []
        for words in phrases:
            one = division(words, figure.table, figure.date, self._catalog, self._paths)
            # Two phrases for one column: one of them means something else.
            if one is None or one in found:
                return None
            found.append(one)
        return found

    def _written(
        self, parts: TitleParts, figure: TitleFigure, divisions: Sequence[Division]
    ) -> Title | None:
        date = None
        if parts.span.condition or any(one.date for one in divisions):
            date = _date(figure, divisions)
            if date is None:
                return None
        form = written(parts, figure, divisions, date)
        if form is None:
            return None
        try:
            # Once through the form of the SQL, so that it is spelled as the model's answers are.
            sql = self._forms.decode(form)
            return Title(self._forms.decode(self._forms.encode(sql)), _note(figure, date))
        except NotExpressible:
            return None


def _is_unclear(parts: TitleParts, figure: TitleFigure) -> bool:
    """Return whether the words may mean something else than the figure."""
    if figure.measure is None:
        return parts.is_listing and parts.aggregate != "count"
    if parts.is_lookup and not parts.aggregate:
        return True
    # `Average amount per month` may be that of the rows or that of the months.
    return parts.aggregate == "average" and any(phrase in UNITS for phrase in parts.rates)


def _date(figure: TitleFigure, divisions: Sequence[Division]) -> Column | None:
    """Return the date of the rows; None if it is not clear."""
    if figure.has_other_date:
        return None
    named = [one.date for one in divisions if one.date is not None]
    return named[0] if named else figure.date or main_date(figure.table)


def _note(figure: TitleFigure, date: Column | None) -> str:
    """Return in words what a title was taken to ask for."""
    name = figure.table.key
    what = f"the rows of {name}" if figure.measure is None else f"{figure.measure.name} of {name}"
    dated = f", dated by {date.name}" if date is not None else ""
    return f"read word by word, as the title of a report on {what}{dated}"
