"""The last sentence of a question that begins with why it is asked: `Finance is reviewing refunds.
How many were requested per month?`
"""

from __future__ import annotations

import re

from mome.linking.matched_question import MatchedQuestion

_END = re.compile(r"[.?!]\s+(?=[A-Z])")


def asked_sentence(matched: MatchedQuestion) -> str | None:
    """Return the last sentence; None if there is one alone, or if those before it restrict what is
    asked by a number or a stored value.
    """
    question = matched.question
    ends = list(_END.finditer(question))
    if not ends:
        return None
    start = ends[-1].end()
    if re.search(r"\d", question[:start]):
        return None
    if any(matched.words[match.first].start < start for match in matched.matches):
        return None
    return question[start:]
