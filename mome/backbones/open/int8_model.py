"""An open model with int8 weights: quantized once, kept beside its conversion, and from then on
read without the weights that it was quantized from.

`loading` calls it. Embeddings are kept in bfloat16 and memory-mapped; everything else is kept in
float32, the precision in which the model computes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerBase,
)

from mome.artifacts.checksums import CHECKSUMS
from mome.backbones.conversion import DTYPE, converted, kept
from mome.backbones.identity import CONVERSION
from mome.backbones.model_reading import read_model
from mome.backbones.open.adapted_linear import AdaptedLinear
from mome.backbones.open.int8_weight import levels_of
from mome.backbones.room import need_disk, need_memory

# A change of what is written makes a folder of its own.
VERSION = f"{CONVERSION}-int8-1"
WEIGHTS = "int8.safetensors"
NOT_COPIED = (CHECKSUMS, "*.safetensors")
"""What an int8 model does not share with the conversion that it is made of."""


def int8_model(path: Path) -> tuple[PreTrainedTokenizerBase, PreTrainedModel]:
    """Return tokenizer and frozen model of a GGUF file.

    Raises BackboneError, also if torch has no int8 kernels for this processor.
    """
    folder = kept(path, VERSION, partial(_write, path))
    weights = folder / WEIGHTS
    need_memory(path.name, weights.stat().st_size)
    # Before the weights, because it takes 0.1 GB for a moment.
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)
    config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    fill(model, partial(_tensor, weights))
    return tokenizer, model.eval().requires_grad_(False)


def _write(path: Path, draft: Path) -> None:
    source = converted(path)
    _, model = read_model(source, DTYPE)
    tensors = quantized(model)
    size = sum(tensor.nbytes for tensor in tensors.values())
    need_disk(draft, size, "free some and run it again")
    save_file(tensors, draft / WEIGHTS)
    skip = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(source, draft, ignore=skip, dirs_exist_ok=True)


def _tensor(path: Path, name: str) -> Tensor:
    # Opened for each tensor: what was read of a mapped file stays in memory until it is unmapped.
    with safe_open(path, framework="pt") as file:
        return file.get_tensor(name)


@torch.no_grad()
def quantized(model: nn.Module) -> dict[str, Tensor]:
    """Return what `fill` needs of a model, by name: levels, scales and bias of all linear layers,
    the output layer included, and all other parameters and buffers.
    """
    tensors: dict[str, Tensor] = {}
    for name, module in model.named_modules():
        parameters = dict(module.named_parameters(recurse=False))
        if isinstance(module, nn.Linear):
            levels, scales = levels_of(parameters.pop("weight"))
            tensors |= {f"{name}.levels": levels, f"{name}.scales": scales}
        dtype = torch.bfloat16 if isinstance(module, nn.Embedding) else torch.float32
        for own, parameter in parameters.items():
            tensors[f"{name}.{own}"] = parameter.to(dtype)
        # Those that no file of transformers holds, too: a model on the device meta has none.
        for own, buffer in module.named_buffers(recurse=False):
            tensors[f"{name}.{own}"] = buffer.clone()
    return tensors


def fill(model: nn.Module, tensor: Callable[[str], Tensor]) -> None:
    """Replace all linear layers of a model, and all other parameters and buffers, in place.

    `tensor`: returns what `quantized` calls by a name.
    """
    for name, module in list(model.named_modules()):
        if isinstance(module, nn.Linear):
            bias = None if module.bias is None else tensor(f"{name}.bias").clone()
            weight = tensor(f"{name}.levels"), tensor(f"{name}.scales")
            model.set_submodule(name, AdaptedLinear(*weight, bias))
            continue
        for own, _ in list(module.named_buffers(recurse=False)):
            setattr(module, own, tensor(f"{name}.{own}").clone())
        for own, _ in list(module.named_parameters(recurse=False)):
            setattr(module, own, _frozen(tensor(f"{name}.{own}"), module))


def _frozen(tensor: Tensor, module: nn.Module) -> nn.Parameter:
    if isinstance(module, nn.Embedding):
        # Layers compute in the precision of their inputs.
        module.register_forward_hook(lambda _module, _ids, states: states.float())
        return nn.Parameter(tensor, requires_grad=False)
    return nn.Parameter(tensor.clone(), requires_grad=False)
