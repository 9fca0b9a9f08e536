"""The prefix that all columns of a table have: `shp_` of shp_status and shp_booked_on. People do
not say it. Rules that ask for all words of a column's name leave it out.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from mome.catalog import Table
from mome.linking.names import name_words, stem

FEWEST = 3
"""Minimum number of a table's columns: two may begin alike by chance."""
SHARE = 0.8
"""Minimum share of the columns that have the prefix; keys of other tables may have another one."""
LONGEST = 4
"""Maximum length of a prefix that is not the table's name: longer ones are words."""


@lru_cache(maxsize=4096)
def table_prefix(table: Table) -> str:
    """Return the first word of nearly all columns' names, if it is short; empty if none is."""
    firsts = [words[0] for column in table.columns if len(words := name_words(column.name)) > 1]
    if len(table.columns) < FEWEST or not firsts:
        return ""
    ((first, number),) = Counter(firsts).most_common(1)
    is_shared = number >= SHARE * len(table.columns)
    is_name = stem(first) in {stem(word) for word in name_words(table.name)}
    return first if is_shared and (is_name or len(first) <= LONGEST) else ""


def own_words(name: str, table: Table) -> tuple[str, ...]:
    """Return the words of a column's name without the table's prefix."""
    words = name_words(name)
    prefix = table_prefix(table)
    return words[1:] if prefix and words[0] == prefix and len(words) > 1 else words
