"""What a family writes, before it is known whether its form runs."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.manners import Wanted, say
from mome.pretrain.sampling.scene import Scene


@dataclass(frozen=True)
class SampleDraft:
    """A question with its form."""

    question: str
    form: str
    is_relative: bool = False
    """True if it may find nothing: it depends on the day of the question, or on a NULL."""


def draft(scene: Scene, form: str, ask: Wanted, *, is_relative: bool = False) -> SampleDraft:
    """Return the draft of a form that is asked for in one of the manners."""
    return SampleDraft(say(scene.rng, ask, form), form, is_relative)
