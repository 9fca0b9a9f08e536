"""Read things by whether rows belong to them: `customers who never placed an order`, `how many
drivers had no trip in May`, `plans nobody has subscribed to`, `clients with jobs in 2023 but not in
2024`. One of the kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mome.answering.titles.dimensions import Division, identified, listed_columns
from mome.answering.titles.figure_reader import row_date
from mome.answering.titles.figures import TitleFigure
from mome.answering.titles.from_clause import START, JoinedPaths, name_of, row_conditions
from mome.answering.titles.kinds.reading import Composed, DatedRows, KindReading
from mome.answering.titles.listings import split_columns
from mome.answering.titles.paths import Path
from mome.answering.titles.restrictions import HAPPENING, RowCondition
from mome.answering.titles.row_conditions import part_of_rows
from mome.answering.titles.shapes import opened
from mome.answering.titles.spans import take_span
from mome.catalog import Table

ONLY = "only"
THINGS = "things"
"""What a form calls the table of the things."""
_COUNTED = re.compile(r"(?:how many|(?:the )?number of) (?P<rest>.+)")
_WHO = r"(?:,? (?:that|which|who))?"
_HAVE = r"(?:(?:have|has|had|did|do|does|are|is|were|was|been) )*"
_VERBS = (
    "had|have|make|place|receive|opened|given|left|written|attended|sent|ordered|bought|got|"
    + "|".join(sorted(HAPPENING))
)
_DID = rf"(?:(?:{_VERBS}) )?"
_ONE = r"(?:(?:any|an?|a single|at least one|some|the|their|its) )?"
_NONE = (
    re.compile(
        rf"(?P<things>.+?){_WHO} {_HAVE}(?:never|not(?: yet| ever)?) (?:ever )?(?P<rows>.+)"
    ),
    re.compile(
        rf"(?P<things>.+?){_WHO} (?:nobody|no one)(?: has| have| had| is| was)?(?: ever)? "
        r"(?P<rows>.+)"
    ),
    re.compile(
        rf"(?P<things>.+?)(?: without| with no|{_WHO} (?:have|has|had)(?: \w+)? no| having no)"
        r"(?: single)? (?P<rows>.+)"
    ),
)
_SOME = (
    re.compile(
        rf"(?P<things>.+?)(?: with|{_WHO} (?:have|has|had)(?: had)?) "
        r"(?:(?:at least one|any|some|an?) )?(?P<rows>.+)"
    ),
    re.compile(
        r"(?P<things>.+?) (?:who|that|which) (?:have |has |had )?(?P<rows>\w+(?:ed|t|de) .+)"
    ),
)
_BOTH = re.compile(
    r"(?P<things>.+?)(?: who| that| which|) (?P<verb>(?:have |has |had )?\w+(?: for| at| in| to)?) "
    r"both (?P<first>.+?) and (?P<second>.+)"
)
_AS_WELL = re.compile(
    r"(?P<things>.+?)(?: who| that| which|) (?P<verb>(?:have |has |had )?\w+) (?:an? )?"
    r"(?P<first>.+?) (?:as well as|and also) (?:an? )?(?P<second>.+)"
)
_ALL = (
    re.compile(
        r"(?P<things>.+?),? (?:all of )?whose (?P<rows>[\w -]+?) (?:are|were|have|is) "
        r"(?:all|only|always)(?: been)? (?P<part>.+)"
    ),
    re.compile(
        r"(?P<things>.+?),? all of whose (?P<rows>[\w -]+?) (?:are|were|have been) (?P<part>.+)"
    ),
)
_ONLY = (
    re.compile(rf"(?P<things>.+?){_WHO} {_HAVE}(?:only|exclusively)(?: ever)? (?P<rows>.+)"),
    re.compile(
        rf"(?P<things>.+?){_WHO} (?P<rows>.+?) (?:only|exclusively|and nothing else|and no others)"
    ),
)
_BUT_NOT = re.compile(r"(?P<first>.+?),? (?:but|and) (?:not|never|none) (?P<second>.+)")
_NOTHING = re.compile(
    r"\b(?:at|in|on|to|from) any \w+|\b(?:anything|any|at all|so far|yet|ever|with us|from us)\b"
)
_NAMES = re.compile(r"^names? of (?:the |all |all the |our )?")
_ENDING = re.compile(r"(?: (?:to|at|in|on|from|for|by|with|of|us))+$")


@dataclass(frozen=True)
class _Asked:
    """What a question says of things."""

    things: str
    belonging: tuple[tuple[bool, str], ...]
    """Whether such rows have to exist, and the phrase for them."""
    part: str = ""
    """What all of these rows are, as `paid`; ONLY if their phrase says it."""


def things_by_rows(question: str, reading: KindReading) -> Composed | None:
    """Read things that have rows, or have none."""
    text = " ".join(question.lower().split()).strip(" .?!")
    text, columns = split_columns(opened(text)[1])
    named = _NAMES.match(text)
    if named is not None:
        text, columns = text[named.end() :], columns or ("name",)
    counted = _COUNTED.fullmatch(text)
    if counted is not None and columns:
        return None
    for asked in _asked(counted["rest"] if counted is not None else text):
        found = _Quantified(reading, is_counted=counted is not None).compose(asked, columns)
        if found is not None:
            return found
    return None


def _asked(text: str) -> Iterator[_Asked]:
    """Yield the ways in which a text can be taken apart, the likeliest first."""
    match = _BUT_NOT.fullmatch(text)
    if match is not None:
        for asked in _simple(match["first"], _SOME, is_some=True):
            ((_, rows),) = asked.belonging
            taken = take_span(rows)
            # Another period of the same rows, or other rows.
            of_period = f"{taken[0]} {match['second']}" if taken and taken[1].condition else ""
            for second in filter(None, (of_period, match["second"])):
                yield _Asked(asked.things, ((True, rows), (False, second)))
        return
    yield from _both(text)
    yield from _all(text)
    yield from _simple(text, _NONE, is_some=False)
    yield from _simple(text, _SOME, is_some=True)


def _both(text: str) -> Iterator[_Asked]:
    """Yield things that have rows of two kinds: what follows the second may be said of both."""
    for pattern in (_BOTH, _AS_WELL):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        verb, first = match["verb"], match["first"]
        second = re.sub(r"^(?:an?|the) ", "", match["second"])
        words = second.split()
        ends = [" ".join(words[place:]) for place in range(1, len(words))]
        for end in ("", *ends):
            rows = tuple((True, f"{verb} {one}".strip()) for one in (f"{first} {end}", second))
            yield _Asked(match["things"], rows)


def _all(text: str) -> Iterator[_Asked]:
    """Yield things all of whose rows are of one kind; they have some."""
    for pattern in _ALL:
        match = pattern.fullmatch(text)
        if match is not None:
            yield _Asked(match["things"], ((True, match["rows"]),), match["part"])
    for pattern in _ONLY:
        match = pattern.fullmatch(text)
        if match is not None:
            yield _Asked(match["things"], ((True, match["rows"]),), ONLY)


def _simple(text: str, patterns: Sequence[re.Pattern[str]], *, is_some: bool) -> Iterator[_Asked]:
    for pattern in patterns:
        match = pattern.fullmatch(text)
        if match is not None:
            yield _Asked(match["things"], ((is_some, match["rows"]),))


class _Quantified:
    """Composes the queries of one question."""

    def __init__(self, reading: KindReading, *, is_counted: bool) -> None:
        self._reading = reading
        self._is_counted = is_counted

    def compose(self, asked: _Asked, columns: Sequence[str]) -> Composed | None:
        """Return the query; None if a word of the question is not explained."""
        things = self._reading.rows(asked.things)
        if things is None or things.span or _is_compared(things):
            return None
        table, joins = things.figure.table, JoinedPaths(things.figure.table, start=THINGS)
        shown = self._shown(table, columns)
        if shown is None:
            return None
        names = [name_of(joins.alias(one.path), name) for one in shown for name in one.columns]
        conditions = list(row_conditions(things.figure.rows, joins))
        if things.figure.date is not None:
            conditions.append(f"{name_of(THINGS, things.figure.date.name)} IS NOT NULL")
        for is_some, phrase in asked.belonging:
            exists = self._exists(phrase, table, asked.part)
            if exists is None:
                return None
            conditions.append(exists if is_some else f"NOT {exists}")
        what = "COUNT(*)" if self._is_counted else ", ".join(names)
        form = f"SELECT {what} FROM {joins.text} WHERE {' AND '.join(conditions)}"
        return Composed(form, f"read word by word, as the rows of {table.key} by what they have")

    def _shown(self, table: Table, columns: Sequence[str]) -> list[Division] | None:
        """Return the columns that are shown; None if one of them is not clear."""
        if self._is_counted:
            return []
        words, reading = self._reading.vocabulary.words, self._reading
        found = [
            listed_columns(words(one), table, reading.catalog, reading.paths) for one in columns
        ]
        if not columns:
            found = [identified(table)]
        shown = [one for one in found if one is not None]
        return shown if len(shown) == len(found) else None

    def _exists(self, phrase: str, things: Table, part: str) -> str | None:
        """Return the condition that such rows belong to a thing, and no others if all of them are
        to be of one kind.
        """
        for rows, path in self._belonging(phrase, things):
            if not part:
                return self._written(rows, path)
            kind = self._kind(rows.figure, part)
            if kind is None:
                continue
            others = replace(rows.figure, rows=tuple(o for o in rows.figure.rows if o != kind))
            others = replace(others, rows=(*others.rows, _opposite(kind)))
            some = self._written(rows, path)
            other = self._written(replace(rows, figure=others), path)
            return some and other and f"{some} AND NOT {other}"
        return None

    def _kind(self, figure: TitleFigure, part: str) -> RowCondition | None:
        """Return the condition that all rows are to fulfil; None if it is not clear which."""
        conditions = figure.rows
        if part != ONLY:
            words = self._reading.vocabulary.words(part)
            whole = part_of_rows(figure, words, self._reading.scope)
            conditions = () if whole is None else whole.part
        # A date of what happened is a condition of its own.
        if len(conditions) != 1 or figure.date is not None:
            return None
        return conditions[0] if _can_be_turned(conditions[0], figure.table) else None

    def _written(self, rows: DatedRows, path: Path) -> str | None:
        """Return the condition that rows belong to a thing; None if their date is not clear."""
        joins = JoinedPaths(rows.figure.table)
        key = name_of(joins.alias(path[:-1]), path[-1].column)
        conditions = [f"{key} = {name_of(THINGS, path[-1].ref_column)}"]
        conditions += row_conditions(rows.figure.rows, joins)
        date = row_date(rows.figure, [], self._reading.paths) if rows.span else None
        if rows.span and date is None:
            return None
        if date is not None:
            conditions.append(rows.span.format(name_of(joins.alias(date.path), date.column.name)))
        elif rows.figure.date is not None and rows.figure.date.nullable:
            conditions.append(f"{name_of(START, rows.figure.date.name)} IS NOT NULL")
        return f"EXISTS(SELECT 1 FROM {joins.text} WHERE {' AND '.join(conditions)})"

    def _belonging(self, phrase: str, things: Table) -> Iterator[tuple[DatedRows, Path]]:
        """Yield the rows that a phrase names, with the way from them to the things."""
        plain = " ".join(_NOTHING.sub(" ", phrase).split())
        bare = re.sub(rf"^{_HAVE}{_DID}{_ONE}", "", f"{plain} ").strip()
        for text in dict.fromkeys((bare, _ENDING.sub("", plain), _ENDING.sub("", bare))):
            rows = self._reading.rows(text) if text else None
            if rows is None or rows.figure.table is things:
                continue
            # A condition on things of this kind is one on others of them.
            is_other = any(one.path and one.path[-1].target is things for one in rows.figure.rows)
            path = self._reading.paths.to(rows.figure.table, things, ())
            if path is not None and not is_other:
                yield rows, path


def _is_compared(things: DatedRows) -> bool:
    """Return whether a condition on the things names a column of theirs in its value."""
    return any(f"{START}." in one.value for one in things.figure.rows)


def _can_be_turned(condition: RowCondition, table: Table) -> bool:
    """Return whether rows that do not fulfil a condition are those that fulfil its opposite."""
    if condition.operator in ("IS", "IS NOT"):
        return True
    target = condition.path[-1].target if condition.path else table
    keys = [table.column(condition.path[0].column)] if condition.path else []
    columns = [target.column(condition.column), *keys]
    is_always = all(column is not None and not column.nullable for column in columns)
    return condition.operator in ("=", "<>") and is_always and len(condition.path) < 2


def _opposite(condition: RowCondition) -> RowCondition:
    turned = {"=": "<>", "<>": "=", "IS": "IS NOT", "IS NOT": "IS"}
    return replace(condition, operator=turned[condition.operator])
