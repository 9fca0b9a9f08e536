"""Tests that take minutes and run only where TRIALS is set, as in `TRIALS=1 pytest tests`."""

from __future__ import annotations

import os

import pytest

only_in_trials = pytest.mark.skipif(
    "TRIALS" not in os.environ, reason="takes minutes; runs where TRIALS is set"
)
