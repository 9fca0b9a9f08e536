"""Which facts a question can mean, by the words that it says. `Memory` tests the nearest facts of a
question before it routes it.
"""

from __future__ import annotations

import re

from mome.artifacts.facts import MemoryFact
from mome.linking.names import all_stems, name_words, question_words

# A string literal of SQL; a doubled quote is a quote inside of it.
LITERAL = re.compile(r"'((?:[^']|'')*)'")


def may_be_said(fact: MemoryFact) -> frozenset[str]:
    """Return stems and numbers that a question may mention and still mean this fact: those of its
    wordings and of the names that it rests on.
    """
    parts = [part for name in fact.objects for part in name.split(".")]
    names = [" ".join(name_words(part)) for part in parts]
    words = [word for wording in fact.wordings for word in question_words(wording)]
    numbers = frozenset(word.number for word in words if word.number)
    return all_stems([*fact.wordings, *names]) | numbers


def must_be_said(fact: MemoryFact) -> frozenset[str]:
    """Return stems of the literals in a fact's SQL that also occur in its wordings."""
    said = all_stems(fact.wordings)
    found: set[str] = set()
    for text in LITERAL.findall(fact.answer):
        stems = all_stems([text])
        # A literal that no wording says comes from the database, for example the code of a status.
        if stems <= said:
            found |= stems
    return frozenset(found)
