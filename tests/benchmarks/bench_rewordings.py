"""Whether questions in other words get the query that a person stored, and questions that mean
something else do not.

`python tests/benchmarks/bench_rewordings.py [--memory DIR] [FILE]` prints a table and writes a CSV.
`questions/reworded/` has the stored pairs, each with rewordings and near misses. A memory of the
sample shop learns the pairs as the page does; without `--memory` it is tuned here. Each question is
asked alone, and while the stored question's answer is shown. The rules were written with the set
`written`; those of `held out` were written before the rules, and read after them.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sample_memory import tune_sample
from tables import Row, show

from mome.answering.translator import Translator
from mome.cli.progress import silent_libraries
from mome.pretrain.examples import read_lines
from mome.reporting import Reporter
from mome.tune.learn import learn

QUESTIONS = Path(__file__).with_name("questions") / "reworded" / "bookshop.jsonl"
FIELDS = {"set", "question", "sql", "reworded", "other"}


@dataclass(frozen=True)
class Stored:
    """A stored pair with questions about it."""

    set: str
    """`written` or `held out`."""
    question: str
    sql: str
    reworded: tuple[str, ...]
    """Questions that mean the same."""
    other: tuple[str, ...]
    """Questions that mean something else."""


@dataclass(frozen=True)
class Asked:
    """What became of one question."""

    stored: Stored
    question: str
    means_same: bool
    alone: bool
    """Whether it got the stored query."""
    after: bool
    """Whether it got it while the stored question's answer was shown."""


def read_stored(path: Path) -> list[Stored]:
    """Return the pairs of a file. Raises ValueError if a line has other fields."""
    found = []
    for line in read_lines(path):
        if set(line) != FIELDS:
            raise ValueError(f"expected the fields {sorted(FIELDS)}, found {sorted(line)}")
        lists = {name: tuple(line[name]) for name in ("reworded", "other")}
        found.append(Stored(**{**line, **lists}))
    return found


def asked(memory: Path, pairs: list[Stored]) -> Iterator[Asked]:
    """Let the memory learn the pairs, and yield what became of each question."""
    for pair in pairs:
        learn(memory, pair.question, pair.sql, Reporter())
    translator = Translator.load(memory)
    for pair in pairs:
        talk = translator.conversation()
        sql = talk.ask(pair.question).sql
        if sql is None:
            raise RuntimeError(f"{pair.question} was not learned")
        for questions, means_same in ((pair.reworded, True), (pair.other, False)):
            for question in questions:
                alone = translator.translate(question).sql == sql
                after = translator.conversation(talk.turns).ask(question).sql == sql
                yield Asked(pair, question, means_same, alone, after)


def rows(found: list[Asked]) -> list[Row]:
    """Return the table: how many of each set got the stored query."""
    table = []
    for name in dict.fromkeys(one.stored.set for one in found):
        for means_same, what in ((True, "rewordings"), (False, "near misses")):
            own = [one for one in found if one.stored.set == name and one.means_same == means_same]
            table.append(
                {
                    "set": name,
                    "what": what,
                    "questions": str(len(own)),
                    "get the stored query": str(sum(one.alone for one in own)),
                    "after its answer": str(sum(one.after for one in own)),
                }
            )
    return table


def failures(found: list[Asked]) -> list[Row]:
    """Return the questions that went wrong."""
    return [
        {
            "set": one.stored.set,
            "stored": one.stored.question,
            "asked": one.question,
            "alone": "stored" if one.alone else "other",
            "after": "stored" if one.after else "other",
        }
        for one in found
        if not one.alone == one.after == one.means_same
    ]


def main() -> None:
    """Print the tables and write them as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--memory", type=Path, help="a memory of the sample shop, which is changed")
    parser.add_argument("file", nargs="?", type=Path, default=Path("build/rewordings.csv"))
    given = parser.parse_args()
    silent_libraries()
    with tempfile.TemporaryDirectory() as folder:
        memory = given.memory or tune_sample(Path(folder))
        found = list(asked(memory, read_stored(QUESTIONS)))
    wrong = failures(found)
    show(given.file, rows(found), *([wrong] if wrong else []))


if __name__ == "__main__":
    main()
