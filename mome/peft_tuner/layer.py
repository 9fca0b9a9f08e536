"""The memory layer as PEFT knows layers: what it adds is in the route in force, so it holds nothing of its own."""

from __future__ import annotations

from typing import Any

from peft.tuners.tuners_utils import BaseTunerLayer
from torch import nn

from mome.errors import BackboneError
from mome.memory.experts.layer import MemoryLayer


class MomePart(BaseTunerLayer):
    """What PEFT switches on and off in a model with a memory: its layers and the holder of its experts."""

    def merge(self, safe_merge: bool = False, adapter_names: list[str] | None = None) -> None:
        """Raises BackboneError."""
        raise BackboneError(
            "a memory cannot be merged into the base model: what its experts add differs from question to question"
        )

    def unmerge(self) -> None:
        """Nothing ever was merged."""


class MomeLayer(MemoryLayer, MomePart):
    """A frozen linear map of the base model and the adapters that use it."""

    other_param_names = ("used_by",)

    def __init__(self, base_layer: nn.Linear) -> None:
        super().__init__(base_layer)
        self.used_by: dict[str, Any] = {}
        """Names of the adapters that this is a memory layer of; the values mean nothing."""
