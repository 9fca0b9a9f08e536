"""Identifiers: where a database's names begin a new word, and which of its names is meant.

`schemas.keys.key_names` compares the words of tables and columns; `training_data.language.words`
makes them readable. `schemas.structure` looks names up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d+")


def split_identifier(name: str) -> list[str]:
    """Return the lower-case words of an identifier in snake_case, camelCase or kebab-case.

    Digits are words of their own: `custOrder_lines2` gives cust, order, lines, 2. The name is
    brought to Unicode form NFC first, so that both encodings of `größe` give the same words.
    Empty for a name without letters and digits.
    """
    words = []
    for run in _LETTERS_OR_DIGITS.findall(unicodedata.normalize("NFC", name)):
        words += [word.lower() for word in _split_camel_case(run)]
    return words


def _split_camel_case(letters: str) -> list[str]:
    starts = [at for at in range(1, len(letters)) if _starts_word(letters, at)]
    ends = [*starts, len(letters)]
    return [letters[start:end] for start, end in zip([0, *starts], ends, strict=True)]


def _starts_word(letters: str, at: int) -> bool:
    """Return True if a word starts at this index.

    A word starts at a capital after a small letter (`orderLine`), and at the last capital of
    several that a small letter follows (`HTTPServer` is http, server).
    """
    if not letters[at].isupper():
        return False
    before, after = letters[at - 1], letters[at + 1 : at + 2]
    return before.islower() or (before.isupper() and after.islower())


def find_name(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is meant: the equal one, else the only one in another case.

    None if there is none, or if several differ from it by case only.
    """
    lowered = name.lower()
    alike = [other for other in names if other.lower() == lowered]
    if name in alike:
        return name
    return alike[0] if len(alike) == 1 else None
