"""The identity of a base model as memories name it. Imports no torch: a tune with nothing to do
ends before any model is loaded.
"""

from __future__ import annotations

import json
from pathlib import Path

from mome.backbones.bundled.config import is_bundled
from mome.backbones.identity import identity

AT_ANSWERS = "@answers"
"""End of a causal model's identity: experts act at the positions of answers. In memories without it
they acted at those of the prompt too, so that their rows mean something else.
"""


def memory_identity(path: Path) -> str:
    """Return the identity of a model folder or GGUF file, and where experts act in it."""
    return identity(path) + (AT_ANSWERS if _is_causal(path) else "")


def _is_causal(path: Path) -> bool:
    if path.is_file():
        return True
    if is_bundled(path):
        return False
    try:
        stored = json.loads((path / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        # No model can be loaded from there; what is wrong is said when it is tried.
        return False
    return not stored.get("is_encoder_decoder", False)
