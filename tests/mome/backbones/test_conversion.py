"""A GGUF file becomes a model of transformers, once."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from mome.backbones.conversion import converted
from mome.backbones.loading import load
from mome.backbones.memory_identity import memory_identity
from mome.errors import BackboneError
from tiny_models import rounded, write_gguf

TEXT = "SELECT name FROM singer WHERE age > 20</s>  12 Ünïcode"


pytestmark = pytest.mark.usefixtures("cache")


def kept(cache: Path) -> list[str]:
    """What is in the cache, locks aside."""
    return [path.name for path in cache.iterdir() if path.suffix != ".lock"]


def test_weights_and_tokenizer_are_those_of_the_file(
    gguf: Path, text_folders: dict[str, Path]
) -> None:
    folder = converted(gguf)
    before = AutoModelForCausalLM.from_pretrained(text_folders["chat"])
    after = AutoModelForCausalLM.from_pretrained(folder)
    assert after.dtype == torch.bfloat16
    weights = after.state_dict()
    assert weights.keys() == before.state_dict().keys()
    for name, weight in before.state_dict().items():
        assert torch.equal(weights[name], rounded(weight).to(torch.bfloat16)), name
    old, new = (AutoTokenizer.from_pretrained(path) for path in (text_folders["chat"], folder))
    assert new(TEXT)["input_ids"] == old(TEXT)["input_ids"]
    assert (new.eos_token, new.pad_token) == (old.eos_token, old.pad_token)
    assert new.chat_template == old.chat_template


def test_an_output_layer_of_its_own_stays_one(gguf: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(converted(gguf))
    assert not model.config.tie_word_embeddings
    assert not torch.equal(model.lm_head.weight, model.get_input_embeddings().weight)


def test_a_file_is_converted_once_and_loads_as_a_backbone(gguf: Path, cache: Path) -> None:
    backbone = load(str(gguf))
    assert backbone.identity == memory_identity(gguf) != memory_identity(converted(gguf))
    weights = converted(gguf) / "model.safetensors"
    written = weights.stat().st_mtime_ns
    again = load(str(gguf))
    assert again.identity == backbone.identity and weights.stat().st_mtime_ns == written
    assert len(kept(cache)) == 1
    assert torch.equal(again.question_state(["who sang"]), backbone.question_state(["who sang"]))


def test_a_tokenizer_beside_the_file_is_not_taken(
    gguf: Path, text_folders: dict[str, Path], tmp_path: Path
) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(text_folders["t5"] / name, tmp_path)
    folder = converted(Path(shutil.copy(gguf, tmp_path)))
    old, new = (AutoTokenizer.from_pretrained(path) for path in (text_folders["chat"], folder))
    assert new(TEXT)["input_ids"] == old(TEXT)["input_ids"]


def test_a_damaged_conversion_is_made_anew(gguf: Path) -> None:
    weights = converted(gguf) / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert (converted(gguf) / "model.safetensors").read_bytes() == content


@pytest.mark.parametrize("bytes_left", [40, 3000, -1000])
def test_a_cut_file_is_one_clear_line(
    bytes_left: int, gguf: Path, cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "cut.gguf").write_bytes(gguf.read_bytes()[:bytes_left])
    with pytest.raises(BackboneError, match="cut.gguf is damaged") as caught:
        converted(tmp_path / "cut.gguf")
    assert "\n" not in str(caught.value) and kept(cache) == []


def test_a_missing_weight_is_no_random_one(text_folders: dict[str, Path], tmp_path: Path) -> None:
    name = "model.layers.1.mlp.up_proj.weight"
    path = write_gguf(tmp_path / "part.gguf", text_folders["chat"], without=name)
    with pytest.raises(BackboneError, match=f"{name} is missing"):
        converted(path)


def test_too_little_memory_or_disk_is_told_first(
    gguf: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=10**4))
        with pytest.raises(BackboneError, match="tiny.gguf needs 0 MB of memory"):
            converted(gguf)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=10**4))
        with pytest.raises(BackboneError, match="of disk space are needed and 0 MB are free"):
            converted(gguf)
    assert kept(cache) == []
