"""A memory with its translator and its database. `main` makes it; everything that answers or shows
uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.lessons import Lessons
from mome.answering.translation import Translation
from mome.catalog import Catalog
from mome.conversation.turn import Turn
from mome.execution import Executor


class Translates(Protocol):
    """`mome.Translator.translate`."""

    def __call__(self, question: str, on_stage: Callable[[str], None] | None = None) -> Translation:
        """Answer a question; `on_stage` is called with each stage's name as it begins. Raises
        MomeError.
        """


class Follows(Protocol):
    """`mome.conversation.conversation.Conversation.ask` after some turns."""

    def __call__(
        self, turns: Sequence[Turn], question: str, on_stage: Callable[[str], None] | None = None
    ) -> Translation:
        """Answer a question that may follow others."""


@dataclass(frozen=True)
class Desk:
    """One memory, ready to be asked."""

    path: Path
    """The memory's folder."""
    name: str
    catalog: Catalog
    examples: tuple[str, ...]
    """Questions that the memory knows."""
    translate: Translates
    executor: Callable[[], Executor]
    """Return the executor. Raises MomeError if there is no database."""
    follow: Follows | None = None
    """None where each question is read alone."""
    lessons: Lessons | None = None
    """Learns what is stored; None to leave that to the next tune."""
    measures: Mapping[str, str] = field(default_factory=dict)
    """See `mome.answering.measures`."""

    @property
    def key(self) -> str:
        """Key of this memory's entries in the session."""
        return str(self.path)
