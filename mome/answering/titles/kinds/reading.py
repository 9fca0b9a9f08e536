"""What the kinds of questions are read with, and what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mome.answering.titles.figure_reader import FigureReader
from mome.answering.titles.figures import TitleFigure, TitleScope
from mome.answering.titles.parts import TitleParts
from mome.answering.titles.paths import Paths
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.said_words import TitleWords
from mome.answering.titles.spans import take_span
from mome.answering.titles.views import LEVEL, View
from mome.catalog import Catalog


@dataclass(frozen=True)
class Composed:
    """A query that was composed."""

    form: str
    note: str
    """How it was read, for people."""


@dataclass(frozen=True)
class DatedRows:
    """Rows of one table under conditions, perhaps those of a period."""

    figure: TitleFigure
    span: str
    """The form's condition with `{}` for the date column; empty for no period."""


@dataclass(frozen=True)
class KindReading:
    """One catalog and what one question names in it."""

    catalog: Catalog
    paths: Paths
    vocabulary: TitleWords
    figures: FigureReader
    scope: TitleScope
    compose: Callable[[TitleParts, TitleScope], Sequence[Composed]]
    """Returns the queries that the parts of a title may mean."""

    def first(self, options: Iterable[TitleParts]) -> Composed | None:
        """Return the query of the first parts that have one; None if they have several."""
        for parts in options:
            found = self.compose(parts, self.scope)
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def rows(self, phrase: str) -> DatedRows | None:
        """Return the rows that a phrase names, as `open jobs of Acme in 2024`; None if a word is
        left over, or if several readings fit.
        """
        taken = take_span(phrase)
        if taken is None:
            return None
        rest, span = taken
        for phrases in figure_phrases(rest):
            if len(phrases) > 1 or phrases[0].aggregates != ("",) or phrases[0].is_share:
                continue
            read = self.figures.read(phrases[0], self.scope)
            found = [figure for figure in read if figure.measure is None]
            if found:
                return DatedRows(found[0], span.condition) if len(found) == 1 else None
        return None


def unviewed(text: str) -> tuple[str, View]:
    """Return the text and no view, for kinds of questions that have none."""
    return text, LEVEL
