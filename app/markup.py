"""Escape names, values and messages for Markdown: no link, image, formula or formatting in a
column's name takes effect.
"""

from __future__ import annotations

import re

_ACTIVE = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r":(?=[\w+/-]+:)")
_BREAKS = re.compile(r"\s+")


def plain(text: object) -> str:
    """Return one line of Markdown that renders as the text itself."""
    words = _BREAKS.sub(" ", str(text)).strip()
    # Emoji and icon names are replaced after escapes are read: only a character between the colon
    # and the name stops that.
    return _ACTIVE.sub(r"\\\1", _SHORTCODE.sub(":\u2060", words))


def short(name: str, most: int = 36) -> str:
    """Return a column's name as a title; an unnamed expression is shortened."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def count(number: int, word: str) -> str:
    """Return `1 row` or `1,300 rows`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """Return the text with a capital first letter and a full stop."""
    text = text.strip()
    if not text:
        return ""
    stop = "" if text[-1] in ".!?" else "."
    return text[0].upper() + text[1:] + stop
