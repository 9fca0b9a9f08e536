"""Memories of a benchmark that lie in a folder: a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mome.backbones.free_text import FreeText
from mome.errors import NoMemory
from mome.memory import Memory, MemoryFact, MemoryStore, TuneConfig, TuneProgress, tune
from mome.memory.routing.router import Words

SAVED_EVERY, TOLD_EVERY = 300.0, 60.0
"""Seconds between two copies of an unfinished memory, and between two lines of progress. A memory
of 1,000 facts has half a gigabyte.
"""


@dataclass(frozen=True)
class Spent:
    """What a tune has taken, in all of its runs."""

    seconds: float = 0.0
    cpu: float = 0.0
    """Seconds of a core; on a machine that others use too they tell more than the time does."""
    stopped: int = 0
    """How often it was stopped; what was trained since the last copy was done again."""


def tuned(
    backbone: FreeText,
    facts: Sequence[MemoryFact],
    folder: Path,
    create: Callable[[], Memory],
    words: Words,
    prompt: Callable[[str], object] | None = None,
) -> tuple[MemoryStore, Spent]:
    """Return the store in `folder` with a memory of the facts, and what it has taken. `create`
    makes an empty memory.
    """
    store, clock = MemoryStore(folder), _Clock(folder / "spent.json")
    if _is_done(store, facts):
        return store, clock.spent
    unfinished = store.unfinished()
    memory = Memory.load(folder, backbone, words, version=unfinished) if unfinished else create()
    report = tune(
        memory,
        facts,
        prompt or backbone.prompt,
        config=TuneConfig(learning_rate=backbone.learning_rate, pool=backbone.pool),
        progress=_Told(),
        save=_Saving(store, clock),
    )
    clock.write()
    print(f"{report.recalled} of {len(facts)} facts are recalled in all of their wordings")
    for fact in report.missed[:5]:
        print(f"  not recalled: {[one for one in fact.wordings if not one.recalled]}")
    with store.lock():
        store.write(memory.stored())
    memory.detach()
    return store, clock.spent


def _is_done(store: MemoryStore, facts: Sequence[MemoryFact]) -> bool:
    try:
        known = store.open().facts
    except NoMemory:
        return False
    return [(fact.wordings, fact.answer) for fact in known] == [
        (fact.wordings, fact.answer) for fact in facts
    ]


class _Clock:
    """Adds up the time of all runs, in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = Spent()
        if path.is_file():
            found = Spent(**json.loads(path.read_text("utf-8")))
            self._before = replace(found, stopped=found.stopped + 1)
        self._start, self._used = time.perf_counter(), time.process_time()
        self.spent = self._before

    def write(self) -> None:
        """Take the time, and write it."""
        seconds, cpu = time.perf_counter() - self._start, time.process_time() - self._used
        before = self._before
        self.spent = Spent(before.seconds + seconds, before.cpu + cpu, before.stopped)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(json.dumps(asdict(self.spent)), "utf-8")


class _Saving:
    """Keeps an unfinished memory now and then."""

    def __init__(self, store: MemoryStore, clock: _Clock) -> None:
        self._store, self._clock, self._last = store, clock, time.monotonic()

    def __call__(self, memory: Memory) -> None:
        if time.monotonic() - self._last < SAVED_EVERY:
            return
        self._store.keep_unfinished(memory.stored())
        self._clock.write()
        self._last = time.monotonic()


class _Told:
    """Prints the progress of a tune once a minute."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, news: TuneProgress) -> None:
        if time.monotonic() - self._last > TOLD_EVERY:
            self._last = time.monotonic()
            counts = f"{news.done} of {news.total}, {news.exposures} exposures"
            print(f"{news.stage}: {counts}", flush=True)
