"""`Classifier`: the labels of texts, from a memory of labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mome.classify.confidence import read_texts
from mome.classify.known_labels import KnownLabels
from mome.closed_set.rows import stripped

LEAST = 0.5
"""Confidence below which a text abstains: a label is then more likely wrong than right."""
BATCH = 64
"""Texts that are labelled at once."""


@dataclass(frozen=True)
class Label:
    """The answer to one text."""

    label: str | None
    """One of the memory's labels; None if it abstains."""
    confidence: float
    """Probability that `guess` is right, in [0, 1]."""
    abstained: bool
    """Whether the text is too far from what was learnt, or none of the labels fits."""
    nearest: str
    """The known text that is most similar."""
    guess: str
    """The most probable label, also where it abstains; empty if that is none of them."""


class Classifier:
    """Labels texts. Deterministic; `load` reads everything from the memory's folder."""

    def __init__(self, known: KnownLabels, *, least: float | None = None) -> None:
        """Label with a loaded memory; `least` is the confidence below which it abstains."""
        self._known = known
        self._least = LEAST if least is None else least
        self._owners = known.labels.owners(known.memory.facts)

    @classmethod
    def load(cls, path: str | Path, *, least: float | None = None) -> Classifier:
        """Load the memory in folder `path`. Raises NoMemory, BrokenMemory, OtherBackbone or
        MemoryError_.
        """
        return cls(KnownLabels.load(Path(path)), least=least)

    @property
    def labels(self) -> tuple[str, ...]:
        """The closed set of labels."""
        return tuple(name for name in self._known.labels.names if name)

    def __call__(self, text: str) -> Label:
        """Return the label of one text."""
        return self.many([text])[0]

    def many(self, texts: Sequence[str]) -> list[Label]:
        """Return the labels of texts, in order."""
        found: list[Label] = []
        for first in range(0, len(texts), BATCH):
            found += self._batch([stripped(text) for text in texts[first : first + BATCH]])
        return found

    def stream(self, texts: Iterable[str]) -> Iterator[Label]:
        """Yield the labels of texts, in order; holds one batch at a time."""
        rest = iter(texts)
        while chunk := list(islice(rest, BATCH)):
            yield from self.many(chunk)

    def _batch(self, texts: list[str]) -> list[Label]:
        known = self._known
        reading = read_texts(known.memory, texts, self._owners)
        sure = known.labels.confidence.of(reading.evidence).tolist()
        rows = zip(texts, reading.best.tolist(), reading.nearest.tolist(), sure, strict=True)
        found = []
        for text, best, nearest, confidence in rows:
            guess = known.labels.names[best]
            # Nothing is said of a text without a word.
            confidence = confidence if text else 0.0
            abstained = not text or not guess or confidence < self._least
            said = known.memory.facts[nearest].wordings[0]
            found.append(Label(None if abstained else guess, confidence, abstained, said, guess))
        return found
