"""Answers of the bundled model, of an open model with its skill, and of both joined.

`python tests/benchmarks/bench_readers.py DATA [--set NAME ...] [--base BASE] [--adapter FOLDER]
[--scale F] [--limit N] [--answers FILE]` prints a table and writes a CSV. DATA holds a folder for
each data set with questions.jsonl and db/; `own` are the questions of `questions/`, and `kept`
those about Spider's training databases that are kept from training.

No memory, no guard, no ranking by the database: the first answer that runs counts, so that the
readers alone are compared. `bench_exam` measures what a user gets.

Columns: `right` of each reader is the share of questions with the right rows, `found` the share of
questions with a right answer among all of both readers' answers.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench_questions import (
    QUESTIONS,
    Question,
    database_of,
    read_questions,
    verdict,
    write_lines,
)
from exam_sets import SETS
from tables import Row, show

from mome.answering.second_reader import BEAMS, DRAFTS, joined
from mome.answering.translator import BEAMS as FIRST_BEAMS
from mome.backbones.base import Backbone, Candidate
from mome.backbones.identity import base_path
from mome.backbones.loading import load
from mome.backbones.open.adapted_linear import adapter_off, load_adapter
from mome.backbones.open.int8_model import int8_model
from mome.backbones.open.reader import OpenReader
from mome.backbones.open.skills import skill_of
from mome.linking.slice import Linker
from mome.pretrain.command import read_database
from mome.pretrain.corpus import KEPT
from mome.pretrain.examples import read_lines

OWN, KEPT_SET = "own", "kept"


@dataclass(frozen=True)
class Answered:
    """The answers to one question."""

    question: Question
    first: list[Candidate]
    """Of the bundled model, best first."""
    second: list[Candidate]
    """Of the open model; empty without one."""
    told: dict[str, float]
    """Log-probabilities by the bundled model of answers that only the open one gives."""
    right: dict[str, bool]
    """Whether each answer of both is right; answers that do not run are left out."""

    @property
    def both(self) -> list[Candidate]:
        """The joint answers."""
        return joined(self.first, self.second, self.told)

    def is_right(self, candidates: Iterable[Candidate]) -> bool:
        """Return whether the first of some answers that runs is right."""
        verdicts = (self.right[one.answer] for one in candidates if one.answer in self.right)
        return next(verdicts, False)

    def line(self, name: str) -> dict:
        """Return the answers as a JSON object."""
        readers = {"first": self.first, "second": self.second}
        answers = {
            reader: [(one.answer, one.probability) for one in found]
            for reader, found in readers.items()
        }
        return {
            "set": name,
            "db": self.question.db,
            "question": self.question.question,
            "sql": self.question.sql,
            "right": self.right,
            "told": self.told,
            **answers,
        }


def questions_of(
    name: str, data: Path, limit: int | None, work: Path
) -> Iterator[tuple[Path, list[Question]]]:
    """Yield the databases of a set with their questions.

    Args:
        limit: Draw as many questions from the set; None takes all.
        work: Folder for the databases that are made.
    """
    if name == OWN:
        asked = list(_own())
    else:
        asked = list(_kept(data) if name == KEPT_SET else _of_set(name, data))
    if limit is not None:
        asked = random.Random(0).sample(asked, min(limit, len(asked)))
    for database in sorted({question.db for question in asked}):
        part = [question for question in asked if question.db == database]
        if name == OWN:
            path = database_of(database, data, work)
        else:
            folder = "spider" if name == KEPT_SET else SETS[name].folder
            path = data / folder / "db" / f"{database}.sqlite"
        yield path.resolve(), part


def _own() -> Iterator[Question]:
    for path in sorted(QUESTIONS.glob("*.jsonl")):
        yield from read_questions(path)


def _kept(data: Path) -> Iterator[Question]:
    for entry in read_lines(data / "spider" / "questions.jsonl"):
        if entry["split"] == "train" and entry["db"] in KEPT:
            yield Question(entry["db"], "", entry["question"], (entry["sql"],))


def _of_set(name: str, data: Path) -> Iterator[Question]:
    exam = SETS[name]
    for entry in read_lines(data / exam.folder / "questions.jsonl"):
        if entry[exam.key] == exam.split and entry["sql"]:
            sql = entry["sql"]
            queries = (sql,) if isinstance(sql, str) else tuple(sql)
            yield Question(entry["db"], "", entry["question"], queries)


def answered(
    path: Path, questions: Sequence[Question], backbone: Backbone, reader: OpenReader | None
) -> Iterator[Answered]:
    """Yield the answers of both readers to the questions about a database."""
    catalog, values = read_database(path)
    linker = Linker(catalog, values).with_meanings(backbone.word_vectors)
    for question in questions:
        prompt = backbone.prepare(linker.slice(question.question), linker)
        first = backbone.generate([prompt], beams=FIRST_BEAMS)[0]
        second = []
        if reader is not None:
            drafts = [one.answer for one in first[:DRAFTS]]
            second = reader.answers(prompt.slice, linker, drafts=drafts, beams=BEAMS)
        known = {one.answer for one in first}
        others = [one.answer for one in second if one.answer is not None]
        told = {text: backbone.log_prob(prompt, text) for text in others if text not in known}
        texts = {one.answer for one in (*first, *second)}
        verdicts = {
            text: verdict(path, question, {"status": "ok", "sql": text}) for text in texts if text
        }
        right = {text: found == "right" for text, found in verdicts.items() if found != "invalid"}
        yield Answered(question, first, second, told, right)


def load_candidate(base: str, adapter: Path | None, scale: float) -> OpenReader:
    """Load an open model with an adapter; by default that of the package."""
    folder = adapter or skill_of(base)
    if folder is None:
        raise SystemExit(f"{base} has no skill: give --adapter")
    tokenizer, model = int8_model(base_path(base))
    load_adapter(model, folder, scale)
    return OpenReader(model, tokenizer, adapter_off)


def row(name: str, found: Sequence[Answered]) -> Row:
    """Return the line of a set in the table."""
    counts = {
        "bundled": [one.is_right(one.first) for one in found],
        "open": [one.is_right(one.second) for one in found],
        "both": [one.is_right(one.both) for one in found],
        "found": [any(one.right.values()) for one in found],
    }
    shares = {column: f"{sum(rights) / len(found):.3f}" for column, rights in counts.items()}
    return {"set": name, "questions": str(len(found)), **shares}


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [OWN, *SETS, KEPT_SET]
    parser.add_argument("data", type=Path)
    parser.add_argument("--set", nargs="+", default=names, choices=names)
    parser.add_argument("--base", default="qwen2.5-coder-0.5b", help="`bundled` for that alone")
    parser.add_argument("--adapter", type=Path, help="by default the one in the package")
    parser.add_argument("--scale", type=float, default=1.0, help="of the adapter")
    parser.add_argument("--limit", type=int, help="draw N questions of each set")
    parser.add_argument("--answers", type=Path, help="write all answers to this file")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_readers.csv"))
    options = parser.parse_args()
    backbone = load("bundled")
    reader = None
    if options.base != "bundled":
        reader = load_candidate(options.base, options.adapter, options.scale)
    rows, lines = [], []
    with tempfile.TemporaryDirectory() as work:
        for name in options.set:
            found: list[Answered] = []
            for path, questions in questions_of(name, options.data, options.limit, Path(work)):
                for one in answered(path, questions, backbone, reader):
                    found.append(one)
                    lines.append(one.line(name))
                if options.answers is not None:
                    write_lines(options.answers, lines)
            rows.append(row(name, found))
            show(options.csv, rows)


if __name__ == "__main__":
    main()
