"""Words of a question that are a slip away from a word of a name: `discout`, `subscrptions`.
`respelling` puts the name's spelling in.
"""

from __future__ import annotations

from rapidfuzz.distance import OSA

from mome.catalog import Catalog
from mome.linking.common_words import common_words
from mome.linking.names import ASKING, Word, name_words, stem

SHORTEST = 6
"""Minimum length of a misspelt word: shorter ones are a slip away from too many others."""
# Words of asking that people mistype as often as names.
_SHAPES = frozenset(
    "average total number maximum minimum highest lowest largest smallest between without "
    "percentage median month quarter customer different".split()
)


class Misspelt:
    """The words of one catalog's names, for words that are misspelt."""

    def __init__(self, catalog: Catalog) -> None:
        names = [table.name for table in catalog.tables]
        names += [column.name for table in catalog.tables for column in table.columns]
        parts = {part for name in names for part in name_words(name)}
        long = (part for part in parts if len(part) >= SHORTEST - 1 and part.isalpha())
        self._words = tuple(sorted(_SHAPES.union(long)))

    def meant(self, word: Word) -> str:
        """Return the word that one slip makes of another: a letter that is missing, doubled, wrong
        or swapped with its neighbour; empty if there is none or more than one.
        """
        text = word.text.lower()
        is_name = word.start > 0 and word.text[0].isupper()
        is_word = text in common_words() or text in ASKING or not text.isalpha()
        if is_name or is_word or len(text) < SHORTEST:
            return ""
        found = {}
        for other in self._words:
            for ending in ("", "s"):
                known = other + ending
                # The first letter is hardly ever wrong.
                if known[0] == text[0] and OSA.distance(text, known, score_cutoff=1) == 1:
                    found[stem(known)] = known
        return next(iter(found.values())) if len(found) == 1 else ""
