"""A memory of the sample shop for benchmarks of what a person meets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from training_data.sample.bookshop import create_sample, sample_glossary, sample_verified


def tune_sample(folder: Path) -> Path:
    """Tune a memory on the sample shop and return its folder."""
    database, memory = create_sample(folder / "bookshop.sqlite"), folder / "bookshop"
    words = ["tune", "--db-url", database, "--memory", memory, "--base", "bundled", "--quiet"]
    words += ["--verified", sample_verified(folder / "verified.jsonl")]
    words += ["--glossary", sample_glossary(folder / "glossary.jsonl")]
    subprocess.run([sys.executable, "-m", "mome.cli", *map(str, words)], check=True)
    return memory
