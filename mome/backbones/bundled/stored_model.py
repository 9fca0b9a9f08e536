"""A bundled model in its folder: config.json and model.safetensors."""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import load_file, save_file

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.model import BundledModel

WEIGHTS = "model.safetensors"


def load_model(folder: Path) -> BundledModel:
    """Read a model in single precision; its weights are memory-mapped until they are converted.

    Raises OSError, ValueError, TypeError, SafetensorError, or RuntimeError if weights are missing,
    are of other sizes, or are too many.
    """
    model = BundledModel(BundledConfig.read(folder))
    weights = load_file(folder / WEIGHTS)
    single = {name: tensor.float() for name, tensor in weights.items()}
    # Assigned, not copied: what was single precision before stays in the file's pages.
    model.load_state_dict(single, assign=True)
    return model


def save_model(model: BundledModel, folder: Path) -> None:
    """Write a model as `load_model` reads it, in the precision that it has."""
    folder.mkdir(parents=True, exist_ok=True)
    model.config.write(folder)
    weights = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    # The format tells other readers of such files that these are torch's.
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
