"""A GGUF file as a model of transformers, converted once: its weights in bfloat16 as safetensors,
which are memory-mapped, beside configuration and tokenizer.

`loading` calls it. transformers reads the file, which takes ten times as long as to load what is
kept here. No code and no pickle is read.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from filelock import FileLock
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    GgufConfig,
)

from mome.artifacts.checksums import read_checksums, write_checksums
from mome.artifacts.file_hashes import file_hash
from mome.artifacts.lock import DISK_IS_FULL, is_full
from mome.backbones.identity import CONVERSION
from mome.backbones.model_files import cache_folder
from mome.backbones.quiet_loading import without_bars
from mome.backbones.room import need_disk, need_memory
from mome.errors import BackboneError, BrokenMemory

# What this rounds away is less than what the quantization had rounded away before.
DTYPE = torch.bfloat16
SOURCE = "source.gguf"


def converted(path: Path) -> Path:
    """Return the folder of the model that a GGUF file holds; convert it if that has not been done.
    Raises BackboneError.
    """
    return kept(path, str(CONVERSION), partial(_convert, path))


def kept(path: Path, version: str, write: Callable[[Path], None]) -> Path:
    """Return the folder of what was made of a GGUF file; make it if that has not been done.

    version: of what `write` makes.
    write: fills a folder.
    Raises BackboneError.
    """
    folder = cache_folder() / "converted" / f"{file_hash(path).hex()}-{version}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Of two processes that want the same model the second one waits for the first.
    with FileLock(folder.with_suffix(".lock")):
        if not _is_whole(folder):
            _make(folder, path, write)
    return folder


def _is_whole(folder: Path) -> bool:
    """Return whether the files are as they were written."""
    try:
        for name, entry in read_checksums(folder).items():
            if file_hash(folder / name).hex() != entry["sha256"]:
                return False
    except (BrokenMemory, OSError):
        return False
    return True


def _make(folder: Path, path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a draft and rename it, so that `folder` is always a whole one."""
    draft = folder.with_suffix(".draft")
    for left in (draft, folder):
        shutil.rmtree(left, ignore_errors=True)
    try:
        draft.mkdir()
        write(draft)
        write_checksums(draft)
        os.rename(draft, folder)
    except BackboneError:
        raise
    # A damaged file makes its reader fail in any way.
    except Exception as error:
        raise BackboneError(_told(path, folder, error)) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _convert(path: Path, draft: Path) -> None:
    # The file is read alone in a folder: transformers would prefer a tokenizer that lies beside it.
    source = draft / "source"
    source.mkdir()
    (source / SOURCE).symlink_to(path.absolute())
    config = AutoConfig.from_pretrained(source, gguf_file=SOURCE)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    with torch.device("meta"):
        elements = sum(parameter.numel() for parameter in kind.from_config(config).parameters())
    size = elements * DTYPE.itemsize
    # Once as read and once as a model.
    need_memory(path.name, 2 * size)
    need_disk(draft, size, "free some and run it again")
    with without_bars():
        model, info = kind.from_pretrained(
            source,
            gguf_file=SOURCE,
            config=config,
            dtype=DTYPE,
            quantization_config=GgufConfig(dequantize=True),
            output_loading_info=True,
        )
        # transformers would fill a missing weight with random numbers.
        if info["missing_keys"]:
            raise ValueError(f"{', '.join(sorted(info['missing_keys']))} is missing")
        model.save_pretrained(draft)
    AutoTokenizer.from_pretrained(source, gguf_file=SOURCE).save_pretrained(draft)
    shutil.rmtree(source)


def _told(path: Path, folder: Path, error: Exception) -> str:
    if is_full(error):
        return f"{folder.parent} cannot be written: {DISK_IS_FULL}"
    reason = " ".join(str(error).split()) or type(error).__name__
    return (
        f"{path} is damaged, or a model that cannot be read ({reason}); bring it again, or choose "
        "a model that `mome models` lists"
    )
