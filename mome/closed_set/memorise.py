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
    learning_rate: float,
    reporter: Reporter,
) -> RecallReport:
    """Make the memory know exactly these facts; those with ids in `kept` are unchanged. Raises
    MemoryError_ if a new fact is not recalled.
    """
    before = {fact.id for fact in memory.facts}
    reporter.stage("Memorising")
    report = tune(
        memory,
        facts,
        str,
        kept=kept,
        config=TuneConfig(learning_rate=learning_rate),
        progress=lambda news: reporter.progress(news.done, news.total, news.stage),
    )
    for fact in report.missed:
        if fact.id not in before:
            wording = fact.wordings[0]
            raise MemoryError_(
                f"this cannot be memorised, and nothing was changed; {wording.question}: "
                f"{wording.reason}"
            )
    return report
