"""The adapter of a model with int8 weights, against PEFT's own result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from linear_model import IDS, Tiny, relative_error
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from mome.backbones.open.adapted_linear import adapter_off, load_adapter
from mome.backbones.open.int8_model import fill, quantized
from mome.errors import BackboneError

RANK = 4
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


def saved_adapter(folder: Path, **settings: object) -> Tensor:
    """Save a random adapter of `Tiny` and return what PEFT computes with it."""
    options = {"r": RANK, "lora_alpha": 8, "target_modules": ["up", "down"], **settings}
    model = get_peft_model(Tiny(), LoraConfig(**options))
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(weight, std=0.2)
    model.save_pretrained(folder)
    return model.eval()(IDS).detach()


def quantized_tiny(width: int = 63) -> Tiny:
    model = Tiny(width)
    fill(model, quantized(model).__getitem__)
    return model


def changed(folder: Path, **settings: object) -> None:
    """Change settings of a saved adapter."""
    path = folder / CONFIG
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | settings), "utf-8")


def test_the_adapter_equals_pefts(tmp_path: Path) -> None:
    right = saved_adapter(tmp_path)
    model = quantized_tiny()
    bare = model(IDS)
    load_adapter(model, tmp_path)
    assert relative_error(right, bare) > 0.1
    assert relative_error(model(IDS), right) < 0.02


def test_the_adapter_is_off_within_the_context(tmp_path: Path) -> None:
    saved_adapter(tmp_path)
    model = quantized_tiny()
    bare = model(IDS)
    load_adapter(model, tmp_path)
    adapted = model(IDS)
    with adapter_off():
        assert torch.equal(model(IDS), bare)
    assert torch.equal(model(IDS), adapted)


def test_the_adapter_of_a_layer_is_exact(tmp_path: Path) -> None:
    saved_adapter(tmp_path)
    model = quantized_tiny()
    load_adapter(model, tmp_path, scale=0.5)
    x = torch.randn(3, 100)
    with adapter_off():
        bare = model.up(x)
    weights = load_file(tmp_path / WEIGHTS)
    pair = [weights[f"base_model.model.up.lora_{side}.weight"] for side in "BA"]
    # PEFT's scale is alpha / r = 8 / 4, and half of it is asked for.
    assert torch.allclose(model.up(x) - bare, x @ (pair[0] @ pair[1]).mT, atol=1e-5)


def test_a_second_adapter_replaces_the_first(tmp_path: Path) -> None:
    saved_adapter(tmp_path / "both")
    saved_adapter(tmp_path / "up", target_modules=["up"])
    model, other = quantized_tiny(), quantized_tiny()
    load_adapter(model, tmp_path / "both")
    load_adapter(model, tmp_path / "up")
    load_adapter(other, tmp_path / "up")
    assert torch.equal(model(IDS), other(IDS))


def test_an_adapter_of_other_shapes_is_refused_whole(tmp_path: Path) -> None:
    saved_adapter(tmp_path)
    model = quantized_tiny(width=100)
    bare = model(IDS)
    with pytest.raises(BackboneError, match="of another base model .up takes") as told:
        load_adapter(model, tmp_path)
    assert "\n" not in str(told.value)
    assert torch.equal(model(IDS), bare)


def test_an_adapter_of_other_names_is_refused(tmp_path: Path) -> None:
    saved_adapter(tmp_path)
    weights = load_file(tmp_path / WEIGHTS)
    renamed = {name.replace("up", "gate"): weight for name, weight in weights.items()}
    save_file(renamed, tmp_path / WEIGHTS)
    with pytest.raises(BackboneError, match="no layer takes base_model.model.gate.lora_A.weight"):
        load_adapter(quantized_tiny(), tmp_path)


def test_half_a_pair_is_refused(tmp_path: Path) -> None:
    saved_adapter(tmp_path)
    weights = load_file(tmp_path / WEIGHTS)
    del weights["base_model.model.up.lora_B.weight"]
    save_file(weights, tmp_path / WEIGHTS)
    with pytest.raises(BackboneError, match="up takes .* and the adapter has .*None"):
        load_adapter(quantized_tiny(), tmp_path)


@pytest.mark.parametrize(
    "settings", [{"use_dora": True}, {"use_rslora": True}, {"rank_pattern": {"up": 2}}]
)
def test_an_adapter_of_another_kind_is_refused(tmp_path: Path, settings: dict) -> None:
    saved_adapter(tmp_path)
    changed(tmp_path, **settings)
    with pytest.raises(BackboneError, match=f"has {next(iter(settings))} = .* only plain LoRA"):
        load_adapter(quantized_tiny(), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"r": 0, "lora_alpha": 8}'])
def test_a_damaged_configuration_is_told(tmp_path: Path, text: str) -> None:
    saved_adapter(tmp_path)
    (tmp_path / CONFIG).write_text(text)
    with pytest.raises(BackboneError, match="no usable adapter is in"):
        load_adapter(quantized_tiny(), tmp_path)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_missing_or_truncated_file_is_told(tmp_path: Path, name: str) -> None:
    saved_adapter(tmp_path)
    for spoil in (lambda: (tmp_path / name).write_bytes(b"{"), (tmp_path / name).unlink):
        spoil()
        with pytest.raises(BackboneError, match="no usable adapter is in"):
            load_adapter(quantized_tiny(), tmp_path)
