"""The fields of a configuration: what is passed on, what is refused and what is saved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mome.peft_tuner import MomeConfig


def test_the_memory_has_the_same_sizes() -> None:
    config = MomeConfig(experts=2**12, top_k=8, seed=3, query_size=16, temperature=0.2, scale=4.0)
    memory = config.memory
    assert (memory.experts, memory.top_k, memory.seed) == (2**12, 8, 3)
    assert (memory.query_size, memory.temperature, memory.scale) == (16, 0.2, 4.0)


@pytest.mark.parametrize(
    "wrong", [{"experts": 1000}, {"top_k": 0}, {"staged": 16}, {"query_size": 3}]
)
def test_contradictory_sizes_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        MomeConfig(**wrong)


def test_the_configuration_is_saved_and_read(tmp_path: Path) -> None:
    MomeConfig(experts=2**12, target_modules=["head"], threshold=0.5).save_pretrained(tmp_path)
    read = MomeConfig.from_pretrained(tmp_path)
    assert (read.experts, read.target_modules, read.threshold) == (2**12, ["head"], 0.5)
    assert "holder" not in json.loads((tmp_path / "adapter_config.json").read_text())
