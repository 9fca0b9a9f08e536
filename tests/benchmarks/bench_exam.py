"""Execution accuracy on sets of questions that people wrote, through the command line.

`python tests/benchmarks/bench_exam.py DATA [--set NAME ...] [--base BASE] [--limit N]
[--work FOLDER] [--answers FILE]` prints a table and writes a CSV. DATA holds a folder for each
data set with questions.jsonl and db/.

Each database gets a memory by `mome tune`, and `mome translate` answers its questions. For
GeoQuery, the questions of the training split are the memory's verified pairs. With `--answers`,
each answer is written with its verdict and its evidence; `mome calibrate` fits confidence to those
about the sets `own`, `billing`, `geography-half`, `foreign`, `without` and `business` (see
`exam_sets.py`).

The sets are those of `exam_sets.py`. People wrote the questions of `club`, `plants`, `spider`,
`spider-syn`, `geography` and `geography-query`. Ours are `own`, `billing`, `filled`, `continued`,
`business` and `enterprise`. `business` has 165 questions about a gym, a factory and a charity that
are made here, and 45 that their databases cannot answer (`questions/business/`,
`questions/unanswerable/`). `enterprise` has 40 and 12 for each of its larger databases
(`questions/enterprise/`); nothing is trained on it, and of the fits only that of the calibrator of
two models holds answers about it, none about the clinic.

Columns: `accuracy` is the share of questions with the right rows; `precision` the same among those
with status ok; `declined` the share refused of those without an answer; `invalid` the number of
answers that the database refuses to run; `p50_s` and `p95_s` seconds a question, from `mome
translate`; `tune_s` seconds of all `mome tune`; `memory_mb` the most memory that one of the
commands took, of this set or of one before it.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench_questions import Question, run_mome, verdict, write_lines
from exam_sets import ENTERPRISE, FITTED, OF_SAMPLE, SETS, Sitting, sittings
from tables import Row, show

from mome.pretrain.examples import read_lines


@dataclass
class Result:
    """What became of the questions of one set."""

    verdicts: Counter[str] = field(default_factory=Counter)
    unanswerable: Counter[str] = field(default_factory=Counter)
    """Verdicts on the questions without an answer."""
    seconds: list[float] = field(default_factory=list)
    """Of each question."""
    tune_s: float = 0.0
    lines: list[dict] = field(default_factory=list)
    """Each answer with its verdict."""


def sit(name: str, data: Path, work: Path, base: str, limit: int | None) -> Result:
    """Tune a memory for each database of a set, and judge the answers to its questions."""
    result = Result()
    for sitting in sittings(name, data, work):
        folder = work / sitting.database.stem
        started = time.monotonic()
        tune(sitting, folder, base)
        result.tune_s += time.monotonic() - started
        asked = spread(sitting.questions, limit)
        for question, given in zip(asked, answers(sitting.database, asked, folder), strict=True):
            found = verdict(sitting.database, question, given)
            result.verdicts[found] += 1
            if not question.sql:
                result.unanswerable[found] += 1
            result.seconds.append(given["latency_ms"] / 1000)
            told = {key: given[key] for key in ("status", "sql", "confidence", "evidence")}
            place = {"set": name, "db": question.db, "question": question.question}
            result.lines.append({**place, "verdict": found, **told})
    return result


def spread(questions: Sequence[Question], limit: int | None) -> list[Question]:
    """Return that many of the questions, evenly spread: the first ones are often the easy ones."""
    count = min(limit or len(questions), len(questions))
    return [questions[place * len(questions) // count] for place in range(count)]


def tune(sitting: Sitting, folder: Path, base: str) -> None:
    """Make a memory of a database, its verified pairs and its glossary in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = ["--db-url", sitting.database, "--memory", folder / "memory"]
    given = {"verified": sitting.verified, "glossary": sitting.glossary}
    for name, lines in given.items():
        if lines:
            write_lines(folder / f"{name}.jsonl", lines)
            arguments += [f"--{name}", folder / f"{name}.jsonl"]
    run_mome("tune", *arguments, "--base", base)


def answers(database: Path, questions: Sequence[Question], folder: Path) -> Sequence[dict]:
    """Return what `mome translate` answers, in the order of the questions."""
    asked, out = folder / "questions.jsonl", folder / "answers.jsonl"
    write_lines(asked, [{"question": question.question} for question in questions])
    run_mome("translate", "--memory", folder / "memory", "--questions", asked, "--out", out)
    return read_lines(out)


def row(name: str, base: str, result: Result) -> Row:
    """Return the line of a set in the table."""
    counts = result.verdicts
    answered = counts["right"] + counts["wrong"] + counts["invalid"]
    without = result.unanswerable
    seconds = sorted(result.seconds)
    # Of this process's children so far, in KiB on Linux.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "set": name,
        "base": base,
        "questions": str(counts.total()),
        "accuracy": f"{counts['right'] / max(1, counts.total()):.3f}",
        "precision": f"{counts['right'] / answered:.3f}" if answered else "-",
        "declined": f"{without['refused'] / without.total():.3f}" if without else "-",
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
    parser.add_argument(
        "--set", nargs="+", default=list(SETS), choices=[*SETS, *OF_SAMPLE, *FITTED, ENTERPRISE]
    )
    parser.add_argument("--base", default="auto", help="the base model, as `mome tune` takes it")
    parser.add_argument("--limit", type=int, help="ask N questions of each database, spread evenly")
    parser.add_argument("--work", type=Path, default=Path("build/bench_exam"))
    parser.add_argument("--csv", type=Path, default=Path("build/bench_exam.csv"))
    parser.add_argument("--answers", type=Path, help="write each answer with its verdict here")
    options = parser.parse_args()
    rows = []
    lines: list[dict] = []
    for name in options.set:
        work = options.work / name
        result = sit(name, options.data, work, options.base, options.limit)
        rows.append(row(name, options.base, result))
        # A set takes an hour with a large model: what is known is shown at once.
        show(options.csv, rows)
        lines += result.lines
        if options.answers:
            write_lines(options.answers, lines)


if __name__ == "__main__":
    main()
