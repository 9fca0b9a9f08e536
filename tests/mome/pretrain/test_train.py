"""A run that stops, resumes and ends as a model that the product loads."""

from __future__ import annotations

import random
from itertools import islice
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.tokens import END, NONE
from mome.backbones.loading import load
from mome.errors import BackboneError
from mome.pretrain import train
from mome.pretrain.command import read_database
from mome.pretrain.corpus import Example, spider_examples
from mome.pretrain.train import Batches, Run, TrainConfig, create, minilm_folder, train_pieces


@pytest.fixture(scope="module")
def examples(data: Path) -> list[Example]:
    """Spider's training questions about the shop."""
    return spider_examples(data, ["train"], read_database)


@pytest.fixture(scope="module")
def batches(examples: list[Example], bundled_folder: Path) -> Batches:
    """Batches of two, for a tiny model."""
    return Batches(examples, bundled_folder, TrainConfig(minutes=1, batch=2))


@pytest.mark.parametrize("wrong", [{"minutes": 0}, {"minutes": -1}, {"minutes": 1, "batch": 0}])
def test_a_config_is_checked_when_made(wrong: dict) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        TrainConfig(**wrong)


@pytest.mark.parametrize("text", ["Zürich", "a  b", "東京", "it's", "\t🙂"])
def test_pieces_spell_any_string(text: str) -> None:
    pieces = train_pieces(["how many singers"])
    assert pieces.decode(pieces.encode(text).ids) == text


def test_batches_are_the_same_for_a_seed_and_differ_between_seeds(batches: Batches) -> None:
    first, again, other = (list(islice(batches(seed), 6)) for seed in (0, 0, 1))
    assert all(
        torch.equal(a[name], b[name]) for a, b in zip(first, again, strict=True) for name in a
    )
    assert any(not torch.equal(a["labels"], b["labels"]) for a, b in zip(first, other, strict=True))


def test_labels_are_what_the_backbone_trains_facts_on(
    batches: Batches, examples: list[Example], bundled_folder: Path
) -> None:
    backbone = load(str(bundled_folder))
    example = next(e for e in examples if e.question == "Who works in Basel?")
    slice_ = example.draw(None).slice_
    sql = "SELECT staff.name FROM staff JOIN shop ON staff.shop_id = shop.shop_id WHERE shop.city = 'Basel'"
    batch = backbone.batch([backbone.prepare(slice_, example.linker)], [sql])
    _, ids = batches.row(example, None)
    assert batch.tensors["labels"].tolist() == [ids]


def test_some_questions_lose_what_answers_them(batches: Batches, examples: list[Example]) -> None:
    rng = random.Random(0)
    drawn = [(example, batches.row(example, rng)) for _ in range(100) for example in examples]
    unanswerable = [(example, row) for example, row in drawn if row and row[1] == [NONE, END]]
    assert 0.02 < len(unanswerable) / len(drawn) < 0.12


def test_a_new_model_starts_from_minilm(tmp_path: Path) -> None:
    model = create(tmp_path / "model", train_pieces(["how many singers"]))
    state = load_file(minilm_folder() / "model.safetensors")
    query = "encoder.layer.0.attention.self.query.weight"
    assert torch.equal(model.encoder.bert.state_dict()[query], state[query])
    assert torch.equal(model.decoder.layers[0].cross.query.weight, state[query])
    assert (tmp_path / "model/tokenizer.json").exists()


def test_other_minilm_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "MINILM_SHA256", "0" * 64)
    with pytest.raises(BackboneError, match="other weights than expected"):
        minilm_folder()


def test_a_run_resumes_where_it_stopped_and_learns(
    examples: list[Example], make_bundled, tmp_path: Path
) -> None:
    make_bundled(tmp_path / "model", std=0.05)
    said: list[str] = []
    config = TrainConfig(minutes=0.15, batch=4, encoder_lr=1e-3, decoder_lr=3e-3)
    batches = Batches(examples, tmp_path / "model", config)
    held_out = [
        batches.collate([row for example in examples[:2] if (row := batches.row(example, None))])
    ]
    run = Run(tmp_path, batches, held_out, config, _interrupted_at(said, "step 20 "))
    with pytest.raises(KeyboardInterrupt):
        run.train()
    stopped, elapsed = run.step, run.elapsed
    again = Run(tmp_path, batches, held_out, config, said.append)
    assert (again.step, again.elapsed) == (stopped, elapsed) and said[-1].startswith(
        f"resumed at step {stopped}"
    )
    assert all(
        torch.equal(a, b)
        for a, b in zip(run.model.parameters(), again.model.parameters(), strict=True)
    )
    again.train()
    losses = [float(line.split()[-1]) for line in said if " loss " in line]
    assert again.step > stopped and losses[-1] < 0.7 * losses[0]
    assert again.measure().startswith('{"tokens": ')
    again.export(tmp_path / "export")
    exported = BundledModel.from_pretrained(tmp_path / "export", dtype="auto")
    assert next(exported.parameters()).dtype == torch.float16
    assert load(str(tmp_path / "export")).identity


def test_questions_without_a_form_are_no_corpus(bundled_folder: Path) -> None:
    with pytest.raises(BackboneError, match="no question to learn from"):
        Batches([], bundled_folder, TrainConfig(minutes=1))


def _interrupted_at(said: list[str], start: str):
    """Return a `say` that keeps all lines and acts as Ctrl-C at one that starts with `start`."""

    def say(line: str) -> None:
        said.append(line)
        if line.startswith(start):
            raise KeyboardInterrupt

    return say
