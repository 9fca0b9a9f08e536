"""The parameters of a verified pair: what its question says and its SQL compares with.

`filled_queries` fills them with what another question says in the same place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from sqlglot import exp

from mome.answering.conditions import comparisons
from mome.catalog import Catalog
from mome.linking.dates import MONTH_NUMBERS
from mome.linking.names import Word, question_words, stem
from mome.linking.periods import Period, periods
from mome.linking.values import ValueIndex, normalise
from mome.sql_tree import places

LONGEST = 8
"""Maximum number of words of a stored value in a question."""
# Words without which a question asks the same.
_SILENT = frozenset("the a an please me us".split())
_ASKING = frozenset(
    "show give list tell find display get return what which is are was were can could you i want "
    "to see".split()
)
"""Words of asking that may begin a question."""
_SPOKEN_SIGNS = frozenset("<>=%$€£+")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?")
_ORDINAL = re.compile(r"first|second|third|fourth|last|[1-4](?:st|nd|rd|th)|[qh][1-4]", re.I)
_ENDS = ("low", "high", "last")
"""Roles of a period's first day, of the day after it, and of its last day."""
_PARTS_OF_DATES = (exp.Extract, exp.Year, exp.Month, exp.TimeToStr, exp.TsOrDsToDate)

Literal = tuple[bool, str]
"""Whether a literal is a string, and its text."""


@dataclass(frozen=True)
class Slot:
    """A place in a question at which something else may stand."""

    kind: str
    """`value`, `number` or `period`."""
    text: str
    """What stands there in the verified question."""
    literals: tuple[Literal, ...]
    """The literals of the SQL that say it."""
    columns: tuple[tuple[str, str], ...] = ()
    """(table key, column) of the columns with which a value is compared."""


@dataclass(frozen=True)
class Pattern:
    """The words of a verified question, with slots in place of what it says."""

    parts: tuple[str | Slot, ...]
    """Stems of words, and slots."""
    has_unsaid: bool
    """Whether the SQL compares with texts that the question does not say."""


@dataclass(frozen=True)
class _Span:
    first: int
    last: int
    """Indices of words, both inclusive."""
    slot: Slot


def spoken_words(question: str) -> tuple[Word, ...]:
    """Return the words of a question that matter for what it asks."""
    words = [word for word in question_words(question) if _is_spoken(word.text)]
    start = 0
    while start < len(words) - 1 and words[start].text.lower() in _ASKING:
        start += 1
    return tuple(words[start:])


def _is_spoken(text: str) -> bool:
    return text.lower() not in _SILENT and (text[0].isalnum() or text in _SPOKEN_SIGNS)


def phrase(question: str, words: Sequence[Word], first: int, last: int) -> str:
    """Return the text of words `first` to `last` (inclusive) of a question."""
    return question[words[first].start : words[last].end]


def is_same(one: str, other: str) -> bool:
    """Return whether two texts name one value; case, punctuation and plural may differ."""
    first, second = (normalise(text).split() for text in (one, other))
    return bool(first) and list(map(stem, first)) == list(map(stem, second))


def pattern(question: str, tree: exp.Expr, catalog: Catalog, values: ValueIndex) -> Pattern | None:
    """Return the pattern of a verified pair; None if no literal of its SQL is in the question.

    `tree`: of the SQL, in which functions have classes.
    """
    words = spoken_words(question)
    found = _texts(tree, catalog, values)
    spans = [*_value_spans(question, words, found), *_period_spans(question, words, tree)]
    spans += _number_spans(words, tree, [span for span in spans if span.slot.kind == "period"])
    spans.sort(key=lambda span: span.first)
    # Two literals of one place: which one the words mean is not known.
    if not spans or any(one.last >= other.first for one, other in pairwise(spans)):
        return None
    parts: list[str | Slot] = []
    start = 0
    for span in spans:
        parts += [stem(word.text) for word in words[start : span.first]]
        parts.append(span.slot)
        start = span.last + 1
    parts += [stem(word.text) for word in words[start:]]
    said = {literal for span in spans for literal in span.slot.literals}
    stems = {stem(word.text) for word in words}
    unsaid = [text for text in found if (True, text) not in said and stem(text) not in stems]
    return Pattern(tuple(parts), bool(unsaid))


def _texts(
    tree: exp.Expr, catalog: Catalog, values: ValueIndex
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the string literals with the columns that they are compared with, if with nothing
    else.
    """
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    compared: dict[str, int] = defaultdict(int)
    for comparison in comparisons(tree, catalog, values):
        for text in comparison.texts:
            if comparison.sign in ("=", "<>", "IN"):
                found[text] += places(comparison.column, catalog)
                compared[text] += 1
    written: dict[str, int] = defaultdict(int)
    for literal in tree.find_all(exp.Literal):
        written[literal.name] += literal.is_string
    return {
        text: tuple(dict.fromkeys(columns))
        for text, columns in found.items()
        if compared[text] == written[text]
    }


def _value_spans(
    question: str, words: Sequence[Word], texts: Mapping[str, tuple[tuple[str, str], ...]]
) -> Iterator[_Span]:
    for text, columns in texts.items():
        spans = [
            (first, last)
            for first in range(len(words))
            for last in range(first, min(first + LONGEST, len(words)))
            if is_same(phrase(question, words, first, last), text)
        ]
        if len(spans) == 1:
            yield _Span(*spans[0], Slot("value", text, ((True, text),), columns))


def _number_spans(words: Sequence[Word], tree: exp.Expr, taken: Sequence[_Span]) -> Iterator[_Span]:
    roles: dict[str, set[str]] = defaultdict(set)
    for literal in tree.find_all(exp.Literal):
        if not literal.is_string:
            roles[literal.name].add(_role(literal))
    for number, known in roles.items():
        spans = [i for i, word in enumerate(words) if word.number == number]
        # One number with two roles may be two things that are equal by chance.
        if len(spans) != 1 or len(known) != 1:
            continue
        place = spans[0]
        if not any(span.first <= place <= span.last for span in taken):
            yield _Span(place, place, Slot("number", words[place].text, ((False, number),)))


def _role(literal: exp.Expr) -> str:
    """Return with what a number is compared, or which clause it stands in."""
    parent = literal.parent
    if isinstance(parent, exp.Binary):
        other = parent.this if parent.expression is literal else parent.expression
        return f"{type(parent).__name__} {other.sql()}"
    return type(parent).__name__


def _period_spans(question: str, words: Sequence[Word], tree: exp.Expr) -> Iterator[_Span]:
    found = said_period(question, words)
    if found is None:
        return
    first, last, period = found
    spelled = _spelled(period)
    literals = {
        (literal.is_string, literal.name)
        for literal in tree.find_all(exp.Literal)
        if _is_of_a_date(literal)
    }
    # A date that the period does not explain would stay as it is.
    if literals and literals <= spelled.keys():
        yield _Span(first, last, Slot("period", period.text, tuple(sorted(literals))))


def _is_of_a_date(literal: exp.Literal) -> bool:
    if literal.is_string and _DAY.fullmatch(literal.name):
        return True
    parent = literal.parent
    if not isinstance(parent, exp.Binary):
        return False
    other = parent.this if parent.expression is literal else parent.expression
    return other.find(*_PARTS_OF_DATES) is not None


def said_period(question: str, words: Sequence[Word]) -> tuple[int, int, Period] | None:
    """Return the only period of a question with its first and last word; None if there is none or
    more than one.
    """
    found = periods(question)
    if len(found) != 1 or found[0].year is None:
        return None
    start = question.find(found[0].text)
    end = start + len(found[0].text)
    inside = [i for i, word in enumerate(words) if start <= word.start and word.end <= end]
    return (inside[0], inside[-1], found[0]) if start >= 0 and inside else None


def _shape(text: str) -> list[str]:
    found = []
    for word in spoken_words(text):
        lower = word.text.lower()
        if lower in MONTH_NUMBERS:
            found.append("<month>")
        elif re.fullmatch(r"\d{4}", lower):
            found.append("<year>")
        else:
            found.append("<ordinal>" if _ORDINAL.fullmatch(lower) else stem(lower))
    return found


def moved(literals: Sequence[Literal], old: Period, new: Period) -> dict[Literal, str] | None:
    """Return the texts of an old period's literals for a new one; None if they cannot be told."""
    spelled = _spelled(old)
    roles = {literal: spelled[literal] for literal in literals}
    # A query between two days holds for any period that has both: a month in place of a year.
    is_range = all(role.split()[0] in _ENDS for role in roles.values())
    is_closed = bool(old.low and old.high and new.low and new.high)
    if not (is_range and is_closed) and _shape(old.text) != _shape(new.text):
        return None
    texts = {role: text for (_, text), role in _spelled(new).items()}
    return {literal: texts[role] for literal, role in roles.items() if role in texts}


def _spelled(period: Period) -> dict[Literal, str]:
    """Return the literals that say a period, each with its role."""
    bounds = _bounds(period)
    if bounds is None or period.year is None:
        return {}
    low, high = bounds
    before = high - timedelta(days=1)
    found: dict[Literal, str] = {}
    for role, day in zip(_ENDS, (low, high, before), strict=True):
        found[True, day.isoformat()] = role
        for clock in ("00:00:00", "23:59:59", "00:00", "23:59"):
            found[True, f"{day.isoformat()} {clock}"] = f"{role} {clock}"
    found[True, str(period.year)] = "year"
    found[False, str(period.year)] = "year number"
    if period.month is not None:
        found[True, f"{period.year}-{period.month:02}"] = "year and month"
        found[True, f"{period.month:02}"] = "month"
        found[False, str(period.month)] = "month number"
    return found


def _bounds(period: Period) -> tuple[date, date] | None:
    """Return the first day of a period, and the day after its last one."""
    if period.low and period.high:
        return date.fromisoformat(period.low), date.fromisoformat(period.high)
    if period.year is None:
        return None
    month = period.month or 1
    after = period.year * 12 + month - 1 + (1 if period.month else 12)
    return date(period.year, month, 1), date(after // 12, after % 12 + 1, 1)
