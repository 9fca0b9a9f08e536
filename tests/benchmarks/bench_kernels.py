"""Speed of the memory's kernels, beside torch.compile, PEFT's LoRA and a gather of rows.

`python tests/benchmarks/bench_kernels.py [--csv FILE]` prints a table and writes a CSV. It runs on
the GPU if there is one, or else the kernels' twins on one CPU thread.

Bandwidth is the number of bytes that must be read and written at least, divided by the time. The
table shows it as a share of the bandwidth that copying a large tensor reaches in the same run. What
fits into the CPU's caches can exceed 1.

The benchmark stops if the results of an implementation differ from the twin's.
"""

from __future__ import annotations

import argparse
import csv
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from rich.console import Console
from rich.table import Table as Grid
from torch import Tensor, nn

from mome import kernels
from mome.kernels import InputVectors, twins

GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
DTYPE = torch.bfloat16 if GPU else torch.float32
SECONDS = 0.3
"""Time for which a function is repeated; the median of its runs counts."""
QUEUED = 16
"""Number of writes of a large tensor before a timed run on a GPU, a tenth of a millisecond each."""
COPIED = 2**28 if GPU else 2**24
"""Number of values in the tensor whose copy sets the scale."""
DIRECTIONS = ("forward", "backward", "full")
WIDTH = 150
HEAD = ["kernel", "implementation"]
for _direction in DIRECTIONS:
    HEAD += [f"{_direction}, ms", f"{_direction}, of copy"]

Run = Callable[..., object]
"""One implementation of one direction, ready to be timed."""


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
QUERIES = 4096 if GPU else 512


def timed(run: Run, before: Run | None = None) -> float:
    """Return the median time of `run` in seconds, with cold caches on a GPU.

    `before`: makes the argument of `run`; it is not timed. None if `run` takes no argument.
    """
    for _ in range(3):
        run(*([before()] if before else []))
    spent: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS or len(spent) < 5:
        ready = partial(run, before()) if before else run
        spent.append(_on_gpu(ready) if GPU else _on_cpu(ready))
    return sorted(spent)[len(spent) // 2]


def _on_cpu(run: Run) -> float:
    """Return the process's CPU time, so that other work on the machine does not count."""
    start = time.process_time()
    run()
    return time.process_time() - start


def _on_gpu(run: Run) -> float:
    """Return the time on the GPU alone, without the time to launch kernels."""
    # Keep the GPU busy until everything to be timed is in its queue, as within a model.
    for _ in range(QUEUED):
        _large_tensor().zero_()
    first = torch.cuda.Event(enable_timing=True)
    last = torch.cuda.Event(enable_timing=True)
    first.record()
    run()
    last.record()
    torch.cuda.synchronize()
    return first.elapsed_time(last) / 1e3


@cache
def _large_tensor() -> Tensor:
    """Return a tensor larger than a GPU's cache; writing to it evicts everything else."""
    return torch.empty(2**26, device=DEVICE)


def copy_bandwidth() -> float:
    """Return the bytes per second that a copy reads and writes."""
    source = torch.zeros(COPIED, device=DEVICE)
    target = torch.empty_like(source)
    return 2 * source.nbytes / timed(lambda: target.copy_(source))


@dataclass(frozen=True)
class Rival:
    """One implementation that is measured."""

    name: str
    runs: dict[str, Run]
    """For each direction the function to time."""
    floor: dict[str, int]
    """For each direction the number of bytes that must be read and written at least."""
    before: dict[str, Run] = field(default_factory=dict)
    """For a direction the function that makes its argument, if it takes one; not timed."""


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


@cache
def compiled(function: Callable) -> Callable:
    """Return the function compiled by torch.compile, anew for every shape."""
    return torch.compile(function, dynamic=False)


def check_same(results: Sequence[Tensor], expected: Sequence[Tensor]) -> None:
    """Raise AssertionError if tensors differ by more than rounding."""
    # Relative to the largest value; one rounding to bfloat16 already errs by up to 4e-3.
    tolerance = 2e-2 if DTYPE == torch.bfloat16 else 1e-4
    for result, wanted in zip(results, expected, strict=True):
        limit = tolerance * float(wanted.float().abs().max())
        torch.testing.assert_close(result.float(), wanted.float(), rtol=0, atol=limit)


def top_k() -> Iterator[Rival]:
    """Yield implementations of the search for the best 32 of 2^20 experts by product keys."""
    random = torch.Generator().manual_seed(0)
    queries = torch.randn(QUERIES, 128, generator=random).to(DEVICE)
    keys = tuple(torch.randn(1024, 64, generator=random).to(DEVICE) for _ in range(2))
    floor = queries.nbytes + sum(key.nbytes for key in keys) + QUERIES * 32 * 12
    # The cached pairs must exist before anything is compiled.
    twins.pairs(32, DEVICE)
    runs = {
        "mome": partial(kernels.top_k, queries, keys, 32),
        "twin, compiled": partial(compiled(twins.top_k), queries, keys, 32),
    }
    # Compare scores: experts with equal scores may come in another order.
    scores = [run()[1] for run in runs.values()]
    check_same(scores[:1], scores[1:])
    yield from (Rival(name, {"forward": run}, {"forward": floor}) for name, run in runs.items())


def duplicates() -> Iterator[Rival]:
    """Yield implementations of the sum over rows of which each expert has two."""
    random = torch.Generator().manual_seed(0)
    n, d = (8192, 4096) if GPU else (1024, 1024)
    values = torch.randn(n, d, generator=random).to(DEVICE)
    positions = (torch.randperm(n, generator=random) // 2).to(DEVICE)

    def index_add() -> Tensor:
        return torch.zeros(n // 2, d, device=DEVICE).index_add_(0, positions, values)

    runs = {
        "mome": lambda: kernels.reduce_duplicates(values, positions, n // 2),
        "index_add_": index_add,
    }
    sums = [run() for run in runs.values()]
    check_same(sums[:1], sums[1:])
    floor = {"forward": values.nbytes * 3 // 2}
    yield from (Rival(name, {"forward": run}, floor) for name, run in runs.items())


def adam() -> Iterator[Rival]:
    """Yield implementations of a step of Adam on a quarter of the staged rows."""
    random = torch.Generator().manual_seed(0)
    s, d = (16384, 4096) if GPU else (2048, 1024)
    u = s // 4
    chosen = torch.randperm(s, generator=random)[:u].to(DEVICE)
    grad = torch.randn(u, d, generator=random).to(DEVICE)
    vectors = {
        "steps": torch.ones(u, device=DEVICE),
        "rates": torch.full((u,), 1e-3, device=DEVICE),
    }
    settings = {**vectors, "decays": (0.8, 0.9), "epsilon": 1e-8}
    results = []
    for name, step in (("mome", kernels.adam), ("twin, compiled", compiled(twins.adam))):
        rows, *moments = (torch.zeros(s, d, device=DEVICE) for _ in range(3))
        run = partial(step, rows, tuple(moments), chosen, grad, **settings)
        run()
        results.append([rows.clone(), *(moment.clone() for moment in moments)])
        # Rows and two moments are read and written, the gradient is read.
        yield Rival(name, {"forward": run}, {"forward": 7 * grad.nbytes})
    kernel, twin = results
    check_same(kernel, twin)


def measure(bandwidth: float) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the table."""
    for shape in SHAPES:
        layer = Layer(shape)
        layer.check()
        for rival in layer.rivals():
            yield _row(f"layer, {shape}", rival, bandwidth)
    others = {f"top_k, {QUERIES} questions": top_k, "reduce_duplicates": duplicates, "adam": adam}
    for name, rivals in others.items():
        # Exhaust the generator first: it checks the results at its end.
        for rival in list(rivals()):
            yield _row(name, rival, bandwidth)


def _row(kernel: str, rival: Rival, bandwidth: float) -> tuple[str, ...]:
    """Return the row of one implementation; directions that it lacks are empty."""
    cells = [kernel, rival.name]
    for direction in DIRECTIONS:
        if direction not in rival.runs:
            cells += ["", ""]
            continue
        seconds = timed(rival.runs[direction], rival.before.get(direction))
        cells += [f"{seconds * 1e3:.3f}", f"{rival.floor[direction] / seconds / bandwidth:.2f}"]
    return tuple(cells)


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--csv", type=Path, default=Path("build/bench_kernels.csv"))
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="Dynamo detected a call to a `functools.lru_cache`")
    torch.set_num_threads(1)
    # The twin is compiled for every shape, once without and once with gradients.
    torch._dynamo.config.recompile_limit = 64
    bandwidth = copy_bandwidth()
    device = torch.cuda.get_device_name() if GPU else "CPU, one thread"
    copied = f"a copy reaches {bandwidth / 1e9:.1f} GB/s"
    grid = Grid(*HEAD, title=f"{device}, {kernels.backend()}, {DTYPE}; {copied}")
    rows = list(measure(bandwidth))
    for row in rows:
        grid.add_row(*row)
    Console(width=WIDTH).print(grid)
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    with open(options.csv, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])


if __name__ == "__main__":
    main()
