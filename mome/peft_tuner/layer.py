"""The memory layer as a PEFT tuner layer; `MomeModel` puts it in place of a linear layer.

It has no parameters of its own: the route in force brings the experts.
"""

from __future__ import annotations

from typing import Any

from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn

from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer


class MomePart(BaseTunerLayer):
    """A module that PEFT enables and disables: a memory layer or the holder of the experts."""

    def merge(self, safe_merge: bool = False, adapter_names: list[str] | None = None) -> None:
        """Raise BackboneError: the experts differ between questions."""
        raise BackboneError(
            "a memory cannot be merged into the base model: "
            "what its experts add differs from question to question"
        )

    def unmerge(self) -> None:
        """Do nothing: a memory is never merged."""


class MomeLayer(MemoryLayer, MomePart):
    """A frozen linear layer of the base model with the names of the adapters that use it."""

    other_param_names = ("used_by",)

    def __init__(self, base_layer: nn.Linear) -> None:
        super().__init__(base_layer)
        # PEFT finds a layer's adapters by the keys of the attributes in `other_param_names`.
        self.used_by: dict[str, Any] = {}
        """Names of the adapters of which this is a memory layer; the values are not used."""
