"""The choice of the backend: made once, can be forced, and follows the device of a tensor."""

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
def test_the_twins_compute_on_tensors_on_the_cpu() -> None:
    assert operations(torch.zeros(1)) is twins
    assert operations(torch.zeros(1, device="cuda")) is not twins


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(AssertionError, match="cuda"), forced("cuda"):
        pass


def test_triton_is_not_imported_where_the_twins_compute() -> None:
    code = (
        "import sys, torch\n"
        "from mome import kernels\n"
        "keys = (torch.ones(2, 1), torch.ones(2, 1))\n"
        "with kernels.forced('torch'):\n"
        "    kernels.top_k(torch.ones(1, 2), keys, 1)\n"
        "sys.exit('triton' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
