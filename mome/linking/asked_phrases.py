"""Phrases of a question by the part that they play in its answer: what is shown, counted, averaged
or sorted by, and what a condition compares.

English only, by the openings of questions and by words that end a noun phrase; a phrase that is not
found is not judged. `mome.answering.unmet_phrases` looks for each in the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Part = Literal["shown", "named", "counted", "figure", "order", "condition"]


@dataclass(frozen=True)
class AskedPhrase:
    """A noun phrase of a question, without articles."""

    part: Part
    text: str


_OPENING = re.compile(
    r"(?:please |hey |and )*(?:what(?: is|'s| are| was| were)?|which|show(?: me)?|list(?: out)?"
    r"|give(?: me)?|find(?: out)?|return|tell me|display|compute|get|report)\b",
    re.I,
)
_END = re.compile(
    r"\b(?:of|for|from|who|whose|whom|that|which|in|where|with|without|when|by|on|at|to|as|did|does"
    r"|do|is|are|was|were|has|have|had|among|sorted|ordered|grouped|having|per|each|every|along"
    r"|corresponding|belonging|used|not|between|than|across|the most|the least|(?!expected)\w+ed)\b"
    r"|[?.;:(!]",
    re.I,
)
_JOINT = re.compile(r",\s*(?:and\s+)?|\s+(?:and also|and|as well as|or)\s+", re.I)
_COUNTED = re.compile(r"\bhow many (?:different |distinct |more )*(.{3,60})", re.I)
_FIGURE = re.compile(
    r"\b(?:average|mean|median|total|sum of(?: the| all)*|maximum|minimum|max|min|highest|lowest"
    r"|largest|smallest|greatest)(?: number of| amount of)? (.{3,60})",
    re.I,
)
_ORDER = re.compile(
    r"\b(?:(?:sort|sorted|order|ordered|rank|ranked|arranged?) (?:\w+ ){0,4}?by"
    r"|(?:ascending|descending|increasing|decreasing) order (?:of|by))"
    r"(?: (?:the|their|its))*(?: number of)? (.{3,60})",
    re.I,
)
_CONDITION = re.compile(
    r"\b(?:whose|with(?: an?| the)?|(?:has|have|having)(?: an?)?|where(?: the)?) (\w+(?: \w+)?)"
    r" (?:is |are |was |were )?(?:not )?(?:(?:higher|lower|greater|larger|smaller|less|more|longer"
    r"|shorter|bigger) than|at least|at most|above|below|over|under) \$?(?:the average|\d)",
    re.I,
)
# Words before a noun that name nothing themselves, and those that only say how its rows are shown.
_BEFORE = re.compile(
    r"^(?:\w+-(?:day|week|month|quarter|year)|avg"
    r"|the|an?|and|all|any|different|distinct|their|its|his|her|every|each|possible|various"
    r"|unique|only|also|both|respective|full|complete|current|overall|average|mean|median|total|max"
    r"|maximum|min|minimum|highest|lowest|largest|smallest|longest|shortest|most|least|cumulative"
    r"|running|rolling|moving|daily|weekly|monthly|quarterly|yearly|annual|typical|combined)\s+",
    re.I,
)
# `The amount of bonus` is the bonus, `the kind of program` some column of programs.
_EMPTY = re.compile(
    r"(?:(?:given|family|fore|sur|middle|nick) ?names?|amounts?|kinds?|types?|sorts?|pairs?"
    r"|combinations?|details?|info\w*|list|things?|people|ones?|number|count|share|percentages?"
    r"|ratio|difference|given|each|first|last|top \w+|what|max|maximum|min|minimum|average|total"
    r"|money|content|abbreviations?|\w+ly|once|within|so far|dear all|percent(?: \w+)?|\w+ first"
    r"|(?:hours?|minutes?|seconds?|pieces?|lines?|units?|days?|weeks?|months?|years?)(?: \w+)?"
    r"|quarters?|dates?|times?|value|entries|records|rows?)",
    re.I,
)


@lru_cache(maxsize=1024)
def asked_phrases(question: str) -> tuple[AskedPhrase, ...]:
    """Return the phrases of a question whose part is known, in no order."""
    text = " ".join(question.split())
    return tuple(dict.fromkeys([*_shown(text), *_others(text)]))


def _shown(text: str) -> Iterator[AskedPhrase]:
    """Yield what a question shows: `name and weight` of `What are the name and weight of ...`."""
    opening = _OPENING.match(text)
    if opening is None:
        yield from _titled(text)
        return
    phrases, end = _nouns(text[opening.end() :].strip())
    if opening[0].lower().endswith("which"):
        # `Which supplier did we buy it from` needs suppliers, whatever shows them.
        named = phrases[:1] if len(phrases) == 1 and len(phrases[0].split()) < 3 else []
        yield from (AskedPhrase("named", phrase) for phrase in named)
        return
    if len(phrases) < 2 and end not in ("of", "for") and opening[0].lower() != "what":
        # `Show the customers who ...` is about rows, which any column may show.
        phrases = []
    yield from (AskedPhrase("shown", phrase) for phrase in phrases)


_PLAIN_OPENING = ("how ", "when ", "who ", "for ", "in ", "is ", "are ", "do ", "does ", "where ")
_LISTED = re.compile(r"(.{3,60}?) (?:of|for) ", re.I)
_TITLE = re.compile(r"(.{3,60}?)\b(?:by|per|(?:in|for|of) each|(?:for|of) every)\b", re.I)


def _titled(text: str) -> Iterator[AskedPhrase]:
    """Yield what a title shows or counts: `Profit margin by plan`."""
    if text.lower().startswith(_PLAIN_OPENING):
        return
    title = _TITLE.match(text)
    if title:
        yield from (AskedPhrase("counted", phrase) for phrase in _nouns(title[1])[0][:1])
    listed = None if title else _LISTED.match(text)
    if listed:
        # `Phone numbers of all members`.
        yield from (AskedPhrase("shown", phrase) for phrase in _nouns(listed[1])[0])


def _others(text: str) -> Iterator[AskedPhrase]:
    patterns: tuple[tuple[Part, re.Pattern[str]], ...] = (
        ("counted", _COUNTED),
        ("figure", _FIGURE),
        ("order", _ORDER),
        ("condition", _CONDITION),
    )
    for part, pattern in patterns:
        for match in pattern.finditer(text):
            phrases, _ = _nouns(match[1])
            yield from (AskedPhrase(part, phrase) for phrase in phrases[:1])


def _nouns(text: str) -> tuple[list[str], str]:
    """Return the noun phrases at the beginning of a text, and the word that ends them."""
    end = _END.search(text)
    head = text[: end.start()] if end else text
    phrases = [_bare(phrase) for phrase in _JOINT.split(head)]
    return [phrase for phrase in phrases if phrase], end[0].lower() if end else ""


def _bare(phrase: str) -> str:
    """Return a noun phrase without the words before the noun; empty if nothing is left of it."""
    phrase, before = phrase.strip(" ,'\""), ""
    while phrase != before:
        phrase, before = _BEFORE.sub("", phrase), phrase
    # `How many people report to each manager` counts whom the query counts.
    is_anybody = phrase.lower().startswith(("people ", "persons ", "things "))
    return "" if is_anybody or _EMPTY.fullmatch(phrase) else phrase
