"""The configuration of a memory as a PEFT adapter; adapter_config.json stores its fields.

`MomeModel` reads the configuration when the adapter is added to a base model. `ExpertsHolder` is
the part of a model's `MemoryHolder` that saving and loading need. The protocol stands here so
that this module need not import the holder, which imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from peft import PeftConfig

from mome.memory.config import MemoryConfig
from mome.peft_tuner.peft_type import MOME

if TYPE_CHECKING:
    from mome.peft_tuner.holder import MemoryHolder


@dataclass
class MomeConfig(PeftConfig):
    """Configuration of a memory adapter; the sizes mean the same as in `MemoryConfig`.

    Raises ValueError if the sizes contradict each other.
    """

    target_modules: list[str] | str | None = field(
        default=None,
        metadata={
            "help": "Linear layers that hold the memory; None for the last third's feed-forward outputs."
        },
    )
    experts: int = field(
        default=2**20,
        metadata={"help": "Size of the bank, a power of two; an unused expert costs nothing."},
    )
    top_k: int = field(default=32, metadata={"help": "Experts of one question."})
    seed: int = field(
        default=0,
        metadata={
            "help": "Key of the generator behind input vectors and the router that nothing has fitted."
        },
    )
    query_size: int = field(
        default=128,
        metadata={"help": "Width of a question's query; cut to the width of its state."},
    )
    temperature: float = field(
        default=0.1, metadata={"help": "Of the softmax that turns scores into gates."}
    )
    scale: float = field(default=32.0, metadata={"help": "Factor on what the experts add."})
    threshold: float = field(
        default=0.98,
        metadata={
            "help": "Cosine to the nearest trained question from which on one is routed; `fit_router` calibrates it."
        },
    )
    staged: int = field(
        default=4096,
        metadata={
            "help": "Experts that can be in training at once: each costs a row in every memory layer."
        },
    )
    base: str | None = field(
        default=None, metadata={"help": "Fingerprint of the base model; set when it is first met."}
    )
    router: str | None = field(
        default=None, metadata={"help": "Hash of the router; set when the adapter is saved."}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.peft_type = MOME
        self.holder: MemoryHolder | None = None
        """The holder of this adapter's experts; None until it is added to a model; not saved."""
        self.adapter_name = ""
        if not 1 <= self.top_k <= self.staged:
            raise ValueError(
                "staged must be at least top_k: the experts of one question are in training together"
            )
        # Building the MemoryConfig checks the other sizes.
        assert self.memory

    @property
    def memory(self) -> MemoryConfig:
        """Return the same sizes as a `MemoryConfig`, with rows in float32 for training."""
        sizes = (self.experts, self.top_k, self.seed, self.query_size, self.temperature, self.scale)
        return MemoryConfig(*sizes, row_dtype="float32")

    def save_pretrained(self, save_directory: str, **kwargs: Any) -> None:
        """Write adapter_config.json and the experts.

        PEFT calls this when it saves the adapter; it writes the router itself.
        """
        from mome.peft_tuner.files import write_experts

        if self.holder is not None:
            self.router = self.holder.router(self.adapter_name).hash
        super().save_pretrained(save_directory, **kwargs)
        if self.holder is not None:
            write_experts(Path(save_directory), self.holder.adapters[self.adapter_name])
