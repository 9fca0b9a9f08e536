"""Load the base model that a name, path or hub id refers to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mome.backbones.base import Backbone
from mome.backbones.identity import BUNDLED, base_path
from mome.backbones.memory_identity import memory_identity
from mome.errors import BackboneError

if TYPE_CHECKING:
    from mome.backbones.text_model import TextBackbone


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
    return load_text_model(path)


def load_text_model(path: Path, dtype: torch.dtype = torch.float32) -> TextBackbone:
    """Load a folder or GGUF file of a causal or seq2seq model of transformers, to compute in
    `dtype`. Raises BackboneError.
    """
    # Imported here because the bundled model does without transformers' automatic classes.
    from mome.backbones.causal_model import CausalBackbone
    from mome.backbones.model_reading import read_model
    from mome.backbones.seq2seq_model import Seq2SeqBackbone

    if path.is_dir():
        folder = path
    else:
        from mome.backbones.conversion import converted

        folder = converted(path)
    tokenizer, model = read_model(folder, dtype)
    kind = Seq2SeqBackbone if model.config.is_encoder_decoder else CausalBackbone
    return kind(tokenizer, model, memory_identity(path))
