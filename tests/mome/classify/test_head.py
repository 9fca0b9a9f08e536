"""The closed form: right means, a projection that whitens, label vectors that tell labels apart."""

from __future__ import annotations

import math

import pytest
import torch

from mome.classify import head
from mome.classify.head import SCALE_OF_MANY, START, fit_vectors, label_means, rarities


def test_the_mean_of_each_label() -> None:
    states = torch.tensor([[1.0, 0.0], [3.0, 2.0], [5.0, 5.0]])
    means = label_means(states, torch.tensor([1, 1, 0]))
    assert means.tolist() == [[5.0, 5.0], [2.0, 1.0]]


def test_rarity_counts_a_piece_once_a_text() -> None:
    found = rarities([[1, 1, 2], [1]], 4)
    # log((1 + texts) / (1 + texts with the piece)) + 1
    expected = [math.log(3) + 1, 1.0, math.log(3 / 2) + 1, math.log(3) + 1]
    assert found.tolist() == pytest.approx(expected)


def clusters(labels: int, texts: int, width: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    """Labels that differ in one small direction each, under noise that all share."""
    torch.manual_seed(0)
    owners = torch.arange(labels).repeat_interleave(texts)
    states = torch.zeros(len(owners), width)
    states[torch.arange(len(owners)), owners] = 1.0
    states[:, -1] = torch.randn(len(owners)) * 5
    return states + 0.05 * torch.randn_like(states), owners


def test_label_vectors_find_their_labels() -> None:
    states, owners = clusters(6, 8)
    projection, offset, vectors = fit_vectors(states, owners)
    assert projection.shape == (384, 400) and vectors.shape == (6, 384)
    projected = states @ projection.T + offset
    assert projected.mean(0).abs().max() < 1e-3
    unit = torch.nn.functional.normalize(projected, dim=1)
    assert ((unit @ vectors.T).argmax(1) == owners).all()
    # By cosine of the plain states the shared noise decides.
    plain = torch.nn.functional.normalize(states, dim=1)
    means = torch.nn.functional.normalize(label_means(states, owners), dim=1)
    assert ((plain @ means.T).argmax(1) == owners).float().mean() < 0.9


def test_label_vectors_start_short_and_grow_where_labels_are_alike() -> None:
    states, owners = clusters(6, 8)
    apart = fit_vectors(states, owners)[2].norm(dim=1).mean()
    # The small directions in which labels differ are then hardly larger than the noise.
    alike = fit_vectors(states + 0.3 * torch.randn_like(states), owners)[2].norm(dim=1).mean()
    assert START / 2 < apart < 2 * START
    assert alike > apart


def test_among_many_labels_vectors_are_the_means(monkeypatch: pytest.MonkeyPatch) -> None:
    states, owners = clusters(6, 2)
    monkeypatch.setattr(head, "MOST_PRODUCTS", len(states) * 6 - 1)
    projection, offset, vectors = fit_vectors(states, owners)
    assert vectors.norm(dim=1).tolist() == pytest.approx([SCALE_OF_MANY] * 6)
    means = label_means(states @ projection.T + offset, owners)
    assert torch.cosine_similarity(means, vectors).min() > 0.9999


def test_one_example_a_label() -> None:
    states, owners = clusters(3, 1)
    projection, offset, vectors = fit_vectors(states, owners)
    unit = torch.nn.functional.normalize(states @ projection.T + offset, dim=1)
    assert vectors.isfinite().all() and (unit @ vectors.T).argmax(1).tolist() == [0, 1, 2]
