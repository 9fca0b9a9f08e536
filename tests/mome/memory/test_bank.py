"""The generator of input vectors, and a bank that holds touched rows only."""

from __future__ import annotations

import hashlib

import pytest
import torch

from mome.memory.bank import Bank, LayerShape, input_vectors

LAYERS = (LayerShape("one", 5, 3), LayerShape("two", 4, 2))


def filled(ids: list[int]) -> Bank:
    bank = Bank.empty(LAYERS, torch.float16).resized(torch.tensor(ids))
    for rows in bank.rows:
        rows += torch.arange(1, len(bank) + 1).unsqueeze(1)
    return bank


def reference(expert: int, width: int, seed: int, layer: int) -> list[int]:
    """The signs by whole numbers alone, as SplitMix64's authors write it."""
    word, step = 2**64, 0x9E3779B97F4A7C15

    def mixed(z: int) -> int:
        z = (z ^ (z % word >> 30)) * 0xBF58476D1CE4E5B9 % word
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % word
        return z ^ (z >> 31)

    key = mixed((expert * step + mixed((seed * step + layer + 1) % word)) % word)
    words = [mixed((key + (place + 1) * step) % word) for place in range(-(-width // 64))]
    return [1 if words[place // 64] >> place % 64 & 1 else -1 for place in range(width)]


@pytest.mark.parametrize(("expert", "width", "seed", "layer"), [(0, 64, 0, 0), (2**24 - 1, 100, 7, 3), (12345, 63, 2**63 - 1, 40)])
def test_the_vectors_are_those_of_the_generator(expert: int, width: int, seed: int, layer: int) -> None:
    signs = input_vectors(torch.tensor([expert]), width, seed=seed, layer=layer).sign().int()
    assert signs[0].tolist() == reference(expert, width, seed, layer)


def test_the_vectors_never_change() -> None:
    """These bits are part of the stored format: a memory that was tuned with them reads no others."""
    bits = input_vectors(torch.tensor([0, 1, 2**20 - 1, 2**24 - 1]), 100, seed=7, layer=3) > 0
    digest = hashlib.sha256(bits.numpy().tobytes()).hexdigest()
    assert digest == "97bbbbed4ef86fe71bd5b902f2394fbb0ad314069d4c31c8201b647438ff1959"


@pytest.mark.parametrize("width", [1, 63, 64, 65, 100, 384])
def test_a_vector_is_of_unit_length_and_repeats(width: int) -> None:
    ids = torch.tensor([[5, 9], [5, 2**23]])
    vectors = input_vectors(ids, width, seed=0, layer=0)
    assert vectors.shape == (2, 2, width)
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(2, 2))
    assert torch.equal(vectors[0, 0], vectors[1, 0])


def test_a_vector_does_not_depend_on_its_company() -> None:
    ids = torch.arange(50)
    together = input_vectors(ids, 70, seed=1, layer=2)
    assert torch.equal(together, torch.stack([input_vectors(ids[i], 70, seed=1, layer=2) for i in range(50)]))


def test_experts_layers_and_seeds_are_unrelated() -> None:
    ids = torch.arange(200)
    base = input_vectors(ids, 384, seed=0, layer=0)
    for other_ids, seed, layer in ((ids, 0, 1), (ids, 1, 0), (ids + 1, 0, 0)):
        other = input_vectors(other_ids, 384, seed=seed, layer=layer)
        assert (base * other).sum(1).abs().max() < 0.3
    assert (base @ base.T - torch.eye(200)).abs().max() < 0.35
    assert base.mean().abs() < 1e-3


def test_an_empty_bank_costs_nothing_and_gives_zeros() -> None:
    bank = Bank.empty(LAYERS, torch.float16)
    assert len(bank) == 0
    assert torch.equal(bank.gather(1, torch.tensor([[3, 2**20]])), torch.zeros(1, 2, 2))


def test_gather_finds_touched_rows_and_zeros_elsewhere() -> None:
    bank = filled([9, 2, 40])
    assert bank.ids.tolist() == [2, 9, 40]
    assert bank.gather(0, torch.tensor([40, 3, 2, 41]))[:, 0].tolist() == [3, 0, 1, 0]


def test_resizing_carries_rows_over_and_forgets_others() -> None:
    bank = filled([2, 9, 40]).resized(torch.tensor([40, 7, 2, 2]))
    assert bank.ids.tolist() == [2, 7, 40]
    assert bank.rows[1][:, 1].tolist() == [1, 0, 3]
    assert bank.rows[1].dtype == torch.float16


def test_pruning_drops_rows_that_are_zero_in_all_layers() -> None:
    bank = filled([2, 9, 40])
    for rows in bank.rows:
        rows[1] = 0
    bank.rows[0][2] = 0
    assert bank.pruned().ids.tolist() == [2, 40]


def test_its_tensors_make_the_same_bank() -> None:
    bank = filled([4, 9])
    again = Bank.from_tensors(bank.tensors(), LAYERS, torch.float16)
    assert torch.equal(again.ids, bank.ids) and all(torch.equal(one, other) for one, other in zip(again.rows, bank.rows, strict=True))


def test_tensors_that_do_not_fit_make_none() -> None:
    with pytest.raises(ValueError, match="another shape or type"):
        Bank.from_tensors(filled([4]).tensors(), LAYERS, torch.float32)
    with pytest.raises(KeyError):
        Bank.from_tensors({"ids": torch.tensor([1])}, LAYERS, torch.float16)
