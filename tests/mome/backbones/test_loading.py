"""How a base model is found, and what names it."""

from __future__ import annotations

import os
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mome.backbones.base import Batch
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.causal_model import CausalBackbone
from mome.backbones.identity import BUNDLED
from mome.backbones.loading import load
from mome.backbones.seq2seq_model import Seq2SeqBackbone
from mome.errors import BackboneError
from mome.linking.slice import Linker


def test_a_folder_is_loaded_by_what_it_holds(
    bundled_folder: Path, text_folders: dict[str, Path]
) -> None:
    assert isinstance(load(str(bundled_folder)), BundledBackbone)
    kinds = {"t5": Seq2SeqBackbone, "llama": CausalBackbone, "chat": CausalBackbone}
    for name, folder in text_folders.items():
        backbone = load(str(folder))
        assert isinstance(backbone, kinds[name]) and not backbone.model.training
        assert not any(parameter.requires_grad for parameter in backbone.model.parameters())


def test_a_model_is_free_once_its_linker_is_gone(
    bundled_folder: Path, make_linker: Callable[[], Linker]
) -> None:
    """At once, without a garbage collection."""
    backbone = load(str(bundled_folder))
    linker = make_linker().with_meanings(backbone.word_vectors)
    assert backbone.canonical("SELECT COUNT(*) FROM singer", linker)
    left = weakref.ref(backbone)
    del backbone, linker
    assert left() is None


@pytest.mark.parametrize(
    "base", ["/nowhere/at/all", "no such model", "unknown-owner/unknown-model", ""]
)
def test_an_unknown_model_is_one_clear_line(base: str) -> None:
    with pytest.raises(BackboneError) as caught:
        load(base)
    assert (
        "bundled" in str(caught.value)
        and base in str(caught.value)
        and "\n" not in str(caught.value)
    )


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(BackboneError, match="no usable model"):
        load(str(tmp_path))


def test_missing_bundled_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.backbones.loading.BUNDLED", tmp_path)
    with pytest.raises(BackboneError, match="reinstall"):
        load()


def test_the_shipped_weights_lie_in_the_package() -> None:
    assert {path.name for path in BUNDLED.iterdir()} >= {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "pieces.json",
    }


def test_rows_of_a_batch_are_selected_in_order(bundled_folder: Path) -> None:
    batch = Batch({"a": torch.arange(6).view(3, 2), "b": torch.tensor([7, 8, 9])})
    some = load(str(bundled_folder)).select(batch, [2, 0])
    assert some.tensors["a"].tolist() == [[4, 5], [0, 1]] and some.tensors["b"].tolist() == [9, 7]


def test_the_bundled_model_needs_nothing_of_transformers(bundled_folder: Path) -> None:
    """Importing it takes longer than answering a question."""
    script = f"""
import sys
from mome.backbones.loading import load
load({str(bundled_folder)!r})
print(sorted(sys.modules.keys() & {{"transformers", "peft", "sympy", "torch._dynamo"}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("shown", [True, False])
def test_a_model_loads_without_a_bar_and_leaves_the_switch_as_it_was(
    shown: bool, text_folders: dict[str, Path]
) -> None:
    """In a process of its own: the switch is the whole process's."""
    script = f"""
from mome.backbones.loading import load
from transformers.utils import logging
assert logging.is_progress_bar_enabled() or not {shown}
load({str(text_folders["llama"])!r})
print(logging.is_progress_bar_enabled())
"""
    environment = {
        name: value for name, value in os.environ.items() if name != "HF_HUB_DISABLE_PROGRESS_BARS"
    }
    environment |= {} if shown else {"HF_HUB_DISABLE_PROGRESS_BARS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
    )
    assert (done.stdout, done.stderr) == (f"{shown}\n", "")
