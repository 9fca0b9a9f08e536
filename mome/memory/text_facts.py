"""A fact of any kind: a prompt in plain text, its answer, and other wordings of the prompt."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from mome.artifacts.facts import TEXT_KIND, MemoryFact
from mome.memory.restatements import plain, restatements


def text_fact(prompt: str, answer: str, others: Iterable[str] = ()) -> MemoryFact:
    """Return the fact that `answer` follows `prompt`.

    others: further wordings of the prompt. Rules add some more (`mome.memory.restatements`).
    """
    wordings = dict.fromkeys((prompt, *others, *restatements(prompt)))
    # By its prompt alone, so that a corrected answer takes the place of the old one.
    name = hashlib.blake2s(" ".join(prompt.split()).encode(), digest_size=8).hexdigest()
    return MemoryFact(f"{TEXT_KIND}-{name}", TEXT_KIND, tuple(wordings), answer.strip())


def text_facts(given: Iterable[tuple[str, str, Iterable[str]]]) -> list[MemoryFact]:
    """Return the facts of prompts, answers and further wordings, each as `text_fact` makes it, but
    without restatements that several of them have: these would ask for all of them at once.
    """
    rows = [(prompt, answer, tuple(others)) for prompt, answer, others in given]
    facts = [text_fact(*row) for row in rows]
    times = Counter(chain.from_iterable({*map(plain, fact.wordings)} for fact in facts))
    found = []
    for (prompt, _, others), fact in zip(rows, facts, strict=True):
        own = {prompt, *others}
        wordings = [text for text in fact.wordings if text in own or times[plain(text)] == 1]
        found.append(replace(fact, wordings=tuple(wordings)))
    return found
