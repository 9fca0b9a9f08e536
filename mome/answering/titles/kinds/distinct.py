"""Read how many different things rows belong to, in each group: `how many different customers
ordered each product`, `number of distinct accounts with tickets per month`. One of the kinds.

If the question does not say of which rows, they are those of the nearest table that belongs to both
the things and the groups, if there is one alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mome.answering.titles.dimensions import division
from mome.answering.titles.figure_reader import counted_things
from mome.answering.titles.figures import tables_named
from mome.answering.titles.grammar import Phrasing, title_parts
from mome.answering.titles.kinds.reading import Composed, KindReading, unviewed
from mome.answering.titles.parts import FigurePhrase, TitleParts
from mome.answering.titles.phrases import conditioned
from mome.answering.titles.said_words import parts_of

_DIFFERENT = re.compile(
    r"(?:how many|(?:the )?(?:number|count) of) (?:different|distinct|unique) (?P<rest>.+)"
)
_IN_HOW_MANY = re.compile(
    r"^(?:in|at|from|for|with|on) (?P<head>how many (?:different|distinct|unique) [\w -]+?) "
    r"(?:does|do|did|has|have) (?P<each>each|every) (?P<group>[\w -]+?) (?:have|had) (?P<rows>.+)$"
)
_LEADING = re.compile(
    r"^(?:(?:who|that|which) )?(?:(?:have|has|had|with|without|placed|place|made|make|gave|give"
    r"|got|get|did|do|used|use|took|received|receive|of|in|on|from|for|among|there|are|were) )*"
    r"(?:(?:an?|any|at least one|the|their) )?"
)
_ENDING = re.compile(
    r"(?: (?:to|at|in|on|from|for|by|with|of|live|lives|come|comes|work|works|located|have|has"
    r"|use|used))+$"
)
_NO_ROWS = frozenset(
    "are were there have had has did do got gave give used use placed made took received "
    "in at on".split()
)
"""Words that say nothing of the rows."""


def different_things(question: str, reading: KindReading) -> Composed | None:
    """Read how many different things rows belong to."""
    text = question.lower().strip(" .?!")
    text = _IN_HOW_MANY.sub(r"\g<head> of \g<rows> for \g<each> \g<group>", text)
    nearest: list[tuple[int, FigurePhrase]] = []

    def phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
        for phrase in _said(head):
            if phrase.head:
                yield (phrase,)
            else:
                found = list(_unsaid(phrase, reading))
                nearest.extend(found)
                yield from ((one,) for _, one in found)

    options = list(title_parts(text, Phrasing(phrases, unviewed)))
    known = {one for _, one in nearest}
    said = [parts for parts in options if parts.figures[0] not in known]
    return reading.first(said) or _nearest(options, nearest, reading)


def _said(head: str) -> Iterator[FigurePhrase]:
    """Yield the ways in which a head may name things and the rows that belong to them."""
    match = _DIFFERENT.fullmatch(head)
    if match is None:
        return
    words = match["rest"].split()
    for place in range(1, len(words) + 1):
        things, rest = " ".join(words[:place]), " ".join(words[place:])
        rows = _ENDING.sub("", _LEADING.sub("", f"{rest} ").strip())
        if set(rest.split()) <= _NO_ROWS:
            yield FigurePhrase("", ("count",), things=things)
            continue
        # Volunteers worked shifts: the verb may say nothing else.
        for phrase in dict.fromkeys((rows, rows.partition(" ")[2])):
            if phrase:
                yield replace(conditioned(phrase), aggregates=("count",), things=things)


def _unsaid(phrase: FigurePhrase, reading: KindReading) -> Iterator[tuple[int, FigurePhrase]]:
    """Yield the phrases for the rows of all tables that belong to things, with the number of keys
    between them.
    """
    words = reading.vocabulary.words(phrase.things)
    for table in reading.catalog.tables:
        place = counted_things(table, words, reading.scope)
        if place is not None:
            head = " ".join(parts_of(table.name))
            yield len(place[0]), replace(phrase, head=head)


def _nearest(
    options: list[TitleParts], nearest: list[tuple[int, FigurePhrase]], reading: KindReading
) -> Composed | None:
    """Return the query over the nearest rows; None if there are several, or if the things have the
    groups themselves.
    """
    for cost in sorted({cost for cost, _ in nearest}):
        phrases = {phrase for one, phrase in nearest if one == cost}
        # Words such as `are there` may stand with the things or alone.
        found = {
            composed.form: composed
            for parts in options
            if parts.figures[0] in phrases and not _have_groups(parts, reading)
            for composed in reading.compose(parts, reading.scope)
        }
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
    return None


def _have_groups(parts: TitleParts, reading: KindReading) -> bool:
    """Return whether the things are in the groups by themselves, as drivers are in depots."""
    catalog, paths, words_of = reading.catalog, reading.paths, reading.vocabulary.words
    plain = FigurePhrase(parts.figures[0].things, ("count",))
    for figure in reading.figures.read(plain, reading.scope):
        groups = [
            division(words_of(one), figure.table, None, catalog, paths) for one in parts.dimensions
        ]
        if all(group is not None for group in groups):
            return True
    # The different sectors of all clients, but not all clients.
    return not parts.dimensions and bool(tables_named(words_of(plain.head), catalog))
