"""Which rows a title counts: flags and stored values that it says, as `enterprise` in `enterprise
accounts` and `Business` in `subscriptions on the Business plan`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mome.answering.titles.columns import date_columns_of, flag_parts, holds, is_flag
from mome.answering.titles.naming import dated_parts, own_parts
from mome.answering.titles.paths import Path, Paths
from mome.answering.titles.said_words import (
    FILLERS,
    SaidWord,
    Words,
    are_explained,
    are_said,
    explained,
    parts_of,
)
from mome.catalog import Column, Table
from mome.linking.matched_question import MatchedQuestion
from mome.linking.names import stem
from mome.linking.said_periods import period_spans
from mome.linking.values import ValueMatch

HAPPENING = frozenset(
    "placed made sold came come received recorded registered raised submitted filed issued "
    "generated entered taken happened occurred earned brought booked reported signed up "
    "joined new".split()
)
"""Verbs for that a row came about, whatever it is."""

NamedValue = tuple[tuple[str, ...], ValueMatch]
"""Words of a question in lower case, and a stored value that they write."""


@dataclass(frozen=True)
class RowCondition:
    """A condition on the rows of a figure."""

    path: Path
    """From the figure's table to that of the condition."""
    column: str
    value: str
    """As a form writes it."""
    operator: str = "="


@dataclass(frozen=True)
class Restricted:
    """What the words beside the names of a figure say of its rows."""

    restrictions: tuple[RowCondition, ...]
    rest: tuple[SaidWord, ...]
    """Words that say nothing of the kind."""
    may_be_dates: bool = False
    """Whether a word may as well name a date, as `paid invoices` may be those of a status."""


def named_values(matched: MatchedQuestion) -> list[NamedValue]:
    """Return the stored values that words outside of periods write exactly."""
    spans = period_spans(matched.question)
    # Those that name a status in another form, as `successful` for success, among them.
    written = matched.said_values()
    asked = {stem(word.text) for word in matched.words}
    found = []
    for match in matched.matches:
        words = matched.words[match.first : match.last + 1]
        if any(a < words[-1].end and words[0].start < b for a, b in spans):
            continue
        text = matched.question[words[0].start : words[-1].end]
        is_plural = len(words) == 1 and stem(text) == stem(match.stored)
        if match.score < 1 and text not in written and not is_plural:
            continue
        # The tracks with 1 race are not those whose key is 1.
        if text.isdigit() and not _is_column_said(match.column, asked):
            continue
        parts = " ".join(word.text.lower().replace("-", " ") for word in words).split()
        said = tuple(part for part in parts if part not in FILLERS and part.isalnum())
        if said:
            found.append((said, match))
    return found


def _is_column_said(column: str, asked: Collection[str]) -> bool:
    return any(stem(part) in asked for part in parts_of(column))


def restricted(
    table: Table, rest: Words, last: str, values: Sequence[NamedValue], paths: Paths
) -> Restricted | None:
    """Return the conditions that words say; None if a value may be that of several columns.

    `rest`: the words that are in no name of the figure. `last`: the last word of the head.
    """
    found, left = _flags(table, rest, paths)
    may_be_dates = False
    for texts, matches in _by_words(values).items():
        said = [word for word in left if word.text in texts]
        if len(said) < len(texts):
            continue
        is_date = any(happened(column, table, said) for column in date_columns_of(table))
        # So do `shipments booked`, whatever their date is called.
        is_date |= texts[-1] in HAPPENING and texts[-1] == last
        # `Invoices paid` have a date of it, `paid invoices` perhaps only a status.
        if is_date and texts[-1] == last:
            continue
        # `Tickets closed per month` ask for a date of it, which the table may not have.
        may_be_dates |= is_date or (texts[-1] == last and last.endswith("ed"))
        if not _are_near(matches, table, paths):
            continue
        others = [word for word in left if word not in said]
        place = _place(table, _named_beside(matches, table, others, paths), paths)
        if place is None:
            return None
        path, match = place
        left = [word for word in left if word not in said]
        left = _beside(left, match, path[-1].target if path else table)
        text = match.stored.replace("'", "''")
        found.append(RowCondition(path, match.column, f"'{text}'"))
    merged = tuple(_merged(found))
    lists = [one for one in merged if one.operator == "IN"]
    if len(lists) > 1:
        # `In Austin, Texas or Boise, Idaho` are pairs.
        return None
    if lists:
        left = [word for word in left if word.text not in ("and", "or")]
    return Restricted(merged, tuple(left), may_be_dates)


def _merged(conditions: Sequence[RowCondition]) -> Iterator[RowCondition]:
    """Yield the conditions with one for each column: `open and late jobs` are those of either."""
    by_column: dict[tuple[Path, str], list[str]] = defaultdict(list)
    for one in conditions:
        by_column[one.path, one.column].append(one.value)
    for (path, column), values in by_column.items():
        if len(values) == 1:
            yield RowCondition(path, column, values[0])
        else:
            yield RowCondition(path, column, f"({', '.join(values)})", "IN")


def _flags(table: Table, words: Words, paths: Paths) -> tuple[list[RowCondition], list[SaidWord]]:
    """Return the conditions on the flags that words say, and the words that say none. A flag of
    what rows refer to may be one of theirs: `chronic diagnoses` have an `is_chronic` code.
    """
    found, left = [], list(words)
    for path, owner in [((), table), *_only_targets(table, paths)]:
        for column in filter(is_flag, owner.columns):
            parts, value = flag_parts(column, owner), holds(column)
            if parts and value and are_said(parts, left):
                said = explained(left, parts)
                left = [word for word in left if word not in said]
                found.append(RowCondition(path, column.name, value))
    return found, left


def _only_targets(table: Table, paths: Paths) -> Iterator[tuple[Path, Table]]:
    """Yield the tables to which one key of the rows leads, and no other."""
    near = [path for path in paths.up(table) if len(path) == 1]
    for path in near:
        target = path[0].target
        if target is not table and sum(one[0].target is target for one in near) == 1:
            yield path, target


def happened(column: Column, table: Table, words: Words) -> bool:
    """Return whether all words say what happened on a date: `signed up` of `signed_up_on`."""
    parts = dated_parts(column)
    own = [part for part in own_parts(column, table) if part in parts]
    return bool(own) and are_said(own, words) and are_explained(words, parts)


def _by_words(values: Sequence[NamedValue]) -> dict[tuple[str, ...], list[ValueMatch]]:
    found: dict[tuple[str, ...], list[ValueMatch]] = defaultdict(list)
    for said, match in values:
        found[said].append(match)
    return found


def _place(
    table: Table, matches: Sequence[ValueMatch], paths: Paths
) -> tuple[Path, ValueMatch] | None:
    """Return where a value is stored: in the figure's own table, or in the only related one."""
    own = _written([match for match in matches if match.table == table.key])
    if own:
        return ((), own[0]) if len(own) == 1 else None
    related = list(_related(table, _written(matches), paths))
    return related[0] if len(related) == 1 else None


def _are_near(matches: Sequence[ValueMatch], table: Table, paths: Paths) -> bool:
    """Return whether a value is stored in the figure's table, or in one that its rows refer to."""
    near = {table.key, *(path[-1].target.key for path in paths.up(table))}
    return any(match.table in near for match in matches)


def _named_beside(
    matches: Sequence[ValueMatch], table: Table, words: Words, paths: Paths
) -> Sequence[ValueMatch]:
    """Return the matches of the column or table that words name beside a value, if there are any:
    the doctors of the cardiology department, and no others of this specialty.
    """
    targets = {path[-1].target.key: path[-1].target for path in paths.up(table)}
    own = parts_of(table.name)
    found = []
    for match in matches:
        names = parts_of(targets[match.table].name) if match.table in targets else ()
        parts = [part for part in (*names, *parts_of(match.column)) if part not in own]
        found += [match] if explained(words, parts) else []
    return found or matches


def _written(matches: Sequence[ValueMatch]) -> list[ValueMatch]:
    """Return the matches without the codes that mean what another column of their table writes:
    `express` is the name of the service whose code is EXP.
    """
    names = {match.table for match in matches if not match.is_meant and match.score == 1}
    return [one for one in matches if not (one.is_meant and one.table in names)]


def _related(
    table: Table, matches: Sequence[ValueMatch], paths: Paths
) -> Iterator[tuple[Path, ValueMatch]]:
    targets = {path[-1].target.key: path[-1].target for path in paths.up(table)}
    for match in matches:
        path = paths.to(table, targets[match.table], ()) if match.table in targets else None
        if path is not None:
            yield path, match


def _beside(rest: Words, match: ValueMatch, table: Table) -> list[SaidWord]:
    """Return the words without the names of a value's column and table: `the Business plan`."""
    parts = (*parts_of(match.column), *parts_of(table.name))
    named = explained(rest, parts)
    return [word for word in rest if word not in named]
