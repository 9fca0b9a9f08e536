"""Load the base model that a name, folder or hub id refers to."""

from __future__ import annotations

from pathlib import Path

from mome.backbones.base import Backbone
from mome.backbones.identity import BUNDLED
from mome.errors import BackboneError


def load(base: str = "bundled") -> Backbone:
    """Load `bundled`, a folder or a hub id. Raises BackboneError if there is no usable model."""
    from mome.backbones.bundled.backbone import BundledBackbone

    folder = BUNDLED if base == "bundled" else Path(base).expanduser()
    if base == "bundled" and not (folder / "model.safetensors").exists():
        raise BackboneError(
            "the bundled backbone's weights are not installed; reinstall the package or name "
            "another model with --base"
        )
    if BundledBackbone.recognises(folder):
        return BundledBackbone(folder)
    # Imported here because the bundled model does without transformers' automatic classes.
    from mome.backbones.text_model import TextBackbone

    return TextBackbone(base)
