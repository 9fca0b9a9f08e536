"""Read a model's folder with transformers, for the text backbone. No code and no pickle of it is
read.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from mome.backbones.quiet_loading import without_bars
from mome.backbones.room import need_memory
from mome.errors import BackboneError

FAILURES = (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError)
"""What transformers raises for a folder that holds no model that it can read."""


def read_model(
    folder: Path, dtype: torch.dtype = torch.float32
) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Return tokenizer and frozen model of a folder. Raises BackboneError."""
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
        _check_json(folder / "tokenizer.json")
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
        return tokenizer, _model(folder, config, dtype)
    except FAILURES as error:
        raise BackboneError(
            f"no usable model is in {folder}; give `bundled`, a name that `mome models` lists, a "
            "folder with a transformers model, a .gguf file, or a hub id"
        ) from error


def _model(folder: Path, config: PreTrainedConfig, dtype: torch.dtype) -> PreTrainedModel:
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    need_memory(str(folder), _elements(folder) * dtype.itemsize)
    with without_bars():
        model = kind.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, trust_remote_code=False
        )
    return model.eval().requires_grad_(False)


def _elements(folder: Path) -> int:
    """Return the number of weights, from the headers of the files."""
    count = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, framework="pt") as file:
            for name in file.keys():
                count += math.prod(file.get_slice(name).get_shape())
    return count


def _check_json(path: Path) -> None:
    """Raise ValueError for a truncated file; the tokenizers library would raise a bare
    Exception.
    """
    if path.exists():
        json.loads(path.read_text("utf-8"))
