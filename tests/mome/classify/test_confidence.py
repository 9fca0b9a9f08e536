"""How sure a label is: a regression that separates what can be separated, and stays finite."""

from __future__ import annotations

import pytest
import torch

from mome.classify.confidence import Confidence, read_texts
from mome.classify.known_labels import KnownLabels


def test_it_is_the_logistic_function_of_the_evidence() -> None:
    found = Confidence((2.0, -1.0), 0.5).of(torch.tensor([[1.0, 0.5], [0.0, 0.5]]))
    assert found.tolist() == pytest.approx([0.8808, 0.5], abs=1e-4)


def test_it_learns_which_evidence_counts() -> None:
    torch.manual_seed(0)
    evidence = torch.randn(2000, 3) * torch.tensor([1.0, 10.0, 0.1])
    chance = (2 * evidence[:, 0] - 1).sigmoid()
    right = torch.rand(2000) < chance
    fitted = Confidence.fit(evidence, right, torch.ones(2000))
    assert fitted.weights[0] == pytest.approx(2, abs=0.3)
    assert abs(fitted.weights[1]) < 0.03
    assert fitted.bias == pytest.approx(-1, abs=0.2)


def test_weights_of_texts_count_as_copies() -> None:
    torch.manual_seed(0)
    evidence = torch.randn(60, 2)
    right = torch.rand(60) < 0.5
    copies = torch.cat([evidence, evidence[:20]])
    twice = Confidence.fit(copies, torch.cat([right, right[:20]]), torch.ones(80))
    weights = torch.ones(60)
    weights[:20] = 2
    weighted = Confidence.fit(evidence, right, weights)
    # Means and spreads, in which the penalty is counted, differ a little.
    assert weighted.of(evidence).tolist() == pytest.approx(twice.of(evidence).tolist(), abs=0.01)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_few_held_out_texts_leave_it_finite(rows: int) -> None:
    evidence, right = torch.ones(rows, 5), torch.ones(rows) > 0
    fitted = Confidence.fit(evidence, right, torch.ones(rows))
    assert all(map(torch.isfinite, torch.tensor([*fitted.weights, fitted.bias])))
    # What nothing was held out for is not sure.
    assert (float(fitted.of(torch.ones(1, 5))[0]) > 0.5) == (rows > 0)


def test_separable_texts_leave_it_finite() -> None:
    evidence = torch.tensor([[0.0], [1.0]] * 50)
    fitted = Confidence.fit(evidence, evidence[:, 0] > 0, torch.ones(100))
    low, high = fitted.of(torch.tensor([[0.0], [1.0]])).tolist()
    assert low < 0.05 and high > 0.95 and abs(fitted.weights[0]) < 100


def test_evidence_of_known_and_of_strange_texts(
    shared_tickets, rows: list[tuple[str, str]]
) -> None:
    known = KnownLabels.load(shared_tickets)
    owners = known.labels.owners(known.memory.facts)
    texts = [text for text, _ in rows]
    reading = read_texts(known.memory, texts, owners)
    assert [known.labels.names[best] for best in reading.best] == [label for _, label in rows]
    assert [known.memory.facts[place].wordings[0] for place in reading.nearest] == texts
    odds, logit, ahead, cosine, agrees = reading.evidence.T
    assert odds.min() > 2 and ahead.min() > 0 and logit.isfinite().all()
    assert cosine.tolist() == pytest.approx([1.0] * len(texts), abs=1e-3)
    assert agrees.tolist() == [1.0] * len(texts)
    strange = read_texts(known.memory, ["What is photosynthesis?"], owners).evidence[0]
    assert float(strange[3]) < 0.8
