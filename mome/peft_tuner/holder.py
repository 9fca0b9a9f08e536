"""What a base model carries for its memories: a submodule with the router and the experts of every adapter.

It hangs at the model itself and not at the tuner, which transformers' own `load_adapter` throws away.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from mome.errors import BackboneError
from mome.memory.config import MemoryConfig
from mome.memory.routing.router import Router
from mome.peft_tuner.config import MomeConfig
from mome.peft_tuner.experts import Experts
from mome.peft_tuner.layer import MomePart

HOLDER = "mome"
"""Name of the submodule."""


class RouterState(nn.Module):
    """A router's tensors as buffers. They stay float32 and on the CPU when the model moves, so that a route is the same everywhere."""

    def __init__(self, router: Router) -> None:
        super().__init__()
        for name, tensor in zip(
            ("mean", "projection", "first", "second"),
            (router.mean, router.projection, *router.keys),
            strict=True,
        ):
            self.register_buffer(name, tensor.clone())

    def _apply(self, fn: object, recurse: bool = True) -> RouterState:
        return self

    def router(self, threshold: float) -> Router:
        """The router that routes from `threshold` on."""
        mean, projection, first, second = (
            buffer.to("cpu", torch.float32) for buffer in self.buffers()
        )
        return Router(mean, projection, (first, second), threshold, threshold)


def random_router(config: MemoryConfig, width: int) -> Router:
    """A router for states (b, `width`) that nothing has fitted yet."""
    generator = torch.Generator().manual_seed(config.seed)
    size = min(config.query_size, width) // 2 * 2
    projection = torch.linalg.qr(torch.randn(width, size, generator=generator)).Q.contiguous()
    first, second = (
        functional.normalize(torch.randn(count, size // 2, generator=generator), dim=1)
        for count in config.halves
    )
    return Router(torch.zeros(width), projection, (first, second), 0.0, 0.0)


class MemoryHolder(nn.Module, MomePart):
    """The memories of one base model by their adapters' names."""

    adapter_layer_names = ("tables",)
    other_param_names = ("mome_router", "adapters", "configs")

    def __init__(self, hooks: tuple[RemovableHandle, ...]) -> None:
        super().__init__()
        self.hooks = hooks
        """What routes the model's calls."""
        self.mome_router = nn.ModuleDict()
        self.tables = nn.ModuleDict()
        self.adapters: dict[str, Experts] = {}
        self.configs: dict[str, MomeConfig] = {}

    def add(self, name: str, config: MomeConfig, width: int) -> None:
        """An adapter that knows nothing, for question states of this width."""
        router = random_router(config.memory, width)
        experts = Experts(
            config.memory, 0 if config.inference_mode else config.staged, router.projection.shape[1]
        )
        self.mome_router[name], self.tables[name] = RouterState(router), experts.table
        self.adapters[name], self.configs[name] = experts, config
        config.holder, config.adapter_name = self, name

    @property
    def active(self) -> str | None:
        """The adapter that answers; None where all are off. Raises BackboneError where there are several."""
        names = (
            []
            if self.disable_adapters
            else [name for name in self.active_adapters if name in self.adapters]
        )
        if len(names) > 1:
            raise BackboneError(
                f"one memory answers at a time: choose one of {', '.join(names)} with set_adapter"
            )
        return names[0] if names else None

    def router(self, name: str) -> Router:
        """The router of an adapter."""
        return self.mome_router[name].router(self.configs[name].threshold)

    def set_router(self, name: str, router: Router) -> None:
        """Give an adapter another router."""
        self.mome_router[name], self.configs[name].threshold = RouterState(router), router.threshold

    def _move_adapter_to_device_of_base_layer(
        self, adapter_name: str, device: torch.device | None = None
    ) -> None:
        """Nothing to do: routers stay where they are, and every table lies with its layer."""

    def forward(self, *_: Tensor) -> None:
        """Never called: it only holds."""
        raise NotImplementedError
