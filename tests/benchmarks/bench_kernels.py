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
import warnings
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
from kernel_timing import DEVICE, DTYPE, GPU, Rival, check_same, compiled, copy_bandwidth, timed
from layer_rivals import SHAPES, Layer
from rich.console import Console
from rich.table import Table as Grid
from torch import Tensor

from mome import kernels
from mome.kernels import twins

DIRECTIONS = ("forward", "backward", "full")
WIDTH = 150
HEAD = ["kernel", "implementation"]
for _direction in DIRECTIONS:
    HEAD += [f"{_direction}, ms", f"{_direction}, of copy"]
QUERIES = 4096 if GPU else 512


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
