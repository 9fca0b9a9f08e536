"""The encoder with labels: states that do not depend on their batch, a bounded cache, a closed set
of answers.
"""

from __future__ import annotations

import pytest
import torch

from mome.classify import backbone as module
from mome.classify.backbone import LONGEST, LabelBackbone
from mome.classify.examples import LabelledText
from mome.classify.fitting import start
from mome.errors import BackboneError, NotExpressible


def test_a_text_has_one_state_in_any_company(backbone: LabelBackbone) -> None:
    texts = ["short", "a much longer text about a parcel that never came", "short", ""]
    together = backbone.question_state(texts)
    assert torch.equal(together[0], together[2])
    backbone._meanings.clear()
    for text, state in zip(texts, together, strict=True):
        alone = backbone.question_state([text])[0]
        assert torch.cosine_similarity(alone, state, dim=0) > 0.999
    assert together.isfinite().all()


def test_a_long_text_is_cut(backbone: LabelBackbone) -> None:
    long = "word " * 10_000
    assert len(backbone.pieces(long)) == LONGEST - 2
    first, other = backbone.question_state([long, long + "another end"])
    assert torch.equal(first, other)


def test_the_cache_is_bounded_and_holds_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 10)
    own = LabelBackbone()
    texts = [f"text {number}" for number in range(100)]
    first = own.question_state(texts)
    assert len(own._meanings) == 10
    assert {len(key) for key in own._meanings} == {16}
    # Each value has memory of its own, not a view of its batch.
    sizes = {state.untyped_storage().nbytes() for state in own._meanings.values()}
    assert sizes == {2 * 3 * 384}
    assert torch.allclose(own.question_state(texts), first, atol=2e-2)


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


def test_weights_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(module, "ENCODER", tmp_path / "none.safetensors")
    with pytest.raises(BackboneError, match="install the package again"):
        LabelBackbone()
