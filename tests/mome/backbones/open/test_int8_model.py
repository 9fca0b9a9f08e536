"""A model with int8 weights is made once, and read back as it was quantized."""

from __future__ import annotations

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from linear_model import IDS, Tiny, relative_error
from torch import Tensor, nn
from transformers import PreTrainedModel

from mome.backbones.conversion import DTYPE, converted
from mome.backbones.model_reading import read_model
from mome.backbones.open import int8_model as module
from mome.backbones.open.int8_model import fill, int8_model, quantized
from mome.errors import BackboneError

PROMPT = torch.tensor([[1, 5, 9, 2]])


pytestmark = pytest.mark.usefixtures("cache")


def logits(model: PreTrainedModel) -> Tensor:
    with torch.no_grad():
        return model(input_ids=PROMPT).logits


def weights_file(cache: Path) -> Path:
    return next(cache.glob(f"*/{module.WEIGHTS}"))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_whole_model_computes_in_float32(dtype: torch.dtype) -> None:
    right = Tiny().to(dtype).float()(IDS)
    model = Tiny().to(dtype)
    fill(model, quantized(model).__getitem__)
    assert not [layer for layer in model.modules() if isinstance(layer, nn.Linear)]
    assert model.embedding.weight.dtype == torch.bfloat16
    found = model(IDS)
    assert found.dtype == torch.float32
    assert relative_error(found, right) < 0.02


def test_what_is_read_computes_what_was_quantized_to_the_bit(gguf: Path) -> None:
    _, before = read_model(converted(gguf), DTYPE)
    exact = logits(copy.deepcopy(before).float())
    fill(before, quantized(before).__getitem__)
    for _ in range(2):
        tokenizer, model = int8_model(gguf)
        assert torch.equal(logits(model), logits(before))
        assert not any(tensor.is_meta for tensor in (*model.parameters(), *model.buffers()))
    assert relative_error(logits(model), exact) < 0.05
    assert tokenizer.decode(tokenizer("SELECT name")["input_ids"]) == "SELECT name"


def test_the_conversion_is_read_once(gguf: Path, cache: Path) -> None:
    _, before = int8_model(gguf)
    (converted(gguf) / "model.safetensors").write_bytes(b"")
    written = weights_file(cache).stat().st_mtime_ns
    _, model = int8_model(gguf)
    assert torch.equal(logits(model), logits(before))
    assert weights_file(cache).stat().st_mtime_ns == written


@pytest.mark.parametrize("left", [0, -1])
def test_a_damaged_file_is_made_anew(gguf: Path, cache: Path, left: int) -> None:
    int8_model(gguf)
    content = weights_file(cache).read_bytes()
    weights_file(cache).write_bytes(content[:left])
    int8_model(gguf)
    assert weights_file(cache).read_bytes() == content


def test_a_failed_write_leaves_nothing(
    gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    converted(gguf)
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10**4))
    with pytest.raises(BackboneError, match="of disk space are needed and 0 MB are free"):
        int8_model(gguf)
    assert not list(cache.glob("*int8*/*"))


def test_another_file_is_another_model(
    gguf: Path, text_folders: dict[str, Path], tmp_path: Path, cache: Path
) -> None:
    int8_model(gguf)
    other = tmp_path / gguf.name
    other.write_bytes(gguf.read_bytes() + b"\0")
    int8_model(other)
    assert len(list(cache.glob(f"*/{module.WEIGHTS}"))) == 2
