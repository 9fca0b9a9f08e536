"""The figures that the head of a title names, with their aggregates and conditions on numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mome.answering.titles.bounds import take_bound
from mome.answering.titles.parts import STILL, FigurePhrase, items_of
from mome.answering.titles.texts import take_text

_AGGREGATES = (
    ("count", re.compile(r"(?:how many|(?:total |overall )?(?:number|count) of) (?P<rest>.+)")),
    ("average", re.compile(r"(?:average|mean|avg) (?:number of )?(?P<rest>.+)")),
    ("median", re.compile(r"median (?:of )?(?P<rest>.+)")),
    ("sum", re.compile(r"(?:total|sum of|sum|overall|combined|how much) (?P<rest>.+)")),
    ("minimum", re.compile(r"(?:minimum|min|lowest|smallest|least) (?P<rest>.+)")),
    ("maximum", re.compile(r"(?:maximum|max|highest|largest|biggest|greatest) (?P<rest>.+)")),
)
_WORDS = {
    "average": "average|mean|avg",
    "median": "median",
    "sum": "total|sum",
    "minimum": "minimum|min|lowest|smallest|cheapest|shortest",
    "maximum": "maximum|max|highest|largest|biggest|longest",
}
_WORD = "|".join(_WORDS.values())
_SEVERAL = re.compile(
    rf"(?P<words>(?:{_WORD})(?:, (?:{_WORD}))*,? and (?:the )?(?:{_WORD})) (?P<rest>.+)"
)
_SHARE = r"(?P<what>percentage|percent|share|proportion|fraction) of (?:all |our |the )?"
_SHARE_OF_ROWS = re.compile(
    rf"{_SHARE}(?P<rows>.+?) "
    r"(?:(?:that|which|who) )?(?:is|are|was|were|has been|have been|had been|got) (?P<part>.+)"
)
_SHARE_WITHIN = re.compile(rf"{_SHARE}(?P<rows>.+)")
_ABSENT = re.compile(
    r"(?P<rest>.+?) (?:that |which |who )?(?:(?:have|has|had|are|is|were|was) )?"
    r"(?:(?:not|never) (?:yet )?(?:been )?|nobody has )(?P<absent>[a-z]+)(?: yet| so far)?"
)
_NEITHER = re.compile(
    r"(?P<rest>.+?) (?:(?:that|which|who) )?(?:(?:have|has|had|are|is|were|was) )?(?:been )?"
    r"neither (?:been )?(?P<one>[a-z]+) nor (?P<other>[a-z]+)"
)
_LACKS = re.compile(
    r"(?P<rest>.+?) (?:(?:(?:that|which|who) )?(?:have|has|had|having) no|with no"
    r"|without(?: any| an?)?)"
    r" (?P<lacks>[a-z][\w -]*?)(?: yet| on file| recorded| given| assigned| so far)*"
)
_STILL = re.compile(
    r"(?P<rest>.+?) (?:(?:that|which|who) )?(?:(?:are|is|were) )?still (?:open|active|running"
    r"|in use|in service|in the fleet|with us|with the company|here|employed|valid|ongoing|there"
    r"|going on)"
)
_OPEN = "open|active|ongoing|outstanding|current|unfinished"
_UNENDED = rf"(?P<word>{_OPEN}|un(?P<verb>[a-z]+ed|paid|sold|sent))"
_LASTING = (
    re.compile(rf"(?:currently )?{_UNENDED} (?P<rest>.+)"),
    re.compile(
        rf"(?P<rest>.+?) (?:(?:that|which|who) )?(?:are|is) (?:still |currently )?"
        rf"{_UNENDED}"
    ),
)
COUNT_PER = "count per"
"""The aggregate of a number of rows for each of something, of which the average is taken."""
_AVERAGE_COUNT = re.compile(
    r"(?:average|avg|mean) (?:number|count) of (?P<rest>.+)|how many (?P<counted>.+?) on average"
)
_RELATIVE = re.compile(r"\b(?:that|which|who)\b (?!have\b|has\b)")


def figure_phrases(head: str) -> Iterator[tuple[FigurePhrase, ...]]:
    """Yield the ways in which a head can be read, the likeliest first."""
    share = _share_of_rows(head)
    if share is not None:
        yield (share,)
        return
    head = _RELATIVE.sub("", head)
    several = _SEVERAL.fullmatch(head)
    if several is not None:
        words = re.findall(_WORD, several["words"])
        rest, bounds = take_bound(several["rest"])
        yield (FigurePhrase(rest, tuple(map(_named, words)), bounds),)
        return
    average = _AVERAGE_COUNT.fullmatch(head)
    yield (figure_phrase(head),)
    if head.startswith("total "):
        # `Total invoiced amount` may be the sum of a `tot_amt`.
        rest, bounds = take_bound(head)
        yield (FigurePhrase(rest, bounds=bounds),)
    if average is not None:
        yield (FigurePhrase(average["rest"] or average["counted"], (COUNT_PER,)),)
    listed = tuple(figure_phrase(part) for part in items_of(head))
    # `Research and development costs` are one figure.
    if len(listed) > 1 and all(one.aggregates != ("",) for one in listed[1:]):
        yield listed
    lasting = _lasting(figure_phrase(head))
    if lasting is not None:
        yield (lasting,)


def _lasting(phrase: FigurePhrase) -> FigurePhrase | None:
    """Return the phrase for rows that have not come to an end, or to which something has not
    happened: `open invoices` and `undelivered orders`, where no status is called so.
    """
    for pattern in _LASTING:
        match = pattern.fullmatch(phrase.head)
        if match is not None:
            absent = (match["verb"] or STILL, *phrase.absent)
            return replace(phrase, head=match["rest"], absent=absent)
    return None


def listed_figures(items: Sequence[str], topic: str) -> tuple[FigurePhrase, ...]:
    """Return the figures that a title lists behind a colon; empty if one of them may be a column:
    `Usage by type: number of events, total units`.

    `topic`: what stands before the colon, of which a `number` alone is one.
    """
    found = tuple(
        FigurePhrase(topic, ("count",)) if item in ("number", "count") else figure_phrase(item)
        for item in items
    )
    return found if all(one.aggregates != ("",) for one in found) else ()


def is_share_of_rows(text: str) -> bool:
    """Return whether a title asks for the share of some rows among all of them, in each group."""
    return _share_of_rows(re.split(r",? (?:by|per|for each|in each) ", text)[0]) is not None


def _share_of_rows(head: str) -> FigurePhrase | None:
    """Return the phrase for the share of some rows among all of them; None if it asks for none."""
    match = _SHARE_OF_ROWS.fullmatch(head)
    if match is not None:
        return FigurePhrase(match["rows"], (_call(match),), part=match["part"])
    match = _SHARE_WITHIN.fullmatch(head)
    rows, bounds = take_bound(match["rows"]) if match is not None else ("", ())
    if match is None or not bounds:
        return None
    return FigurePhrase(rows, (_call(match),), part_bounds=bounds)


def _call(share: re.Match[str]) -> str:
    return "percent" if share["what"].startswith("percent") else "share"


def _named(word: str) -> str:
    return next(name for name, words in _WORDS.items() if word in words.split("|"))


def figure_phrase(text: str) -> FigurePhrase:
    """Return the phrase for one figure, its aggregate and the conditions on its rows taken off."""
    phrase = conditioned(text)
    for name, pattern in _AGGREGATES:
        match = pattern.fullmatch(phrase.head)
        if match is not None:
            return replace(phrase, head=match["rest"], aggregates=(name,))
    return phrase


def conditioned(text: str) -> FigurePhrase:
    """Return the phrase for rows, the conditions at its end taken off."""
    phrase = FigurePhrase(text)
    while True:
        shorter = _without_condition(phrase)
        if shorter is None:
            return phrase
        phrase = shorter


def _without_condition(phrase: FigurePhrase) -> FigurePhrase | None:
    """Return the phrase with the last condition of its head taken off; None if there is none."""
    head, bounds = take_bound(phrase.head)
    if bounds:
        return replace(phrase, head=head, bounds=(*bounds, *phrase.bounds))
    head, text = take_text(phrase.head)
    if text is not None:
        return replace(phrase, head=head, texts=(text, *phrase.texts))
    match = _NEITHER.fullmatch(phrase.head)
    if match is not None:
        absent = (match["one"], match["other"], *phrase.absent)
        return replace(phrase, head=match["rest"], absent=absent)
    for pattern, word in ((_STILL, STILL), (_ABSENT, "")):
        match = pattern.fullmatch(phrase.head)
        if match is not None:
            absent = (word or match["absent"], *phrase.absent)
            return replace(phrase, head=match["rest"], absent=absent)
    match = _LACKS.fullmatch(phrase.head)
    if match is not None and not phrase.lacks:
        return replace(phrase, head=match["rest"], lacks=match["lacks"])
    return None
