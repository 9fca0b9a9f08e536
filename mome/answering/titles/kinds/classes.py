"""Read rows that are put into classes of a number and counted: `classify products as cheap (under
10), medium (10 to 50) and expensive (above 50) and count each`. One of the kinds.

A class without a name is called as the question bounds it. Rows without the number are in none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mome.answering.titles.columns import is_in_cents
from mome.answering.titles.from_clause import START, JoinedPaths, name_of, row_conditions
from mome.answering.titles.kinds.class_words import NumberClass, classes_of, upper_bound
from mome.answering.titles.kinds.reading import Composed, DatedRows, KindReading
from mome.answering.titles.rank_words import without_leading
from mome.answering.titles.row_conditions import ranking
from mome.answering.titles.said_words import parts_of
from mome.catalog import Column

_VERB = (
    r"(?:please )?(?:classify|categori[sz]e|group|split|divide|break|bucket|sort|label|put|count"
    r"|number of|how many|show|give me|list)(?: down| up)?"
)
_AND = (
    r"(?:,? (?:and|then) (?P<then>(?:count|tell me|show|give)\b.*)|: (?P<listed>[^:]+)"
    r"|,? (?:with|and) (?:the )?(?P<with>(?:number|count|total|average)\b[^,]*)"
    r"|,? (?P<many>how many (?:are in|fall into) each.*))?"
)
_INTO = (
    r"(?: down| up)?(?:,? (?:in|into|as|by|with)(?: the| these)?(?: [a-z]+)?"
    r"(?: (?:classes|groups|bands|buckets|categories|ranges|brackets|segments))?:?|:| (?:is|are))"
)
_PATTERNS = (
    # Count invoices by total: small below 500, large from 500.
    re.compile(
        rf"(?:{_VERB} )?(?P<rows>.+?) (?:by|on|according to|based on) (?:the |their |its )?"
        rf"(?P<column>[\w -]+?)(?:{_INTO}|[,:]) (?P<classes>['\"a-z\d€$£].+?){_AND}",
        re.IGNORECASE,
    ),
    # Classify products as cheap (under 10) and expensive (10 and more).
    re.compile(
        rf"{_VERB} (?P<rows>.+?)(?P<column>){_INTO} (?P<classes>['\"a-z\d€$£].+?){_AND}",
        re.IGNORECASE,
    ),
    # Orders under 50, 50 to 200 and over 200.
    re.compile(
        r"(?:(?:how many|number of|count(?: of)?|show|list) )?(?P<rows>[a-z][a-z -]*?)"
        r"(?: (?:are|were|is|of|worth|costing|priced|with))?(?P<column>)"
        rf" (?P<classes>(?:under|below|less than|up to|between|\d|[€$£]\d).+?){_AND}",
        re.IGNORECASE,
    ),
)
_RANKED = {
    "cheap": "price",
    "expensive": "price",
    "light": "weight",
    "heavy": "weight",
    "short": "length",
    "long": "length",
}
"""The name of a class -> what kind of number classifies."""
_CURRENCIES = frozenset("euro euros dollar dollars pound pounds eur usd gbp € $ £ francs".split())
_CALLS = {"total": "SUM", "sum": "SUM", "average": "AVG", "mean": "AVG"}
_NO_FIGURES = frozenset(
    "amount value of them how many the a and in each for per class group me give show tell please "
    "fall into are there we have euros dollars pounds it".split()
)
"""Words beside the figures of each class."""


@dataclass(frozen=True)
class _Classified:
    """The rows of a question and their classes."""

    rows: DatedRows
    column: Column
    classes: tuple[NumberClass, ...]
    figures: tuple[str, ...]
    """What is shown of each class: number, total, average."""


def rows_in_classes(question: str, reading: KindReading) -> Composed | None:
    """Read rows that are put into classes of a number and counted."""
    text = " ".join(question.split()).strip(" .?!;")
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        classes = classes_of(match["classes"]) if match is not None else ()
        if match is None or not classes:
            continue
        found = _looked_up(match, classes, reading)
        if found is not None:
            return Composed(_form(found), _note(found))
    return None


def _looked_up(
    match: re.Match[str], classes: tuple[NumberClass, ...], reading: KindReading
) -> _Classified | None:
    """Return what a question classifies; None if it is not clear."""
    rows = reading.rows(without_leading(match["rows"].lower()))
    if rows is None or rows.span:
        return None
    said = match["then"] or match["listed"] or match["with"] or match["many"]
    figures = _figures(said or "number")
    column = _classified(match["column"].lower(), rows, classes, reading)
    if column is None or not figures or not _are_units(classes, column, match.string.lower()):
        return None
    return _Classified(rows, column, classes, figures)


def _classified(
    name: str, rows: DatedRows, classes: Sequence[NumberClass], reading: KindReading
) -> Column | None:
    """Return the number by which rows are classified; None if it is not clear which."""
    words, table = reading.vocabulary.words(name), rows.figure.table
    units = {unit for one in classes for unit in one.units} - _CURRENCIES
    if not words and units:
        # Routes under 200 km have a `distance_km`.
        columns = reading.scope.measures[table.key]
        found = [one for one in columns if units <= set(parts_of(one.name))]
        return found[0] if len(found) == 1 else None
    by = {_RANKED[one.label.lower()] for one in classes if one.label.lower() in _RANKED}
    kind = by.pop() if len(by) == 1 else "amount"
    return ranking(table, kind, words, reading.scope)


def _are_units(classes: Sequence[NumberClass], column: Column, text: str) -> bool:
    """Return whether the numbers of the classes are in the unit of a column. Amounts that are
    stored in cents need their currency.
    """
    units = {unit for one in classes for unit in one.units}
    has_currency = bool(
        units & _CURRENCIES or re.search(r"[€$£]|\bin (?:euro|dollar|pound)s", text)
    )
    if is_in_cents(column) and not has_currency:
        return False
    return units - _CURRENCIES <= set(parts_of(column.name))


def _figures(text: str) -> tuple[str, ...]:
    """Return what is shown of each class; empty if it is not clear."""
    plain = re.sub(r"\bhow many\b|\bcount\b", "number", text.lower())
    words = re.findall(r"[a-z]+", plain)
    figures = tuple(dict.fromkeys(word for word in words if word in ("number", *_CALLS)))
    return figures if set(words) <= {*figures, *_NO_FIGURES} else ()


def _form(found: _Classified) -> str:
    """Return the form of classified rows."""
    table = found.rows.figure.table
    joins = JoinedPaths(table)
    column = name_of(START, found.column.name)
    conditions = [*row_conditions(found.rows.figure.rows, joins)]
    conditions += _bounds_of_all(found, column)
    label = f"CASE {' '.join(_cases(found, column))} END"
    divisor = " / 100.0" if is_in_cents(found.column) else ""
    shown = [
        f"{_CALLS[one]}({column}){divisor}" if one in _CALLS else "COUNT(*)"
        for one in found.figures
    ]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {label}, {', '.join(shown)} FROM {joins.text}{where} GROUP BY {label}"


def _cases(found: _Classified, column: str) -> Iterator[str]:
    """Yield the cases of the label, the lowest class first."""
    for below, above in zip(found.classes, found.classes[1:], strict=False):
        operator, end = upper_bound(below, above)
        yield f"WHEN {column} {operator} {_stored(end, found)} THEN {_text(below.label)}"
    yield f"ELSE {_text(found.classes[-1].label)}"


def _bounds_of_all(found: _Classified, column: str) -> Iterator[str]:
    """Yield the conditions of being in one of the classes."""
    first, last = found.classes[0], found.classes[-1]
    if first.low is not None:
        yield f"{column} {'>=' if first.includes_low else '>'} {_stored(first.low, found)}"
    if last.high is not None:
        yield f"{column} {'<=' if last.includes_high else '<'} {_stored(last.high, found)}"
    if found.column.nullable and first.low is None and last.high is None:
        yield f"{column} IS NOT NULL"


def _stored(number: Decimal, found: _Classified) -> str:
    """Return a number as the column stores it."""
    return f"{number * 100 if is_in_cents(found.column) else number}"


def _text(label: str) -> str:
    escaped = label.replace("'", "''")
    return f"'{escaped}'"


def _note(found: _Classified) -> str:
    key = found.rows.figure.table.key
    return f"read word by word, as classes of {found.column.name} of {key}"
