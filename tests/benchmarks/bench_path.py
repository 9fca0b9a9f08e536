"""Time of introspection, linking, translating and `mome ask` on the sample database; `make bench`
runs it.

`python tests/benchmarks/bench_path.py [FILE]` prints a table and writes a CSV.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from mome.answering.translator import Translator
from mome.backbones.base import Backbone
from mome.backbones.loading import load
from mome.catalog import Catalog, Column, Table
from mome.cli.progress import silent_libraries
from mome.execution import open_executor
from mome.linking.slice import Linker
from mome.linking.values import read_values
from mome.memory import Memory, MemoryConfig
from schemas import collect_values, introspect, resolve_url, write_values
from training_data.given.verified import read_verified
from training_data.sample.bookshop import create_sample, sample_verified

PADDING = 1000
"""Number of unrelated tables that the padded catalog has besides the sample's."""
Row = tuple[str, str, int, float, float]
"""Name, what it is compared to, number of runs, median and 95th percentile in ms."""


def timed(name: str, peer: str, work: Callable[[], object], times: int) -> Row:
    """Return the row of `work`, which runs `times` times after one run to warm up."""
    work()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    high = sorted(spent)[int(0.95 * (times - 1))]
    return name, peer, times, statistics.median(spent), high


def padded(catalog: Catalog) -> Catalog:
    """Return the catalog with `PADDING` unrelated tables."""
    return replace(catalog, tables=(*catalog.tables, *map(_unrelated, range(PADDING))))


def _unrelated(number: int) -> Table:
    """Return a table whose names occur in no question."""
    columns = tuple(
        Column(f"{word}_{number}", "INTEGER", "integer")
        for word in ("entry", "batch", "shard", "audit")
    )
    return Table(None, f"ledger_{number}", "table", None, 0, columns)


def measure(folder: Path, backbone: Backbone) -> list[Row]:
    """Return all rows of the table."""
    create_sample(folder / "shop.sqlite")
    sample_verified(folder / "verified.jsonl")
    questions = [pair.question for pair in read_verified(folder / "verified.jsonl")[0]]
    source = resolve_url(folder / "shop.sqlite")
    full = introspect(source)
    full.write(folder / "catalog.json")
    write_values(folder / "values.jsonl", collect_values(source, full))
    catalog = Catalog.load(folder / "catalog.json")
    values = read_values(folder / "values.jsonl")
    small = Linker(catalog, values)
    large = Linker(padded(catalog), values)
    count = len(questions)
    more = f"{PADDING} more tables"
    link_small = _each(questions, small.slice)
    link_large = _each(questions, large.slice)
    rows = [
        timed("introspect the sample", "-", lambda: introspect(source), 5),
        timed("link a question, 12 tables", "-", link_small, count),
        timed(f"link a question, {more}", "12 tables", link_large, count),
    ]
    memory = Memory.create(backbone, MemoryConfig(), [])
    memory.attach()
    with open_executor(source) as executor:
        for name, peer, linker in (
            ("translate, 12 tables", "-", small),
            (f"translate, {more}", "12 tables", large),
        ):
            translator = Translator(backbone, linker, memory, executor=executor)
            translate = _each(questions, translator.translate)
            rows.append(timed(name, peer, translate, count))
    ask = asking(folder, questions)
    return [*rows, timed("mome ask, from the shell to the rows", "translate", ask, 5)]


def asking(folder: Path, questions: Sequence[str]) -> Callable[[], object]:
    """Return a function that asks the next question in a process of its own: imports, reading the
    memory, the answer and its rows.
    """
    memory = ("--memory", str(folder / "memory"))

    def mome(*arguments: str) -> None:
        command = [sys.executable, "-m", "mome.cli", *arguments, *memory]
        subprocess.run(command, check=True, capture_output=True)

    mome("tune", "--db-url", str(folder / "shop.sqlite"), "--facts", "0", "--quiet")
    return _each(questions, lambda question: mome("ask", question))


def _each(questions: Sequence[str], work: Callable[[str], object]) -> Callable[[], object]:
    """Return a function that does `work` for the next question at each call."""
    # `timed` calls it once for each question and once to warm up.
    turns = iter(questions * 4)
    return lambda: work(next(turns))


def main() -> None:
    """Print the table and write it as CSV to the path given, or to build/bench.csv."""
    silent_libraries()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), load())
    grid = Grid("what", "compared to", "runs", "median ms", "p95 ms")
    for name, peer, times, median, high in rows:
        grid.add_row(name, peer, str(times), f"{median:.1f}", f"{high:.1f}")
    Console().print(grid)
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "build/bench.csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("what", "compared_to", "runs", "median_ms", "p95_ms"), *rows])


if __name__ == "__main__":
    main()
