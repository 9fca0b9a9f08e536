"""The bundled model: cache, padding, pointers, loss, and files that give the same bits back."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import Tensor
from torch.nn import functional

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.inputs import FEATURES
from mome.backbones.bundled.model import BundledModel, DecoderCache
from mome.backbones.bundled.stored_model import load_model, save_model

OUTPUT, ITEMS = 50, 12
SIZES = {"output_size": OUTPUT, "max_items": ITEMS, "encoder_vocab_size": 40}
SIZES |= {"d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "heads": 4, "d_ff": 64}


@pytest.fixture(scope="module")
def model(one_thread: None) -> BundledModel:
    torch.manual_seed(0)
    model = BundledModel(BundledConfig(**SIZES)).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.2)
    return model


@pytest.fixture
def inputs() -> dict[str, Tensor]:
    """Two questions of 9 and 6 tokens with 5 and 3 items; the second item of the first was
    cut off.
    """
    torch.manual_seed(1)
    ids, mask = torch.randint(4, 40, (2, 9)), torch.ones(2, 9, dtype=torch.int64)
    features = torch.stack([torch.randint(0, size, (2, 9)) for size in FEATURES], -1)
    mask[1, 6:] = 0
    return {
        "input_ids": ids.masked_fill(mask == 0, 0),
        "attention_mask": mask,
        "feature_ids": features * mask.unsqueeze(-1),
        "item_positions": torch.tensor([[1, -1, 3, 5, 7], [1, 2, 4, -1, -1]]),
    }


LABELS = torch.tensor([[7, OUTPUT, 9, OUTPUT + 4, 2], [8, OUTPUT + 2, 2, -100, -100]])


def logits_of(model: BundledModel, inputs: dict[str, Tensor], ids: Tensor) -> Tensor:
    """The logits of the tokens that follow `ids`."""
    read = model.read(**inputs)
    return model.logits(model.decoder(ids, read, None), read.keys, read.item_positions)


def alone(inputs: dict[str, Tensor], row: int, tokens: int, items: int) -> dict[str, Tensor]:
    """One row without its padding."""
    cut = {
        name: tensor[row : row + 1, :tokens]
        for name, tensor in inputs.items()
        if name != "item_positions"
    }
    return cut | {"item_positions": inputs["item_positions"][row : row + 1, :items]}


@torch.no_grad()
def test_logits_cover_words_and_pointers_and_mask_what_is_missing(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    logits = model(**inputs, labels=LABELS).logits
    assert logits.shape == (2, 5, OUTPUT + ITEMS)
    lowest = torch.finfo(logits.dtype).min
    assert torch.all(logits[0, :, OUTPUT + 1] == lowest) and torch.all(
        logits[1, :, OUTPUT + 3 :] == lowest
    )
    assert torch.all(logits[:, :, OUTPUT + 5 :] == lowest) and torch.all(
        logits[0, :, OUTPUT + 2 : OUTPUT + 5] > -1e4
    )


@torch.no_grad()
def test_padding_changes_nothing(model: BundledModel, inputs: dict[str, Tensor]) -> None:
    batch = model(**inputs, labels=LABELS).logits
    for row, tokens, items, length in ((0, 9, 5, 5), (1, 6, 3, 3)):
        single = model(
            **alone(inputs, row, tokens, items), labels=LABELS[row : row + 1, :length]
        ).logits
        torch.testing.assert_close(single[0], batch[row, :length], rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_the_loss_is_that_of_the_labels_that_count(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    out = model(**inputs, labels=LABELS)
    kept = LABELS != -100
    assert torch.allclose(out.loss, functional.cross_entropy(out.logits[kept], LABELS[kept]))


def test_labels_are_read_one_step_late(model: BundledModel) -> None:
    assert model.shift(LABELS).tolist() == [[1, 7, OUTPUT, 9, OUTPUT + 4], [1, 8, OUTPUT + 2, 2, 0]]


@torch.no_grad()
def test_decoding_with_a_cache_gives_the_same_logits(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    ids = model.shift(LABELS)
    whole = logits_of(model, inputs, ids)
    read, cache = model.read(**inputs), DecoderCache()
    for chunk in (slice(0, 1), slice(1, 3), slice(3, 4), slice(4, 5)):
        states = model.decoder(ids[:, chunk], read, cache)
        logits = model.logits(states, read.keys, read.item_positions)
        torch.testing.assert_close(logits, whole[:, chunk], rtol=1e-5, atol=1e-5)
    assert cache.length == 5


@torch.no_grad()
def test_beams_read_their_question_and_go_on_from_any_beam(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    read, cache = model.read(**inputs).repeated(2), DecoderCache()
    # Two beams of each question; then both go on from the second one.
    first = torch.tensor([[1, 7], [1, 8], [1, OUTPUT], [1, 9]])
    model.decoder(first, read, cache)
    cache.reorder(torch.tensor([1, 1, 3, 3]))
    states = model.decoder(torch.tensor([[4], [5], [4], [OUTPUT + 2]]), read, cache)
    logits = model.logits(states, read.keys, read.item_positions)[:, 0]
    for row, (question, ids) in enumerate(
        [(0, [1, 8, 4]), (0, [1, 8, 5]), (1, [1, 9, 4]), (1, [1, 9, OUTPUT + 2])]
    ):
        single = {name: tensor[question : question + 1] for name, tensor in inputs.items()}
        expected = logits_of(model, single, torch.tensor([ids]))[0, -1]
        torch.testing.assert_close(logits[row], expected, rtol=1e-5, atol=1e-5)


@torch.no_grad()
def test_later_tokens_do_not_change_earlier_logits(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    read = model.shift(LABELS)
    changed = torch.cat([read[:, :3], (read[:, 3:] + 1) % OUTPUT], 1)
    before, after = (logits_of(model, inputs, ids) for ids in (read, changed))
    assert torch.equal(before[:, :3], after[:, :3]) and not torch.allclose(
        before[:, 3:], after[:, 3:]
    )


@torch.no_grad()
def test_a_pointer_is_read_as_what_it_points_at(
    model: BundledModel, inputs: dict[str, Tensor]
) -> None:
    moved = inputs | {"item_positions": inputs["item_positions"].clone()}
    moved["item_positions"][0, 0] = 8
    read = torch.tensor([[1, OUTPUT], [1, OUTPUT]])
    before, after = (logits_of(model, given, read)[:, :, :OUTPUT] for given in (inputs, moved))
    assert (
        not torch.allclose(before[0, 1], after[0, 1])
        and torch.equal(before[1], after[1])
        and torch.equal(before[0, 0], after[0, 0])
    )


@torch.no_grad()
def test_features_are_added_to_the_words(model: BundledModel, inputs: dict[str, Tensor]) -> None:
    states = model.encoder(inputs["input_ids"], inputs["attention_mask"], inputs["feature_ids"])
    changed = inputs["feature_ids"].clone()
    changed[0, 0, 3] = (changed[0, 0, 3] + 1) % FEATURES[3]
    other = model.encoder(inputs["input_ids"], inputs["attention_mask"], changed)
    assert not torch.allclose(states[0], other[0]) and torch.equal(states[1], other[1])


@torch.no_grad()
def test_the_parts_give_what_forward_gives(model: BundledModel, inputs: dict[str, Tensor]) -> None:
    logits = logits_of(model, inputs, model.shift(LABELS))
    assert torch.equal(logits, model(**inputs, labels=LABELS).logits)


@torch.no_grad()
def test_a_saved_model_comes_back_bit_for_bit(
    model: BundledModel, inputs: dict[str, Tensor], tmp_path: Path
) -> None:
    save_model(model, tmp_path)
    again = load_model(tmp_path).eval()
    assert again.config == model.config
    weights = again.state_dict()
    assert weights.keys() == model.state_dict().keys()
    assert all(torch.equal(tensor, weights[name]) for name, tensor in model.state_dict().items())
    logits = model(**inputs, labels=LABELS).logits
    assert torch.equal(again(**inputs, labels=LABELS).logits, logits)


def test_a_width_that_the_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="5 heads"):
        BundledConfig(heads=5)


def test_a_new_model_reads_no_feature_yet_and_every_parameter_learns(
    inputs: dict[str, Tensor],
) -> None:
    torch.manual_seed(0)
    model = BundledModel(BundledConfig(**SIZES, dropout=0.0)).initialise()
    assert not model.encoder.features.weight.any() and not model.bias.any()
    model(**inputs, labels=LABELS).loss.backward()
    still = {
        name
        for name, parameter in model.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    }
    assert not {name for name in still if not name.endswith(("key.bias", "pointer_key.bias"))}


def test_parameter_names_are_those_of_the_shipped_weights(model: BundledModel) -> None:
    weights = (
        Path(__file__).parents[4]
        / "mome"
        / "backbones"
        / "bundled"
        / "weights"
        / "model.safetensors"
    )
    with safe_open(weights, framework="pt") as file:
        shipped = {
            name.replace("layer.5", "layer.1").replace("layers.2", "layers.1")
            for name in file.keys()
            if "layer.2" not in name
        }
    shipped = {name for name in shipped if not any(f"encoder.layer.{i}." in name for i in (3, 4))}
    assert set(model.state_dict()) == shipped
