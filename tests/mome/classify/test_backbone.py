"""The encoder with labels: a closed set of answers."""

from __future__ import annotations

import pytest

from mome.classify.backbone import LabelBackbone
from mome.classify.examples import LabelledText
from mome.classify.fitting import start
from mome.errors import NotExpressible

pytestmark = pytest.mark.usefixtures("few_strange")


def test_answers_are_labels_alone(backbone: LabelBackbone) -> None:
    rows = [("one apple", "fruit"), ("a pear", "fruit"), ("a red car", "vehicle"), ("a bus", "")]
    examples = [LabelledText(text, label, row) for row, (text, label) in enumerate(rows, 1)]
    started = start(backbone, examples)
    try:
        (found,) = backbone.generate(["a yellow bus"], beams=9)
        assert {one.answer for one in found} == {"", "fruit", "vehicle"}
        assert sum(one.probability for one in found) == pytest.approx(1, abs=1e-4)
        assert found[0].answer == ""
        with pytest.raises(NotExpressible, match="'animal' is none of the labels"):
            backbone.batch(["a dog"], ["animal"])
        batch = backbone.batch([text for text, _ in rows], [label for _, label in rows])
        assert batch.tensors["labels"].flatten().tolist() == [1, 1, 2, 0]
        assert float(backbone.loss(batch)) < 1.0
        picked = backbone.select(backbone.trunk(batch), [3, 0])
        logits, targets = backbone.answer_logits(picked)
        assert logits.shape == (2, 1, 3) and targets.flatten().tolist() == [0, 1]
    finally:
        started.memory.detach()
