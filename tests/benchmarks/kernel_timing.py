"""How `bench_kernels` times one implementation, and how it compares results."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

import torch
from torch import Tensor

GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda" if GPU else "cpu")
DTYPE = torch.bfloat16 if GPU else torch.float32
SECONDS = 0.3
"""Time for which a function is repeated; the median of its runs counts."""
QUEUED = 16
"""Number of writes of a large tensor before a timed run on a GPU, a tenth of a millisecond each."""
COPIED = 2**28 if GPU else 2**24
"""Number of values in the tensor whose copy sets the scale."""
Run = Callable[..., object]
"""One implementation of one direction, ready to be timed."""


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
