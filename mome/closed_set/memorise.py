"""Train what has changed in a memory with a closed set of answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mome.errors import MemoryError_
from mome.memory import Memory, MemoryFact, RecallReport, TuneConfig, tune
from mome.reporting import Reporter


def memorise(
    memory: Memory,
    facts: Sequence[MemoryFact],
    kept: Collection[str],
    rates: Sequence[float],
    reporter: Reporter,
    *,
    watched: Collection[str] = (),
) -> RecallReport:
    """Make the memory know exactly these facts; those with ids in `kept` are unchanged. The report
    names what is not recalled.

    rates: learning rates; each but the first is for what the one before has missed. watched: ids of
    facts that are asked again after each, for others may undo them without sharing experts.
    """
    reporter.stage("Memorising")
    kept = set(kept).difference(watched)
    for rate in rates:
        report = tune(
            memory,
            facts,
            str,
            kept=kept,
            config=TuneConfig(learning_rate=rate),
            progress=lambda news: reporter.progress(news.done, news.total, news.stage),
        )
        if not any(fact.id not in kept for fact in report.missed):
            break
        missed = {fact.id for fact in report.missed}
        kept = {fact.id for fact in memory.facts}.difference(missed, watched)
    return report


def refuse_missed(report: RecallReport, known: Collection[str]) -> None:
    """Raise MemoryError_ if a fact is not recalled whose id is not among `known`, as those are that
    were not recalled before.
    """
    for fact in report.missed:
        if fact.id not in known:
            wording = fact.wordings[0]
            raise MemoryError_(
                f"this cannot be memorised, and nothing was changed; {wording.question}: "
                f"{wording.reason}"
            )
