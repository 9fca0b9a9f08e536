"""Without a GPU the kernels' own tests run in a session of their own, for Triton decides at its import whether it interprets."""

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
    done = subprocess.run(
        command, env=environment, cwd=HERE.parents[2], capture_output=True, text=True, timeout=280
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
