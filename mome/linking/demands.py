"""What a question demands of its answer beyond names: numbers, direction, negation, averages.

A known query is an answer only if it meets the same demands as the question (`contradiction`).
Routing and the answering use it. English only; words that are on no list demand nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mome.linking.names import NUMBER_WORDS, question_words

_HIGH = (
    "most highest high largest biggest greatest maximum max maximal top best longest heaviest "
    "tallest priciest dearest strongest fastest richest costliest descending"
)
_LOW = (
    "least fewest lowest low smallest minimum min minimal bottom worst shortest lightest cheapest "
    "weakest slowest poorest ascending"
)
_LATE = "last latest newest youngest recent"
_EARLY = "first earliest oldest"
_DIRECTION = {word: "high" for word in _HIGH.split()}
_DIRECTION |= {word: "low" for word in _LOW.split()}
_DIRECTION |= {word: "late" for word in _LATE.split()}
_DIRECTION |= {word: "early" for word in _EARLY.split()}
# The oldest person is the one of the highest age as well as of the earliest birth.
_OF_AGE = frozenset({"oldest", "youngest"})
_OPPOSITE = {"high": "low", "low": "high", "late": "early", "early": "late"}
# Words of comparing are taken out before superlatives and negations are read: `at least 3` is no
# superlative, and `no more than 3` is no negation.
_ABOVE, _BELOW = (
    "more|greater|higher|larger|bigger|longer|older",
    "less|fewer|lower|smaller|shorter",
)
_COMPARED = (
    ("<=", rf"\b(?:at most|up to|no (?:{_ABOVE}) than|not (?:{_ABOVE}) than|or (?:{_BELOW}))\b"),
    (">=", rf"\b(?:at least|no (?:{_BELOW}) than|not (?:{_BELOW}) than|or (?:{_ABOVE}))\b"),
    (">", rf"\b(?:{_ABOVE}) than\b|\b(?:exceed(?:s|ing)?)\b"),
    ("<", rf"\b(?:{_BELOW}|cheaper|younger) than\b"),
)
_THEN = r"(?= (?:the |an? |year |years |end of )*(?:\$|€|£|\d|(?:{})\b))"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_SIZES = rf"{'|'.join(NUMBER_WORDS)}|average|mean"
# `may` is a month only beside a preposition or a year.
_MONTH = re.compile(
    rf"\b(?!may\b)({_MONTHS})\b"
    r"|(?<=\bin |\bof |\bby )(may)\b|(?<=\bsince |\bafter |\buntil )(may)\b|\b(may) (?=\d{4}\b)"
)
# These compare only in front of a number, a month or an average: `over time` does not.
_PLACED = (
    (">", rf"\b(?:over|above){_THEN.format(_SIZES)}"),
    ("<", rf"\b(?:under|below){_THEN.format(_SIZES)}"),
    ("after", rf"\bafter{_THEN.format(_MONTHS)}"),
    ("before", rf"\b(?:before|prior to){_THEN.format(_MONTHS)}"),
    ("until", rf"\b(?:until|till|through){_THEN.format(_MONTHS)}"),
    ("since", rf"\b(?:since|from){_THEN.format(_MONTHS)}"),
)
_COMPARING = [(sign, re.compile(pattern)) for sign, pattern in (*_COMPARED, *_PLACED)]
# Names and idioms in which `first`, `last` and `no` have another meaning.
_IDIOMS = re.compile(
    r"\b(?:first|last)[ _-]?names?\b|\bat first\b|\b(?:last|first) (?:of|and last)\b|\bno\. ?\d+"
    r"|\b(?:on|in) (?:the )?top of\b|\btop[ _-]level\b|\bwhether or not\b|\bnot (?:only|just)\b"
)
_RECENT = re.compile(r"\b(?:most recent(?:ly)?|newly)\b")
_LEAST_RECENT = re.compile(r"\bleast recent(?:ly)?\b")
_NEGATION = re.compile(
    r"\b(?:not|no|never|without|none|neither|nor|cannot|except|excluding|exclude|excludes|besides"
    r"|other than|apart from|leav(?:e|es|ing) out|lack|lacks|lacking|missing|nobody|nothing)\b"
    r"|n['’]t\b"
)
_AVERAGE = re.compile(r"\b(?:average|averages|avg|mean|typical|typically)\b(?! by\b)")
_SUPERLATIVE = re.compile(r"\b[a-z]{2,}est\b")
# All 479 of Spider's training questions that say so have an ORDER BY.
_ORDERED = re.compile(
    r"\b(?:sort(?:ed|ing)?|(?:ordered|order|ranked|arranged?|listed) (?:\w+ ){0,3}?by"
    r"|(?:a|de)scending(?:ly)?|(?:alphabetical|chronological|lexicographical)(?:ly)?"
    r"|(?:in|de)creasing order)\b"
)
_NOT_SUPERLATIVE = frozenset(
    "interest request guest test best west forest harvest rest quest nest chest contest protest "
    "arrest invest latest suggest digest honest modest midwest northwest southwest".split()
)


@dataclass(frozen=True)
class Demands:
    """What one question demands."""

    numbers: frozenset[str]
    """Numbers in digits, years included, and months by their first three letters; a one that may be
    a pronoun is left out.
    """
    compared: frozenset[str]
    """Comparisons with a number, a period or an average, such as `>=` or `before`."""
    directions: frozenset[str]
    """high, low, late, early, `age` besides for people, and `other` for a superlative that is on no
    list.
    """
    negated: bool
    average: bool
    ordered: str
    """The words that ask for an order of the rows; empty if there are none."""


@lru_cache(maxsize=4096)
def demands(question: str) -> Demands:
    """Read the demands of a question."""
    text = " ".join(question.lower().split())
    found = {*_numbers(question), *(match.group()[:3] for match in _MONTH.finditer(text))}
    text = _IDIOMS.sub(" ", text)
    compared = set()
    for sign, pattern in _COMPARING:
        text, times = pattern.subn(" ", text)
        if times:
            compared.add(sign)
    text = _LEAST_RECENT.sub(" earliest ", text)
    text = _RECENT.sub(" latest ", text)
    directions = {_DIRECTION[word] for word in re.findall(r"[a-z]+", text) if word in _DIRECTION}
    for word in _SUPERLATIVE.findall(text):
        if word not in _DIRECTION and is_superlative(word):
            directions.add("other")
        if word in _OF_AGE:
            directions.add("age")
    return Demands(
        frozenset(found),
        frozenset(compared),
        frozenset(directions),
        _NEGATION.search(text) is not None,
        _AVERAGE.search(text) is not None,
        asked_order(question),
    )


def is_superlative(word: str) -> bool:
    """Return whether a word in lower case asks for an end of some order, such as `youngest`."""
    is_one = _SUPERLATIVE.fullmatch(word) is not None and word not in _NOT_SUPERLATIVE
    return is_one or word in _DIRECTION


def asked_order(question: str) -> str:
    """Return the words by which a question asks for an order of its rows, such as `sorted`; empty
    if it does not. `The dishes ordered by Ann` are not told apart.
    """
    match = _ORDERED.search(question.lower())
    return match[0] if match else ""


# Words whose end of a number is certain; the fastest lap, for one, is that of the least time.
_SURELY_HIGH = frozenset("most highest largest biggest greatest maximum priciest dearest".split())
_SURELY_LOW = frozenset("least fewest lowest smallest minimum cheapest".split())


def extreme(question: str) -> str:
    """Return high or low if a question asks for that end of some number; empty if for neither or
    both.
    """
    text = question.lower()
    for _, pattern in _COMPARING:
        text = pattern.sub(" ", text)
    words = set(re.findall(r"[a-z]+", _RECENT.sub(" ", _LEAST_RECENT.sub(" ", text))))
    high, low = bool(words & _SURELY_HIGH), bool(words & _SURELY_LOW)
    if high == low or "inexpensive" in words:
        return ""
    return "high" if high else "low"


def _numbers(question: str) -> Iterable[str]:
    for word in question_words(question):
        number = word.number
        # `one` is often a pronoun (`which one`), and a superlative asks for one anyway.
        if number is not None and word.text.lower() not in ("one", "1"):
            yield number


def contradiction(asked: Demands, known: Demands, sql: str) -> str:
    """Return in which demand two questions differ, given the known one's SQL; empty if in none."""
    if asked.numbers != known.numbers:
        return "number"
    if asked.negated != known.negated:
        return "negation"
    if asked.compared != known.compared:
        return "comparison"
    if asked.average != known.average:
        return "average"
    # The known rows in any order are wrong; rows in an order that nobody asks for are not.
    if asked.ordered and not known.ordered and not re.search(r"\bORDER\s+BY\b", sql.upper()):
        return "order"
    return "direction" if _directions_differ(asked, known, sql) else ""


def _directions_differ(asked: Demands, known: Demands, sql: str) -> bool:
    first, second = asked.directions, known.directions
    # Both ends in one question (`from lowest to highest`) name an order, not a choice.
    if any(_OPPOSITE.get(word) in second and word not in second for word in first):
        return True
    # The choice of some rows is a superlative, of which the question has to say something.
    if not re.search(r"\b(?:LIMIT|MIN|MAX|FETCH)\b", sql.upper()):
        return False
    if not first or not second:
        return bool(first) != bool(second)
    return not first & second and not (first | second) & {"other", "age"}


def opposes(asked: Demands, known: Demands) -> bool:
    """Return whether one of two questions is negated and the other is not, or whether one asks for
    the other's opposite end.
    """
    return asked.negated != known.negated or _directions_differ(asked, known, "")
