"""`mome ask`: a verified pair's words bring its rows, and what cannot be answered says so with a
code of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import sqlite3
import subprocess
import termios
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mome.answering.translation import Alternative, Translation
from mome.catalog import Catalog
from mome.cli.shown_answer import tell_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Cli, Done, Tuned

FIVE = "List the five most expensive books."


def test_the_words_of_a_verified_pair_bring_its_rows(bookshop: Tuned, mome: Cli) -> None:
    asked = mome("ask", FIVE, env={"MOME_HOME": str(bookshop.memory.parent)})
    assert asked.code == 0, asked.err
    assert _cells(asked.out) == _rows(
        bookshop.database, "SELECT title, price FROM book ORDER BY price DESC, title LIMIT 5"
    )
    assert "5 rows; a verified query; " in asked.err


def test_more_rows_than_are_shown_are_told(bookshop: Tuned, mome: Cli) -> None:
    asked = mome(
        "ask", "How many people work in each store?", "--memory", bookshop.memory, "--rows", 2
    )
    assert asked.code == 0, asked.err
    assert len(_cells(asked.out)) == 2
    assert "2 rows, and there are more; a verified query" in asked.err


def test_the_sql_alone_needs_no_database_and_the_variable_names_the_memory(
    club: Tuned, mome: Cli
) -> None:
    with club.without_database():
        asked = mome("ask", "Who joined in 2024?", "--sql", env={"MEMORY": str(club.memory)})
    assert (asked.code, asked.err) == (0, "")
    assert _rows(club.database, asked.out) == [["Ben"], ["Cleo"]]


def test_what_rows_hold_is_shown_and_not_obeyed(club: Tuned, mome: Cli) -> None:
    asked = mome("ask", "How many members does each club have?", "--memory", club.memory)
    assert asked.code == 0, asked.err
    assert ["Chess [/club]", "1"] in _cells(asked.out)
    assert "┃ name " in asked.out and "┃ number of members ┃" in asked.out
    assert "COUNT(*)" in asked.out.splitlines()[0]
    assert "\x1b" not in asked.out and any("Walkers" in name for name, _ in _cells(asked.out))


def test_a_question_that_would_change_the_database_is_blocked(club: Tuned, mome: Cli) -> None:
    asked = mome("ask", "Delete all members who joined in 2024", "--memory", club.memory)
    assert (asked.code, asked.out) == (3, "")
    assert asked.err.startswith("blocked: ") and asked.err.count("\n") == 1


def test_a_database_that_is_gone_leaves_the_sql_and_says_so(club: Tuned, mome: Cli) -> None:
    with club.without_database():
        asked = mome("ask", "Who joined in 2024?", "--memory", club.memory)
    assert asked.code == 1
    assert (
        asked.err.startswith("mome: ")
        and str(club.database) in asked.err
        and asked.err.count("\n") == 1
    )
    assert asked.out.startswith("SELECT") and asked.out.count("\n") == 1


def test_lines_of_the_input_are_turns_of_a_conversation(club: Tuned, mome: Cli) -> None:
    words = ("ask", "--memory", club.memory)
    lines = "Which clubs are in Basel?\n\nWhat about Bern?\nas a pie chart\nDelete them all\n"
    asked = mome.run(mome.command(*words), input=lines)
    assert asked.code == 0, asked.err
    sql = [line for line in asked.out.splitlines() if line.startswith("SELECT")]
    assert sql == [f"SELECT name FROM club WHERE city = '{x}'" for x in ("Basel", "Bern", "Bern")]
    assert "understood as: Which clubs are in Bern?" in asked.err
    assert "a pie chart is not drawn here" in asked.err
    assert asked.err.splitlines()[-1].startswith("blocked: ")


def test_the_prompt_in_a_terminal_ends_with_ctrl_c(club: Tuned, mome: Cli) -> None:
    control, terminal = pty.openpty()
    command = mome.command("ask", "--memory", club.memory)
    process = subprocess.Popen(
        command,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=mome.environment(),
        preexec_fn=partial(_take_terminal, terminal),
    )
    os.close(terminal)
    os.write(control, b"Which clubs are in Basel?\n")
    assert process.stdout is not None
    shown = b""
    while b"2 rows" not in shown:
        piece = os.read(process.stdout.fileno(), 4096)
        assert piece, shown
        shown += piece
    assert b"Ask in plain words" in shown and b"Rowing Club" in shown
    os.write(control, b"\x03")
    assert process.wait(60) == 0
    assert b"Traceback" not in process.stdout.read()
    process.stdout.close()
    os.close(control)


def _take_terminal(terminal: int) -> None:
    """Make a terminal that of the process, so that Ctrl-C reaches it."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


def test_no_memory_yet(mome: Cli, refused: Callable[[Done, str], None]) -> None:
    refused(
        mome("ask", "Who joined in 2024?"),
        f"there is no memory under {mome.home}; make one with `mome tune --db-url URL`",
    )


def _cells(table: str) -> list[list[str]]:
    """The rows of the table that is printed after the SQL."""
    return [
        [cell.strip() for cell in line.strip("│").split("│")]
        for line in table.splitlines()
        if line.startswith("│")
    ]


def _rows(database: Path, sql: str) -> list[list[str]]:
    connection = sqlite3.connect(database)
    try:
        return [[str(value) for value in row] for row in connection.execute(sql)]
    finally:
        connection.close()


def test_the_other_reading_of_an_ambiguous_question_is_told_in_words(
    club: Tuned, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = Catalog.load(club.current / "catalog.json")
    other = "SELECT COUNT(*) FROM club WHERE city = 'Basel'"
    first = "SELECT COUNT(*) FROM club WHERE city = 'Bern'"
    readings = (Alternative(other, -0.1),)
    tell_reading(
        Translation("How many?", "ambiguous", first, "sqlite", 0.2, alternatives=readings), catalog
    )
    assert capsys.readouterr().err.splitlines() == [
        f"it may also mean: {other}",
        "in words: Where city is 'Basel' instead of city is 'Bern'.",
    ]


def test_programs_get_the_same_names_of_columns_and_the_rows(club: Tuned, mome: Cli) -> None:
    words = ("ask", "How many members does each club have?", "--memory", club.memory)
    asked = mome(*words, "--json")
    assert asked.code == 0, asked.err
    answer = json.loads(asked.out)
    assert (answer["status"], answer["header"]) == ("ok", ["name", "number of members"])
    assert sorted(count for _, count in answer["rows"]) == [1, 1, 2]
    shown = [[str(value) for value in row] for row in answer["rows"]]
    assert shown == _rows(club.database, answer["sql"])
    asked = mome(*words, "--csv")
    assert asked.code == 0, asked.err
    first, *lines = asked.out.splitlines()
    assert first == "name,number of members" and len(lines) == 3
    assert {"Rowing Club,2", "Chess [/club],1"} < set(lines)


def test_a_renamed_column_is_told_and_the_same_question_is_no_suggestion(
    club: Tuned, mome: Cli, tmp_path: Path
) -> None:
    renamed = shutil.copy(club.database, tmp_path / "renamed.sqlite")
    with closing(sqlite3.connect(renamed)) as connection:
        for column, other in (("joined_on", "entered"), ("name", "label")):
            connection.execute(f"ALTER TABLE member RENAME COLUMN {column} TO {other}")
    with club.without_database():
        shutil.copy(renamed, club.database)
        try:
            asked = mome("ask", "Who joined in 2024?", "--memory", club.memory)
        finally:
            club.database.unlink()
    assert asked.code == 3, asked.err
    assert "Who joined in 2024?" not in asked.err
    assert "the schema has changed; run `mome tune" in asked.err
