"""Text to SQL on a memory-tuned model. An embedder needs `Translator` alone; nothing runs at
import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mome.answering.translator import Translator as Translator

__all__ = ["Translator"]


def __getattr__(name: str) -> object:
    if name == "Translator":
        from mome.answering.translator import Translator

        return Translator
    raise AttributeError(f"module 'mome' has no attribute {name!r}")
