"""Execution accuracy on sets of questions that people wrote, through the command line.

`python tests/benchmarks/bench_exam.py DATA [--set NAME ...] [--base BASE] [--limit N]
[--work FOLDER]` prints a table and writes a CSV. DATA holds a folder for each data set with
questions.jsonl and db/.

Each database gets a memory by `mome tune`, and `mome translate` answers its questions. For
GeoQuery, the questions of the training split are the memory's verified pairs.

Columns: `accuracy` is the share of questions with the right rows; `precision` the same among those
with status ok; `invalid` the number of answers that the database refuses to run; `p50_s` and
`p95_s` seconds a question, from `mome translate`; `tune_s` seconds of all `mome tune`; `memory_mb`
the most memory that one of the commands took, of this set or of one before it.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench_questions import Question, run_mome, verdict, write_lines
from tables import Row, show

from mome.pretrain.examples import read_lines


@dataclass(frozen=True)
class ExamSet:
    """Questions of one data set."""

    folder: str
    split: str
    key: str = "split"
    """The field that names the split."""
    verified: str | None = None
    """The split whose questions become verified pairs; None for none."""


SETS = {
    "club": ExamSet("exercises", "club"),
    "plants": ExamSet("exercises", "plants"),
    "spider": ExamSet("spider", "dev"),
    "spider-syn": ExamSet("spider", "dev_syn"),
    "geography": ExamSet("geography", "test", verified="train"),
    "geography-query": ExamSet("geography", "test", key="query_split", verified="train"),
}


@dataclass
class Result:
    """What became of the questions of one set."""

    verdicts: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    """Of each question."""
    tune_s: float = 0.0


def sit(exam: ExamSet, data: Path, work: Path, base: str, limit: int | None) -> Result:
    """Tune a memory for each database of a set, and judge the answers to its questions."""
    entries = read_lines(data / exam.folder / "questions.jsonl")
    asked: dict[str, list[dict]] = defaultdict(list)
    verified: dict[str, list[dict]] = defaultdict(list)
    for entry in entries:
        if entry[exam.key] == exam.split:
            asked[entry["db"]].append(entry)
        elif entry[exam.key] == exam.verified:
            pair = {"question": entry["question"], "sql": entry["sql"]}
            verified[entry["db"]].append(pair)
    result = Result()
    for name, questions in sorted(asked.items()):
        database = (data / exam.folder / "db" / f"{name}.sqlite").resolve()
        started = time.monotonic()
        tune(database, verified[name], work / name, base)
        result.tune_s += time.monotonic() - started
        for found, milliseconds in answer(database, questions[:limit], work / name):
            result.verdicts[found] += 1
            result.seconds.append(milliseconds / 1000)
    return result


def tune(database: Path, verified: Sequence[dict], folder: Path, base: str) -> None:
    """Make a memory of a database and verified pairs in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = ["--db-url", database, "--memory", folder / "memory"]
    if verified:
        write_lines(folder / "verified.jsonl", verified)
        arguments += ["--verified", folder / "verified.jsonl"]
    run_mome("tune", *arguments, "--base", base)


def answer(database: Path, questions: Sequence[dict], folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the verdict on the answer to each question, and its milliseconds."""
    asked, out = folder / "questions.jsonl", folder / "answers.jsonl"
    write_lines(asked, [{"question": entry["question"]} for entry in questions])
    run_mome("translate", "--memory", folder / "memory", "--questions", asked, "--out", out)
    # `mome translate` answers in the order of the questions.
    for entry, given in zip(questions, read_lines(out), strict=True):
        sql = entry["sql"]
        queries = (sql,) if isinstance(sql, str) else tuple(sql)
        question = Question(entry["db"], "", entry["question"], queries)
        yield verdict(database, question, given), given["latency_ms"]


def row(name: str, base: str, result: Result) -> Row:
    """Return the line of a set in the table."""
    counts = result.verdicts
    answered = counts["right"] + counts["wrong"] + counts["invalid"]
    seconds = sorted(result.seconds)
    # Of this process's children so far, in KiB on Linux.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "set": name,
        "base": base,
        "questions": str(counts.total()),
        "accuracy": f"{counts['right'] / max(1, counts.total()):.3f}",
        "precision": f"{counts['right'] / answered:.3f}" if answered else "-",
        "invalid": str(counts["invalid"]),
        "p50_s": f"{seconds[len(seconds) // 2]:.2f}",
        "p95_s": f"{seconds[int(len(seconds) * 0.95)]:.2f}",
        "tune_s": f"{result.tune_s:.0f}",
        "memory_mb": f"{peak:.0f}",
    }


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--base", default="auto", help="the base model, as `mome tune` takes it")
    parser.add_argument("--limit", type=int, help="ask the first N questions of each database")
    parser.add_argument("--work", type=Path, default=Path("build/bench_exam"))
    parser.add_argument("--csv", type=Path, default=Path("build/bench_exam.csv"))
    options = parser.parse_args()
    rows = []
    for name in options.set:
        work = options.work / name
        result = sit(SETS[name], options.data, work, options.base, options.limit)
        rows.append(row(name, options.base, result))
        # A set takes an hour with a large model: what is known is shown at once.
        show(options.csv, rows)


if __name__ == "__main__":
    main()
