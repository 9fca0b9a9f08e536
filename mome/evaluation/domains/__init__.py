"""Three small databases of our own making, each with facts to memorise and questions about them.

`NAME.sql` makes the database. Each line of `NAME.jsonl` has a kind: `verified` pairs are memorised;
`reworded` ones ask for them in words that no tune sees, `near` ones for something else in nearly
their words; `own` questions are new, and nothing answers the `unanswerable` ones.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from mome.evaluation.questions import ExamQuestion

DOMAINS = ("finance", "shop", "medicine")
VERIFIED = "verified"
_FOLDER = Path(__file__).parent


def make_database(name: str, path: Path) -> Path:
    """Write the SQLite database of a domain to `path`, and return it."""
    script = (_FOLDER / f"{name}.sql").read_text("utf-8")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path


def write_verified(name: str, path: Path) -> Path:
    """Write the verified pairs of a domain as JSONL to `path`, and return it."""
    pairs = [line for line in _lines(name) if line["kind"] == VERIFIED]
    lines = [json.dumps({"question": one["question"], "sql": one["sql"]}) + "\n" for one in pairs]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def questions(name: str) -> list[ExamQuestion]:
    """Return the questions about a domain, without those that are memorised."""
    found = []
    for line in _lines(name):
        if line["kind"] != VERIFIED:
            # Nothing answers them, as their missing SQL says.
            kind = "unrelated" if line["kind"] == "unanswerable" else line["kind"]
            found.append(ExamQuestion(kind, line["question"], line["sql"], name))
    return found


def _lines(name: str) -> list[dict]:
    text = (_FOLDER / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]
