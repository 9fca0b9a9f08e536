"""Names, values and messages as Markdown that shows them as they are: no link, image, formula or formatting hides in a column's name."""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r":(?=[\w+/-]+:)")
_BREAKS = re.compile(r"\s+")


def plain(text: object) -> str:
    """One line of Markdown that reads exactly as the text does."""
    words = _BREAKS.sub(" ", str(text)).strip()
    # Emoji and icon names are replaced after escapes are read: only a character between the colon and the name stops that.
    return _ACTIVE.sub(r"\\\1", _SHORTCODE.sub(":\u2060", words))


def short(name: str, most: int = 36) -> str:
    """A column's name as a title: where nobody gave one, it is a whole expression."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def count(number: int, word: str) -> str:
    """`1 row`, `1,300 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
