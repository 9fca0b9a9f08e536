"""`mome tune` on a real database: what it says, what it writes, and what stays out of the files."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mome.artifacts.lock import TuneLock
from training_data.sample.pairs import VERIFIED

if TYPE_CHECKING:
    from conftest import Cli, Tuned


def test_every_verified_pair_is_recalled_exactly(bookshop: Tuned) -> None:
    verified = [fact for fact in bookshop.facts() if fact["kind"] == "verified"]
    assert {wording["question"] for fact in verified for wording in fact["wordings"]} >= {
        question for question, _ in VERIFIED
    }
    assert [
        wording for fact in verified for wording in fact["wordings"] if not wording["recalled"]
    ] == []


@pytest.mark.parametrize(
    "variables",
    [{"RANK": "1"}, {"RANK": "x"}, {"WORLD_SIZE": "2"}, {"RANK": "0", "WORLD_SIZE": "2"}],
)
def test_a_process_that_was_started_without_the_others_is_refused(
    variables: dict[str, str], mome: Cli, tmp_path: Path
) -> None:
    done = mome("tune", "--db-url", "goods.csv", "--memory", tmp_path / "memory", env=variables)
    assert (done.code, done.out) == (1, "")
    assert len(done.err.splitlines()) == 1
    assert "start the processes with torchrun or accelerate launch" in done.err
    assert not (tmp_path / "memory").exists()


def test_the_report_counts_what_it_lists(bookshop: Tuned) -> None:
    report = json.loads((bookshop.current / "recall.json").read_text("utf-8"))
    assert report["total"] == len(report["facts"]) == len(VERIFIED) + 20
    assert report["recalled"] == sum(fact["recalled"] for fact in report["facts"])
    said = (
        f"{report['recalled']} of {report['total']} facts are recalled exactly; the memory is "
        f"in {bookshop.memory}\n"
    )
    assert bookshop.done.out == said
    assert bookshop.done.err.count("not memorised") == report["total"] - report["recalled"]


def test_what_lies_in_a_memory(bookshop: Tuned) -> None:
    assert bookshop.current == bookshop.memory / "versions" / "0001"
    assert {path.name for path in bookshop.current.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "catalog.json",
        "checksums.json",
        "experts-00000.safetensors",
        "facts.jsonl",
        "recall.json",
        "source.json",
        "synonyms.json",
        "values.jsonl",
    }


def test_a_dry_run_says_what_would_be_memorised_and_changes_nothing(
    own_club: Tuned, mome: Cli, snapshot: Callable[[Path], dict]
) -> None:
    _run_sql(own_club.database, "ALTER TABLE club ADD COLUMN colour TEXT")
    before = snapshot(own_club.memory)
    dry = mome(
        "tune",
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--verified",
        own_club.pairs,
        "--facts",
        0,
        "--dry-run",
    )
    assert (dry.code, dry.err) == (0, "")
    said = [
        "club.colour: new column, TEXT",
        "    3 verified",
        "0 facts kept, 3 asked again, 0 trained, 0 forgotten",
    ]
    assert dry.out.splitlines() == said
    assert snapshot(own_club.memory) == before


def test_a_dry_run_makes_no_memory(club: Tuned, mome: Cli) -> None:
    dry = mome("tune", "--db-url", club.database, "--dry-run")
    assert (dry.code, dry.err) == (0, "")
    assert not mome.home.exists()


def test_excluded_values_are_in_no_file_and_in_no_output(own_club: Tuned, mome: Cli) -> None:
    glossary = own_club.memory.with_name("glossary.csv")
    glossary.write_text(
        "term,meaning,expression\nolder hand,,member.joined_on < '2024-01-01'\nsociety,club,\n",
        "utf-8",
    )
    memory = own_club.memory.with_name("discreet")
    done = mome(
        "tune",
        "--db-url",
        own_club.database,
        "--memory",
        memory,
        "--exclude",
        "*.email",
        "--glossary",
        glossary,
        "--facts",
        12,
    )
    assert done.code == 0, done.err
    assert _files_with(memory, "Rowing Club")
    assert _files_with(memory, "private.example") == []
    assert "private.example" not in done.out + done.err
    kinds = {fact["kind"] for fact in _facts(memory)}
    assert "glossary" in kinds and "verified" not in kinds
    assert json.loads((memory / "current" / "synonyms.json").read_text("utf-8"))


def test_the_last_two_versions_stay_and_the_page_adds_pairs(own_club: Tuned, mome: Cli) -> None:
    words = (
        "tune",
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--verified",
        own_club.pairs,
        "--facts",
        0,
    )
    for version, columns in (("0002", "club_id, name"), ("0003", "name, club_id")):
        correction = {
            "question": "Which clubs are in Basel?",
            "sql": f"SELECT {columns} FROM club WHERE city = 'Basel'",
        }
        (own_club.memory / "feedback.jsonl").write_text(json.dumps(correction) + "\n", "utf-8")
        done = mome(*words)
        assert done.code == 0, done.err
        assert own_club.current.name == version
    assert sorted(path.name for path in (own_club.memory / "versions").iterdir()) == [
        "0002",
        "0003",
    ]
    assert (own_club.memory / "feedback.jsonl").exists()
    answers = {
        fact["wordings"][0]: fact["answer"] for fact in _facts(own_club.memory, "facts.jsonl")
    }
    assert len(answers) == 3 and "club_id" in answers["Which clubs are in Basel?"]


def test_where_nothing_has_changed_nothing_is_done_in_no_time(
    club: Tuned, mome: Cli, snapshot: Callable[[Path], dict]
) -> None:
    before = snapshot(club.memory)
    start = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = mome(
        "tune",
        "--db-url",
        club.database,
        "--memory",
        club.memory,
        "--verified",
        club.pairs,
        "--facts",
        0,
    )
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.code, done.err) == (0, "")
    assert (
        done.out
        == f"nothing has changed; the memory in {club.memory} knows 3 facts, and is as it was\n"
    )
    assert snapshot(club.memory) == before
    assert end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime < 2


def test_a_database_without_facts_makes_a_memory_that_answers(club: Tuned, mome: Cli) -> None:
    done = mome(
        "tune",
        "--db-url",
        club.database,
        "--facts",
        0,
        env={"DB_URL": "sqlite:////nowhere/else.sqlite"},
    )
    assert done.code == 0, done.err
    assert done.out.startswith("0 of 0 facts")
    asked = mome("ask", "How many clubs are there?", "--sql")
    assert asked.code in (0, 3) and "Traceback" not in asked.err


def test_a_second_database_of_the_same_name_gets_no_place_by_default(
    club: Tuned, mome: Cli, tmp_path: Path, refused: Callable, snapshot: Callable[[Path], dict]
) -> None:
    """And who tunes the first again, from wherever, is let through."""
    words = ("--facts", 0, "--dry-run")
    (mome.home / "club").parent.mkdir()
    shutil.copytree(club.memory, mome.home / "club", symlinks=True)
    before = snapshot(mome.home)
    other = tmp_path / "test" / "club.sqlite"
    other.parent.mkdir()
    shutil.copy(club.database, other)
    for more in (words, words[:2]):
        done = mome("tune", "--db-url", other, *more)
        refused(done, f"is of another database, sqlite:///{club.database}; say with --memory")
        assert snapshot(mome.home) == before
    for url, more in (
        (club.database, ()),
        (f"sqlite:///{club.database}", ()),
        (other, ("--memory", mome.home / "club")),
    ):
        done = mome("tune", "--db-url", url, *more, *words)
        assert done.code == 0, done.err


def test_a_second_tune_is_told_before_it_reads_anything(
    own_club: Tuned, mome: Cli, refused: Callable
) -> None:
    words = ("tune", "--db-url", own_club.database, "--memory", own_club.memory)
    with TuneLock(own_club.memory).hold():
        refused(
            mome(*words, "--verified", "nowhere.jsonl"), "another tune is working on the memory"
        )
        assert mome(*words, "--dry-run", "--facts", 0).code == 0


def test_a_tune_that_makes_nothing_leaves_no_folder(
    club: Tuned, mome: Cli, refused: Callable
) -> None:
    refused(
        mome("tune", "--db-url", club.database, "--verified", "nowhere.jsonl"),
        "cannot read nowhere.jsonl",
    )
    assert not (mome.home / "club").exists()


@pytest.mark.parametrize("name", ["we?rd #1.sqlite", "we?rd%20.csv"])
def test_a_path_with_characters_of_a_url_is_tuned_and_asked(
    name: str, mome: Cli, tmp_path: Path
) -> None:
    database, table = tmp_path / name, "club" if name.endswith("sqlite") else "we?rd%20"
    if table == "club":
        make = sqlite3.connect(database)
        make.executescript(
            "CREATE TABLE club (name TEXT, city TEXT); INSERT INTO club VALUES ('Rowing', "
            "'Basel'), ('Chess', 'Bern')"
        )
        make.close()
    else:
        database.write_text("name,city\nRowing,Basel\nChess,Bern\n", "utf-8")
    pair = {
        "question": "Which clubs are in Basel?",
        "sql": f"SELECT name FROM \"{table}\" WHERE city = 'Basel'",
    }
    (tmp_path / "pairs.jsonl").write_text(json.dumps(pair) + "\n", "utf-8")
    done = mome("tune", "--db-url", database, "--verified", tmp_path / "pairs.jsonl", "--facts", 0)
    assert done.code == 0 and done.out.startswith("1 of 1 facts"), done.err
    asked = mome("ask", pair["question"])
    assert asked.code == 0 and "Rowing" in asked.out and "Chess" not in asked.out, asked.err


def _facts(memory: Path, name: str = "recall.json") -> list[dict]:
    text = (memory / "current" / name).read_text("utf-8")
    return (
        json.loads(text)["facts"]
        if name.endswith(".json")
        else [json.loads(line) for line in text.splitlines()]
    )


def _files_with(folder: Path, words: str) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]


def _run_sql(database: Path, statement: str) -> None:
    connection = sqlite3.connect(database)
    connection.execute(statement)
    connection.commit()
    connection.close()
