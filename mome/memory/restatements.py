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


def restatements(prompt: str) -> tuple[str, ...]:
    """Return the prompt in other words, without repetitions and without the prompt itself."""
    said = {_plain(prompt)}
    found = []
    for rule in RULES:
        wording = rule(prompt)
        if wording and _plain(wording) not in said:
            said.add(_plain(wording))
            found.append(wording)
    return tuple(found)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _other_asking_word(prompt: str) -> str:
    for pattern, other in ASKING_WORDS:
        wording, times = re.subn(pattern, other, prompt, count=1, flags=re.IGNORECASE)
        if times:
            return wording
    return ""


def _keywords(prompt: str) -> str:
    words = [word.text for word in question_words(prompt)]
    kept = [word for word in words if word[0].isalnum() and stem(word) not in COMMON_STEMS]
    return " ".join(kept) if len(kept) > 1 else ""


RULES = (_other_asking_word, _keywords)
"""The rules, in the order in which their wordings are trained."""
