"""The words of a question that matter for what it asks, and the texts that they write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mome.linking.names import Word, question_words

# Words without which a question asks the same.
_SILENT = frozenset("the a an please me us".split())
_ASKING = frozenset(
    "show give list tell find display get return what which is are was were can could you i want "
    "to see".split()
)
"""Words of asking that may begin a question."""
_SPOKEN_SIGNS = frozenset("<>=%$€£+")


def spoken_words(question: str) -> tuple[Word, ...]:
    """Return the words of a question that matter for what it asks."""
    words = [word for word in question_words(question) if _is_spoken(word.text)]
    start = 0
    while start < len(words) - 1 and words[start].text.lower() in _ASKING:
        start += 1
    return tuple(words[start:])


def _is_spoken(text: str) -> bool:
    return text.lower() not in _SILENT and (text[0].isalnum() or text in _SPOKEN_SIGNS)


def phrase(question: str, words: Sequence[Word], first: int, last: int) -> str:
    """Return the text of words `first` to `last` (inclusive) of a question."""
    return question[words[first].start : words[last].end]


def value_texts(question: str, words: Sequence[Word], first: int, last: int) -> list[str]:
    """Return the texts of words that may be a stored value: with their article too, which may be a
    part of it.
    """
    text = phrase(question, words, first, last)
    article = re.search(r"\b(?:the|an?)\s+$", question[: words[first].start], re.IGNORECASE)
    return [text] if article is None else [text, article.group() + text]
