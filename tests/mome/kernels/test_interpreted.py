"""Run the kernels' own tests in Triton's interpreter on machines without a GPU.

They need a process of their own, since Triton reads TRITON_INTERPRET once, when it is imported.
"""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.skipif(find_spec("triton") is None, reason="Triton has no build for this machine")
def test_kernels_pass_their_tests_interpreted() -> None:
    environment = os.environ | {"TRITON_INTERPRET": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        str(HERE / "gpu"),
        str(HERE / "test_functions.py"),
    ]
    finished = subprocess.run(
        command, env=environment, cwd=HERE.parents[2], capture_output=True, text=True, timeout=280
    )
    assert finished.returncode == 0, finished.stdout[-8000:] + finished.stderr[-2000:]
