"""Fit what a memory of labels starts from: the head, the router, and how sure its labels are.

Axis legend: as in `model`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from mome.classify.backbone import LabelBackbone
from mome.classify.confidence import Confidence, read_texts
from mome.classify.examples import LabelledText
from mome.classify.folds import Fold, fold_of
from mome.classify.head import fit_vectors, label_means, rarities
from mome.classify.known_labels import fact_of, rounded
from mome.classify.memory import LabelMemory
from mome.classify.model import LabelHead
from mome.closed_set.memory import NoWords
from mome.memory import MemoryConfig
from mome.memory.routing.unrelated_questions import background
from mome.memory.training.practise import fit_shared

TOP_K = 8
"""Experts of an example. One token of a closed set needs fewer of them than SQL."""
ROUNDS, MOST_PRACTICE = 2, 200_000
"""Rounds of practice on all examples, and how many texts they have together at most. A third round
adds nothing on BANKING77.
"""
# Of 1,000 held-out texts of BANKING77 929 are right with 0.3, and 925 with the encoder alone. Where
# a label has one text, as a code has a title, its words count for more: of 1,500 titles of ICD-10
# in another order of words, 0.947 find themselves with 0.3 and 0.992 with 1.5. Of 1,000 without a
# quarter of their words 0.639 do, and 0.670 where the root of a word piece's rarity is its weight.
SAID, SAID_ALONE = 0.3, 1.5
"""Weight of a state's word pieces where labels have several texts, and where they have one."""
# Of 2,000 titles of ICD-10 without a quarter of their words 0.703 find themselves with 0.15, 0.701
# with 0.1 and 0.680 with 0 (BM25 0.687); with 0.15 fewer do in another order of words.
LONGER = 0.1
"""Power of the number of a label's word pieces that its vector's length is, where labels have one
text.
"""
# With 0.5 a fifth of CLINC150's validation split abstains. With 0.025 0.955 are labelled rightly
# (0.968 if none abstains), and 0.86 of the texts out of scope abstain; with 0.01 0.962 and 0.77,
# with 0.02 0.957 and 0.83, with 0.03 0.952 and 0.89.
STRANGE = 0.025
"""Part of the texts that are taken to be of unknown labels when the confidence is fitted."""
FEWEST_SIBLINGS = 0.5
"""Part of the examples that must share their label with another one: practice learns from these how
texts of one label differ.
"""


@dataclass(frozen=True)
class Started:
    """A memory that knows nothing yet, and the labels of what it will know."""

    memory: LabelMemory
    names: tuple[str, ...]
    head: LabelHead
    owners: Tensor
    """(n,) index of each example's label."""


def start(backbone: LabelBackbone, examples: Sequence[LabelledText]) -> Started:
    """Fit head and router to the examples and return an attached memory that knows none of them."""
    names = tuple(sorted({example.label for example in examples}))
    places = {name: place for place, name in enumerate(names)}
    owners = torch.tensor([places[example.label] for example in examples])
    texts = [example.text for example in examples]
    head = _fitted_head(backbone, texts, owners)
    backbone.use(names, head)
    groups: list[list[str]] = [[] for _ in names]
    for example in examples:
        groups[places[example.label]].append(example.text)
    config = MemoryConfig(top_k=TOP_K)
    memory = cast(LabelMemory, LabelMemory.create(backbone, config, groups, NoWords()))
    memory.attach()
    return Started(memory, names, head, owners)


def _fitted_head(backbone: LabelBackbone, texts: Sequence[str], owners: Tensor) -> LabelHead:
    is_alone = not _has_siblings(len(texts), len(owners.unique()))
    pieces = [backbone.pieces(text) for text in texts]
    rarity = rarities(pieces, len(backbone.model.rarity))
    # Without one of its words a text has then lost less of its direction.
    rarity = rarity.sqrt() if is_alone else rarity
    backbone.model.rarity = rarity
    meaning, said = backbone.halves(texts)
    middle = meaning.mean(0)
    weight = torch.tensor(SAID_ALONE if is_alone else SAID)
    backbone.model.middle, backbone.model.weight = middle, weight
    projection, offset, vectors = fit_vectors(backbone.model.state(meaning, said), owners)
    if is_alone:
        vectors = _longer(vectors, pieces, owners)
    return rounded(LabelHead(rarity, weight, middle, projection, offset, vectors))


def _longer(vectors: Tensor, pieces: Sequence[Sequence[int]], owners: Tensor) -> Tensor:
    """Return label vectors (l, p) that are longer for labels with more word pieces: a question
    that leaves words out is nearest to the shortest text that has its words, and rather means a
    longer one.
    """
    counts = torch.tensor([[float(max(len(row), 1))] for row in pieces])
    counts = label_means(counts, owners)
    return vectors * (counts / counts.mean()) ** LONGER


def _has_siblings(examples: int, labels: int) -> bool:
    """Return whether enough examples share their label with another one."""
    return examples - labels >= FEWEST_SIBLINGS * examples


def practice(examples: Sequence[LabelledText]) -> list[list[tuple[str, str]]]:
    """Return rounds of the examples for the shared experts; none where labels have one text."""
    pairs = [(example.text, example.label) for example in examples]
    if not _has_siblings(len(pairs), len({label for _, label in pairs})):
        return []
    rounds = max(1, min(ROUNDS, MOST_PRACTICE // len(pairs)))
    return [pairs] * rounds


def measured(
    backbone: LabelBackbone, examples: Sequence[LabelledText], on_step: Callable[[int, int], None]
) -> Confidence:
    """Learn a part of the examples, and fit how sure labels are to the others."""
    fold = fold_of(examples, seed=0)
    started = start(backbone, fold.known)
    memory = started.memory
    memory.shared = fit_shared(memory, practice(fold.known), str, on_step)
    memory.facts = tuple(fact_of(e.text, e.label, learned=False) for e in fold.known)
    memory.known = memory.queries([example.text for example in fold.known])
    confidence = _fitted_confidence(started, fold)
    memory.detach()
    return confidence


def _fitted_confidence(started: Started, fold: Fold) -> Confidence:
    places = {name: place for place, name in enumerate(started.names)}
    # -1 is no label: none is right for a text of another subject.
    wanted = [places[example.label] if example.label else -1 for example in fold.asked]
    others = [one for one, _ in background(example.text for example in fold.known)]
    strange = [example.text for example in fold.strange] + others
    texts = [example.text for example in fold.asked] + strange
    reading = read_texts(started.memory, texts, started.owners)
    right = reading.best == torch.tensor(wanted + [-1] * len(strange))
    # The empty label abstains by itself, so that its confidence is not asked for.
    named = torch.tensor([bool(name) for name in started.names])[reading.best]
    weights = torch.ones(len(texts))
    weights[len(wanted) :] = STRANGE / (1 - STRANGE) * len(wanted) / len(strange)
    return Confidence.fit(reading.evidence[named], right[named], weights[named])
