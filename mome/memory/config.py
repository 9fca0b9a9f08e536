"""Sizes and settings of a memory. `MemoryConfig` is fixed when a memory is created; `TuneConfig`
may differ in every tune.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

ROW_TYPES = {"float16": torch.float16, "float32": torch.float32}


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class MemoryConfig:
    """Sizes of a memory; a stored memory keeps the values that it was created with."""

    experts: int = 2**20
    """Size of the bank, a power of two. Experts that no fact uses take no space."""
    top_k: int = 32
    """Experts per question."""
    seed: int = 0
    """Seed of the generator of input vectors and of the router's random choices."""
    query_size: int = 128
    """Width of a query; at most the width of the backbone's question state."""
    # Lower values give the best expert nearly all weight, higher ones make the gates even.
    temperature: float = 0.1
    """Softmax temperature that turns scores of the chosen experts into gates."""
    scale: float = 32.0
    """Factor on the experts' output. Gates sum to 1, so with 32 even gates each expert has weight
    1.
    """
    # Training rounds rows to this type before it measures, so that the stored rows are the
    # measured ones; float16 halves the file.
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
        """Number of half keys on each side of the product keys; their product is `experts`."""
        # For an odd power of two the first side gets the extra bit.
        bits = self.experts.bit_length() - 1
        return 2 ** (bits - bits // 2), 2 ** (bits // 2)


@dataclass(frozen=True)
class TuneConfig:
    """Settings of one tune."""

    # Far above rates for weights: a row is trained for tens of steps, not thousands.
    learning_rate: float = 0.04
    """Initial learning rate of Adam on staged rows; it decays with a row's steps."""
    mastered: float = 0.9
    """Probability from which an answer token counts as memorised."""
    margin: float = 0.95
    """Probability from which a token has no loss; above `mastered`, so that rounding and other
    facts do not undo it.
    """
    batch: int = 32
    """Wordings per step."""
    pool: int = 1024
    """Wordings whose trunk activations and staged rows are held at once."""
    max_exposures: int = 500
    """Steps that a wording may take part in before it is reported as not memorised."""

    def __post_init__(self) -> None:
        _require(0 < self.learning_rate, "learning_rate must be positive")
        _require(0.5 < self.mastered <= self.margin < 1, "0.5 < mastered <= margin < 1 must hold")
        _require(1 <= self.batch <= self.pool, "1 <= batch <= pool must hold")
        _require(self.max_exposures >= 0, "max_exposures must not be negative")
