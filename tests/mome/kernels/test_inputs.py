"""Input vectors are computed once for a route; a part of the questions reuses them."""

from __future__ import annotations

import pytest
import torch

from mome.kernels import InputVectors, input_vectors


def make() -> InputVectors:
    return InputVectors(torch.tensor([[5, 9], [7, 2**23], [5, 5]]), torch.rand(3, 2), 100, 3, 1)


def test_gated_vectors_are_the_generators_times_the_gates() -> None:
    inputs = make()
    vectors = input_vectors(inputs.ids, 100, seed=3, layer=1)
    assert torch.equal(inputs.gated, vectors * inputs.gates.unsqueeze(2))


def test_vectors_are_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = make()
    whole = inputs.gated
    monkeypatch.setattr("mome.kernels.inputs.input_vectors", None)
    assert inputs.gated is whole
    assert torch.equal(inputs[[2, 0]].gated, whole[[2, 0]])


def test_some_questions_before_any_vector_is_computed() -> None:
    inputs = make()
    assert torch.equal(inputs[[1]].gated, inputs.gated[[1]])
