"""The words by which a question shows that it follows another one. `conversation` asks this before
it resolves anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mome.answering.courtesies import without_courtesies

Kind = Literal["restrict", "show", "contrast"]

_LEADING = re.compile(
    r"^(?:(?:and|also|now|then|ok|okay|so|but|plus|next|additionally|in addition|instead|please"
    r"|kindly|alright|great|hm+)\b[,:;.!]?\s*)+",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^(?:can|could|would|will) you (?:(?:please|kindly|also|just|then|now)\s+)*"
    r"|^i(?:'d| would) (?:like|love) (?:to (?:see|know) )?|^i (?:want|need) (?:to (?:see|know) )?"
    r"|^(?:tell|let) (?:me|us)(?: know| see)?,?\s+",
    re.IGNORECASE,
)
_ADDED = re.compile(
    r"\b(?:also|too|as well|in addition|additionally|besides|add|include|including|alongside"
    r"|along with)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"[\s,]*\b(?:too|as well|also|instead|please|now|then|for me|though|again)\b\s*$",
    re.IGNORECASE,
)
_CONTRAST = re.compile(
    r"^(?:what|how) about\b\s*|^(?:the )?same (?:thing )?(?:but )?(?:for|with|in)\b\s*"
    r"|^do (?:the same|that|it) (?:for|with|in)\b\s*|^(?:try|make (?:it|that))\b\s*",
    re.IGNORECASE,
)
_NARROWED = re.compile(
    r"^(?:only|just)\b"
    r"|^(?:show|list|give|find|keep|return|display|get|see|include|take)(?: me| us)? "
    r"(?:only|just|those\b|the ones\b)"
    r"|^(?:those|the ones|ones)\b",
    re.IGNORECASE,
)
_AMONG = re.compile(
    r"^(?:out )?(?:of|among|amongst|from|for|in) (?:all )?(?:these|those|them|this|that)\b"
    r"(?P<noun> [\w ]{1,40}?)?,?\s+"
    r"(?=which|who|whose|what|how|list|show|give|find|can|only|just|where|is|are|do|does|count)",
    re.IGNORECASE,
)
_ASKS_WHICH = re.compile(
    r"^(?:which|who|whose|that)\b(?: (?:of (?:them|these|those)|ones?))?", re.IGNORECASE
)
# A verb or a relation directly behind "which": the noun is that of the question before.
_VERB = re.compile(
    r"^which (?:ones?\b|of (?:them|these|those|the ones)\b|is|are|was|were|has|have|had|do|does|did"
    r"|can|could|will|belongs?|leaves?|lands?|comes?|goes|go|arrives?|departs?|lives?|works?"
    r"|corresponds?|starts?|ends?|costs?|weighs?|contains?|includes?|uses?|got|made|sold|bought"
    r"|lasts?|begins?|happened|occurred|took|takes?|plays?|played|won|lost|refers?)\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"whose\b|who (?!(?:is|are|was|were) (?:the|he|she|they|their)\b)", re.IGNORECASE)
_PREPOSITION = re.compile(
    r"^(?:from|in|with|without|at|on|by|for|per|since|before|after|between|during|over|under|above"
    r"|below|older|younger|more|less|fewer|greater|except|excluding|not|where|whose|that|who)\b",
    re.IGNORECASE,
)
# A superlative of nothing: of what was just counted.
_BARE_EXTREME = re.compile(
    r"\b(?:ha[sd]|have|is|are|with|got|by) the (?:most|fewest|least|highest|lowest|largest"
    r"|smallest|greatest|biggest|maximum|minimum)\W*$",
    re.IGNORECASE,
)
_SORTS = re.compile(r"^(?:sort|order|rank|arrange)(?:ed)?\b", re.IGNORECASE)
_INCLUDES = re.compile(r"^(?:include|add|append)\b", re.IGNORECASE)
# These point back wherever they stand, the pronouns only if nothing that they may mean is before
# them: `the teachers and the courses they teach`.
_POINTER = re.compile(
    r"\b(?:these|those|ones?|others?|both|each of them)\b"
    r"|\b(?:of|is|on|about|with|for|to) (?:that|this|them|it)\b|\bhow many (?:are|were) there\W*$",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:they|them|theirs?|he|she|his|her|him|hers|its?)\b", re.IGNORECASE)
_HIS_OR_HER = re.compile(r"\b(?:his or her|her or his|his/her|her/his)\b", re.IGNORECASE)
_NUMERAL = re.compile(r"\b(?:than|least|most|exactly|only|in|per) one\b", re.IGNORECASE)
_EXPLETIVE = re.compile(r"\b(?:is|was|does) it (?:that|possible|true)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cues:
    """A question with what its words say of the one before."""

    text: str
    """The question without courtesies and words that only link it, and without its last sign."""
    kind: Kind
    """restrict: asks for some of the rows before; show: asks something of them; contrast: asks the
    same of another thing.
    """
    strong: bool
    """Whether it points at the question before, as `they` and `what about` do."""
    adds: bool
    """Whether it wants something beside what was shown."""
    fragment: bool
    """Whether it is no sentence: `from France`, `by month`."""

    @property
    def sorts(self) -> bool:
        """Whether it asks for an order."""
        return _SORTS.match(self.text) is not None


def read_cues(question: str) -> Cues:
    """Return what the words of a question say of the one before."""
    text = _bare(question)
    adds = _ADDED.search(question) is not None
    contrast = _CONTRAST.match(text)
    if contrast is not None:
        rest = text[contrast.end() :]
        kind: Kind = "restrict" if _NARROWED.match(rest) else "contrast"
        return Cues(rest, kind, True, adds, True)
    kind = "restrict" if _restricts(text) else "show"
    fragment = _PREPOSITION.match(text) is not None or " " not in text
    patterns = (_VERB, _NARROWED, _INCLUDES, _BARE_EXTREME)
    strong = fragment or any(pattern.search(text) for pattern in patterns)
    return Cues(text, kind, strong or _points_back(question), adds, fragment)


def _bare(question: str) -> str:
    text = " ".join(question.split()).rstrip("?!. ")
    text = _HIS_OR_HER.sub("their", text)
    while True:
        shorter = _LEADING.sub("", _REQUEST.sub("", _LEADING.sub("", text)))
        shorter = _TRAILING.sub("", without_courtesies(shorter)).rstrip("?!.,; ")
        if not shorter or shorter == text:
            return shorter or text
        text = shorter


def _restricts(text: str) -> bool:
    among = _AMONG.match(text)
    rest = text[among.end() :] if among else text
    if _NARROWED.match(rest):
        return True
    if among is not None and _ASKS_WHICH.match(rest):
        return True
    if _VERB.match(rest) or _WHO.match(rest):
        return True
    return _PREPOSITION.match(rest) is not None and among is None


def _points_back(question: str) -> bool:
    return _POINTER.search(_NUMERAL.sub(" ", question)) is not None


def pronoun(text: str) -> int | None:
    """Return where the first pronoun of a text stands; None if it has none."""
    found = _PRONOUN.search(_EXPLETIVE.sub(lambda match: "_" * len(match.group()), text))
    return None if found is None else found.start()


def among(text: str) -> re.Match[str] | None:
    """Return the words by which a question begins with the rows before: `of these,`."""
    return _AMONG.match(text)
