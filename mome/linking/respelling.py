"""Words of a question as the database spells them, which is how the model finds them among the
names: short forms (`appt`), codes (`CMP`) and names that are misspelt. The translator reads the
question so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.catalog import Catalog
from mome.linking.matched_question import MatchedQuestion, matched_indices
from mome.linking.misspelt import Misspelt
from mome.linking.short_spellings import ShortSpellings


@dataclass(frozen=True)
class Respelled:
    """A question in which some words are spelled as the database has them."""

    question: str
    words: tuple[tuple[str, str], ...]
    """(word as it was asked, word as it is read) of each that was replaced."""


class Respelling:
    """Respells questions about one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._short = ShortSpellings(catalog)
        self._misspelt = Misspelt(catalog)

    def respell(self, matched: MatchedQuestion) -> Respelled:
        """Return the question with the database's spelling of each word that nothing else explains,
        where there is exactly one.
        """
        unknown = set(matched.unknown_words())
        valued = matched_indices(matched.matches)
        written = matched_indices(match for match in matched.matches if match.score == 1)
        text: list[str] = []
        replaced: list[tuple[str, str]] = []
        end, index = 0, 0
        while index < len(matched.words):
            word = matched.words[index]
            known, count = self._short.phrase(matched.words, index)
            if not count or not written.isdisjoint(range(index, index + count)):
                known, count = "", 1
            if not known and word.text in unknown and index not in valued:
                known = self._short.short(word) or self._misspelt.meant(word)
            if known:
                last = matched.words[index + count - 1]
                text += [matched.question[end : word.start], known]
                replaced.append((matched.question[word.start : last.end], known))
                end = last.end
            index += count
        text.append(matched.question[end:])
        return Respelled("".join(text), tuple(replaced))


def notes_on(words: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return a note for people on the words that were replaced; none if there are none."""
    said = ", ".join(f"“{asked}” as {known}" for asked, known in dict.fromkeys(words))
    return (f"read {said}",) if said else ()
