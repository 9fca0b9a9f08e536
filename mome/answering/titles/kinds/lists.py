"""Compose the queries of lists: of columns of rows, of the rows that `which` asks for, and of the
best rows of each group. Two of the kinds.
"""

from __future__ import annotations

from collections.abc import Sequence

from mome.answering.titles.best_rows import best_rows
from mome.answering.titles.columns import shown_columns
from mome.answering.titles.dimensions import Division, division, identified, listed_columns, rows_of
from mome.answering.titles.figure_reader import row_date
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.kinds.reading import Composed, KindReading
from mome.answering.titles.list_writing import best_of_each, listed
from mome.answering.titles.listings import Listing, listings
from mome.answering.titles.paths import RowDate
from mome.answering.titles.rank_words import RowRank
from mome.answering.titles.row_conditions import ranking
from mome.catalog import Column
from mome.forms.stored import date_kind


def best_rows_of_groups(question: str, reading: KindReading) -> Composed | None:
    """Read `the largest bill of each client: client name, amount`."""
    return ListReader(reading).best(question)


def listed_rows(question: str, reading: KindReading) -> Composed | None:
    """Read `Jobs ordered in March 2025: job id, paper`, and `which clubs are still open`."""
    return ListReader(reading).listing(question)


class ListReader:
    """Reads lists about one catalog."""

    def __init__(self, reading: KindReading) -> None:
        self._catalog = reading.catalog
        self._paths = reading.paths
        self._vocabulary = reading.vocabulary
        self._figures = reading.figures
        self._scope = reading.scope

    def best(self, question: str) -> Composed | None:
        """Return the query of the best rows of each group; None if the question asks for none."""
        for best in best_rows(question):
            found = [
                one for one in self._figures.read(best.rows, self._scope) if one.measure is None
            ]
            if len(found) != 1:
                continue
            figure, words = found[0], self._vocabulary.words
            ranked = self._ranked(best.rank, figure)
            named, table = words(best.group), figure.table
            paths = self._paths
            group = division(named, table, figure.date, self._catalog, paths)
            columns = self._columns(best.columns, figure)
            date = row_date(figure, [], self._paths) if best.span.condition else None
            if ranked is None or group is None or columns is None:
                return None
            if best.span.condition and date is None:
                return None
            form = best_of_each(figure, columns, group, ranked, best, date)
            return Composed(form, _list_note(figure, date))
        return None

    def listing(self, question: str) -> Composed | None:
        """Return the query of a list of columns; None if the question asks for none."""
        for listing in listings(question):
            found = self._figures.read(listing.rows, self._scope)
            figures = [one for one in found if one.measure is None]
            if len(figures) != 1 or (listing.is_of_one and not _is_named(figures[0])):
                continue
            if listing.needs_condition and not figures[0].rows:
                continue
            shown = self._listed if listing.columns else self._which
            composed = shown(listing, figures[0])
            if composed is not None:
                return composed
        return None

    def _ranked(self, rank: RowRank, figure: TitleFigure) -> Column | None:
        """Return the column that ranks the rows; None if it is not clear which."""
        words = self._vocabulary.words(rank.measure)
        if rank.by in ("date", "age") and not words and figure.date is not None:
            return figure.date
        found = ranking(figure.table, rank.by, words, self._scope)
        # The oldest have the earliest date, and the highest age.
        is_turned = rank.by in ("date", "age") and found is not None and date_kind(found) is None
        return None if is_turned else found

    def _listed(self, listing: Listing, figure: TitleFigure) -> Composed | None:
        columns = self._columns(listing.columns, figure)
        if columns is None:
            return None
        if all(one.path for one in columns) and not listing.is_of_one:
            # The rows may be those of the other table.
            return None
        names = rows_of(figure.table) if listing.names_rows else None
        if names is not None and not any(set(names.columns) & set(one.columns) for one in columns):
            columns = [Division((), names.columns), *columns]
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

    def _which(self, listing: Listing, figure: TitleFigure) -> Composed | None:
        """Return the query of the names of the rows; None if they have none, or if nothing says
        which of them.
        """
        rows = identified(figure.table)
        is_all = not (figure.rows or figure.date or listing.span.condition or listing.rank)
        return None if rows is None or is_all else self._of_rows(listing, figure, [rows])

    def _of_rows(
        self, listing: Listing, figure: TitleFigure, columns: Sequence[Division]
    ) -> Composed | None:
        shown = {name for one in columns if not one.path for name in one.columns}
        if any(not one.path and one.operator == "=" and one.column in shown for one in figure.rows):
            # The tracks in an album of this name are not those of this name.
            return None
        sorted_by = None
        if listing.rank is not None:
            sorted_by = self._ranked(listing.rank, figure)
        elif listing.order in ("down", "up"):
            sorted_by = self._shown_number(columns, figure)
        is_sorted = listing.rank is not None or listing.order in ("down", "up")
        is_dated = listing.span.condition or (listing.order and not is_sorted)
        date = row_date(figure, [], self._paths) if is_dated else None
        if (is_dated and date is None) or (is_sorted and sorted_by is None):
            return None
        form = listed(figure, columns, listing, date, sorted_by)
        return Composed(form, _list_note(figure, date))

    def _shown_number(self, columns: Sequence[Division], figure: TitleFigure) -> Column | None:
        """Return the only number of the rows that is shown."""
        shown = {name for one in columns if not one.path for name in one.columns}
        found = [one for one in self._scope.measures[figure.table.key] if one.name in shown]
        return found[0] if len(found) == 1 else None


def _is_named(figure: TitleFigure) -> bool:
    """Return whether the rows are picked by their names, and by nothing else."""
    names = {column.name for column in shown_columns(figure.table)}
    own = {one.column for one in figure.rows if not one.path and one.operator == "="}
    is_only = bool(own) and len(own) == len(figure.rows) and figure.date is None
    return is_only and own == names


def _list_note(figure: TitleFigure, date: RowDate | None) -> str:
    dated = f", dated by {date.column.name}" if date is not None else ""
    return f"read word by word, as a list of the rows of {figure.table.key}{dated}"
