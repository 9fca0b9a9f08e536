"""Which base model `--base auto` takes: files of tiny models stand for those of the table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from mome.artifacts.checksums import write_checksums
from mome.backbones import auto, models
from mome.backbones.auto import better_base, chosen_base
from mome.backbones.models import OpenModel
from mome.backbones.open import skills

CONTENTS = {"large": b"large", "small": b"small"}
TABLE = tuple(
    OpenModel(name, f"{name}.gguf", len(content), hashlib.sha256(content).hexdigest(), "MIT")
    for name, content in CONTENTS.items()
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of model files. Both models of the table have a skill."""
    for module in (models, auto):
        monkeypatch.setattr(module, "MODELS", TABLE)
    monkeypatch.setattr(skills, "FOLDER", tmp_path / "skills")
    monkeypatch.setenv("MOME_MODELS", str(tmp_path / "models"))
    (tmp_path / "models").mkdir()
    for name in CONTENTS:
        add_skill(tmp_path, name)
    return tmp_path / "models"


def add_skill(folder: Path, name: str) -> None:
    skill = folder / "skills" / name
    skill.mkdir(parents=True)
    (skill / "adapter_model.safetensors").write_bytes(b"")


def test_the_bundled_model_is_taken_where_no_other_is_here(folder: Path) -> None:
    assert chosen_base(folder / "memory") == "bundled"
    assert better_base("bundled") == (
        "the bundled model reads the questions; large would answer more of them: `mome models get "
        "large` (0 MB), then tune with `--base large`"
    )


def test_the_largest_that_is_here_and_whole_is_taken(folder: Path) -> None:
    for name, content in CONTENTS.items():
        (folder / f"{name}.gguf").write_bytes(content)
    assert chosen_base(folder / "memory") == "large"
    (folder / "large.gguf").write_bytes(b"cut")
    assert chosen_base(folder / "memory") == "small"
    assert better_base("small") == ""


def test_a_model_without_a_skill_is_not_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "large.gguf").write_bytes(CONTENTS["large"])
    monkeypatch.setattr(auto, "MODELS", (replace(TABLE[0], name="other"),))
    assert chosen_base(folder / "memory") == "bundled"
    assert better_base("bundled") == ""


def test_an_existing_memory_keeps_its_base(folder: Path, tmp_path: Path) -> None:
    (folder / "large.gguf").write_bytes(CONTENTS["large"])
    version = tmp_path / "memory" / "current"
    version.mkdir(parents=True)
    (version / "source.json").write_text(json.dumps({"base": "bundled"}))
    write_checksums(version)
    assert chosen_base(tmp_path / "memory") == "bundled"
