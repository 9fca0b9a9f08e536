"""A memory of a causal model names where experts act in it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mome.backbones.identity import BUNDLED, identity
from mome.backbones.loading import load
from mome.backbones.memory_identity import AT_ANSWERS, memory_identity


def test_only_causal_models_are_marked(
    text_folders: dict[str, Path], bundled_folder: Path, gguf: Path
) -> None:
    for path in (text_folders["llama"], text_folders["chat"], gguf):
        assert memory_identity(path) == identity(path) + AT_ANSWERS
    for path in (text_folders["t5"], bundled_folder, BUNDLED):
        assert memory_identity(path) == identity(path)


@pytest.mark.parametrize("kind", ["t5", "llama"])
def test_a_loaded_model_has_it(text_folders: dict[str, Path], kind: str) -> None:
    assert load(str(text_folders[kind])).identity == memory_identity(text_folders[kind])


def test_a_folder_without_a_configuration_is_not_marked(
    text_folders: dict[str, Path], tmp_path: Path
) -> None:
    shutil.copy(text_folders["llama"] / "model.safetensors", tmp_path)
    assert memory_identity(tmp_path) == identity(tmp_path)
    (tmp_path / "config.json").write_text("{")
    assert memory_identity(tmp_path) == identity(tmp_path)


def test_it_imports_no_torch() -> None:
    script = "import sys, mome.backbones.memory_identity; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "False\n"
