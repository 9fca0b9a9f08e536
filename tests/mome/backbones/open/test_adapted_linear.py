"""Linear layers in int8 against float32, and their adapter against PEFT's own result."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from mome.backbones.open.adapted_linear import (
    AdaptedLinear,
    adapter_off,
    load_adapter,
    quantize,
)
from mome.errors import BackboneError

SIZES = (1, 63, 100)
RANK = 4
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"


class Tiny(nn.Module):
    """A model of two layers and an output layer; `width` is that of its inner layer."""

    def __init__(self, width: int = 63) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.embedding = nn.Embedding(10, 100)
        self.norm = nn.LayerNorm(100)
        self.up = nn.Linear(100, width)
        self.down = nn.Linear(width, 100, bias=False)
        self.head = nn.Linear(100, 10, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        states = self.norm(self.embedding(ids))
        return self.head(states + self.down(torch.relu(self.up(states))))


IDS = torch.tensor([[1, 2, 3], [4, 5, 6]])


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
    quantize(model)
    return model


def changed(folder: Path, **settings: object) -> None:
    """Change settings of a saved adapter."""
    path = folder / CONFIG
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | settings), "utf-8")


def relative_error(found: Tensor, right: Tensor) -> float:
    return float((found - right).detach().norm() / right.norm().detach())


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("inputs", SIZES)
@pytest.mark.parametrize("outputs", SIZES)
def test_a_layer_is_near_float32(rows: int, inputs: int, outputs: int) -> None:
    torch.manual_seed(rows)
    linear = nn.Linear(inputs, outputs)
    x = torch.randn(rows, inputs)
    assert relative_error(AdaptedLinear(linear)(x), linear(x)) < 0.01


def test_the_multiplication_itself_is_exact_to_a_thousandth() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(100, 63, bias=False)
    # Weights that int8 holds without loss.
    levels = torch.randint(-127, 128, (63, 100))
    levels[:, 0] = 127
    linear.weight.data = levels / 127
    x = torch.randn(5, 100)
    assert relative_error(AdaptedLinear(linear)(x), linear(x)) < 0.001


def test_one_large_input_does_not_drown_the_others() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(100, 63, bias=False)
    linear.weight.data[:, 7] = 0
    x = torch.randn(5, 100)
    x[:, 7] = 300
    assert relative_error(AdaptedLinear(linear)(x), linear(x)) < 0.02


def test_the_largest_products_do_not_overflow() -> None:
    linear = nn.Linear(100, 63, bias=False)
    nn.init.constant_(linear.weight, 1.0)
    for sign in (1.0, -1.0):
        found = AdaptedLinear(linear)(torch.full((3, 100), sign))
        assert torch.allclose(found, torch.full((3, 63), sign * 100))


def test_a_row_does_not_depend_on_the_others() -> None:
    torch.manual_seed(0)
    layer = AdaptedLinear(nn.Linear(100, 63))
    x = torch.randn(8, 100) * torch.logspace(-3, 3, 8)[:, None]
    assert torch.equal(layer(x), torch.cat([layer(row[None]) for row in x]))


def test_zeros_and_no_rows() -> None:
    layer = AdaptedLinear(nn.Linear(100, 63, bias=False))
    assert torch.equal(layer(torch.zeros(2, 3, 100)), torch.zeros(2, 3, 63))
    assert layer(torch.zeros(0, 100)).shape == (0, 63)


def test_more_rows_than_are_packed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    linear = nn.Linear(63, 100)
    x = torch.randn(3, 63)
    whole = AdaptedLinear(linear)(x)
    monkeypatch.setattr("mome.backbones.open.adapted_linear.ROWS_AT_ONCE", 33)
    assert torch.equal(AdaptedLinear(linear)(x), whole)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_whole_model_computes_in_float32(dtype: torch.dtype) -> None:
    right = Tiny().to(dtype).float()(IDS)
    model = Tiny().to(dtype)
    quantize(model)
    assert not [module for module in model.modules() if isinstance(module, nn.Linear)]
    assert model.embedding.weight.dtype == torch.bfloat16
    found = model(IDS)
    assert found.dtype == torch.float32
    assert relative_error(found, right) < 0.02


def test_a_processor_without_the_kernels_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.backbones.open.adapted_linear.ENGINE", "none")
    with pytest.raises(BackboneError, match="need an x86 processor"):
        quantized_tiny()


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
