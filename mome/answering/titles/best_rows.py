"""Read a title that asks for the best row of each group, with its columns: `the largest grant of
each program: program name, grant number, amount`. `reader` asks here before it reads a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mome.answering.titles.bounds import number_of
from mome.answering.titles.parts import FigurePhrase, items_of
from mome.answering.titles.phrases import figure_phrases
from mome.answering.titles.rank_words import END, RowRank, kind_of_end
from mome.answering.titles.spans import TitleSpan, take_span

_BEST = (
    r"(?:the |our )?(?:(?P<count>two|three|four|five|ten|\d+) )?"
    rf"(?P<end>{END})"
    r" (?P<rows>[^:,]+?)(?: by (?P<measure>[^:,]+?))?"
)
_EACH = r"(?:each|every)"
_COLUMNS = r"(?::|[.?]? (?:show|give)(?: me)?(?: the)?) (?P<columns>[^:]+)"
_PATTERNS = (
    re.compile(
        rf"(?:what (?:is|was|are|were) )?{_BEST} (?:of|in|for|per|within) {_EACH} "
        rf"(?P<group>[^:,.?]+?){_COLUMNS}"
    ),
    re.compile(rf"(?:for|in|per|within) {_EACH} (?P<group>[^,:]+), {_BEST}{_COLUMNS}"),
)


@dataclass(frozen=True)
class BestRows:
    """The best rows of each group."""

    rows: FigurePhrase
    span: TitleSpan
    group: str
    columns: tuple[str, ...]
    rank: RowRank


def best_rows(question: str) -> Iterator[BestRows]:
    """Yield the ways in which a question asks for the best rows of each group."""
    text = " ".join(question.lower().split()).strip(" .?!;")
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        taken = take_span(match["rows"]) if match is not None else None
        if match is None or taken is None:
            continue
        rows, span = taken
        by, is_high = kind_of_end(match["end"])
        count = int(number_of(match["count"]) or 1) if match["count"] else 1
        rank = RowRank(by, match["measure"] or "", is_high, count)
        columns = tuple(items_of(match["columns"]))
        for phrase, *others in figure_phrases(rows):
            if not others and phrase.aggregates == ("",) and not phrase.is_share:
                yield BestRows(phrase, span, match["group"], columns, rank)
