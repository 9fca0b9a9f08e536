"""Learn stored pairs into their memories in the background, one after another, and unlearn them.

`resources` keeps the one `Lessons` of the server, `actions` gives it pairs, and `lesson_view` shows
how far they are. Until a pair is learned the translator answers its question from the feedback.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mome.artifacts.feedback import restore, said_about
from mome.errors import MomeError
from mome.reporting import Reporter

if TYPE_CHECKING:
    from mome.tune.learn import MemoryChange


class ChangesMemory(Protocol):
    """`mome.tune.learn`: how a memory learns a pair and forgets a fact."""

    def learn(
        self, memory: Path, question: str, sql: str, reporter: Reporter, *, stored: bool
    ) -> MemoryChange:
        """Learn a pair that is stored already. Raises MomeError."""
        ...

    def forget(self, memory: Path, name: str, reporter: Reporter) -> MemoryChange:
        """Forget the fact with this id. Raises MomeError."""
        ...


@dataclass
class Lesson(Reporter):
    """One pair on its way into a memory. The worker writes its fields, sessions read them."""

    memory: Path
    question: str
    sql: str
    state: str = "Waiting"
    """What is done now, one line."""
    share: float = 0.0
    """Of the steps of this stage, in [0, 1]."""
    finished: bool = False
    failure: str = ""
    """Why it was not learned; empty if it was, or if it is not finished."""
    change: MemoryChange | None = field(default=None, repr=False)

    def stage(self, name: str) -> None:
        """Begin a stage."""
        self.state, self.share = name, 0.0

    def progress(self, done: int, total: int, label: str) -> None:
        """Report that `done` of `total` steps of the stage are finished."""
        self.share = min(1.0, done / total) if total else 0.0


class Lessons:
    """One thread that learns: a memory can be changed by one at a time, and training takes all
    cores.
    """

    def __init__(self, changes: ChangesMemory | None = None) -> None:
        """`changes`: default is `mome.tune.learn`, imported in the thread, for it brings torch."""
        self._changes = changes
        self._worker = ThreadPoolExecutor(1, "mome-lessons")

    def learn(self, memory: Path, question: str, sql: str) -> Lesson:
        """Begin to learn a stored pair."""
        lesson = Lesson(memory, question, sql)
        self._begin(lesson, self._learn)
        return lesson

    def undo(self, lesson: Lesson) -> Lesson:
        """Begin to bring the memory back to what it was before a lesson."""
        back = Lesson(lesson.memory, lesson.question, lesson.sql)
        self._begin(back, lambda _, changes: self._unlearn(lesson, back, changes))
        return back

    def _begin(self, lesson: Lesson, work: Callable[[Lesson, ChangesMemory], None]) -> Future[None]:
        return self._worker.submit(self._run, lesson, work)

    def _run(self, lesson: Lesson, work: Callable[[Lesson, ChangesMemory], None]) -> None:
        try:
            work(lesson, self._changes or _tuner())
        except MomeError as error:
            lesson.failure = str(error)
        # Any error: torch, drivers and the disk raise classes of their own, and in this thread they
        # would reach nobody; the page would show a lesson at work for ever. Only the class is
        # shown, since the text may hold data.
        except Exception as error:
            lesson.failure = f"learning stopped with {type(error).__name__}"
        lesson.finished = True

    def _learn(self, lesson: Lesson, changes: ChangesMemory) -> None:
        lesson.change = changes.learn(
            lesson.memory, lesson.question, lesson.sql, lesson, stored=True
        )

    def _unlearn(self, lesson: Lesson, back: Lesson, changes: ChangesMemory) -> None:
        """Forget what the lesson taught. It has run before, for there is one thread."""
        if lesson.change is None or lesson.change.known:
            return
        # Forgetting notes that no tune may learn the fact again, which nobody asked for here.
        said = said_about(lesson.memory, lesson.question)
        changes.forget(lesson.memory, lesson.change.fact.id, back)
        restore(lesson.memory, lesson.question, said)


def _tuner() -> ChangesMemory:
    from mome.tune import learn

    return learn
