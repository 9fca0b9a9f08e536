"""The commands of a memory of labels, as a person calls them, and what they refuse."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from command_line import Cli
from mome.classify.classifier import Classifier
from mome.classify.examples import LabelTune, read_examples
from mome.errors import TableError
from tickets import MEMORY, ROWS, write_tickets

ROOT = Path(__file__).resolve().parents[3]
NEW = ("my package is still not here", "give me my money back", "", "What is photosynthesis?")


def commands_of_the_page() -> list[list[str]]:
    """Return the words of each command in the first block of docs/classify.md."""
    text = (ROOT / "docs" / "classify.md").read_text("utf-8")
    lines = text.split("```")[1].strip().splitlines()
    return [shlex.split(line)[1:] for line in lines]


@pytest.fixture
def own_tickets(tickets: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    shutil.copytree(tickets, tmp_path / "own", symlinks=True)
    return tmp_path / "own"


@pytest.fixture
def mome(tmp_path: Path) -> Cli:
    return Cli(tmp_path / "home")


def test_every_example_is_recalled_and_a_strange_text_abstains(tickets: Path) -> None:
    classifier = Classifier.load(tickets / MEMORY)
    assert classifier.labels == ("account", "delivery", "refund")
    answers = classifier.many([text for text, _ in ROWS])
    assert [answer.guess for answer in answers] == [label for _, label in ROWS]
    assert [answer.nearest for answer in answers] == [text for text, _ in ROWS]
    strange = classifier("What is photosynthesis?")
    assert (strange.label, strange.abstained) == (None, True)
    assert strange.confidence < 0.5


def test_a_file_is_labelled_row_by_row(tickets: Path, mome: Cli, tmp_path: Path) -> None:
    source, target = tmp_path / "new.parquet", tmp_path / "out.csv"
    table = pyarrow.table({"number": list(range(len(NEW))), "said": list(NEW)})
    pyarrow.parquet.write_table(table, source)
    words = ("--in", source, "--out", target, "--text-column", "said")
    done = mome("classify", "--memory", tickets / MEMORY, *words)
    assert (done.code, done.out) == (0, "")
    assert "4 rows labelled" in done.err and "2 abstained" in done.err
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["label"] for row in rows] == ["delivery", "refund", "", ""]
    assert [row["abstained"] for row in rows] == ["False", "False", "True", "True"]
    assert set(rows[0]) == {"label", "confidence", "abstained", "nearest"}


def test_the_commands_of_the_page(own_tickets: Path, mome: Cli) -> None:
    write_tickets(own_tickets / "new.csv", [(text, "") for text in NEW if text])
    memory, text = own_tickets / MEMORY, "The box came empty"
    tune, classify, learn, forget, rollback = commands_of_the_page()
    again = mome(*tune, cwd=own_tickets)
    assert again.out.startswith("nothing has changed; 12 of 12 examples of 3 labels"), again.err
    done = mome(*classify, cwd=own_tickets)
    assert (done.code, "3 rows labelled" in done.err) == (0, True)

    done = mome(*learn, cwd=own_tickets)
    assert done.code == 0 and "'complaint' is a new label" in done.out, done.err
    after = Classifier.load(memory)
    assert after(text).guess == "complaint"
    assert [after(said).guess for said, _ in ROWS] == [label for _, label in ROWS]
    # A refresh keeps what was learned, and has nothing to do.
    again = mome("tune", "--labels", own_tickets / "tickets.csv", "--memory", memory)
    assert again.out.startswith("nothing has changed; 13 of 13 examples of 4 labels")

    assert mome(*forget, cwd=own_tickets).code == 0
    assert "complaint" not in Classifier.load(memory).labels
    assert mome(*rollback, cwd=own_tickets).code == 0
    assert Classifier.load(memory)(text).guess == "complaint"
    listed = json.loads(mome("facts", "--memory", memory, "--json").out)
    assert [fact["label"] for fact in listed if fact["wordings"] == [text]] == ["complaint"]


def test_a_changed_file_trains_only_what_has_changed(own_tickets: Path, mome: Cli) -> None:
    memory = own_tickets / MEMORY
    rows = [*ROWS[1:], ("How long does shipping take?", "delivery")]
    examples = write_tickets(own_tickets / "tickets.csv", rows)
    done = mome("tune", "--labels", examples, "--memory", memory)
    assert done.out.startswith("12 of 12 examples of 3 labels are recalled exactly"), done.err
    known = Classifier.load(memory)
    assert known("How long does shipping take?").nearest == "How long does shipping take?"
    assert known(ROWS[0][0]).nearest != ROWS[0][0]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "said,label\nhello,a\nbye,b\n", "has no column text; its columns are: said"),
        ("a.csv", "text,label\nhello,a\nbye,a\n", "one label only, 'a'"),
        ("a.csv", "text,label\nhello,a\n ,b\n", "row 2 of"),
        (
            "a.csv",
            "text,label\nhi,a\nbye,b\nhi,b\n",
            "'hi' is 'a' in row 1 and 'b' in row 3",
        ),
        ("a.csv", "text,label\nhello,Hi\nbye,b\nhey,hi\n", "differ in case or spaces only"),
        ("a.csv", "text,label\nhello, world,a\n", "more fields than the header"),
        ("a.jsonl", '{"text": "hello", "label": "a"}\nnot json\n', "line 2 of"),
        ("a.parquet", "no parquet", "is no Parquet file"),
        ("a.xlsx", "", "none of the files that can be read"),
        ("a.jsonl", '{"text": ["hello"], "label": "a"}\n', "is a list, and no text"),
    ],
)
def test_bad_examples_are_one_line(name: str, content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(TableError) as error:
        read_examples(LabelTune(path, tmp_path / "memory"))
    assert told in str(error.value) and "\n" not in str(error.value)


def test_options_that_do_not_go_together(mome: Cli, tickets: Path, tmp_path: Path) -> None:
    examples = tickets / "tickets.csv"
    both = mome("tune", "--labels", examples, "--memory", tmp_path / "m", "--facts", 3)
    assert both.code == 2 and "--facts" in both.err and "does not go with --labels" in both.err
    nowhere = mome("tune", "--labels", examples)
    assert nowhere.code == 2 and "Missing option '--memory'" in nowhere.err
    asked = mome("ask", "How many?", "--memory", tickets / MEMORY)
    assert asked.code == 1 and "labels texts; give them to `mome classify`" in asked.err
    sql = mome("learn", "--memory", tickets / MEMORY, "--question", "a", "--sql", "SELECT 1")
    assert sql.code == 2 and "'--label' alone" in sql.err
    database = mome("tune", "--db-url", "a.csv", "--memory", tickets / MEMORY)
    assert database.code == 1 and "is of labels; give another folder" in database.err
    out = mome("classify", "--memory", tickets / MEMORY, "--in", examples, "--out", "labels.xml")
    assert out.code == 1 and "none of the files that can be written" in out.err


def test_a_table_of_a_database(own_tickets: Path, mome: Cli, tmp_path: Path) -> None:
    database, memory = tmp_path / "desk.sqlite", own_tickets / MEMORY
    new = ("How long does shipping take?", "delivery")
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE ticket (said TEXT, kind TEXT)")
        connection.executemany("INSERT INTO ticket VALUES (?, ?)", [*ROWS, new])
    connection.close()
    words = ("tune", "--labels", database, "--memory", memory)
    columns = ("--text-column", "said", "--label-column", "kind")
    done = mome(*words, "--table", "ticket", *columns)
    assert done.out.startswith("13 of 13 examples of 3 labels are recalled exactly"), done.err
    assert Classifier.load(memory)(new[0]).nearest == new[0]

    nothing = mome(*words)
    assert nothing.code == 2 and "say with '--table' which table" in nothing.err
    wrong = mome(*words, "--table", "tickets")
    assert wrong.code == 1 and "has no table tickets; its tables are: ticket" in wrong.err
    later = mome(*words, "--table", "ticket", "--later-wins")
    assert later.code == 2 and "rows of a table have no order" in later.err
    alone = mome("tune", "--db-url", database, "--table", "ticket")
    assert alone.code == 2 and "--table goes with it alone" in alone.err


def test_the_password_of_a_server_is_not_shown(mome: Cli, tmp_path: Path) -> None:
    url = "postgresql://me:s3cr3t@127.0.0.1:1/none"
    done = mome("tune", "--labels", url, "--table", "t", "--memory", tmp_path / "m")
    assert done.code == 1 and "does not answer" in done.err, done.err
    assert "warning: --labels holds a password" in done.err
    assert "s3cr3t" not in done.out + done.err


def test_a_memory_of_a_database_is_not_replaced(mome: Cli, tickets: Path, tmp_path: Path) -> None:
    memory = shutil.copytree(tickets / MEMORY, tmp_path / "memory", symlinks=True)
    (memory / "current" / "labels.json").unlink()
    done = mome("tune", "--labels", tickets / "tickets.csv", "--memory", memory)
    assert done.code == 1 and "is of a database; give another folder" in done.err


def test_ctrl_c_keeps_the_memory_and_the_rows_so_far(
    own_tickets: Path, mome: Cli, tmp_path: Path
) -> None:
    memory, pipe, out = own_tickets / MEMORY, tmp_path / "rows.csv", tmp_path / "out.csv"
    before = {path: path.read_bytes() for path in (memory / "current").resolve().iterdir()}
    os.mkfifo(pipe)

    tuning = subprocess.Popen(
        mome.command("tune", "--labels", pipe, "--memory", memory),
        env=mome.environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    # Returns when the command opens the file, and then waits for its content.
    with pipe.open("w"):
        tuning.send_signal(signal.SIGINT)
        _, told = tuning.communicate(timeout=250)
    assert (tuning.returncode, told.strip()) == (130, "mome: stopped; the memory is as it was")
    assert {path: path.read_bytes() for path in (memory / "current").resolve().iterdir()} == before

    words = ("classify", "--memory", memory, "--in", pipe, "--out", out)
    labelling = subprocess.Popen(
        mome.command(*words), env=mome.environment(), stderr=subprocess.PIPE, encoding="utf-8"
    )
    with pipe.open("w") as rows:
        rows.write("text\n" + "give me my money back\n" * 20_000)
        rows.flush()
        deadline = time.monotonic() + 250
        while not (out.exists() and out.read_text("utf-8").count("\n") > 64):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        labelling.send_signal(signal.SIGINT)
        _, told = labelling.communicate(timeout=250)
    assert labelling.returncode == 130
    assert told.strip() == "mome: stopped; the labels written so far are kept"
    with out.open(encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert len(written) >= 64 and {row["label"] for row in written} == {"refund"}
    assert out.read_text("utf-8").endswith("\n")
