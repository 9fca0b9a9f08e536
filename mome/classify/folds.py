"""Texts that are held out of a tune, to fit how sure labels are."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mome.classify.examples import LabelledText

SHARE = 0.2
"""Part of the labels that are held out as unknown, and of the other labels' texts."""
FEWEST_LABELS = 5
"""Number of labels from which some are held out."""
FEWEST_TEXTS = 3
"""Number of texts from which a label holds some out; of others, texts are shortened."""
MOST = 2000
"""Number of held-out texts of either kind."""
DROPPED = 0.25
"""Part of the words that a shortened text lacks."""


@dataclass(frozen=True)
class Fold:
    """A part of the examples to learn from, and texts to measure what was learnt."""

    known: tuple[LabelledText, ...]
    asked: tuple[LabelledText, ...]
    """Texts of known labels."""
    strange: tuple[LabelledText, ...]
    """Texts of labels that are not known."""


def fold_of(examples: Sequence[LabelledText], seed: int) -> Fold:
    """Return a fold of the examples; the same for the same seed."""
    rng = random.Random(seed)
    by_label: dict[str, list[LabelledText]] = defaultdict(list)
    for example in examples:
        by_label[example.label].append(example)
    named = sorted(label for label in by_label if label)
    count = round(SHARE * len(named)) if len(named) >= FEWEST_LABELS else 0
    strangers = set(rng.sample(named, count))
    known: list[LabelledText] = []
    asked: list[LabelledText] = []
    for label in sorted(set(by_label) - strangers):
        texts = rng.sample(by_label[label], len(by_label[label]))
        size = round(SHARE * len(texts)) if len(texts) >= FEWEST_TEXTS else 0
        asked += texts[:size]
        known += texts[size:]
        if not size:
            asked += [shortened(text, rng) for text in texts]
    strange = [example for label in sorted(strangers) for example in by_label[label]]
    return Fold(tuple(known), _some(asked, rng), _some(strange, rng))


def _some(examples: list[LabelledText], rng: random.Random) -> tuple[LabelledText, ...]:
    return tuple(rng.sample(examples, min(len(examples), MOST)))


def shortened(example: LabelledText, rng: random.Random) -> LabelledText:
    """Return the example without some of its words; one of a single word stays as it is."""
    words = example.text.split()
    count = max(1, round((1 - DROPPED) * len(words)))
    kept = sorted(rng.sample(range(len(words)), count))
    return LabelledText(" ".join(words[place] for place in kept), example.label, example.row)
