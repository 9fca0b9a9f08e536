"""The database's side of a tune, on a real SQLite database and a real PostgreSQL.

Covers what is read and planned, what is left out and why, the changes against the memory that is
there, excluded values, the two checks of SQL on the database, and that no password lies in any
file. No model is loaded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from mome.artifacts.checksums import write_checksums
from mome.artifacts.feedback import leave_out
from mome.catalog import Catalog
from mome.errors import Unreachable
from mome.reporting import Reporter
from mome.tune.equivalence import SAME_ROWS
from mome.tune.plan import Preparation, TunePlan, TuneRequest
from schemas import NoSuchDatabase
from training_data import UnreadableFile

SCHEMA = """
CREATE TABLE club (club_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE member (
  member_id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT,
    club_id INTEGER NOT NULL REFERENCES club, age INTEGER);
INSERT INTO club VALUES (1, 'Rowing Club', 'Basel'), (2, 'Chess Club', 'Bern'), (3,
  'Night Walkers', 'Basel');
INSERT INTO member VALUES (1, 'Ada', 'ada@private.example', 1, 30), (2, 'Ben',
  'ben@private.example', 1, 41), (3, 'Cleo', NULL, 2, NULL);
"""
BASEL = {
    "question": "Which clubs are in Basel?",
    "sql": "SELECT name FROM club WHERE city = 'Basel'",
}
OLDEST = {"question": "How old is the oldest member?", "sql": "SELECT MAX(age) FROM member"}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    connection = sqlite3.connect(tmp_path / "club.sqlite")
    connection.executescript(SCHEMA)
    connection.close()
    return tmp_path / "club.sqlite"


def lines(path: Path, *entries: object) -> Path:
    """A JSONL file; what is a string already stays as it is."""
    path.write_text(
        "".join(
            (entry if isinstance(entry, str) else json.dumps(entry)) + "\n" for entry in entries
        ),
        "utf-8",
    )
    return path


@pytest.fixture
def request_of(database: Path, tmp_path: Path) -> Callable[..., TuneRequest]:
    """`request_of(verified=(path,), ...)`: without generated facts if nothing else is said."""
    return lambda **options: TuneRequest(
        **{"db_url": str(database), "memory": tmp_path / "memory", "limit": 0} | options
    )


def plan(request: TuneRequest) -> TunePlan:
    with Preparation(request, Reporter()) as preparation:
        return preparation.plan()


def contents(files: dict[str, bytes | Path]) -> dict[str, bytes]:
    return {
        name: content if isinstance(content, bytes) else content.read_bytes()
        for name, content in files.items()
    }


class Notebook(Reporter):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.stages: list[str] = []
        self.steps: list[tuple[int, int]] = []

    def stage(self, name: str) -> None:
        self.stages.append(name)

    def progress(self, done: int, total: int, label: str) -> None:
        self.steps.append((done, total))


def test_verified_pairs_become_facts_and_every_other_line_has_its_reason(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    writes = {"question": "Remove all clubs", "sql": "DELETE FROM club"}
    unknown = {"question": "Who won?", "sql": "SELECT winner FROM club"}
    fails = {
        "question": "A number too large",
        "sql": "SELECT ABS(-9223372036854775807 - club_id) FROM club",
    }
    path = lines(
        tmp_path / "verified.jsonl",
        BASEL,
        '{"question": "cut off',
        writes,
        "",
        unknown,
        OLDEST,
        fails,
        {"question": "No SQL?"},
    )
    made = plan(request_of(verified=(path,)))
    assert [(fact.kind, fact.wordings, fact.answer) for fact in made.facts] == [
        ("verified", (pair["question"],), pair["sql"]) for pair in (BASEL, OLDEST)
    ]
    assert made.facts[0].objects == ("club", "club.city", "club.name")
    numbers = sorted(
        int(problem.removeprefix(f"{path}, line ").partition(":")[0]) for problem in made.problems
    )
    assert numbers == [2, 3, 5, 7, 8]
    for words in ("line 2: not JSON", "line 7: SQLite refused the query: integer overflow"):
        assert any(words in problem for problem in made.problems)
    assert all("\n" not in problem for problem in made.problems)


def test_feedback_in_the_memory_s_folder_counts_and_comes_last(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    (tmp_path / "memory").mkdir()
    corrected = BASEL | {"sql": "SELECT club_id, name FROM club WHERE city = 'Basel'"}
    feedback = lines(tmp_path / "memory" / "feedback.jsonl", OLDEST, corrected, "[]")
    path = lines(tmp_path / "verified.jsonl", BASEL)
    made = plan(request_of(verified=(path,)))
    assert {fact.wordings[0]: fact.answer for fact in made.facts} == {
        entry["question"]: entry["sql"] for entry in (OLDEST, corrected)
    }
    assert [problem.partition(":")[0] for problem in made.problems] == [
        f"{feedback}, line 3",
        f"{path}, line 1",
    ]
    assert "the later one counts" in made.problems[1]
    assert len(plan(request_of()).facts) == 2


def test_a_glossary_gives_facts_and_synonyms(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    words, expression = (
        {"term": "society", "meaning": "club"},
        {"term": "veteran", "expression": "member.age > 40"},
    )
    wrong = {"term": "giant", "expression": "member.height > 2"}
    path = lines(tmp_path / "glossary.jsonl", words, expression, wrong)
    with Preparation(request_of(glossary=(path,)), Reporter()) as preparation:
        made, files = preparation.plan(), preparation.files("bundled")
        assert json.loads(files["synonyms.json"]) == [["society", "club"]]
    assert made.facts and {fact.kind for fact in made.facts} == {"glossary"}
    assert all("member.age > 40" in fact.answer or "age > 40" in fact.answer for fact in made.facts)
    assert len(made.problems) == 1 and f"{path}, line 3" in made.problems[0]


def test_generated_facts_are_as_many_as_asked_for_and_all_of_them_run(
    request_of: Callable[..., TuneRequest],
) -> None:
    with Preparation(request_of(limit=7), Reporter()) as preparation:
        facts = preparation.plan().facts
        assert [preparation.check(fact.answer) for fact in facts] == [None] * 7
    assert len({fact.answer for fact in facts}) == 7
    assert plan(request_of(limit=7)).facts == facts


def test_a_verified_pair_takes_its_words_from_generated_facts(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    known = plan(request_of(limit=5)).facts[0]
    own = {"question": known.wordings[0], "sql": "SELECT 42 FROM club LIMIT 1"}
    facts = plan(request_of(limit=5, verified=(lines(tmp_path / "verified.jsonl", own),))).facts
    assert [fact.answer for fact in facts if own["question"] in fact.wordings] == [own["sql"]]


def test_stages_and_progress_are_told(request_of: Callable[..., TuneRequest]) -> None:
    notebook = Notebook()
    with Preparation(request_of(limit=3), notebook) as preparation:
        assert notebook.stages == []
        preparation.plan()
    assert notebook.stages == [
        "Reading the database",
        "Reading stored values",
        "Writing and checking facts",
    ]
    assert notebook.steps and all(0 <= done <= total for done, total in notebook.steps)


def test_changes_are_told_against_the_memory_that_is_there(
    request_of: Callable[..., TuneRequest], database: Path, tmp_path: Path
) -> None:
    first = plan(request_of())
    assert first.changes is None
    current = tmp_path / "memory" / "current"
    current.mkdir(parents=True)
    first.catalog.write(current / "catalog.json")
    write_checksums(current)
    assert plan(request_of()).changes.changes == ()
    connection = sqlite3.connect(database)
    connection.execute("ALTER TABLE club ADD COLUMN colour TEXT")
    connection.close()
    assert plan(request_of()).changes.lines() == ("club.colour: new column, TEXT",)
    (current / "catalog.json").write_text('{"format": 1')
    assert plan(request_of()).changes is None


def test_excluded_values_are_in_no_file_and_in_no_fact(
    request_of: Callable[..., TuneRequest],
) -> None:
    for exclude, held in [((), True), (("email", "club.city"), False)]:
        with Preparation(request_of(exclude=exclude, limit=60), Reporter()) as preparation:
            facts = preparation.plan().facts
            files = contents(preparation.files("bundled"))
        everything = b"".join(files.values()).decode() + repr(facts)
        assert [word in everything for word in ("private.example", "Basel", "Rowing Club")] == [
            held,
            held,
            True,
        ]
        assert '"email"' in files["catalog.json"].decode()


def test_a_check_gives_the_guard_s_or_the_database_s_reason(
    request_of: Callable[..., TuneRequest], database: Path
) -> None:
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        assert preparation.check("SELECT name FROM club") is None
        assert preparation.check("SELECT name FROM club WHERE city = 'Nowhere'") is None
        assert "hall" in preparation.check("SELECT hall FROM club")
        assert preparation.check("DROP TABLE club")
        connection = sqlite3.connect(database)
        connection.execute("ALTER TABLE club RENAME COLUMN city TO town")
        connection.close()
        assert "SQLite refused" in preparation.check("SELECT city FROM club")


def test_the_same_rows_in_any_order(request_of: Callable[..., TuneRequest]) -> None:
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        same = preparation.same_rows
        assert same(
            "SELECT name FROM club", "SELECT c.name AS club FROM club AS c ORDER BY name DESC"
        )
        assert not same("SELECT city FROM club", "SELECT DISTINCT city FROM club")
        assert not same("SELECT name FROM club", "SELECT city FROM club")
        assert not same("SELECT COUNT(*) FROM club", "SELECT '3' FROM club LIMIT 1")
        for refused in (
            "DELETE FROM club",
            "SELECT hall FROM club",
            "SELECT ABS(-9223372036854775807 - club_id) FROM club",
        ):
            assert (
                not same("SELECT name FROM club", refused)
                and not same(refused, "SELECT name FROM club")
                and not same(refused, refused)
            )


def test_rows_that_were_not_all_looked_at_are_not_the_same(
    request_of: Callable[..., TuneRequest], database: Path
) -> None:
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE step (n INTEGER)")
    connection.executemany("INSERT INTO step VALUES (?)", [(n,) for n in range(SAME_ROWS + 1)])
    connection.commit()
    connection.close()
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        assert not preparation.same_rows("SELECT n FROM step", "SELECT s.n FROM step AS s")
        assert preparation.same_rows(
            "SELECT n FROM step WHERE n > 0", "SELECT s.n FROM step AS s WHERE s.n > 0"
        )


def test_what_lies_beside_a_memory(request_of: Callable[..., TuneRequest], database: Path) -> None:
    with Preparation(request_of(), Reporter()) as preparation:
        made = preparation.plan()
        files = contents(preparation.files("some/base"))
        assert (
            Catalog.load(preparation.folder / "catalog.json").fingerprint
            == made.catalog.fingerprint
        )
        folder = preparation.folder
    assert json.loads(files["source.json"]) == {
        "url": f"sqlite:///{database}",
        "files": [],
        "base": "some/base",
    }
    rows = [json.loads(line) for line in files["values.jsonl"].splitlines()]
    assert {"Rowing Club", "Chess Club", "Night Walkers"} in [
        set(row["values"]) for row in rows if row["table"] == "club"
    ]
    assert not folder.exists()


def test_a_password_is_in_no_file(postgres_url: str, tmp_path: Path) -> None:
    password = postgres_url.split(":")[2].partition("@")[0]
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE club (club_id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        )
        connection.execute(text("INSERT INTO club VALUES (1, 'Rowing Club')"))
    engine.dispose()
    request = TuneRequest(f"{postgres_url}?password={password}", tmp_path / "memory", limit=5)
    with Preparation(request, Reporter()) as preparation:
        made = preparation.plan()
        files = contents(preparation.files("bundled"))
        on_disk = b"".join(
            path.read_bytes() for path in preparation.folder.rglob("*") if path.is_file()
        )
    everything = b"".join(files.values()) + on_disk + repr(made).encode()
    assert b"Rowing Club" in everything and password.encode() not in everything
    assert json.loads(files["source.json"])["url"] == postgres_url.replace(f":{password}@", "@")


def test_what_cannot_be_read_is_a_named_error(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    with pytest.raises(NoSuchDatabase, match="there is no file"):
        Preparation(request_of(db_url=str(tmp_path / "nothing.sqlite")), Reporter())
    with pytest.raises(UnreadableFile, match="check the path"):
        plan(request_of(verified=(tmp_path / "nothing.jsonl",)))
    with pytest.raises(UnreadableFile, match="neither"):
        plan(request_of(glossary=(lines(tmp_path / "glossary.txt", BASEL),)))


def test_nothing_is_written_into_the_memory_s_folder_and_the_executor_is_closed(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    with Preparation(request_of(limit=3), Reporter()) as preparation:
        preparation.plan()
    assert not (tmp_path / "memory").exists()
    with pytest.raises(Unreachable, match="closed"):
        preparation.executor.ping()


def test_rows_are_compared_in_the_order_that_the_query_gives(
    request_of: Callable[..., TuneRequest],
) -> None:
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        ordered = "SELECT name FROM club ORDER BY name"
        assert preparation.same_rows(ordered, "SELECT c.name FROM club AS c ORDER BY c.name")
        assert not preparation.same_rows(ordered, "SELECT name FROM club ORDER BY name DESC")
        assert not preparation.same_rows(ordered, "SELECT name FROM club ORDER BY city, name DESC")


def test_rows_that_say_nothing_are_no_evidence_but_the_same_words_are(
    request_of: Callable[..., TuneRequest],
) -> None:
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        same = preparation.same_rows
        assert not same(
            "SELECT city FROM club WHERE club_id > 9", "SELECT name FROM club WHERE club_id > 9"
        )
        assert not same(
            "SELECT COUNT(*) FROM club WHERE city = 'Rome'",
            "SELECT COUNT(*) FROM club WHERE city = 'Oslo'",
        )
        assert same(
            "SELECT c.city AS town FROM club AS c WHERE c.club_id > 9",
            "SELECT city FROM club WHERE club_id > 9",
        )


def test_a_base_model_s_folder_is_written_down_so_that_it_is_found_from_everywhere(
    request_of: Callable[..., TuneRequest], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bases" / "own").mkdir(parents=True)
    (tmp_path / "bases" / "bundled").mkdir()
    monkeypatch.chdir(tmp_path / "bases")
    with Preparation(request_of(), Reporter()) as preparation:
        preparation.plan()
        written = {
            base: json.loads(preparation.files(base)["source.json"])["base"]
            for base in ("own", "bundled", "someone/model")
        }
    assert written == {
        "own": str(tmp_path / "bases" / "own"),
        "bundled": "bundled",
        "someone/model": "someone/model",
    }


def test_reading_stored_values_tells_how_far_it_is(request_of: Callable[..., TuneRequest]) -> None:
    class Steps(Notebook):
        def progress(self, done: int, total: int, label: str) -> None:
            told.append((self.stages[-1], done, total))

    told: list[tuple[str, int, int]] = []
    with Preparation(request_of(), Steps()) as preparation:
        preparation.plan()
    assert [step for step in told if step[0] == "Reading stored values"] == [
        ("Reading stored values", n, 2) for n in range(3)
    ]


def test_a_forgotten_pair_is_back_only_if_a_given_file_verifies_it(
    request_of: Callable[..., TuneRequest], tmp_path: Path
) -> None:
    pair = {"question": "How many?", "sql": "SELECT COUNT(*) FROM club"}
    given = request_of(verified=(lines(tmp_path / "pairs.jsonl", pair),), limit=3)
    verified, *generated = plan(given).facts
    assert (verified.kind, len(generated)) == ("verified", 3)
    given.memory.mkdir(parents=True, exist_ok=True)
    for fact in (verified, generated[0]):
        leave_out(given.memory, fact.id, fact.kind, fact.wordings)
    again = plan(given)
    assert verified in again.facts and generated[0] not in again.facts
    assert any(line.startswith("How many?: this was forgotten") for line in again.warnings)
    assert verified not in plan(replace(given, verified=())).facts
