"""The backend is chosen once, can be forced, and never sends a tensor on the CPU to a GPU's kernels."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from mome.kernels import backend, forced, twins
from mome.kernels.backend import operations


def test_without_a_gpu_the_twins_compute() -> None:
    assert backend() == ("triton" if torch.cuda.is_available() else "torch")
    with forced("torch"):
        assert operations(torch.zeros(1)) is twins


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_tensors_on_the_cpu_are_computed_there() -> None:
    assert operations(torch.zeros(1)) is twins
    assert operations(torch.zeros(1, device="cuda")) is not twins


def test_another_name_is_refused() -> None:
    with pytest.raises(AssertionError, match="cuda"), forced("cuda"):
        pass


def test_triton_is_not_imported_where_the_twins_compute() -> None:
    code = (
        "import sys, torch\nfrom mome import kernels\n"
        "with kernels.forced('torch'): kernels.top_k(torch.ones(1, 2), (torch.ones(2, 1), torch.ones(2, 1)), 1)\n"
        "sys.exit('triton' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
