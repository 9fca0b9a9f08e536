"""The values that a slice shows at its columns: stored values that the question names, days that it
writes out, and the codes of short lists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from mome.catalog import Column, Table
from mome.linking.dates import written_days
from mome.linking.names import COMMON_STEMS, name_stems
from mome.linking.values import ValueMatch

# Maximum number of stored values in a slice. The model reads 320 tokens, and a value takes up to 8.
VALUES = 12
NAMED_COLUMN = 0.2
"""Rank a value higher by this share if the question names its column too."""
DATE_COLUMNS = 4
"""Maximum number of date columns that are shown with a day of the question."""
CODES, CODE_LENGTH = 6, 3
"""A complete list of up to 6 values of up to 3 characters holds codes, such as 'F' for female."""


def name_match(name: str, stems: AbstractSet[str]) -> int:
    """Return how much of a name the question says: 0 for nothing, 1 for some of its words, 2 for
    all.
    """
    parts = name_stems(name)
    shared = parts & stems
    if shared == parts:
        return 2
    return 1 if shared - COMMON_STEMS else 0


def values_by_column(
    matches: Sequence[ValueMatch], question: str, tables: Sequence[Table], stems: AbstractSet[str]
) -> dict[str, tuple[str, ...]]:
    """Return what `table.column` shows: matched values, best first, then the question's days.

    `tables` are those of the slice, best first.
    """
    shown = _matched_values(matches, {table.key for table in tables}, stems)
    days = [day for _, _, day in written_days(question)]
    if days:
        for name in _date_columns(tables, stems):
            shown[name] = list(dict.fromkeys([*shown[name], *days]))
    return {name: tuple(values) for name, values in shown.items()}


def _matched_values(
    matches: Sequence[ValueMatch], tables: AbstractSet[str], stems: AbstractSet[str]
) -> defaultdict[str, list[str]]:
    def worst_last(match: ValueMatch) -> float:
        named = bool(name_stems(match.column) & stems)
        return -match.score * (1 + NAMED_COLUMN * named)

    shown: defaultdict[str, list[str]] = defaultdict(list)
    inside = [match for match in matches if match.table in tables]
    for match in sorted(inside, key=worst_last)[:VALUES]:
        name = f"{match.table}.{match.column}"
        if match.stored not in shown[name]:
            shown[name].append(match.stored)
    return shown


def _date_columns(tables: Sequence[Table], stems: AbstractSet[str]) -> list[str]:
    """Return date columns as `table.column`: named ones first, then those of the best tables."""
    columns = []
    for table in tables:
        for column in table.columns:
            if column.family in ("date", "datetime"):
                columns.append((table, column))
    named = sorted(columns, key=lambda found: -name_match(found[1].name, stems))
    return [f"{table.key}.{column.name}" for table, column in named[:DATE_COLUMNS]]


def codes(column: Column, stems: AbstractSet[str], match: int) -> tuple[str, ...]:
    """Return the codes of a short complete list that a word may mean: 'F' for female. All are
    returned if the question names the column (`match`).
    """
    values = column.values or ()
    if column.family != "text" or not column.values_complete or len(values) > CODES:
        return ()
    if any(len(str(value)) > CODE_LENGTH for value in values):
        return ()
    initials = {word[0] for word in stems if len(word) > 2 and word not in COMMON_STEMS}
    meant = []
    for value in values:
        if value and (match or str(value)[0].lower() in initials):
            meant.append(str(value))
    return tuple(meant)
