"""What of an adapter is in a state dict: its router, its threshold and its experts.

`MemoryHolder` has one `AdapterState` for each adapter. All ways to save and load go through it:
`model.state_dict()`, PEFT's `get_peft_model_state_dict` and `save_pretrained`, and transformers'
own. A state dict without the experts would load without a word and know nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import torch
from torch import Tensor, nn

from mome.memory.experts.bank import Bank
from mome.memory.routing.router import Router
from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.experts import Experts

BUFFERS_ONLY: ContextVar[bool] = ContextVar("mome_buffers_only", default=False)
"""Whether state dicts leave the experts out in this thread or task."""


@contextmanager
def buffers_only() -> Iterator[None]:
    """Leave the experts out of state dicts within the context.

    transformers loads an adapter by setting attributes whose shapes it knows before. It ignores
    what is in a file and in no state dict.
    """
    token = BUFFERS_ONLY.set(True)
    try:
        yield
    finally:
        BUFFERS_ONLY.reset(token)


class AdapterState(nn.Module):
    """The tensors of a router as buffers, and with them the experts in state dicts.

    The buffers stay float32 and on the CPU when the model moves, so that a question gets the same
    route on every device and in every precision.
    """

    def __init__(self, router: Router, experts: Experts, config: MomeConfig) -> None:
        super().__init__()
        self.experts, self.config = experts, config
        first, second = router.keys
        self.register_buffer("mean", router.mean.clone())
        self.register_buffer("projection", router.projection.clone())
        self.register_buffer("first", first.clone())
        self.register_buffer("second", second.clone())

    def _apply(self, fn: object, recurse: bool = True) -> AdapterState:
        """Ignore changes of device and type."""
        return self

    def router(self) -> Router:
        """Return the router with these tensors."""
        # Loading may have replaced the buffers by tensors on another device.
        mean, projection, first, second = (
            buffer.to("cpu", torch.float32) for buffer in self.buffers()
        )
        threshold = self.config.threshold
        return Router(mean, projection, (first, second), threshold, threshold)

    def names(self) -> list[str]:
        """Return the names of what a state dict holds beside the buffers."""
        return list(self._more())

    def _more(self) -> dict[str, Tensor]:
        """Return what a state dict holds beside the buffers."""
        # In float64, so that the threshold, which the router's hash covers, keeps its bits.
        threshold = torch.tensor(self.config.threshold, dtype=torch.float64)
        return self.experts.tensors() | {"staged": self.experts.staged, "threshold": threshold}

    def _save_to_state_dict(
        self, destination: dict[str, Any], prefix: str, keep_vars: bool
    ) -> None:
        super()._save_to_state_dict(destination, prefix, keep_vars)
        if BUFFERS_ONLY.get():
            return
        for name, tensor in self._more().items():
            destination[prefix + name] = tensor

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        # torch has buffers and parameters in mind, whose shapes are known before; the number of
        # experts is not, so they are taken out here and their absence is reported as torch does.
        names = self.names()
        found = {
            name: state_dict.pop(prefix + name) for name in names if prefix + name in state_dict
        }
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )
        absent = [prefix + name for name in names if name not in found]
        if absent:
            missing_keys += absent
            return
        try:
            self.restore(found)
        except ValueError as error:
            error_msgs.append(f"the experts of {prefix.rstrip('.')} do not fit: {error}")

    def restore(self, found: dict[str, Tensor]) -> None:
        """Take over the tensors of `names`. Raises ValueError or KeyError if they do not fit, and
        MemoryError_ if the table is too small for the experts in training.
        """
        # Clones: the caller's tensors may change, or be mapped from a file that is overwritten.
        tensors = {name: tensor.detach().to("cpu").clone() for name, tensor in found.items()}
        rows = {name: tensor.float() for name, tensor in tensors.items() if "rows" in name}
        bank = Bank.from_tensors(tensors | rows, self.experts.layers, torch.float32)
        self.experts.restore(tensors["staged"], bank, tensors["known"].float())
        self.config.threshold = float(tensors["threshold"])
