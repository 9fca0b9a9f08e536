"""Registers the method with PEFT and transformers; `mome.peft_tuner` calls `register` on import.

Two things go beyond PEFT's `register_peft_method`. `peft_type` adds the name to PEFT's enum, and
this module patches both `load_adapter` functions: they read adapter_model.safetensors only, and
the experts are in a file beside it.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from peft import PeftModel
from peft.mapping import PEFT_TYPE_TO_TUNER_MAPPING
from peft.utils import register_peft_method
from safetensors import SafetensorError
from transformers.integrations.peft import PeftAdapterMixin

from mome.artifacts.checksums import broken
from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.loading import read_experts
from mome.peft_tuner.model import MomeModel
from mome.peft_tuner.peft_type import MOME


def register() -> None:
    """Register the method once in a process; later calls do nothing."""
    if MOME in PEFT_TYPE_TO_TUNER_MAPPING:
        return
    register_peft_method(name=MOME.value.lower(), config_cls=MomeConfig, model_cls=MomeModel)
    for owner in (PeftModel, PeftAdapterMixin):
        owner.load_adapter = _then_read_experts(owner.load_adapter)


def _then_read_experts(load_adapter: Callable[..., Any]) -> Callable[..., Any]:
    """Return `load_adapter` with a second step: read the experts if the adapter is a memory."""
    signature = inspect.signature(load_adapter)

    @functools.wraps(load_adapter)
    def load(self: Any, *args: Any, **kwargs: Any) -> Any:
        arguments = signature.bind(self, *args, **kwargs).arguments
        name = arguments.get("adapter_name") or "default"
        # PEFT calls the folder `model_id`, transformers `peft_model_id`.
        path = arguments.get("model_id") or arguments.get("peft_model_id")
        subfolder = arguments.get("kwargs", {}).get("subfolder")
        folder = Path(path or "", subfolder or "")
        try:
            loaded = load_adapter(self, *args, **kwargs)
        except SafetensorError as error:
            if _memory_config(self, name):
                raise broken(folder, "its router cannot be read") from error
            raise
        config = _memory_config(self, name)
        if path and config:
            read_experts(folder, config)
        return loaded

    return load


def _memory_config(model: Any, name: str) -> MomeConfig | None:
    """Return the configuration of the adapter `name`; None if the adapter is no memory."""
    config = getattr(model, "peft_config", {}).get(name)
    return config if isinstance(config, MomeConfig) else None
