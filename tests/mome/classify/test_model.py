"""The frozen model: halves of a state, and logits that are products with the labels' vectors."""

from __future__ import annotations

import torch
from torch.nn import functional

from mome.classify.backbone import LabelBackbone
from mome.classify.encoder import LAYERS
from mome.classify.model import PROJECTED


def test_the_sum_of_word_pieces_does_not_depend_on_their_order(backbone: LabelBackbone) -> None:
    _, said = backbone.halves(["the dog bites the man", "the man bites the dog", "a cat sleeps"])
    assert torch.allclose(said[0], said[1], atol=1e-6)
    assert abs(float(said[0] @ said[2])) < 0.3
    assert torch.allclose(said.norm(dim=1), torch.ones(3), atol=1e-5)


def test_rare_word_pieces_count_for_more(backbone: LabelBackbone) -> None:
    model = backbone.model
    before = model.rarity
    the, dog = (backbone.pieces(word)[0] for word in ("the", "dog"))
    ids, mask = torch.tensor([[the, dog]]), torch.ones(1, 2)
    try:
        model.rarity = before.clone()
        model.rarity[the], model.rarity[dog] = 1.0, 5.0
        said = model.said(ids, mask)[0]
        words = functional.normalize(model.words[[the, dog]].float(), dim=1)
        assert said @ words[1] > 0.95 > 0.5 > said @ words[0]
    finally:
        model.rarity = before


def test_a_state_is_the_last_layers_and_the_words(backbone: LabelBackbone) -> None:
    model = backbone.model
    meaning, said = backbone.halves(["a text", "another one"])
    assert meaning.shape == (2, LAYERS * said.shape[1])
    state = model.state(meaning, said)
    assert state.shape == (2, meaning.shape[1] + said.shape[1])
    layers = state[:, : meaning.shape[1]].unflatten(1, (LAYERS, -1))
    assert torch.allclose(layers.norm(dim=2), torch.full((2, LAYERS), LAYERS**-0.5), atol=1e-5)
    assert torch.allclose(state[:, meaning.shape[1] :], model.weight * said)


def test_logits_are_cosines_times_the_length_of_the_labels_vectors(backbone: LabelBackbone) -> None:
    model = backbone.model
    before = model.vectors
    try:
        model.vectors = 7 * torch.eye(PROJECTED)[:2]
        projected = torch.zeros(1, PROJECTED)
        projected[0, :2] = torch.tensor([3.0, 4.0])
        assert torch.allclose(model.logits(projected), torch.tensor([[4.2, 5.6]]))
        with torch.autocast("cpu", torch.bfloat16):
            assert model.logits(projected).dtype == torch.float32
    finally:
        model.vectors = before
