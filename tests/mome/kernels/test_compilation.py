"""Compile every kernel for GPUs that this machine does not have.

Triton brings its own assembler, so a mistake that only a compiler finds shows without a GPU.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from mome.kernels import InputVectors

pytestmark = [
    pytest.mark.skipif(find_spec("triton") is None, reason="Triton has no build for this machine"),
    pytest.mark.skipif(
        os.environ.get("TRITON_INTERPRET") == "1", reason="interpreted kernels are not compiled"
    ),
]
MODULES = "adam duplicates expand generator product_keys shrink".split()
KINDS = {
    torch.float32: "*fp32",
    torch.float16: "*fp16",
    torch.bfloat16: "*bf16",
    torch.int64: "*i64",
    torch.int32: "*i32",
}
SHARED = 99 * 2**10
"""Bytes of shared memory that a block may use on small current GPUs."""
B, K, D = 2, 32, 1024
KERNELS = 9
"""Kernels in all modules; the test calls each."""


def kind(argument: object) -> str:
    """Return Triton's name for the type of an argument."""
    if isinstance(argument, Tensor):
        return KINDS[argument.dtype]
    if isinstance(argument, float):
        return "fp32"
    assert isinstance(argument, int)
    return "i32" if -(2**31) <= argument < 2**31 else "i64"


@pytest.fixture
def compiled(
    capability: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """Compile kernels instead of launching them; return what was compiled, by kernel name."""
    import triton
    from triton.backends.compiler import GPUTarget

    by_name: dict[str, Any] = {}

    def compile_only(kernel: Any, grid: tuple[int, ...], *arguments: Any, **constants: Any) -> None:
        options = {
            name: constants.pop(name) for name in ("num_warps", "num_stages") if name in constants
        }
        given = dict(zip(kernel.arg_names, arguments, strict=False)) | constants
        fixed = {name: value for name, value in given.items() if value is None or name in constants}
        signature = {
            name: "constexpr" if name in fixed else kind(value) for name, value in given.items()
        }
        places = {(kernel.arg_names.index(name),): value for name, value in fixed.items()}
        source = triton.compiler.ASTSource(kernel, signature, constexprs=places)
        by_name[kernel.__name__] = triton.compile(
            source, target=GPUTarget("cuda", capability, 32), options=options
        )

    for name in MODULES:
        module = importlib.import_module(f"mome.kernels.gpu.{name}")
        monkeypatch.setattr(module, "launch", compile_only)
    monkeypatch.setattr(triton.knobs.cache, "dir", str(tmp_path))
    yield by_name


@pytest.mark.parametrize(
    ("capability", "dtype", "t"), [(90, torch.bfloat16, 100), (80, torch.float32, 100)], ids=str
)
def test_every_kernel_compiles_and_fits_into_shared_memory(
    dtype: torch.dtype, t: int, compiled: dict[str, Any]
) -> None:
    from mome.kernels import gpu

    ids = torch.zeros(B, K, dtype=torch.int64)
    x = torch.zeros(B, t, D, dtype=dtype)
    h = torch.zeros(B, t, K)
    inputs = InputVectors(ids, torch.zeros(B, K), D, 0, 0)
    rows = torch.zeros(9, D, dtype=dtype)
    chosen = torch.arange(B)
    gpu.input_vectors(ids, D, seed=0, layer=0)
    gpu.shrink(x, inputs, chosen)
    gpu.shrink_backward(h, inputs, B, dtype, chosen)
    gpu.expand(x, h, rows, ids, chosen)
    gpu.expand_backward(x, h, rows, None, ids, chosen)
    gpu.reduce_duplicates(torch.zeros(9, D), torch.arange(9), 5, dtype)
    moments = (rows.float(), rows.float())
    gpu.adam(rows.float(), moments, chosen, torch.zeros(B, D), **_settings())
    gpu.top_k(torch.zeros(B, 128), (torch.zeros(256, 64), torch.zeros(256, 64)), K)
    assert len(compiled) == KERNELS
    shared = {name: kernel.metadata.shared for name, kernel in compiled.items()}
    assert {name: size for name, size in shared.items() if size > SHARED} == {}


def _settings() -> dict[str, Any]:
    return {"steps": torch.ones(B), "rates": torch.ones(B), "decays": (0.8, 0.9), "epsilon": 1e-8}
