"""The encoder: states that do not depend on their batch, a bounded cache, one for all."""

from __future__ import annotations

import pytest
import torch

from mome.classify import encoder as module
from mome.classify.backbone import LabelBackbone
from mome.classify.encoder import LONGEST, MINILM, SentenceEncoder, shared_encoder
from mome.errors import BackboneError
from mome.memory.question_states import pooled


def test_a_text_has_one_state_in_any_company(backbone: LabelBackbone) -> None:
    texts = ["short", "a much longer text about a parcel that never came", "short", ""]
    together = backbone.question_state(texts)
    assert torch.equal(together[0], together[2])
    shared_encoder()._meanings.clear()
    for text, state in zip(texts, together, strict=True):
        alone = backbone.question_state([text])[0]
        assert torch.cosine_similarity(alone, state, dim=0) > 0.999
    assert together.isfinite().all()


def test_a_long_text_is_cut(backbone: LabelBackbone) -> None:
    long = "word " * 10_000
    assert len(backbone.pieces(long)) == LONGEST - 2
    first, other = backbone.question_state([long, long + "another end"])
    assert torch.equal(first, other)


def test_the_last_part_is_what_the_encoder_returns(backbone: LabelBackbone) -> None:
    encoder, texts = shared_encoder(), ["a text", "another one"]
    ids, mask = backbone._ids(texts)
    words = encoder.bert.embeddings.word_embeddings(ids)
    last = pooled(encoder.bert(words, mask), mask)
    found = encoder.meaning(texts, ids, mask)[:, -encoder.width :]
    assert torch.cosine_similarity(found, last).min() > 0.999


def test_the_cache_is_bounded_and_holds_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 10)
    own = SentenceEncoder(MINILM)
    monkeypatch.setattr("mome.classify.backbone.shared_encoder", lambda: own)
    backbone = LabelBackbone()
    texts = [f"text {number}" for number in range(100)]
    first = backbone.question_state(texts)
    assert len(own._meanings) == 10
    assert {len(key) for key in own._meanings} == {16}
    # Each value has memory of its own, not a view of its batch.
    sizes = {state.untyped_storage().nbytes() for state in own._meanings.values()}
    assert sizes == {2 * 3 * 384}
    assert torch.allclose(backbone.question_state(texts), first, atol=2e-2)


def test_all_share_one() -> None:
    one, other = LabelBackbone(), LabelBackbone()
    assert one._encoder is other._encoder and one.model is not other.model


def test_weights_that_are_not_there(tmp_path) -> None:
    with pytest.raises(BackboneError, match="install the package again"):
        shared_encoder(tmp_path / "none.safetensors")
