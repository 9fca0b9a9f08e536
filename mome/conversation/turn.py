"""One question of a conversation with its answer."""

from __future__ import annotations

from dataclasses import dataclass

from mome.answering.translation import Translation


@dataclass(frozen=True)
class Turn:
    """A question with its answer."""

    asked: str
    """As the person wrote it."""
    answer: Translation

    @property
    def understood(self) -> str:
        """The question as it was understood, in words that stand alone."""
        return self.answer.understood or self.asked
