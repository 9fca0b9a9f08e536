"""Other wordings of a prompt, by rules: what a memory is trained on besides the prompt itself, so
that a paraphrase that nobody wrote down still reaches the answer.

The rules know how English asks, and nothing of any set of questions. Each one is a function that
returns its wording, or an empty string where it does not apply.
"""

from __future__ import annotations

import re

from mome.linking.names import COMMON_STEMS, question_words, stem

ASKING_WORDS: tuple[tuple[str, str], ...] = (
    (r"\b(?:in|on|at) (?:what|which) (?:year|date|day|time)\b", "when"),
    (r"\bhow many\b", "what is the number of"),
    (r"\bhow much\b", "what amount of"),
    (r"\bwhat is the name of\b", "what do they call"),
    (r"\bwho\b", "which person"),
    (r"\bwhen\b", "at what time"),
    (r"\bwhere\b", "in what place"),
    (r"\bwhich\b", "what"),
    (r"\bwhat\b", "which"),
)
"""Patterns of asking, and another way to say each; the first that occurs is replaced."""
# Without them `which states border Texas` and `how many states border Texas` had the same keywords.
MEANT = frozenset(
    map(
        stem,
        "number count many much more most less least average total not no without between".split(),
    )
)
"""Stems of common words that change what is asked, so that they are among the keywords."""


def restatements(prompt: str) -> tuple[str, ...]:
    """Return the prompt in other words, without repetitions and without the prompt itself."""
    said = {plain(prompt)}
    found = []
    for rule in RULES:
        wording = rule(prompt)
        if wording and plain(wording) not in said:
            said.add(plain(wording))
            found.append(wording)
    return tuple(found)


def plain(text: str) -> str:
    """Return a wording as it is compared: without case and further spaces."""
    return " ".join(text.casefold().split())


def _other_asking_word(prompt: str) -> str:
    for pattern, other in ASKING_WORDS:
        wording, times = re.subn(pattern, other, prompt, count=1, flags=re.IGNORECASE)
        if times:
            return wording
    return ""


def _keywords(prompt: str) -> str:
    words = [word.text for word in question_words(prompt) if word.text[0].isalnum()]
    kept = [word for word in words if stem(word) in MEANT or stem(word) not in COMMON_STEMS]
    return " ".join(kept) if len(kept) > 1 else ""


RULES = (_other_asking_word, _keywords)
"""The rules, in the order in which their wordings are trained."""
