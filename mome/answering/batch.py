"""`mome translate`: answer the questions of a JSONL file into another one.

The questions are read before torch is imported, so that a bad file is told at once.
"""

from __future__ import annotations

import json
from pathlib import Path

from mome.answering.translation import Translation, as_dict
from mome.artifacts.source import executor_of
from mome.errors import MomeError
from mome.reporting import Reporter


class BadQuestions(MomeError):
    """The file of questions cannot be used."""


def translate_file(
    memory: Path,
    questions: Path,
    out: Path,
    reporter: Reporter,
    *,
    least: float | None = None,
) -> int:
    """Answer every line {"id", "question"} of `questions` into `out` and return their number.

    `least`: answers with a lower confidence are not given; None for the calibrator's bound.

    Candidates are tried on the database if it can be reached. Raises BadQuestions, NoMemory,
    BrokenMemory, OtherBackbone or OSError. `out` is overwritten only when answering begins.
    """
    asked = read_questions(questions)
    if out.is_dir() or not out.parent.is_dir():
        raise BadQuestions(f"{out} cannot be written; give a file in a folder that exists")
    reporter.stage("Loading the memory")
    from mome.answering.translator import Translator

    with executor_of(memory) as executor:
        database = executor if executor.reachable() else None
        translator = Translator.load(memory, executor=database, least=least)
        reporter.stage("Translating")
        with open(out, "w", encoding="utf-8", errors="backslashreplace") as lines:
            for done, (name, question) in enumerate(asked):
                reporter.progress(done, len(asked), "")
                line = _line(name, translator.translate(question))
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    return len(asked)


def read_questions(path: Path) -> list[tuple[object, str]]:
    """Return every id with its question. A line without an id gets its number. Raises
    BadQuestions.
    """
    try:
        # -sig, because Windows editors put a byte order mark in front.
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestions(
            f"{path} cannot be read as UTF-8 text; give a JSONL file of questions"
        ) from error
    # Not splitlines(): it also splits at U+2028, which JSON strings may hold.
    lines = enumerate(text.split("\n"), 1)
    return [_entry(path, number, line) for number, line in lines if line.strip()]


def _entry(path: Path, number: int, line: str) -> tuple[object, str]:
    try:
        entry = json.loads(line)
        return entry.get("id", number), _text(entry["question"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadQuestions(f'{path}, line {number}: expected {{"question": "..."}}') from error


def _text(question: object) -> str:
    """Return the question with lone surrogates replaced. Raises TypeError if it is not text."""
    if not isinstance(question, str):
        raise TypeError("a question is text")
    return question.encode("utf-8", "replace").decode()


def _line(name: object, translation: Translation) -> dict[str, object]:
    return {"id": name, **as_dict(translation)}
