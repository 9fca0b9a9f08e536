"""How a question says which things it asks for by what belongs to them: never, without, nobody, at
least one, both, only, all. `quantified` composes the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mome.answering.titles.restrictions import HAPPENING
from mome.answering.titles.spans import take_span

ONLY = "only"
"""In the place of what all rows are, where their phrase says it."""
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
_ENDING = re.compile(r"(?: (?:to|at|in|on|from|for|by|with|of|us))+$")


@dataclass(frozen=True)
class AskedThings:
    """What a question says of things."""

    things: str
    belonging: tuple[tuple[bool, str], ...]
    """Whether such rows have to exist, and the phrase for them."""
    part: str = ""
    """What all of these rows are, as `paid`; ONLY if their phrase says it."""


def asked_things(text: str) -> Iterator[AskedThings]:
    """Yield the ways in which a text can be taken apart, the likeliest first."""
    match = _BUT_NOT.fullmatch(text)
    if match is not None:
        for asked in _simple(match["first"], _SOME, is_some=True):
            ((_, rows),) = asked.belonging
            taken = take_span(rows)
            # Another period of the same rows, or other rows.
            of_period = f"{taken[0]} {match['second']}" if taken and taken[1].condition else ""
            for second in filter(None, (of_period, match["second"])):
                yield AskedThings(asked.things, ((True, rows), (False, second)))
        return
    yield from _both(text)
    yield from _all(text)
    yield from _simple(text, _NONE, is_some=False)
    yield from _simple(text, _SOME, is_some=True)


def _both(text: str) -> Iterator[AskedThings]:
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
            yield AskedThings(match["things"], rows)


def _all(text: str) -> Iterator[AskedThings]:
    """Yield things all of whose rows are of one kind; they have some."""
    for pattern in _ALL:
        match = pattern.fullmatch(text)
        if match is not None:
            yield AskedThings(match["things"], ((True, match["rows"]),), match["part"])
    for pattern in _ONLY:
        match = pattern.fullmatch(text)
        if match is not None:
            yield AskedThings(match["things"], ((True, match["rows"]),), ONLY)


def _simple(
    text: str, patterns: Sequence[re.Pattern[str]], *, is_some: bool
) -> Iterator[AskedThings]:
    for pattern in patterns:
        match = pattern.fullmatch(text)
        if match is not None:
            yield AskedThings(match["things"], ((is_some, match["rows"]),))


def phrases_of_rows(phrase: str) -> Iterator[str]:
    """Yield what a phrase may name rows by: `placed an order` by `order`, `ordered anything from
    us` by `ordered`.
    """
    plain = " ".join(_NOTHING.sub(" ", phrase).split())
    bare = re.sub(rf"^{_HAVE}{_DID}{_ONE}", "", f"{plain} ").strip()
    found = (bare, _ENDING.sub("", plain), _ENDING.sub("", bare))
    yield from (text for text in dict.fromkeys(found) if text)
