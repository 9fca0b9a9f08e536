"""A new model starts from MiniLM, and its word pieces can write any string."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mome.errors import BackboneError
from mome.pretrain import new_model
from mome.pretrain.new_model import create, minilm_folder, train_pieces


@pytest.mark.parametrize("text", ["Zürich", "a  b", "東京", "it's", "\t🙂"])
def test_pieces_can_write_any_string(text: str) -> None:
    pieces = train_pieces(["how many singers"])
    assert pieces.decode(pieces.encode(text).ids) == text


def test_a_new_model_starts_from_minilm(tmp_path: Path) -> None:
    model = create(tmp_path / "model", train_pieces(["how many singers"]))
    state = load_file(minilm_folder() / "model.safetensors")
    query = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(model.encoder.bert.state_dict()[query], state[query])
    assert torch.equal(model.decoder.layers[0].cross.query.weight, state[query])
    assert (tmp_path / "model/tokenizer.json").exists()


def test_other_minilm_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_model, "MINILM_SHA256", "0" * 64)
    with pytest.raises(BackboneError, match="other weights than expected"):
        minilm_folder()
