"""Why a question gets no answer, in one line that names what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from mome.linking.matched_question import MatchedQuestion
from mome.linking.names import CONSTRUCT_STEMS, HOW_STEMS, all_stems, stem
from mome.linking.said_periods import period_spans
from mome.linking.values import ValueIndex

MOST_NAMED = 3
"""Maximum number of words that a reason names."""


def missing(matched: MatchedQuestion, values: ValueIndex) -> str:
    """Return which words mean nothing in the database, and what to do; empty if there are none."""
    words = meaningless_words(matched)[:MOST_NAMED]
    if not words:
        return ""
    said = _listed([f"“{word}”" for word in words])
    meant = _meant(matched, values)
    if meant:
        return f"; no name or stored value in the database says {said}; did you mean {meant}?"
    return (
        f"; no name or stored value in the database says {said}; a term of your own can be defined "
        "in the glossary"
    )


def meaningless_words(matched: MatchedQuestion) -> list[str]:
    """Return the words of a question that mean nothing in the database: no name, no stored value,
    no period, number or construct says them.
    """
    dated = [matched.question[first:last] for first, last in period_spans(matched.question)]
    said = all_stems(dated) | HOW_STEMS | CONSTRUCT_STEMS
    return [word for word in matched.unknown_words() if stem(word) not in said]


def nothing_says(phrases: Sequence[str]) -> str:
    """Return that nothing in the database is what some phrases of a question ask for."""
    said = _listed([f"“{phrase}”" for phrase in phrases[:MOST_NAMED]])
    return (
        f"nothing in this database says {said}, which the question asks for; a term of your own "
        "can be defined in the glossary"
    )


def _meant(matched: MatchedQuestion, values: ValueIndex) -> str:
    """Return a stored value that a name may be meant for; empty if there is none."""
    for phrase in matched.unknown_phrases():
        # A word in small letters is rarely a name.
        if phrase.first > 0 and phrase.text[0].isupper():
            found = values.nearest(phrase.text)
            if found is not None:
                return found
    return ""


def _listed(words: list[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
