"""Check a loaded adapter against its configuration; `load_adapter` of `registration` calls this.

```
adapter_config.json           MomeConfig, with the hashes of the router and of the experts
adapter_model.safetensors     router, threshold, ids and rows of all touched experts, queries of the
                              trained questions, ids of the experts in training
```
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peft.utils import CONFIG_NAME, SAFETENSORS_WEIGHTS_NAME
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from mome.artifacts.checksums import broken
from mome.artifacts.facts import FACTS
from mome.errors import MemoryError_, NoMemory
from mome.peft_tuner.config import MomeConfig


def read_experts(folder: Path, config: MomeConfig) -> None:
    """Read the experts of `folder` into the adapter of `config`, after transformers its router.

    Raises NoMemory if there is no such folder, and BrokenMemory if the file is damaged.
    """
    if not folder.is_dir():
        raise NoMemory(
            f"{folder} is no folder on this machine: "
            "download the whole adapter first and load it from there"
        )
    _check_kind(folder)
    try:
        take_experts(load_file(folder / SAFETENSORS_WEIGHTS_NAME), config)
    except (OSError, SafetensorError, ValueError) as error:
        raise broken(folder, "its experts cannot be read") from error


def take_experts(tensors: Mapping[str, Tensor], config: MomeConfig) -> None:
    """Take the experts over from a state dict of PEFT's. Raises ValueError if they are not in it or
    do not fit.
    """
    holder = config.holder
    assert holder is not None
    state = holder.mome_router[config.adapter_name]
    found = {key.rpartition("mome_router.")[2]: tensor for key, tensor in tensors.items()}
    missing = [name for name in state.names() if name not in found]
    if missing:
        raise ValueError(f"the state dict lacks the experts' {', '.join(missing)}")
    state.restore({name: found[name] for name in state.names()})


def _check_kind(folder: Path) -> None:
    if (folder / FACTS).exists():
        raise MemoryError_(
            f"{folder} is a version of a memory of `mome tune` and no adapter: "
            "load the memory with mome.Translator.load"
        )


def check_loaded(folder: Path, config: MomeConfig) -> None:
    """Check that PEFT has loaded the router and the experts that were saved.

    Raises BrokenMemory if a file is damaged, and MemoryError_ if an older version of this program
    saved the adapter or if the folder is a version of a memory of `mome tune`. Such a memory cannot
    be an adapter: its router reads the question, and an adapter sees only the whole prompt.
    """
    holder = config.holder
    assert holder is not None
    _check_kind(folder)
    stored = _stored(folder, config)
    if stored.get("trained") is None:
        raise MemoryError_(
            f"the adapter at {folder} was saved by another version of this program: load it with "
            "that one, or train a new one"
        )
    config.router, config.trained = stored["router"], stored["trained"]
    if config.router != holder.router(config.adapter_name).hash:
        raise broken(folder, "the router is not the one that was saved")
    if config.trained != holder.adapters[config.adapter_name].hash:
        raise broken(folder, "the experts are not those that were saved")


def _stored(folder: Path, config: MomeConfig) -> dict[str, Any]:
    """Return what was saved of the configuration; the caller of PEFT may have given another one."""
    # For a hub id there is no folder, and PEFT has read the configuration that it downloaded.
    if not folder.is_dir():
        return {"router": config.router, "trained": config.trained}
    try:
        return json.loads((folder / CONFIG_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise broken(folder, f"{CONFIG_NAME} cannot be read") from error
