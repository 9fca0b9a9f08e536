"""Multiplication with int8 weights against float32."""

from __future__ import annotations

import pytest
import torch
from linear_model import relative_error
from torch import nn

from mome.backbones.open.int8_weight import Int8Weight, levels_of
from mome.errors import BackboneError

SIZES = (1, 63, 100)


def int8(linear: nn.Linear) -> Int8Weight:
    return Int8Weight(*levels_of(linear.weight.detach()))


@pytest.mark.parametrize("rows", SIZES)
@pytest.mark.parametrize("inputs", SIZES)
@pytest.mark.parametrize("outputs", SIZES)
def test_a_layer_is_near_float32(rows: int, inputs: int, outputs: int) -> None:
    torch.manual_seed(rows)
    linear = nn.Linear(inputs, outputs, bias=False)
    x = torch.randn(rows, inputs)
    assert relative_error(int8(linear)(x), linear(x)) < 0.01


def test_the_multiplication_itself_is_exact_to_a_thousandth() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(100, 63, bias=False)
    # Weights that int8 holds without loss.
    levels = torch.randint(-127, 128, (63, 100))
    levels[:, 0] = 127
    linear.weight.data = levels / 127
    x = torch.randn(5, 100)
    assert relative_error(int8(linear)(x), linear(x)) < 0.001


def test_one_large_input_does_not_drown_the_others() -> None:
    torch.manual_seed(0)
    linear = nn.Linear(100, 63, bias=False)
    linear.weight.data[:, 7] = 0
    x = torch.randn(5, 100)
    x[:, 7] = 300
    assert relative_error(int8(linear)(x), linear(x)) < 0.02


def test_the_largest_products_do_not_overflow() -> None:
    linear = nn.Linear(100, 63, bias=False)
    nn.init.constant_(linear.weight, 1.0)
    for sign in (1.0, -1.0):
        found = int8(linear)(torch.full((3, 100), sign))
        assert torch.allclose(found, torch.full((3, 63), sign * 100))


def test_a_row_does_not_depend_on_the_others() -> None:
    torch.manual_seed(0)
    layer = int8(nn.Linear(100, 63, bias=False))
    x = torch.randn(8, 100) * torch.logspace(-3, 3, 8)[:, None]
    assert torch.equal(layer(x), torch.cat([layer(row[None]) for row in x]))


def test_zeros_and_no_rows() -> None:
    layer = int8(nn.Linear(100, 63, bias=False))
    assert torch.equal(layer(torch.zeros(6, 100)), torch.zeros(6, 63))
    assert layer(torch.zeros(0, 100)).shape == (0, 63)


def test_more_rows_than_are_packed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    linear = nn.Linear(63, 100, bias=False)
    x = torch.randn(3, 63)
    whole = int8(linear)(x)
    monkeypatch.setattr("mome.backbones.open.int8_weight.ROWS_AT_ONCE", 33)
    assert torch.equal(int8(linear)(x), whole)


def test_a_processor_without_the_kernels_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.backbones.open.int8_weight.ENGINE", "none")
    with pytest.raises(BackboneError, match="need an x86 processor"):
        int8(nn.Linear(100, 63))
