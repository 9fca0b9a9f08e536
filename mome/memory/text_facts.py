"""A fact of any kind: a prompt in plain text, its answer, and other wordings of the prompt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from mome.artifacts.facts import MemoryFact
from mome.memory.restatements import restatements

KIND = "text"
"""What `MemoryFact.kind` is for such a fact."""


def text_fact(prompt: str, answer: str, others: Iterable[str] = ()) -> MemoryFact:
    """Return the fact that `answer` follows `prompt`.

    others: further wordings of the prompt. Rules add some more (`mome.memory.restatements`).
    """
    wordings = dict.fromkeys((prompt, *others, *restatements(prompt)))
    # By its prompt alone, so that a corrected answer takes the place of the old one.
    name = hashlib.blake2s(" ".join(prompt.split()).encode(), digest_size=8).hexdigest()
    return MemoryFact(f"{KIND}-{name}", KIND, tuple(wordings), answer.strip())
