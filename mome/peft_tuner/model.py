"""The tuner that PEFT makes of a model and a `MomeConfig`.

It puts memory layers in place of linear layers and registers the hooks of `routing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peft.tuners.tuners_utils import BaseTuner, check_target_module_exists
from torch import Tensor, nn

from mome.errors import BackboneError, OtherBackbone
from mome.memory.experts.layer import linear_shape
from mome.memory.experts.target_modules import feed_forward_outputs
from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.fingerprint import fingerprint
from mome.peft_tuner.holder import HOLDER, MemoryHolder
from mome.peft_tuner.layer import MomeLayer, MomePart
from mome.peft_tuner.questions import state_width
from mome.peft_tuner.routing import enter, leave, scope

STATES = f"{HOLDER}.mome_router."
"""What precedes an adapter's name in the keys of a state dict."""


class MomeModel(BaseTuner):
    """A causal or encoder-decoder model of transformers with memories; see PEFT's `BaseTuner`."""

    prefix = "mome_"
    tuner_layer_cls = MomePart
    target_module_mapping: dict[str, list[str]] = {}

    @contextmanager
    def _enable_peft_forward_hooks(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        """Open a scope: PEFT enters this context around a forward pass or a whole `generate`."""
        with scope():
            yield

    def _prepare_adapter_config(
        self, peft_config: MomeConfig, model_config: dict[str, Any]
    ) -> MomeConfig:
        """Fill in the default target modules."""
        if peft_config.target_modules is None:
            seq2seq = bool(model_config.get("is_encoder_decoder"))
            peft_config.target_modules = list(feed_forward_outputs(self.model, seq2seq=seq2seq))
        return peft_config

    def _prepare_model(self, peft_config: MomeConfig, model: nn.Module) -> None:
        """Check the target modules and the base model before anything is changed.

        Raises BackboneError if a target module cannot be a memory layer, and OtherBackbone if the
        adapter was trained on another base model.
        """
        _check_targets(peft_config, model)
        current = fingerprint(model)
        expected = peft_config.base
        # A model on the meta device has no fingerprint and is not compared.
        if current is not None and expected is not None and current != expected:
            raise OtherBackbone(
                "this memory was trained on another base model: "
                "load it with that one, or train a new one on this one"
            )
        peft_config.base = expected or current

    def _create_and_replace(
        self,
        peft_config: MomeConfig,
        adapter_name: str,
        target: nn.Module,
        target_name: str,
        parent: nn.Module,
        current_key: str,
    ) -> None:
        """Make the module `target` a memory layer of the adapter."""
        _check_name(adapter_name)
        _check_target(current_key, target, self.model)
        holder = self._holder()
        if adapter_name not in holder.adapters:
            holder.add(adapter_name, peft_config, state_width(self.model))
        layer = target if isinstance(target, MomeLayer) else MomeLayer(target)
        layer.used_by[adapter_name] = None
        shape = linear_shape(current_key, target)
        holder.adapters[adapter_name].add_layer(shape, layer.weight.device)
        if layer is not target:
            self._replace_module(parent, target_name, layer, target)

    def _holder(self) -> MemoryHolder:
        """Return the model's holder; make it and register the hooks if there is none."""
        holder = getattr(self.model, HOLDER, None)
        if holder is None:
            before = self.model.register_forward_pre_hook(enter, with_kwargs=True)
            after = self.model.register_forward_hook(leave, with_kwargs=True, always_call=True)
            holder = MemoryHolder((before, after))
            self.model.add_module(HOLDER, holder)
        return holder

    def unload(self) -> nn.Module:
        """Return the base model without memory layers, hooks and holder."""
        holder = self._holder()
        model = super().unload()
        for hook in holder.hooks:
            hook.remove()
        delattr(model, HOLDER)
        return model

    @classmethod
    def _get_adapter_state_dict(
        cls,
        model: nn.Module,
        config: MomeConfig,
        adapter_name: str,
        state_dict: dict[str, Tensor],
        unwanted_adapter_names: list[str],
    ) -> dict[str, Tensor]:
        """Return the router and the experts of one adapter, without the table of those in training,
        whose rows are among the experts.
        """
        own = f"{STATES}{adapter_name}."
        current = {key: value for key, value in model.state_dict().items() if own in key}
        # PEFT has dropped the keys that contain another adapter's name, which may be `mome` or
        # `mean`. Then all tensors come from the model, never some from each.
        if all(key in state_dict for key in current):
            return {key: state_dict[key] for key in current}
        return current

    @classmethod
    def _remove_adapter_name_from_key(cls, key: str, adapter_name: str) -> str:
        """Remove the adapter's name where it stands; another part of the key may be the same."""
        head, states, tail = key.partition(STATES)
        return head + states + tail.removeprefix(f"{adapter_name}.")


def _check_name(adapter_name: str) -> None:
    """Raise BackboneError if torch cannot name a module like this adapter."""
    try:
        nn.ModuleDict({adapter_name: nn.Identity()})
    except KeyError as error:
        raise BackboneError(
            f"an adapter cannot be called {adapter_name!r} ({error.args[0]}): give it another name"
        ) from error


def _check_targets(config: MomeConfig, model: nn.Module) -> None:
    """Check all target modules; raises BackboneError if one is missing or cannot hold a memory."""
    modules = {
        name: module
        for name, module in model.named_modules()
        if name and check_target_module_exists(config, name)
    }
    # A string is a regular expression or "all-linear", of which no single name can be missing.
    targets = [] if isinstance(config.target_modules, str) else config.target_modules or []
    for target in targets:
        if not any(f".{name}".endswith(f".{target}") for name in modules):
            raise BackboneError(
                f"{type(model).__name__} has no module {target}: "
                "name linear layers of it in target_modules"
            )
    for name, module in modules.items():
        _check_target(name, module, model)


def _check_target(name: str, module: nn.Module, model: nn.Module) -> None:
    """Raise BackboneError if the module is no linear layer or belongs to the encoder.

    The router reads the encoder's output, which must not depend on the route.
    """
    linear_shape(name, module)
    if not model.config.is_encoder_decoder:
        return
    if any(module is part for part in model.get_encoder().modules()):
        raise BackboneError(
            f"{name} is a layer of the encoder, which reads the question: "
            "name layers of the decoder in target_modules"
        )
