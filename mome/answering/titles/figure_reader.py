"""Look up what a phrase for a figure means, with its conditions. The readers of titles call it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from mome.answering.titles.date_pairs import compared_dates, with_dates
from mome.answering.titles.dimensions import Division, division
from mome.answering.titles.elapsed import days_between, days_of
from mome.answering.titles.figures import (
    OF_NUMBERS,
    TitleFigure,
    TitleScope,
    figures,
    tables_named,
)
from mome.answering.titles.parts import STILL, FigurePhrase
from mome.answering.titles.paths import Path, Paths, RowDate
from mome.answering.titles.phrases import conditioned
from mome.answering.titles.row_conditions import (
    bound_condition,
    having,
    lacking,
    not_happened,
    part_of_rows,
    text_condition,
)
from mome.answering.titles.said_words import TitleWords, Words, are_explained, parts_of
from mome.answering.titles.states import HAS, bare_state
from mome.catalog import Table

_DAYS = re.compile(
    r"(?:number of )?(?:days|time in days) (?:between|from) (?P<first>.+?) (?:and|to|until) "
    r"(?P<second>.+?)(?: (?:of|for) (?P<rows>.+))?"
)
_TIME = re.compile(r"(?P<rows>[\w -]+?) (?:time|duration)(?: in days)?")
_ROWS = "rows"
"""Stands before the words for a state, so that these are read as those behind a table are."""
_HAVE = re.compile(r"\b(?:have|has|had|with) \w")


class FigureReader:
    """Reads phrases for figures about one catalog. Thread-safe."""

    def __init__(self, vocabulary: TitleWords) -> None:
        self._vocabulary = vocabulary

    def read(self, phrase: FigurePhrase, scope: TitleScope) -> list[TitleFigure]:
        """Return what a phrase may mean, with its conditions."""
        found = []
        for figure in self._measured(phrase, scope):
            # `Halls have stages` may count the halls.
            is_all = figure.measure is None and not figure.rows and figure.date is None
            if is_all and _HAVE.search(phrase.head):
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
        texts = [text_condition(table, one, words(one.name)) for one in phrase.texts]
        if None in texts:
            return None
        rows = (*figure.rows, *filter(None, bounds), *filter(None, texts))
        found: TitleFigure | None = replace(figure, rows=rows, part=tuple(filter(None, parts)))
        for absent in phrase.absent:
            found = found and not_happened(found, words(absent), scope)
        if found and phrase.lacks:
            found = lacking(found, words(phrase.lacks))
        if found and phrase.part:
            found = self._with_part(found, phrase, scope)
        if found and phrase.things:
            place = counted_things(table, words(phrase.things), scope)
            found = replace(found, things=place) if place is not None else None
        return found

    def _with_part(
        self, figure: TitleFigure, phrase: FigurePhrase, scope: TitleScope
    ) -> TitleFigure | None:
        """Return the figure of those of its rows that are in the state which a phrase says."""
        table, words = figure.table, self._vocabulary.words
        text = bare_state(phrase.part, scope)
        dates = compared_dates(table, text, words)
        if dates is not None:
            return with_dates(figure, dates, of_happened=phrase.of_happened)
        has = HAS.fullmatch(text)
        if has is not None:
            filled = having(TitleFigure(table), words(has["column"]))
            if filled is not None:
                return replace(figure, part=filled.rows)
            text = has["column"]
        state = conditioned(f"{_ROWS} {text}")
        rest = words(state.head.removeprefix(_ROWS))
        plain = replace(state, head="")
        whole = self._restricted(TitleFigure(table), plain, scope)
        if whole is None or not rest:
            return whole and (replace(figure, part=whole.rows) if whole.rows else None)
        found = part_of_rows(TitleFigure(table), rest, scope)
        if found is None and [word.text for word in rest] == ["open"]:
            found = not_happened(TitleFigure(table), words(STILL), scope)
            found = found and replace(found, part=found.rows)
        return found and replace(figure, part=(*whole.rows, *found.part))


def counted_things(table: Table, words: Words, scope: TitleScope) -> tuple[Path, str] | None:
    """Return the way from rows to a column that tells things apart: the key that leads to them, or
    a category; None if it is not clear which.
    """
    for target in tables_named(words, scope.catalog):
        path = scope.paths.to(table, target, ()) if target is not table else None
        if path is not None and are_explained(words, parts_of(target.name)):
            return path[:-1], path[-1].column
    found = division(words, table, None, scope.catalog, scope.paths)
    if found is None or found.date is not None:
        return None
    if found.key and found.path:
        return found.path[:-1], found.path[-1].column
    return (found.path, found.columns[0]) if len(found.columns) == 1 else None


def _kind(phrase: FigurePhrase) -> str:
    """Return the aggregate that limits what can be meant the most."""
    of_numbers = [one for one in phrase.aggregates if one in OF_NUMBERS]
    return of_numbers[0] if of_numbers else phrase.aggregates[0]


def row_date(figure: TitleFigure, divisions: Sequence[Division], paths: Paths) -> RowDate | None:
    """Return the date of the rows; None if it is not clear."""
    if figure.has_other_date:
        return None
    named = [one.date for one in divisions if one.date is not None]
    if named:
        return named[0]
    return RowDate(figure.date) if figure.date is not None else paths.date_of(figure.table)
