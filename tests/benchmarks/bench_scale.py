"""Cost of the bank's size: the same facts memorised in banks of 2^10 to 2^22 experts.

`python tests/benchmarks/bench_scale.py [--facts N] [--bits B ...]` prints a table and writes a CSV.
Each size runs in a process of its own. The table shows the time per fact in tuning, the bytes on
disk, the time to load, the time to answer a question by greedy decoding and the memory's share of
it, and the peak of the process's memory.

While answers are timed the experts' rows are zero, so that the backbone without a memory writes
the same tokens.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import torch
from bench_tune import prompter, sql_facts
from tables import Row, show

from mome.backbones.base import Backbone, Prompt
from mome.backbones.loading import load
from mome.cli.progress import silent_libraries
from mome.memory import Memory, MemoryConfig, MemoryStore, TuneConfig, tune

BITS = (10, 14, 17, 20, 22)
"""Binary logarithms of the sizes."""
QUESTIONS = 40
"""Number of questions whose answers are timed."""


def measure(bits: int, count: int) -> Row:
    """Return the row of a bank of 2^`bits` experts, for `count` facts."""
    facts = sql_facts(count)
    backbone = load("bundled")
    prompt = prompter(backbone)
    start = time.perf_counter()
    size = MemoryConfig(experts=2**bits)
    memory = Memory.create(backbone, size, [fact.wordings for fact in facts])
    report = tune(memory, facts, prompt, config=TuneConfig(learning_rate=backbone.learning_rate))
    spent = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        written = MemoryStore(Path(folder)).write(memory.stored())
        on_disk = sum(path.stat().st_size for path in written.iterdir())
        start = time.perf_counter()
        stored = MemoryStore(Path(folder)).open()
        loading = time.perf_counter() - start
        assert len(stored.facts) == count
    prompts = [prompt(fact.wordings[0]) for fact in facts[:QUESTIONS]]
    bank = memory.bank.flat()
    zeros = tuple(torch.zeros_like(rows) for rows in bank.rows)
    memory.bank = memory.bank.replaced_by(replace(bank, rows=zeros))
    bare = _answering(backbone, prompts, lambda question: nullcontext())
    routed = _answering(backbone, prompts, lambda question: memory.routed([question]))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "experts": f"2^{bits}",
        "recalled": f"{report.recalled / count:.4f}",
        "tune, ms a fact": f"{spent / count * 1000:.1f}",
        "KiB on disk a fact": f"{on_disk / count / 1024:.1f}",
        "load, ms": f"{loading * 1000:.0f}",
        "answer, ms": f"{routed:.1f}",
        "of it the memory": f"{routed / bare - 1:.1%}",
        "peak MiB": f"{peak / 1024:.0f}",
    }


def _answering(
    backbone: Backbone, prompts: list[Prompt], routed: Callable[[str], AbstractContextManager]
) -> float:
    """Return the median time of greedy decoding in ms, the search for the route included.

    `routed`: returns the context in which a question's route is in force.
    """
    spent = []
    # The first prompt is asked twice: once to warm up.
    for prompt in [prompts[0], *prompts]:
        start = time.perf_counter()
        with torch.no_grad(), routed(prompt.question):
            backbone.generate([prompt], beams=1)
        spent.append((time.perf_counter() - start) * 1000)
    return statistics.median(spent[1:])


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, default=300)
    parser.add_argument("--bits", type=int, nargs="*", default=BITS)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--csv", type=Path, default=Path("build/bench_scale.csv"))
    options = parser.parse_args()
    silent_libraries()
    if options.one:
        print(json.dumps(measure(options.one, options.facts)))
        return
    # The peak of memory is that of a process, so each size needs its own.
    command = [sys.executable, __file__, "--facts", str(options.facts), "--one"]
    rows = []
    for bits in options.bits:
        result = subprocess.run([*command, str(bits)], capture_output=True, text=True, check=True)
        rows.append(json.loads(result.stdout))
    show(options.csv, rows)


if __name__ == "__main__":
    main()
