"""The submodule of a base model that holds the router and the experts of every adapter.

`MomeModel` adds it. It is a submodule of the base model and not of the tuner, because
transformers' own `load_adapter` discards the tuner.
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
from mome.peft_tuner.state import AdapterState

HOLDER = "mome"
"""Name of the submodule."""


def random_router(config: MemoryConfig, width: int) -> Router:
    """Return a router that is not fitted yet, for states (b, `width`)."""
    generator = torch.Generator().manual_seed(config.seed)
    # Product keys split a query into two halves, so its width must be even.
    size = min(config.query_size, width) // 2 * 2
    projection = torch.linalg.qr(torch.randn(width, size, generator=generator)).Q.contiguous()
    first, second = (
        functional.normalize(torch.randn(count, size // 2, generator=generator), dim=1)
        for count in config.halves
    )
    return Router(torch.zeros(width), projection, (first, second), 0.0, 0.0)


class MemoryHolder(nn.Module, MomePart):
    """The memories of one base model by the names of their adapters.

    `hooks`: handles of the model's hooks that route its calls, removed when PEFT unloads.
    """

    adapter_layer_names = ("tables",)
    other_param_names = ("mome_router", "adapters", "configs")

    def __init__(self, hooks: tuple[RemovableHandle, ...]) -> None:
        super().__init__()
        self.hooks = hooks
        self.mome_router = nn.ModuleDict()
        self.tables = nn.ModuleDict()
        self.adapters: dict[str, Experts] = {}
        self.configs: dict[str, MomeConfig] = {}

    def add(self, name: str, config: MomeConfig, width: int) -> None:
        """Add an adapter without trained experts, for question states of this width."""
        router = random_router(config.memory, width)
        size = 0 if config.inference_mode else config.staged
        experts = Experts(config.memory, size, router.projection.shape[1])
        self.mome_router[name] = AdapterState(router, experts, config)
        self.tables[name] = experts.table
        self.adapters[name] = experts
        self.configs[name] = config
        config.holder = self
        config.adapter_name = name

    @property
    def active(self) -> str | None:
        """Return the name of the active adapter; None if adapters are disabled or none is active.

        Raises BackboneError if several are active.
        """
        if self.disable_adapters:
            return None
        names = [name for name in self.active_adapters if name in self.adapters]
        if len(names) > 1:
            raise BackboneError(
                f"one memory answers at a time: choose one of {', '.join(names)} with set_adapter"
            )
        return names[0] if names else None

    def router(self, name: str) -> Router:
        """Return the router of the adapter `name`."""
        return self.mome_router[name].router()

    def set_router(self, name: str, router: Router) -> None:
        """Replace the router and the threshold of the adapter `name`."""
        config = self.configs[name]
        config.threshold = router.threshold
        self.mome_router[name] = AdapterState(router, self.adapters[name], config)

    def _move_adapter_to_device_of_base_layer(
        self, adapter_name: str, device: torch.device | None = None
    ) -> None:
        """Do nothing: routers stay on the CPU, and every table is on the device of its layer."""

    def forward(self, *_: Tensor) -> None:
        """Raise NotImplementedError: the module only holds tensors."""
        raise NotImplementedError
