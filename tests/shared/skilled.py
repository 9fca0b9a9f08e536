"""A tiny open model with a skill, in the place of those of the table."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from peft import LoraConfig, get_peft_model

from mome.backbones import auto, models
from mome.backbones.conversion import converted
from mome.backbones.model_reading import read_model
from mome.backbones.models import OpenModel
from mome.backbones.open import skills
from tiny_models import write_gguf

NAME = "tiny"


def install(folder: Path, model: Path, patch: pytest.MonkeyPatch) -> Path:
    """Let `tiny` be the only open model: that of a folder, as a GGUF file, with an adapter. Return
    the adapter's folder.
    """
    (folder / "models").mkdir()
    file = write_gguf(folder / "models" / "tiny.gguf", model)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    table = (OpenModel(NAME, file.name, file.stat().st_size, digest, "MIT"),)
    for module in (models, auto):
        patch.setattr(module, "MODELS", table)
    patch.setenv("MOME_MODELS", str(file.parent))
    patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    patch.setattr(skills, "FOLDER", folder / "skills")
    _, frozen = read_model(converted(file))
    config = LoraConfig(
        r=2, target_modules="all-linear", task_type="CAUSAL_LM", init_lora_weights=False
    )
    get_peft_model(frozen, config).save_pretrained(folder / "skills" / NAME)
    return folder / "skills" / NAME
