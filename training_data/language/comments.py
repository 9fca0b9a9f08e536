"""What a comment in the database adds to the words for its table, column or codes; read by the subjects and rules."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE = re.compile(r"[.;:(\n]| - ")
_OPENINGS = re.compile(
    r"^(?:(?:this|the) (?:table|column|field|view) )?(?:(?:that )?(?:contains|holds|stores|lists|records|has|is) )?"
    r"(?:(?:a )?(?:list|table|set) of )?(?:one row (?:per|for each|for every) )?(?:all )?(?:the |an |a )?(?:all )?",
    re.IGNORECASE,
)
_MEANING = re.compile(r"['\"]?[^\W\d_][^,;/|)(\n=:.]*")


def gloss(comment: str | None, *, longest: int = 6) -> str | None:
    """The comment's first phrase as words for a sentence, or None where it is missing, longer than `longest` words or no plain phrase."""
    phrase = _SENTENCE.split(" ".join((comment or "").split()))[0].strip(" ,")
    phrase = _OPENINGS.sub("", phrase)
    words = phrase.split()
    if not 1 <= len(words) <= longest or not re.fullmatch(r"[^\W\d_][\w ,'/&-]*", phrase):
        return None
    return phrase if words[0].isupper() and len(words[0]) > 1 else phrase[0].lower() + phrase[1:]


def meanings(comment: str | None, values: Iterable[object]) -> dict[object, str]:
    """What a comment such as `D = delivered, C = cancelled` says of the stored values that it names."""
    codes = {str(value): value for value in values}
    if not comment or not codes:
        return {}
    names = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    marks = list(
        re.finditer(rf"(?<![\w-])['\"]?({names})['\"]?\s*(?:=>?|:|->|–|—|\s-\s)\s*", comment)
    )
    starts = [*(mark.start() for mark in marks), len(comment)]
    found: dict[object, str] = {}
    for mark, end in zip(marks, starts[1:], strict=True):
        words = _MEANING.match(comment, mark.end(), end)
        if words and len(words[0].split()) <= 4:
            found.setdefault(codes[mark[1]], " ".join(words[0].split()).strip("'\"").lower())
    return found
