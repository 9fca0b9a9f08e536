"""Sizes and settings of a memory: `MemoryConfig` is fixed when a memory is made, `TuneConfig` may differ at every tune."""

from __future__ import annotations

from dataclasses import dataclass

import torch

ROW_TYPES = {"float16": torch.float16, "float32": torch.float32}


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class MemoryConfig:
    """What a memory is made of; a stored memory keeps the values it was made with."""

    experts: int = 2**20
    """Size of the bank, a power of two; an expert that no fact uses costs nothing."""
    top_k: int = 32
    """Experts of one question."""
    seed: int = 0
    """Key of the generator behind every expert's input vector and of the router's random choices."""
    query_size: int = 128
    """Width of a question's query; cut to the width of the backbone's question state where that is smaller."""
    temperature: float = 0.1
    """Of the softmax that turns the scores of the chosen experts into gates."""
    scale: float = 32.0
    """Factor on what the experts add; gates sum to 1, so 32 lets 32 even gates weigh 1 each."""
    row_dtype: str = "float16"
    """Type of stored rows: float16 or float32."""

    def __post_init__(self) -> None:
        _require(
            2**10 <= self.experts <= 2**24 and self.experts.bit_count() == 1,
            "experts must be a power of two from 2**10 to 2**24",
        )
        _require(
            1 <= self.top_k <= self.halves[1],
            f"top_k must lie between 1 and {self.halves[1]} for {self.experts} experts",
        )
        _require(self.query_size >= 2 and self.query_size % 2 == 0, "query_size must be even")
        _require(0 <= self.seed < 2**63, "seed must lie between 0 and 2**63 - 1")
        _require(self.temperature > 0 and self.scale > 0, "temperature and scale must be positive")
        _require(self.row_dtype in ROW_TYPES, f"row_dtype must be one of {', '.join(ROW_TYPES)}")

    @property
    def halves(self) -> tuple[int, int]:
        """How many keys each half of the product keys has; their product is `experts`."""
        bits = self.experts.bit_length() - 1
        return 2 ** (bits - bits // 2), 2 ** (bits // 2)


@dataclass(frozen=True)
class TuneConfig:
    """How facts are memorised."""

    learning_rate: float = 0.04
    """Adam's step on staged rows at first; it falls as a row has had more steps."""
    mastered: float = 0.9
    """A token is memorised at this probability."""
    margin: float = 0.95
    """A token in training is left alone from this probability on, so that rounding and neighbours do not undo it."""
    batch: int = 32
    """Wordings in one step."""
    pool: int = 1024
    """Wordings whose frozen activations and staged rows are held at once."""
    max_exposures: int = 500
    """Steps that one wording may take part in before it is given up and reported."""

    def __post_init__(self) -> None:
        _require(0 < self.learning_rate, "learning_rate must be positive")
        _require(0.5 < self.mastered <= self.margin < 1, "0.5 < mastered <= margin < 1 must hold")
        _require(1 <= self.batch <= self.pool, "1 <= batch <= pool must hold")
        _require(self.max_exposures >= 0, "max_exposures must not be negative")
