"""The twins, with which every kernel is compared, against plain formulas."""

from __future__ import annotations

import hashlib

import pytest
import torch

from mome.kernels import InputVectors
from mome.kernels.generator import input_vectors
from mome.kernels.twins import (
    adam,
    expand,
    expand_h_backward,
    expand_rows_backward,
    reduce_duplicates,
    shrink,
    top_k,
)


def reference(expert: int, width: int, seed: int, layer: int) -> list[int]:
    """Return the signs of a vector, computed with Python's integers as SplitMix64's authors do."""
    word, step = 2**64, 0x9E3779B97F4A7C15

    def mixed(z: int) -> int:
        z = (z ^ (z % word >> 30)) * 0xBF58476D1CE4E5B9 % word
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB % word
        return z ^ (z >> 31)

    key = mixed((expert * step + mixed((seed * step + layer + 1) % word)) % word)
    words = [mixed((key + (place + 1) * step) % word) for place in range(-(-width // 64))]
    return [1 if words[place // 64] >> place % 64 & 1 else -1 for place in range(width)]


@pytest.mark.parametrize(
    ("expert", "width", "seed", "layer"),
    [(0, 64, 0, 0), (2**24 - 1, 100, 7, 3), (12345, 63, 2**63 - 1, 40)],
)
def test_input_vectors_equal_the_reference(expert: int, width: int, seed: int, layer: int) -> None:
    signs = input_vectors(torch.tensor([expert]), width, seed=seed, layer=layer).sign().int()
    assert signs[0].tolist() == reference(expert, width, seed, layer)


def test_input_vectors_never_change() -> None:
    """The bits are part of the stored format: a tuned memory cannot be read with other vectors."""
    bits = input_vectors(torch.tensor([0, 1, 2**20 - 1, 2**24 - 1]), 100, seed=7, layer=3) > 0
    digest = hashlib.sha256(bits.numpy().tobytes()).hexdigest()
    assert digest == "97bbbbed4ef86fe71bd5b902f2394fbb0ad314069d4c31c8201b647438ff1959"


@pytest.mark.parametrize("width", [1, 63, 64, 65, 100, 384])
def test_input_vectors_have_length_one_and_depend_on_the_id_alone(width: int) -> None:
    ids = torch.tensor([[5, 9], [5, 2**23]])
    vectors = input_vectors(ids, width, seed=0, layer=0)
    assert vectors.shape == (2, 2, width)
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(2, 2))
    assert torch.equal(vectors[0, 0], vectors[1, 0])


def test_a_vector_does_not_depend_on_the_batch() -> None:
    ids = torch.arange(50)
    together = input_vectors(ids, 70, seed=1, layer=2)
    single = torch.stack([input_vectors(ids[i], 70, seed=1, layer=2) for i in range(50)])
    assert torch.equal(together, single)


def test_vectors_of_other_experts_layers_and_seeds_are_nearly_orthogonal() -> None:
    ids = torch.arange(200)
    base = input_vectors(ids, 384, seed=0, layer=0)
    for other_ids, seed, layer in ((ids, 0, 1), (ids, 1, 0), (ids + 1, 0, 0)):
        other = input_vectors(other_ids, 384, seed=seed, layer=layer)
        assert (base * other).sum(1).abs().max() < 0.3
    assert (base @ base.T - torch.eye(200)).abs().max() < 0.35
    assert base.mean().abs() < 1e-3


@pytest.mark.parametrize(
    ("first", "second", "k"), [(32, 32, 32), (64, 32, 7), (63, 100, 1), (100, 63, 63)]
)
def test_top_k_equals_a_search_of_all_experts(
    first: int, second: int, k: int, random: torch.Generator
) -> None:
    queries = torch.randn(63, 8, generator=random)
    keys = (torch.randn(first, 4, generator=random), torch.randn(second, 4, generator=random))
    first_scores = queries[:, :4] @ keys[0].T
    second_scores = queries[:, 4:] @ keys[1].T
    all_scores = (first_scores.unsqueeze(2) + second_scores.unsqueeze(1)).flatten(1)
    ids, scores = top_k(queries, keys, k)
    assert torch.equal(scores, all_scores.topk(k).values)
    assert torch.equal(all_scores.gather(1, ids), scores)
    assert all(len(row.unique()) == k for row in ids)


def test_shrink_equals_the_products_with_the_gated_vectors() -> None:
    inputs = InputVectors(torch.tensor([[3, 4], [9, 3]]), torch.rand(2, 2), 63, 0, 0)
    x = torch.randn(3, 5, 63)
    h = shrink(x, inputs, torch.tensor([2, 0]))
    for place, question in enumerate((2, 0)):
        for i in range(2):
            vector = input_vectors(inputs.ids[place, i], 63, seed=0, layer=0)
            expected = inputs.gates[place, i] * (x[question] @ vector)
            assert torch.allclose(h[place, :, i], expected, atol=1e-5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_expand_adds_trained_rows_alone(dtype: torch.dtype) -> None:
    y, h, rows = torch.randn(3, 5, 7).to(dtype), torch.randn(2, 5, 2), torch.randn(4, 7)
    before = y.clone()
    assert expand(y, h, rows, torch.tensor([[1, 3], [-1, 1]]), torch.tensor([2, 0])) is y
    assert torch.equal(y[1], before[1])
    assert torch.allclose(y[2], before[2] + (h[0] @ rows[[1, 3]]).to(dtype), atol=1e-5)
    assert torch.allclose(y[0], before[0] + (h[1, :, 1:] @ rows[[1]]).to(dtype), atol=1e-5)


def test_expand_without_any_row_changes_nothing() -> None:
    y, h, positions = torch.randn(2, 5, 7), torch.randn(2, 5, 2), torch.full((2, 2), -1)
    assert torch.equal(expand(y.clone(), h, torch.empty(0, 7), positions), y)
    assert not expand_h_backward(y, h, torch.empty(0, 7), positions).any()


def test_rows_of_each_question_equal_rows_at_positions() -> None:
    y, h, rows = torch.randn(2, 5, 7), torch.randn(2, 5, 3), torch.randn(2, 3, 7)
    flat_rows, positions = rows.flatten(0, 1), torch.arange(6).view(2, 3)
    assert torch.equal(expand(y.clone(), h, rows), expand(y.clone(), h, flat_rows, positions))
    assert torch.equal(expand_h_backward(y, h, rows), expand_h_backward(y, h, flat_rows, positions))
    assert torch.allclose(expand_rows_backward(y, h), torch.einsum("btk,btd->bkd", h, y), atol=1e-5)


def test_duplicates_are_summed_and_negative_positions_left_out() -> None:
    values = torch.randn(6, 3)
    sums = reduce_duplicates(values, torch.tensor([2, -1, 0, 2, -1, 2]), 4, torch.float32)
    zeros = torch.zeros(3)
    expected = torch.stack([values[2], zeros, values[0] + values[3] + values[5], zeros])
    assert torch.allclose(sums, expected)
    no_positions = torch.zeros(0, dtype=torch.int64)
    assert not reduce_duplicates(values[:0], no_positions, 4, torch.float32).any()


def test_adam_equals_torch_on_the_chosen_rows() -> None:
    rows, chosen = torch.randn(5, 7), torch.tensor([3, 1])
    before, moments = rows.clone(), (torch.zeros(5, 7), torch.zeros(5, 7))
    expected = rows[chosen].clone().requires_grad_()
    optimizer = torch.optim.Adam([expected], lr=0.1, betas=(0.8, 0.9), eps=1e-8)
    for step in range(1, 5):
        expected.grad = torch.randn(2, 7)
        adam(
            rows,
            moments,
            chosen,
            expected.grad,
            steps=torch.full((2,), float(step)),
            rates=torch.full((2,), 0.1),
            decays=(0.8, 0.9),
            epsilon=1e-8,
        )
        optimizer.step()
    assert torch.allclose(rows[chosen], expected, atol=1e-6)
    assert torch.equal(rows[[0, 2, 4]], before[[0, 2, 4]]) and not moments[0][[0, 2, 4]].any()
