"""Make a memory of labels from a file of examples, or refresh it: `mome tune --labels`.

A tune fits the head in closed form, practises shared experts on all examples, and trains the own
experts of each example that is not recalled by then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mome.artifacts.home import holds_memory
from mome.classify.backbone import LabelBackbone
from mome.classify.changes import change
from mome.classify.examples import ExampleSet, LabelledText, LabelTune, read_examples
from mome.classify.fitting import measured, practice, start
from mome.classify.known_labels import LEARNED, KnownLabels, LabelSet, example_id, fact_of
from mome.errors import BrokenMemory, OtherBackbone
from mome.memory import MemoryFact, MemoryStore, RecallReport, TuneConfig, TuneProgress, tune
from mome.reporting import Reporter

MOST_NEW = 0.25
"""Largest part of the examples that a refresh may add; above it the memory is made anew."""


@dataclass(frozen=True)
class LabelResult:
    """The result of a tune."""

    report: RecallReport
    labels: int
    """Number of labels, without the empty one."""
    changed: bool = True
    """Whether the memory was written."""
    warning: str = ""
    """A sentence about the memory that was there; empty if there is nothing to say."""


def tune_labels(
    request: LabelTune,
    reporter: Reporter,
    read: Callable[[LabelTune], ExampleSet] = read_examples,
) -> LabelResult:
    """Make a memory know exactly the examples of a file, and what was learned one by one; on an
    error the existing memory is unchanged. Raises TableError, MemoryError_ and OSError.

    read: returns the checked examples, for those that are in no file.
    """
    reporter.stage("Reading the examples")
    given = read(request)
    store = MemoryStore(request.memory)
    with store.lock():
        try:
            known = KnownLabels.load(store.path) if holds_memory(store.path) else None
        except (BrokenMemory, OtherBackbone) as error:
            # What `mome learn` added cannot be taken over: its texts may be damaged as well.
            made = _made(store, _wanted(given.examples, None), frozenset(), reporter)
            return replace(made, warning=f"{error}; it is made anew from the examples alone")
        facts = _wanted(given.examples, known)
        if known is None or _new_part(facts, known) > MOST_NEW:
            forgotten = frozenset() if known is None else known.labels.forgotten
            return _made(store, facts, forgotten, reporter)
        if {fact.id: fact.answer for fact in facts} == _answers(known):
            return LabelResult(known.memory.report, _count(known.labels.names), changed=False)
        report = change(known, facts, reporter)
        store.write(known.memory.stored(), known.labels.files())
        return LabelResult(report, _count(known.labels.names))


def _wanted(examples: Sequence[LabelledText], known: KnownLabels | None) -> list[MemoryFact]:
    """Return the facts of the examples without forgotten ones, and what was learned one by one."""
    facts = {example_id(e.text): fact_of(e.text, e.label, learned=False) for e in examples}
    if known is None:
        return list(facts.values())
    for name in known.labels.forgotten:
        facts.pop(name, None)
    for fact in known.memory.facts:
        # A kept fact is the memory's own, with its experts.
        same = fact.id in facts and facts[fact.id].answer == fact.answer
        if same or fact.kind == LEARNED:
            facts[fact.id] = fact
    return list(facts.values())


def _answers(known: KnownLabels) -> dict[str, str]:
    return {fact.id: fact.answer for fact in known.memory.facts}


def _new_part(facts: Sequence[MemoryFact], known: KnownLabels) -> float:
    before = _answers(known)
    return sum(before.get(fact.id) != fact.answer for fact in facts) / len(facts)


def _count(names: Sequence[str]) -> int:
    return sum(map(bool, names))


def _made(
    store: MemoryStore, facts: Sequence[MemoryFact], forgotten: frozenset[str], reporter: Reporter
) -> LabelResult:
    """Make a memory anew and write it."""

    def hear(news: TuneProgress) -> None:
        reporter.progress(news.done, news.total, news.stage)

    backbone = LabelBackbone()
    examples = [LabelledText(f.wordings[0], f.answer, row) for row, f in enumerate(facts, 1)]
    reporter.stage("Measuring on held-out examples")
    confidence = measured(
        backbone, examples, lambda done, total: hear(TuneProgress("practise", done, total))
    )
    reporter.stage("Memorising")
    started = start(backbone, examples)
    report = tune(
        started.memory,
        facts,
        str,
        practice=practice(examples),
        config=TuneConfig(learning_rate=backbone.learning_rate),
        progress=hear,
    )
    labels = LabelSet(started.names, started.head, confidence, forgotten)
    store.write(started.memory.stored(), labels.files())
    return LabelResult(report, _count(labels.names))
