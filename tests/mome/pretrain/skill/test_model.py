"""The adapter acts on questions and answers, and leaves the schema as the model reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from mome.backbones.loading import load_text_model
from mome.errors import BackboneError
from mome.pretrain.skill.model import SkillModel, load_base
from mome.pretrain.skill.rows import UNPREDICTED, SkillBatch, SkillRows, TokenizedGroup


@pytest.fixture
def model(causal_folder: Path) -> SkillModel:
    return SkillModel(load_base(str(causal_folder)), "cpu", torch.float32)


@pytest.fixture
def batch(tokenized: list[TokenizedGroup]) -> SkillBatch:
    return next(SkillRows.of(tokenized, 64).once())


def disturb(model: SkillModel) -> None:
    """Give the adapter weights, of which half are 0 at first."""
    torch.manual_seed(1)
    with torch.no_grad():
        for weight in model.parameters:
            weight.normal_(std=0.05)


@torch.no_grad()
def test_a_new_adapter_predicts_as_the_model_does(
    model: SkillModel, batch: SkillBatch, causal_folder: Path
) -> None:
    plain = load_text_model(causal_folder).model
    logits, targets = model.logits(batch)
    ids = torch.cat([batch.schema.expand(len(batch.ids), -1), batch.ids], dim=1)
    whole = plain(input_ids=ids).logits[:, batch.schema.shape[1] :]
    predicted = batch.targets != UNPREDICTED
    torch.testing.assert_close(logits, whole[predicted], rtol=1e-4, atol=1e-5)
    assert targets.tolist() == batch.targets[predicted].tolist()


@torch.no_grad()
def test_padding_and_other_questions_change_nothing(
    model: SkillModel, tokenized: list[TokenizedGroup], batch: SkillBatch
) -> None:
    disturb(model)
    (group,) = tokenized
    alone = [TokenizedGroup(group.schema, (row,)) for row in group.rows]
    losses = [model.loss(one) for one in SkillRows.of(alone, 64).once()]
    torch.testing.assert_close(sum(losses), model.loss(batch), rtol=1e-4, atol=1e-4)


def test_bfloat16_gives_nearly_the_same_loss(
    model: SkillModel, batch: SkillBatch, causal_folder: Path
) -> None:
    rounded = SkillModel(load_base(str(causal_folder)), "cpu", torch.bfloat16)
    assert {weight.dtype for weight in rounded.parameters} == {torch.float32}
    loss = rounded.loss(batch)
    loss.backward()
    assert loss.item() == pytest.approx(model.loss(batch).item(), rel=0.01)


def test_gradients_reach_the_adapter_alone(model: SkillModel, batch: SkillBatch) -> None:
    disturb(model)
    model.loss(batch).backward()
    for name, weight in model.peft_model.named_parameters():
        assert (weight.grad is not None and bool(weight.grad.any())) == ("lora_" in name), name
    # Attention and feed-forward: seven maps in two layers, each with two factors.
    assert len(model.parameters) == 28


def test_an_export_is_loaded_by_peft(
    model: SkillModel, batch: SkillBatch, causal_folder: Path, tmp_path: Path
) -> None:
    from peft import PeftModel
    from safetensors.torch import load_file

    disturb(model)
    with torch.no_grad():
        for weight in model.parameters:
            weight.copy_(weight.bfloat16())
    model.export(tmp_path / "adapter", "a model")
    stored = load_file(tmp_path / "adapter/adapter_model.safetensors")
    assert {tensor.dtype for tensor in stored.values()} == {torch.bfloat16}
    base = load_text_model(causal_folder).model
    loaded = PeftModel.from_pretrained(base, tmp_path / "adapter").eval()
    with torch.no_grad():
        expected = model.peft_model(input_ids=batch.ids).logits
        torch.testing.assert_close(loaded(input_ids=batch.ids).logits, expected)


def test_other_kinds_of_models_are_refused(
    bundled_folder: Path, text_folders: dict[str, Path]
) -> None:
    for folder in (bundled_folder, text_folders["t5"]):
        with pytest.raises(BackboneError, match="is no causal language model"):
            load_base(str(folder))
