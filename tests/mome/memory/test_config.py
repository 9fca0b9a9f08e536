"""A configuration that cannot work is refused when it is made."""

from __future__ import annotations

import pytest

from mome.memory import MemoryConfig, TuneConfig


@pytest.mark.parametrize(
    "wrong",
    [
        {"experts": 1000},
        {"experts": 2**25},
        {"experts": 2**10, "top_k": 33},
        {"top_k": 0},
        {"query_size": 7},
        {"seed": -1},
        {"temperature": 0.0},
        {"scale": -1.0},
        {"row_dtype": "int4"},
    ],
)
def test_a_memory_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(reversed(wrong))):
        MemoryConfig(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0.0},
        {"mastered": 0.4},
        {"mastered": 0.97},
        {"margin": 1.0},
        {"batch": 0},
        {"pool": 4},
        {"max_exposures": -1},
    ],
)
def test_a_tune_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        TuneConfig(**wrong)


@pytest.mark.parametrize(
    ("bits", "halves"), [(10, (32, 32)), (17, (512, 256)), (20, (1024, 1024)), (24, (4096, 4096))]
)
def test_half_keys_multiply_to_the_bank(bits: int, halves: tuple[int, int]) -> None:
    assert MemoryConfig(experts=2**bits).halves == halves
