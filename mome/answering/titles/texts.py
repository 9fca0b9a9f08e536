"""Conditions on texts in a title: `donors whose name contains "trust"`."""

from __future__ import annotations

import re

from mome.answering.titles.parts import TextBound

_WITH = r"(?:with|whose|where(?: the| their)?|having|that have|that has|who have|which have)"
_TEXT = r"(?:[\"'](?P<quoted>[^\"']+)[\"']|(?P<word>[\w.@-]+))"
_CALLS = {
    "CONTAINS": r"(?:contains?|includes?|containing|including|has|have)"
    r"(?: the (?:word|text|letters))?",
    "STARTS": r"(?:starts?|begins?|starting|beginning)(?: with| in)",
    "ENDS": r"(?:ends?|ending)(?: with| in| on)",
}
_PATTERNS = [
    (
        call,
        re.compile(
            rf"(?P<rest>.+?) {_WITH} (?:an? |the |their |its )?(?P<name>[a-z][a-z -]*?) "
            rf"(?:that |which )?{verb} {_TEXT}"
        ),
    )
    for call, verb in _CALLS.items()
]
_INSIDE = re.compile(rf"(?P<rest>.+?) with {_TEXT} in (?:the |their |its )?(?P<name>[a-z][a-z -]*)")
_DOMAIN = (
    re.compile(
        r"(?P<rest>.+?) (?:with|that have|who have|using|that use|who use) (?:an? )?"
        r"(?P<word>[\w-]+(?:\.[\w-]+)+) (?P<name>e-?mail(?: address)?|address)(?:es)?"
    ),
    re.compile(
        r"(?P<rest>.+?) (?:with|that have|who have|using|that use|who use) (?:an? )?"
        r"(?P<name>e-?mail(?: address)?)(?:es)? (?:at|from|with) @?(?P<word>[\w-]+(?:\.[\w-]+)+)"
    ),
)


def take_text(head: str) -> tuple[str, TextBound | None]:
    """Return a head without the condition on a text at its end, and that condition."""
    for pattern in _DOMAIN:
        match = pattern.fullmatch(head)
        if match is not None:
            return match["rest"], TextBound("email", "ENDS", f"@{match['word']}")
    match = _INSIDE.fullmatch(head)
    if match is not None:
        return match["rest"], TextBound(match["name"], "CONTAINS", _text(match))
    for call, pattern in _PATTERNS:
        match = pattern.fullmatch(head)
        # `Clients whose plan has jobs` has no text.
        if match is not None and (match["quoted"] or "has" not in head):
            return match["rest"], TextBound(match["name"], call, _text(match))
    return head, None


def _text(match: re.Match[str]) -> str:
    return match["quoted"] or match["word"]
