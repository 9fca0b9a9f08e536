"""The experts of one layer in every implementation that `bench_kernels` measures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from kernel_timing import DEVICE, DTYPE, GPU, Rival, Run, check_same, compiled
from peft import LoraConfig, inject_adapter_in_model
from torch import Tensor, nn

from mome import kernels
from mome.kernels import InputVectors, twins


@dataclass(frozen=True)
class Shape:
    """Sizes of one measurement: b questions of t tokens, k experts each, and the layer's widths."""

    b: int
    t: int
    k: int
    d_in: int
    d_out: int

    def __str__(self) -> str:
        return f"{self.b} x {self.t}, {self.d_in} -> {self.d_out}"


GPU_SHAPES = (
    Shape(1, 1, 32, 4096, 4096),
    Shape(256, 1, 32, 4096, 4096),
    Shape(32, 64, 32, 4096, 4096),
    Shape(256, 128, 32, 4096, 4096),
    Shape(1024, 128, 32, 4096, 4096),
)
"""Widths of a large language model."""
CPU_SHAPES = (
    Shape(1, 8, 32, 384, 8000),
    Shape(32, 1, 32, 384, 8000),
    Shape(32, 30, 32, 1536, 384),
)
"""Widths close to those of the bundled backbone's head and feed-forward output."""
SHAPES = GPU_SHAPES if GPU else CPU_SHAPES
EXPERTS = 2**20


class Layer:
    """The experts of one layer: tensors of one shape, and the implementations that add them."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        random = torch.Generator().manual_seed(0)
        rows = shape.b * shape.k

        def normal(*sizes: int) -> Tensor:
            return torch.randn(*sizes, generator=random).to(DEVICE, DTYPE)

        self.y = normal(shape.b, shape.t, shape.d_out)
        self.x = normal(shape.b, shape.t, shape.d_in).requires_grad_()
        self.rows = normal(rows, shape.d_out).requires_grad_()
        self.positions = torch.randperm(rows, generator=random).view(shape.b, shape.k).to(DEVICE)
        ids = torch.randint(EXPERTS, (shape.b, shape.k), generator=random).to(DEVICE)
        gates = torch.rand(shape.b, shape.k, generator=random).to(DEVICE)
        self.inputs = InputVectors(ids, gates, shape.d_in, 0, 0)
        self.grad = normal(shape.b, shape.t, shape.d_out)

    def rivals(self) -> Iterator[Rival]:
        """Yield the kernels, their compiled twin, PEFT's LoRA and a gather of rows."""
        experts = self.shape.b * self.shape.k
        twin = partial(compiled(_twin), gated=self.inputs.gated)
        yield self._rival("mome", self._kernels, self.rows, experts)
        yield self._rival("twin, compiled", twin, self.rows, experts)
        yield self._lora()

        def gather() -> Tensor:
            return self.rows.detach().index_select(0, self.positions.flatten())

        read_and_written = 2 * experts * self.shape.d_out * self.rows.element_size()
        yield Rival("gather of rows", {"forward": gather}, {"forward": read_and_written})

    def _kernels(self, y: Tensor, x: Tensor, rows: Tensor, positions: Tensor) -> Tensor:
        """Add the experts' output to `y` with the kernels."""
        return kernels.expand(y, kernels.shrink(x, self.inputs), rows, positions=positions)

    def _rival(self, name: str, added: Callable[..., Tensor], rows: Tensor, experts: int) -> Rival:
        """Return an implementation that adds the experts' output to `y`."""

        def forward() -> Tensor:
            with torch.no_grad():
                return added(self.y, self.x, rows, self.positions)

        def differentiable() -> Tensor:
            return added(self.y.detach(), self.x, rows, self.positions)

        return self._directions(name, forward, differentiable, rows, experts)

    def _directions(
        self,
        name: str,
        forward: Run,
        differentiable: Callable[[], Tensor],
        rows: Tensor,
        experts: int,
    ) -> Rival:
        """Return an implementation with its runs of all directions.

        `forward`: the forward pass without gradients.
        `differentiable`: the forward pass whose output is differentiated.
        `rows`: the trained tensor.
        `experts`: number of experts of which rows are read.
        """

        def backward(out: Tensor) -> object:
            return torch.autograd.grad(out, (self.x, rows), self.grad)

        runs = {
            "forward": forward,
            "backward": backward,
            "full": lambda: backward(differentiable()),
        }
        return Rival(name, runs, self._floor(experts), {"backward": differentiable})

    def _floor(self, experts: int) -> dict[str, int]:
        """Return the bytes of each direction; the experts' input vectors are never read."""
        tokens = self.shape.b * self.shape.t
        size = self.x.element_size()
        rows = experts * self.shape.d_out
        forward = (tokens * (self.shape.d_in + 2 * self.shape.d_out) + rows) * size
        backward = (tokens * (self.shape.d_in + self.shape.d_out) + 2 * rows) * size
        return {"forward": forward, "backward": backward, "full": forward + backward}

    def _lora(self) -> Rival:
        """Return PEFT's layer, with `y` in place of the frozen layer's output.

        Its rank is the number of experts, which are the same for all questions.
        """
        model = nn.Sequential(nn.Linear(self.shape.d_in, self.shape.d_out, bias=False))
        config = LoraConfig(
            r=self.shape.k, lora_alpha=self.shape.k, target_modules=["0"], init_lora_weights=False
        )
        layer = inject_adapter_in_model(config, model)[0].to(DEVICE, DTYPE)
        layer.base_layer.forward = lambda x: self.y

        def forward() -> Tensor:
            with torch.no_grad():
                return layer(self.x)

        name = f"PEFT LoRA r={self.shape.k}"
        trained = layer.lora_B["default"].weight
        return self._directions(name, forward, lambda: layer(self.x), trained, self.shape.k)

    def check(self) -> None:
        """Raise AssertionError if the kernels or the compiled twin differ from the twin."""
        gated = self.inputs.gated
        start = self.y.clone()
        results = []
        for added in (
            partial(_twin, gated=gated),
            self._kernels,
            partial(compiled(_twin), gated=gated),
        ):
            out = added(start.clone(), self.x, self.rows, self.positions)
            gradients = torch.autograd.grad(out, (self.x, self.rows), self.grad)
            results.append([out.detach(), *gradients])
        expected = results[0]
        for result in results[1:]:
            check_same(result, expected)


def _twin(y: Tensor, x: Tensor, rows: Tensor, positions: Tensor, *, gated: Tensor) -> Tensor:
    """Add the experts' output to `y` with the twin of the kernels."""
    return twins.expand(y, x.to(gated.dtype) @ gated.mT, rows, positions)
