"""The base model that `mome tune --base auto` takes. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from mome.artifacts.home import CURRENT
from mome.artifacts.source import stored_base
from mome.backbones.model_files import is_here
from mome.backbones.models import MODELS, OpenModel
from mome.backbones.open.skills import skill_of
from mome.backbones.room import megabytes
from mome.errors import BrokenMemory

AUTO = "auto"


def chosen_base(memory: Path) -> str:
    """Return the base model of an existing memory; for a new one the best that is here."""
    try:
        return stored_base(memory / CURRENT)
    except BrokenMemory:  # or none: it is made anew
        return best_base()


def best_base() -> str:
    """Return the best base model that is on this machine."""
    best = _best(here=True)
    return best.name if best else "bundled"


def better_base(base: str) -> str:
    """Return a line that says what a better base model would cost; empty if there is none."""
    better = _best(here=False) if base == "bundled" else None
    if better is None:
        return ""
    return (
        f"the bundled model reads the questions; {better.name} would answer more of them: "
        f"`mome models get {better.name}` ({megabytes(better.size)}), then tune with "
        f"`--base {better.name}`"
    )


def _best(*, here: bool) -> OpenModel | None:
    """Return the largest model with a skill that is on this machine, or that is not."""
    skilled = (model for model in MODELS if skill_of(model.name) is not None)
    return next((model for model in skilled if is_here(model) == here), None)
