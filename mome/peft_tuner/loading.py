"""Read an adapter's experts from its folder; the `load_adapter` of `registration` calls this."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from peft.utils import CONFIG_NAME
from safetensors import SafetensorError

from mome.artifacts.checksums import broken, verify_files
from mome.artifacts.facts import FACTS
from mome.errors import MemoryError_, NoMemory
from mome.memory.experts.bank import Bank
from mome.memory.store.files import EXPERTS, read_tensors
from mome.peft_tuner.config import ExpertsHolder, MomeConfig
from mome.peft_tuner.experts import Experts


def read_experts(folder: Path, config: MomeConfig) -> None:
    """Load the experts of `folder` into the adapter of `config`, whose router PEFT has loaded.

    Raises NoMemory if there is no such folder, BrokenMemory if a file is damaged, and MemoryError_
    if the folder is a version of a memory of `mome tune`. Such a memory cannot be an adapter: its
    router reads the question, and an adapter sees only the whole prompt.
    """
    holder = config.holder
    assert holder is not None
    if not folder.is_dir():
        raise NoMemory(
            f"{folder} is no folder on this machine: "
            "download the whole adapter first and load it from there"
        )
    if (folder / FACTS).exists():
        raise MemoryError_(
            f"{folder} is a version of a memory of `mome tune` and no adapter: "
            "load the memory with mome.Translator.load"
        )
    verify_files(folder, required=(EXPERTS,))
    experts = holder.adapters[config.adapter_name]
    try:
        _restore(folder, config, holder, experts)
    except MemoryError_:
        raise
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise broken(folder, f"{type(error).__name__} while reading") from error


def _restore(folder: Path, config: MomeConfig, holder: ExpertsHolder, experts: Experts) -> None:
    """Read the files into `experts`; errors of parsing pass through to the caller."""
    stored = json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
    tensors = read_tensors(folder / EXPERTS)
    bank = Bank.from_tensors(tensors, experts.layers, torch.float32)
    config.threshold, config.router = float(stored["threshold"]), stored["router"]
    if config.router != holder.router(config.adapter_name).hash:
        raise ValueError("the router is not the one with which the experts were trained")
    experts.restore(tensors["staged"], bank, tensors["known"])
