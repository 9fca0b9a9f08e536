"""Change what a memory of labels knows: the examples of a changed file, or a single one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from mome.classify.examples import LabelledText, checked_examples
from mome.classify.known_labels import KnownLabels, LabelSet, example_id, fact_of
from mome.closed_set.memorise import memorise, refuse_missed
from mome.closed_set.rows import stripped
from mome.errors import MemoryError_, TableError
from mome.memory import MemoryFact, MemoryStore, RecallReport
from mome.memory.routing.router import SAME
from mome.reporting import Reporter

NEIGHBOURS = 256
"""Known texts that are asked again for each new label: only what lies near may fall to it."""

ASKED_AT_ONCE = 64
"""New texts that are compared with all known ones at once; 200,000 of these then take 50 MB."""

# With the usual rate a text that the head labels otherwise, as a person's correction does, was
# still at p = 0.0001 after 500 steps. It is not the first one, because neighbours that are trained
# together undo each other at such a rate.
CORRECTING = 2.0
"""Learning rate for what is not memorised with the usual one."""


@dataclass(frozen=True)
class LabelChange:
    """The result of learning or forgetting an example."""

    fact: MemoryFact
    known: bool = False
    """Whether the memory recalled it before."""
    replaced: str | None = None
    """The label that the text had before; None if it had none."""
    new_label: bool = False
    """Whether no other example has the label."""


def learn(
    memory: Path, text: str, label: str, reporter: Reporter, *, later_wins: bool = False
) -> LabelChange:
    """Memorise one example; on failure the memory is unchanged. An empty label says that none fits.

    later_wins: whether it may replace another label of the text. Raises TableError, NoMemory, or
    MemoryError_ if it is not memorised.
    """
    text, label = stripped(text), stripped(label)
    if not text:
        raise TableError("there is no text to learn; give one with --question")
    store = MemoryStore(memory)
    with store.lock():
        reporter.stage("Loading the memory")
        known = KnownLabels.load(memory)
        _check(known, text, label)
        before = next((f for f in known.memory.facts if f.id == example_id(text)), None)
        if before is not None and before.answer == label:
            return LabelChange(before, known=True)
        if before is not None and not later_wins:
            raise TableError(
                f"the memory knows this text as {before.answer!r}; give --later-wins to replace it"
            )
        fact = fact_of(text, label, learned=True)
        others = [other for other in known.memory.facts if other.id != fact.id]
        new_label = label not in known.labels.names
        missed_before = {missed.id for missed in known.memory.report.missed}
        refuse_missed(change(known, [*others, fact], reporter), missed_before - {fact.id})
        forgotten = known.labels.forgotten - {fact.id}
        _store(store, known, replace(known.labels, forgotten=forgotten))
    return LabelChange(
        fact, replaced=None if before is None else before.answer, new_label=new_label
    )


def forget(memory: Path, name: str, reporter: Reporter) -> LabelChange:
    """Forget the example with this id or text; no tune brings it back. Raises MemoryError_ if there
    is none, or if fewer than two labels were left.
    """
    store = MemoryStore(memory)
    with store.lock():
        reporter.stage("Loading the memory")
        known = KnownLabels.load(memory)
        facts = known.memory.facts
        fact = next((f for f in facts if name.strip() in (f.id, f.wordings[0])), None)
        if fact is None:
            raise MemoryError_(
                f"the memory at {memory} has no example {name}: give an id that `mome facts` "
                "lists, or its text"
            )
        left = [other for other in facts if other is not fact]
        if len({other.answer for other in left if other.answer}) < 2:
            raise MemoryError_("fewer than two labels would be left; nothing was changed")
        change(known, left, reporter)
        forgotten = known.labels.forgotten | {fact.id}
        _store(store, known, replace(known.labels, forgotten=forgotten))
    return LabelChange(fact)


def _check(known: KnownLabels, text: str, label: str) -> None:
    """Raise TableError for a label that a file may not hold either."""
    # A text of its own for each label, for only the labels are compared here.
    rows = [LabelledText(f"{name} ", name, row) for row, name in enumerate(known.labels.names, 1)]
    checked_examples([*rows, LabelledText(text, label, len(rows) + 1)], "with this the memory")


def _store(store: MemoryStore, known: KnownLabels, labels: LabelSet) -> None:
    known.labels = labels
    store.write(known.memory.stored(), known.labels.files())


def change(known: KnownLabels, facts: Sequence[MemoryFact], reporter: Reporter) -> RecallReport:
    """Make the memory know exactly these facts. Labels without an example leave the set of answers,
    new ones get the mean of their examples as vector. The report names what is not recalled.
    """
    memory, before = known.memory, {fact.id: fact for fact in known.memory.facts}
    there = {fact.answer for fact in facts}
    old = set(known.labels.names)
    added = sorted(there - old)
    names = [name for name in known.labels.names if name in there] + added
    new = [fact for fact in facts if fact.answer in added]
    unchanged = {fact.id for fact in facts if before.get(fact.id) == fact}
    same = _same(known, [fact for fact in facts if fact.id not in unchanged])
    near: set[str] = set()
    vectors = known.labels.head.vectors[:0]
    if new:
        vectors = _vectors(known, new, added)
        near = _near(known, new)
    known.use(known.labels.with_names(names, vectors))
    rates = (known.backbone.learning_rate, CORRECTING)
    return memorise(memory, facts, unchanged - near, rates, reporter, watched=same)


@torch.no_grad()
def _vectors(known: KnownLabels, facts: Sequence[MemoryFact], names: Sequence[str]) -> Tensor:
    """Return (m, p) a vector for each of `names`: the mean of its examples' projected states."""
    memory, backbone = known.memory, known.backbone
    texts = [fact.wordings[0] for fact in facts]
    owners = torch.tensor([names.index(fact.answer) for fact in facts])
    with memory.routed(texts):
        state = backbone.trunk(backbone.batch(texts, ())).tensors["state"]
        projected = functional.normalize(backbone.model.project(state).squeeze(1), dim=1)
    sums = torch.zeros(len(names), projected.shape[1]).index_add_(0, owners, projected)
    length = known.labels.head.vectors.norm(dim=1).mean()
    return (length * functional.normalize(sums, dim=1)).half().float()


def _same(known: KnownLabels, facts: Sequence[MemoryFact]) -> set[str]:
    """Return ids of the known facts whose texts the encoder cannot tell from one of these, such as
    the same text in capitals: a route may take either of them.
    """
    memory = known.memory
    places: set[int] = set()
    for first in range(0, len(facts) if len(memory.known) else 0, ASKED_AT_ONCE):
        texts = [fact.wordings[0] for fact in facts[first : first + ASKED_AT_ONCE]]
        is_same = (memory.queries(texts) @ memory.known.T >= SAME).any(0)
        places |= set(is_same.nonzero().flatten().tolist())
    return {memory.facts[place].id for place in places}


def _near(known: KnownLabels, facts: Sequence[MemoryFact]) -> set[str]:
    """Return ids of the known facts that lie nearest to texts of new labels."""
    memory = known.memory
    if not len(memory.known):
        return set()
    scores = memory.queries([fact.wordings[0] for fact in facts]) @ memory.known.T
    best = scores.topk(min(NEIGHBOURS, scores.shape[1]), dim=1).indices.unique()
    return {memory.facts[place].id for place in best.tolist()}
