"""English words that people write without mistake more often than they mistype a name as one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("common_words.txt")


@cache
def common_words() -> frozenset[str]:
    """Return about 16,000 common words in lower case; names of people and places are not among
    them.
    """
    lines = _FILE.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))
