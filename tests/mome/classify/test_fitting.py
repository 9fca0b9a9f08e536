"""What a memory of labels starts from, and how sure it is, from the smallest sets on."""

from __future__ import annotations

import math

import pytest
import torch

from mome.classify.backbone import LabelBackbone
from mome.classify.examples import LabelledText
from mome.classify.fitting import MOST_PRACTICE, ROUNDS, SAID, SAID_ALONE, measured, practice, start

pytestmark = pytest.mark.usefixtures("few_strange")


def labelled(*pairs: tuple[str, str]) -> list[LabelledText]:
    return [LabelledText(text, label, row) for row, (text, label) in enumerate(pairs, 1)]


ALONE = labelled(("cholera", "A00"), ("typhoid fever", "A01"), ("plague", "A20"))


def test_a_memory_starts_from_its_examples_and_knows_none(
    backbone: LabelBackbone, examples: list[LabelledText]
) -> None:
    started = start(backbone, examples)
    try:
        assert started.names == ("account", "delivery", "refund")
        assert started.owners.tolist() == [1] * 4 + [2] * 4 + [0] * 4
        assert started.memory.facts == () and not len(started.memory.known)
        assert float(started.head.weight) == pytest.approx(SAID, abs=1e-3)
        # As it is stored.
        assert torch.equal(started.head.vectors, started.head.vectors.half().float())
        answers = backbone.generate([example.text for example in examples])
        assert [one.answer for (one,) in answers] == [example.label for example in examples]
    finally:
        started.memory.detach()


def test_words_and_longer_texts_count_for_more_where_a_label_has_one_text(
    backbone: LabelBackbone,
) -> None:
    title = "acute typhoid fever with other complications"
    started = start(backbone, [*ALONE, LabelledText(title, "A02", 4)])
    started.memory.detach()
    assert float(started.head.weight) == pytest.approx(SAID_ALONE, abs=1e-3)
    # The root of the logarithm: one of four texts has the word.
    piece = backbone.pieces("typhoid")[0]
    assert float(started.head.rarity[piece]) == pytest.approx(
        (math.log(5 / 3) + 1) ** 0.5, abs=1e-3
    )
    lengths = dict(zip(started.names, started.head.vectors.norm(dim=1).tolist(), strict=True))
    assert lengths["A02"] > 1.05 * max(lengths["A00"], lengths["A20"])


def test_practice_needs_labels_with_several_texts(examples: list[LabelledText]) -> None:
    rounds = practice(examples)
    assert len(rounds) == ROUNDS and len(rounds[0]) == 12
    assert rounds[0][0] == ("My parcel has not arrived yet", "delivery")
    assert practice(ALONE) == []
    many = [LabelledText(str(n), str(n % 2), n) for n in range(MOST_PRACTICE // 2 + 1)]
    assert len(practice(many)) == 1


@pytest.mark.parametrize(
    "given",
    [
        labelled(("yes please", "yes"), ("no thanks", "no")),
        # No text with a label is held out that the memory would label.
        labelled(("good", "a"), ("bad", "b"), *((f"noise {n}", "") for n in range(30))),
        labelled(*((f"same words {n // 3}", f"l{n}") for n in range(6))),
    ],
)
def test_the_confidence_of_small_sets_is_finite(
    backbone: LabelBackbone, given: list[LabelledText]
) -> None:
    steps: list[tuple[int, int]] = []
    confidence = measured(backbone, given, lambda done, total: steps.append((done, total)))
    assert len(confidence.weights) == 5
    assert all(map(math.isfinite, (*confidence.weights, confidence.bias)))
    # It leaves no layer of its own behind.
    assert type(backbone.model.project) is torch.nn.Linear


def test_known_subjects_are_surer_than_strange_ones(
    backbone: LabelBackbone, examples: list[LabelledText]
) -> None:
    confidence = measured(backbone, examples, lambda done, total: None)
    near = torch.tensor([[4.0, 0.8, 0.6, 0.8, 1.0]])
    far = torch.tensor([[-1.0, 0.3, 0.02, 0.1, 0.0]])
    assert float(confidence.of(near)) > 0.6 > 0.3 > float(confidence.of(far))
