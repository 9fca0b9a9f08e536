"""`mome translate`: answer the questions of a JSONL file into another one.

The questions are read before torch is imported, so that a bad file is told at once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mome.answering.translation import Translation, as_dict
from mome.artifacts.source import executor_of
from mome.errors import MomeError
from mome.reporting import Reporter

if TYPE_CHECKING:
    from mome.answering.translator import Translator
    from mome.conversation.conversation import Conversation


class BadQuestions(MomeError):
    """The file of questions cannot be used."""


@dataclass(frozen=True)
class AskedLine:
    """One line of a file of questions."""

    id: object
    question: str
    dialogue: object = None
    """What its dialogue is called; None if it stands alone."""


def translate_file(
    memory: Path,
    questions: Path,
    out: Path,
    reporter: Reporter,
    *,
    least: float | None = None,
) -> int:
    """Answer every line {"id", "question"[, "dialogue"]} of `questions` into `out` and return
    their number. Lines of one dialogue are its turns in order.

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
            dialogues: dict[object, Conversation] = {}
            for done, one in enumerate(asked):
                reporter.progress(done, len(asked), "")
                line = _line(one.id, _answered(one, translator, dialogues))
                lines.write(json.dumps(line, ensure_ascii=False) + "\n")
    return len(asked)


def _answered(
    one: AskedLine, translator: Translator, dialogues: dict[object, Conversation]
) -> Translation:
    if one.dialogue is None:
        return translator.translate(one.question)
    conversation = dialogues.setdefault(one.dialogue, translator.conversation())
    return conversation.ask(one.question)


def read_questions(path: Path) -> list[AskedLine]:
    """Return every line of a file. A line without an id gets its number. Raises BadQuestions."""
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


def _entry(path: Path, number: int, line: str) -> AskedLine:
    try:
        entry = json.loads(line)
        dialogue = entry.get("dialogue")
        # The names of dialogues are compared: a list or an object is none.
        hash(dialogue)
        return AskedLine(entry.get("id", number), _text(entry["question"]), dialogue)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadQuestions(f'{path}, line {number}: expected {{"question": "..."}}') from error


def _text(question: object) -> str:
    """Return the question with lone surrogates replaced. Raises TypeError if it is not text."""
    if not isinstance(question, str):
        raise TypeError("a question is text")
    return question.encode("utf-8", "replace").decode()


def _line(name: object, translation: Translation) -> dict[str, object]:
    return {"id": name, **as_dict(translation)}
