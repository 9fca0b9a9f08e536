"""The words for a state of rows, brought to those by which conditions are read: `still unpaid` is
`not paid`. `figure_reader` calls this.
"""

from __future__ import annotations

import re

from mome.answering.titles.bounds import OPERATOR
from mome.answering.titles.figures import TitleScope

HAS = re.compile(
    r"(?:(?:that|which|who) )?(?:with|having|have|has|had) (?:an?|any|some) (?P<column>[\w -]+)"
)
"""What says that a column is filled."""
_LEADING = re.compile(
    r"^(?:(?:that|which|who) )?(?:(?:is|are|was|were|has been|have been|had been|got|gets|get|went"
    r"|came|been|already|currently|now|in) )*"
)
_STILL_NOT = re.compile(r"\b(?:still|yet) (?=not\b|un)")
_STILL = re.compile(r"\bstill (?P<state>[a-z]+)")
_HAVE_MORE = re.compile(rf"^(?:have|has|had) (?={OPERATOR})")
_COST = re.compile(r"^costs? (?=[a-z])")
_NEVER = re.compile(r"\bnever\b")
# `United` and `unit` are no negations.
_NEGATED = re.compile(r"\bun(?P<verb>[a-z]{2,}(?:ed|id|ld|nt|wn))\b")
_NO_NEGATION = frozenset("united".split())


def bare_state(text: str, scope: TitleScope) -> str:
    """Return the words for a state without those that only connect it to its rows.

    A negation in one word is written in two, unless it is stored as it is said.
    """
    text = _STILL_NOT.sub("", _LEADING.sub("", text))
    text = _HAVE_MORE.sub("with ", _COST.sub("costing ", _NEVER.sub("not", text)))
    stored = {word for words, _ in scope.values for word in words}
    still = _STILL.fullmatch(text)
    if still is not None and still["state"] in stored:
        text = still["state"]

    def spelled(match: re.Match[str]) -> str:
        is_one = match.group() in stored or match.group() in _NO_NEGATION
        return match.group() if is_one else f"not {match['verb']}"

    return _NEGATED.sub(spelled, text)
