"""The configuration of a memory as a PEFT adapter; adapter_config.json stores its fields.

`MomeModel` reads the configuration when the adapter is added to a base model. `ExpertsHolder` is
the part of a model's `MemoryHolder` that saving and loading need. The protocol stands here so
that this module need not import the holder, which imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from peft import PeftConfig

from mome.memory.config import MemoryConfig
from mome.memory.routing.router import Router
from mome.peft_tuner.experts import Experts
from mome.peft_tuner.peft_type import MOME


class ExpertsHolder(Protocol):
    """The object in a base model that holds the experts and routers of its adapters."""

    adapters: dict[str, Experts]
    """The experts of each adapter by the adapter's name."""

    mome_router: Any
    """The `AdapterState` of each adapter."""

    def router(self, name: str) -> Router:
        """Return the router of the adapter `name`."""
        ...


@dataclass
class MomeConfig(PeftConfig):
    """Configuration of a memory adapter; the sizes mean the same as in `MemoryConfig`.

    Raises ValueError if the sizes contradict each other.
    """

    target_modules: list[str] | str | None = field(
        default=None,
        metadata={
            "help": (
                "Linear layers that become memory layers. "
                "None: the feed-forward outputs of the last third of the layers."
            )
        },
    )
    experts: int = field(
        default=2**20,
        metadata={
            "help": "Number of experts, a power of two; an expert that is not used takes no space."
        },
    )
    top_k: int = field(default=32, metadata={"help": "Number of experts for each question."})
    seed: int = field(
        default=0,
        metadata={
            "help": "Seed of the experts' input vectors and of a router before it is fitted."
        },
    )
    query_size: int = field(
        default=128,
        metadata={
            "help": "Width of a question's query; at most the width of the question's state."
        },
    )
    temperature: float = field(
        default=0.1,
        metadata={"help": "Temperature of the softmax that turns router scores into gates."},
    )
    scale: float = field(
        default=32.0, metadata={"help": "Factor by which the experts' output is multiplied."}
    )
    threshold: float = field(
        default=0.98,
        metadata={
            "help": (
                "Cosine similarity to the nearest trained question from which on a question is "
                "routed; `fit_router` calibrates it."
            )
        },
    )
    staged: int = field(
        default=4096,
        metadata={
            "help": (
                "Number of experts that can be in training at once; "
                "each takes one row in every memory layer."
            )
        },
    )
    base: str | None = field(
        default=None,
        metadata={"help": "Fingerprint of the base model; set when the adapter is first added."},
    )
    router: str | None = field(
        default=None, metadata={"help": "Hash of the router; set when the adapter is saved."}
    )
    trained: str | None = field(
        default=None, metadata={"help": "Hash of the experts; set when the adapter is saved."}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        self.peft_type = MOME
        self.holder: ExpertsHolder | None = None
        """The holder of this adapter's experts; None until it is added to a model; not saved."""
        self.adapter_name = ""
        if not 1 <= self.top_k <= self.staged:
            raise ValueError(
                "staged must be at least top_k: "
                "the experts of one question are in training together"
            )
        # Building the MemoryConfig checks the other sizes.
        assert self.memory

    @property
    def memory(self) -> MemoryConfig:
        """Return the same sizes as a `MemoryConfig`, with rows in float32 for training."""
        return MemoryConfig(
            experts=self.experts,
            top_k=self.top_k,
            seed=self.seed,
            query_size=self.query_size,
            temperature=self.temperature,
            scale=self.scale,
            row_dtype="float32",
        )

    def save_pretrained(self, save_directory: str, **kwargs: Any) -> None:
        """Write adapter_config.json. PEFT calls this when it saves the adapter, and writes router
        and experts itself.
        """
        # The hashes tie the two files together: PEFT has no checksum, and transformers writes them
        # in another order than PEFT.
        holder = self.holder
        if holder is not None:
            self.router = holder.router(self.adapter_name).hash
            self.trained = holder.adapters[self.adapter_name].hash
        super().save_pretrained(save_directory, **kwargs)
