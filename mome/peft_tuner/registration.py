"""Registers the method with PEFT and transformers; `mome.peft_tuner` calls `register` on import.

Two things go beyond PEFT's `register_peft_method`. `peft_type` adds the name to PEFT's enum, and
this module patches both `load_adapter` functions: they only warn if tensors are missing or changed.
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
from mome.peft_tuner.loading import check_loaded, read_experts, take_experts
from mome.peft_tuner.model import MomeModel
from mome.peft_tuner.peft_type import MOME
from mome.peft_tuner.state import buffers_only


def register() -> None:
    """Register the method once in a process; later calls do nothing."""
    if MOME in PEFT_TYPE_TO_TUNER_MAPPING:
        return
    register_peft_method(name=MOME.value.lower(), config_cls=MomeConfig, model_cls=MomeModel)
    PeftModel.load_adapter = _then_check(PeftModel.load_adapter)
    PeftAdapterMixin.load_adapter = _then_check(_with_experts(PeftAdapterMixin.load_adapter))


def _with_experts(load_adapter: Callable[..., Any]) -> Callable[..., Any]:
    """Return transformers' `load_adapter` with a second step: read the experts, which it leaves."""

    @functools.wraps(load_adapter)
    def load(self: Any, *args: Any, **kwargs: Any) -> Any:
        with buffers_only():
            loaded = load_adapter(self, *args, **kwargs)
        name, folder = _named_folder(signature, self, args, kwargs)
        config = _memory_config(self, name)
        tensors = signature.bind(self, *args, **kwargs).arguments.get("adapter_state_dict")
        if config and tensors is not None:
            take_experts(tensors, config)
        elif config and folder:
            read_experts(folder, config)
        return loaded

    signature = inspect.signature(load_adapter)
    return load


def _named_folder(
    signature: inspect.Signature, model: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[str, Path | None]:
    """Return the adapter's name and folder, by the arguments of a `load_adapter`; no folder if
    tensors are given instead.
    """
    arguments = signature.bind(model, *args, **kwargs).arguments
    # PEFT calls the folder `model_id`, transformers `peft_model_id`.
    path = arguments.get("model_id") or arguments.get("peft_model_id")
    subfolder = arguments.get("kwargs", {}).get("subfolder")
    folder = Path(path, subfolder or "") if path else None
    return arguments.get("adapter_name") or "default", folder


def _then_check(load_adapter: Callable[..., Any]) -> Callable[..., Any]:
    """Return `load_adapter` with a second step: check the loaded adapter if it is a memory."""
    signature = inspect.signature(load_adapter)

    @functools.wraps(load_adapter)
    def load(self: Any, *args: Any, **kwargs: Any) -> Any:
        name, folder = _named_folder(signature, self, args, kwargs)
        try:
            loaded = load_adapter(self, *args, **kwargs)
        except SafetensorError as error:
            if folder and _memory_config(self, name):
                raise broken(folder, "its tensors cannot be read") from error
            raise
        config = _memory_config(self, name)
        given = signature.bind(self, *args, **kwargs).arguments.get("adapter_state_dict")
        if folder and config and given is None:
            check_loaded(folder, config)
        return loaded

    return load


def _memory_config(model: Any, name: str) -> MomeConfig | None:
    """Return the configuration of the adapter `name`; None if the adapter is no memory."""
    config = getattr(model, "peft_config", {}).get(name)
    return config if isinstance(config, MomeConfig) else None
