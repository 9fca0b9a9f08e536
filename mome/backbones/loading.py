"""Load the base model that a name, path or hub id refers to."""

from __future__ import annotations

from mome.backbones.base import Backbone
from mome.backbones.identity import BUNDLED, base_path, identity
from mome.errors import BackboneError


def load(base: str = "bundled") -> Backbone:
    """Load `bundled`, an open model by its name, a folder, a GGUF file or a hub id. Raises
    BackboneError if there is no usable model.
    """
    from mome.backbones.bundled.backbone import BundledBackbone

    path = BUNDLED if base == "bundled" else base_path(base)
    if base == "bundled" and not (path / "model.safetensors").exists():
        raise BackboneError(
            "the bundled backbone's weights are not installed; reinstall the package or name "
            "another model with --base"
        )
    if BundledBackbone.recognises(path):
        return BundledBackbone(path)
    # Imported here because the bundled model does without transformers' automatic classes.
    from mome.backbones.text_model import TextBackbone

    if path.is_dir():
        return TextBackbone(path)
    from mome.backbones.conversion import converted

    return TextBackbone(converted(path), identity(path))
