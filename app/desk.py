"""Where questions are answered: one memory with its translator and its database. Made by `main`, used by all that answers or shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mome.answering.translation import Translation
from mome.catalog import Catalog
from mome.execution import Executor


class Translates(Protocol):
    """`mome.Translator.translate`."""

    def __call__(self, question: str, on_stage: Callable[[str], None] | None = None) -> Translation:
        """The answer; `on_stage` is called with the name of each stage as it begins. Raises MomeError."""


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
    """Raises MomeError where there is no database to open."""

    @property
    def key(self) -> str:
        """What entries of this memory are kept under."""
        return str(self.path)
