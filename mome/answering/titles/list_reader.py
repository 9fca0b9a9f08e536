"""Compose the queries of lists: of columns of rows, of the rows that `which` asks for, and of the
best rows of each group. `reader` calls it for what has no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.answering.titles.best_rows import best_rows
from mome.answering.titles.dimensions import Division, division, listed_columns, rows_of
from mome.answering.titles.figure_reader import FigureReader, row_date
from mome.answering.titles.figures import TitleFigure, TitleScope
from mome.answering.titles.list_writing import best_of_each, listed
from mome.answering.titles.listings import Listing, listings
from mome.answering.titles.naming import TitleWords
from mome.answering.titles.paths import Paths, RowDate
from mome.answering.titles.row_conditions import ranking
from mome.catalog import Catalog


@dataclass(frozen=True)
class ListForm:
    """A list that was read."""

    form: str
    note: str
    """How it was read, for people."""


class ListReader:
    """Reads lists about one catalog. Thread-safe."""

    def __init__(
        self, catalog: Catalog, paths: Paths, vocabulary: TitleWords, figures: FigureReader
    ) -> None:
        self._catalog = catalog
        self._paths = paths
        self._vocabulary = vocabulary
        self._figures = figures

    def read(self, question: str, scope: TitleScope) -> ListForm | None:
        """Return the form of a list; None if the question asks for none."""
        return self._best(question, scope) or self._list(question, scope)

    def _best(self, question: str, scope: TitleScope) -> ListForm | None:
        """Return the query of the best rows of each group; None if the question asks for none."""
        for best in best_rows(question):
            found = [one for one in self._figures.read(best.rows, scope) if one.measure is None]
            if len(found) != 1:
                continue
            figure, words = found[0], self._vocabulary.words
            ranked = ranking(figure.table, best.by, words(best.measure), scope)
            named, table = words(best.group), figure.table
            paths = self._paths
            group = division(named, table, figure.date, self._catalog, paths, by_name=True)
            columns = self._columns(best.columns, figure)
            date = row_date(figure, [], self._paths) if best.span.condition else None
            if ranked is None or group is None or columns is None:
                return None
            if best.span.condition and date is None:
                return None
            form = best_of_each(figure, columns, group, ranked, best, date)
            return ListForm(form, _list_note(figure, date))
        return None

    def _list(self, question: str, scope: TitleScope) -> ListForm | None:
        """Return the query of a list of columns; None if the question asks for none."""
        for listing in listings(question):
            found = self._figures.read(listing.rows, scope)
            figures = [one for one in found if one.measure is None]
            if len(figures) == 1 and not listing.columns:
                return self._which(listing, figures[0])
            if len(figures) == 1:
                return self._listed(listing, figures[0])
        return None

    def _listed(self, listing: Listing, figure: TitleFigure) -> ListForm | None:
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

    def _which(self, listing: Listing, figure: TitleFigure) -> ListForm | None:
        """Return the query of the names of the rows; None if they have none, or if nothing says
        which of them.
        """
        rows = rows_of(figure.table)
        is_all = not (figure.rows or figure.date or listing.span.condition)
        return None if rows is None or is_all else self._of_rows(listing, figure, [rows])

    def _of_rows(
        self, listing: Listing, figure: TitleFigure, columns: Sequence[Division]
    ) -> ListForm | None:
        is_dated = listing.span.condition or listing.order
        date = row_date(figure, [], self._paths) if is_dated else None
        if is_dated and date is None:
            return None
        form = listed(figure, columns, listing, date)
        return ListForm(form, _list_note(figure, date))


def _list_note(figure: TitleFigure, date: RowDate | None) -> str:
    dated = f", dated by {date.column.name}" if date is not None else ""
    return f"read word by word, as a list of the rows of {figure.table.key}{dated}"
