"""The open models that have a skill: an adapter, made by `mome pretrain --base`, with which they
write forms. Imports no torch.

A memory of such a model is tuned on the bundled model, which recalls its facts; the open model
reads all other questions beside it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from mome.artifacts.file_hashes import file_hash
from mome.backbones.identity import base_path, identity
from mome.backbones.models import named

FOLDER = Path(__file__).parent / "skills"
ADAPTER = "adapter_model.safetensors"


def skill_of(base: str) -> Path | None:
    """Return the folder of a base model's adapter; None if it has no skill."""
    model = named(base)
    if model is None:
        return None
    folder = FOLDER / model.name
    return folder if (folder / ADAPTER).exists() else None


def memory_base(base: str) -> str:
    """Return the base model on which a memory is tuned."""
    return base if skill_of(base) is None else "bundled"


def reader_identity(base: str) -> str:
    """Return the SHA-256 over a base model's file and its adapter; empty if it has no skill.

    Raises BackboneError if the model is not on this machine.
    """
    skill = skill_of(base)
    if skill is None:
        return ""
    digest = hashlib.sha256(identity(base_path(base)).encode())
    digest.update(file_hash(skill / ADAPTER))
    return digest.hexdigest()
