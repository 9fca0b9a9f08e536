"""The choice between the two implementations of the kernels, made once for a process.

Triton's kernels compute on a GPU, their pure-torch twins everywhere else. Called by `functions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.util import find_spec
from types import ModuleType

import torch
from torch import Tensor

from mome.kernels import twins

# A context variable, so that a test which forces a backend does not change that of other threads.
_FORCED: ContextVar[str | None] = ContextVar("mome_kernels", default=None)


@cache
def backend() -> str:
    """Return "triton" if there is a GPU and Triton is installed, else "torch"."""
    return "triton" if torch.cuda.is_available() and find_spec("triton") else "torch"


@contextmanager
def forced(name: str) -> Iterator[None]:
    """Use the backend `name` ("torch" or "triton") inside the context, in tests and benchmarks."""
    assert name in ("torch", "triton"), name
    token = _FORCED.set(name)
    try:
        yield
    finally:
        _FORCED.reset(token)


def operations(tensor: Tensor) -> ModuleType:
    """Return the module that computes on `tensor`: `twins`, or `gpu` if the tensor is on a GPU."""
    if (_FORCED.get() or backend()) == "torch":
        return twins
    # Imported here because it imports Triton, which is missing on some machines.
    from mome.kernels import gpu

    return gpu if tensor.is_cuda or gpu.INTERPRETED else twins
