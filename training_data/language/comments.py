"""Words from the comments that a database has on its tables and columns.

`subjects` calls `gloss` for phrases and `meanings` for what stored codes stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SENTENCE_END = re.compile(r"[.;:(\n]| - ")
_OPENING = re.compile(
    r"^(?:(?:this|the) (?:table|column|field|view) )?"
    r"(?:(?:that )?(?:contains|holds|stores|lists|records|has|is) )?"
    r"(?:(?:a )?(?:list|table|set) of )?"
    r"(?:one row (?:per|for each|for every) )?"
    r"(?:all )?(?:the |an |a )?(?:all )?",
    re.IGNORECASE,
)
_PLAIN_PHRASE = re.compile(r"[^\W\d_][\w ,'/&-]*")
_MEANING = re.compile(r"['\"]?[^\W\d_][^,;/|)(\n=:.]*")

_CODE_LIST = re.compile(r"(?:\b[A-Z0-9]{1,5} [a-z][\w -]*(?:[,;] |$)){2,}")
"""Pattern of codes with their meanings beside them, and no sign between: `A active, I inactive`."""

LONGEST_MEANING = 4
"""Words of a code's meaning; longer ones are sentences about something else."""


def gloss(comment: str | None, *, longest: int = 6) -> str | None:
    """Return the first phrase of a comment, to be used inside of a question.

    None if the comment is missing, explains codes, or its first phrase is no plain text of at most
    `longest` words.
    """
    text = " ".join((comment or "").split())
    if _CODE_LIST.search(text):
        return None
    phrase = _SENTENCE_END.split(text)[0].strip(" ,")
    phrase = _OPENING.sub("", phrase)
    words = phrase.split()
    if not 1 <= len(words) <= longest or not _PLAIN_PHRASE.fullmatch(phrase):
        return None
    is_abbreviation = words[0].isupper() and len(words[0]) > 1
    return phrase if is_abbreviation else phrase[0].lower() + phrase[1:]


def meanings(comment: str | None, values: Iterable[object]) -> dict[object, str]:
    """Return the meanings that a comment such as `D = delivered, C = cancelled` gives to values.

    `values`: the stored values; only these are looked for.
    """
    codes = {str(value): value for value in values}
    if not comment or not codes:
        return {}
    # Longer codes come first, so that `EU = ...` is not read as the code `E`.
    names = "|".join(re.escape(code) for code in sorted(codes, key=len, reverse=True))
    code_and_sign = rf"(?<![\w-])['\"]?({names})['\"]?\s*(?:=>?|:|->|–|—|\s-\s)\s*"
    marks = list(re.finditer(code_and_sign, comment))
    if not marks and _CODE_LIST.search(comment):
        marks = list(re.finditer(rf"(?:(?<=^)|(?<=[,;:(] ))({names}) (?=[a-z])", comment))
    # A meaning ends where the next code begins.
    ends = [*(mark.start() for mark in marks[1:]), len(comment)]
    found: dict[object, str] = {}
    for mark, end in zip(marks, ends, strict=False):
        text = _MEANING.match(comment, mark.end(), end)
        if text and len(text[0].split()) <= LONGEST_MEANING:
            meaning = " ".join(text[0].split()).strip("'\"").lower()
            found.setdefault(codes[mark[1]], meaning)
    return found
