"""What a tune would do to the memory that is there, on a real SQLite database; the memory is
written without a model.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mome.artifacts.checksums import write_checksums
from mome.artifacts.facts import FORMAT, MemoryFact
from mome.backbones.identity import BUNDLED, identity
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest, planned
from mome.tune.refresh import LEAST_PRACTICE, Refresh, same_words
from training_data import make_fact

SCHEMA = """
CREATE TABLE club (club_id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE member (member_id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  club_id INTEGER NOT NULL REFERENCES club, age INTEGER);
CREATE TABLE weather (day DATE, degrees INTEGER);
INSERT INTO club VALUES (1, 'Rowing Club', 'Basel'), (2, 'Chess Club', 'Bern'), (3,
  'Night Walkers', 'Basel');
INSERT INTO member VALUES (1, 'Ada', 1, 30), (2, 'Ben', 1, 41), (3, 'Cleo', 2, NULL);
INSERT INTO weather VALUES ('2024-01-01', 3);
"""
BASEL, OLDEST, COLD = (
    "Which clubs are in Basel?",
    "How old is the oldest member?",
    "How cold was it?",
)
JOINED = "Who is in which club?"
PAIRS = {
    BASEL: "SELECT name FROM club WHERE city = 'Basel'",
    OLDEST: "SELECT MAX(age) FROM member",
    COLD: "SELECT MIN(degrees) FROM weather",
    JOINED: "SELECT member.name, club.name FROM member JOIN club ON member.club_id = club.club_id",
}


class Place:
    """A database with a memory that was tuned on it, as far as the planning of a tune can see."""

    def __init__(self, folder: Path) -> None:
        self.memory, self.pairs, self.database = (
            folder / "memory",
            dict(PAIRS),
            folder / "club.sqlite",
        )
        self.run(SCHEMA)

    def run(self, statements: str) -> None:
        connection = sqlite3.connect(self.database)
        connection.executescript(statements)
        connection.close()

    def plan(
        self, write: Callable[[Preparation, tuple], None] = lambda preparation, facts: None
    ) -> Refresh:
        verified = self.database.with_name("verified.jsonl")
        verified.write_text(
            "".join(
                json.dumps({"question": question, "sql": sql}) + "\n"
                for question, sql in self.pairs.items()
            )
        )
        request = TuneRequest(str(self.database), self.memory, verified=(verified,), limit=0)
        with Preparation(request, Reporter()) as preparation:
            plan = preparation.plan()
            write(preparation, plan.facts)
        return plan.refresh

    def tune(self, *, backbone: str = "", late: int = 0) -> None:
        """Write what a tune would; the last facts are late ones."""

        def write(preparation: Preparation, facts: tuple) -> None:
            version = self.memory / "versions" / "0001"
            version.mkdir(parents=True)
            (self.memory / "current").symlink_to("versions/0001")
            for name, content in preparation.files("bundled").items():
                (version / name).write_bytes(
                    content if isinstance(content, bytes) else content.read_bytes()
                )
            config = {"format": FORMAT, "backbone": backbone or identity(BUNDLED)}
            (version / "adapter_config.json").write_text(json.dumps(config))
            known = [
                replace(fact, fitted=place < len(facts) - late) for place, fact in enumerate(facts)
            ]
            (version / "facts.jsonl").write_text(
                "".join(json.dumps(fact.to_dict()) + "\n" for fact in known)
            )
            write_checksums(version)

        self.plan(write)

    def asked(self, ids: frozenset[str]) -> set[str]:
        """The questions of facts of the memory."""
        lines = (self.memory / "current" / "facts.jsonl").read_text().splitlines()
        return {fact["wordings"][0] for fact in map(json.loads, lines) if fact["id"] in ids}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def tuned(place: Place) -> Place:
    place.tune()
    return place


def test_where_nothing_has_changed_there_is_nothing_to_do(tuned: Place) -> None:
    refresh = tuned.plan()
    assert refresh.idle and tuned.asked(refresh.kept) == set(PAIRS) and not refresh.anew
    assert list(refresh.lines()) == ["4 facts kept, 0 asked again, 0 trained, 0 forgotten"]


def test_a_changed_pair_is_trained_and_the_old_one_forgotten(tuned: Place) -> None:
    tuned.pairs[OLDEST] = "SELECT MAX(age), MIN(age) FROM member"
    refresh = tuned.plan()
    assert (
        not refresh.idle
        and not refresh.again
        and tuned.asked(refresh.kept) == {BASEL, COLD, JOINED}
    )
    assert [fact.answer for fact in refresh.trained] == [tuned.pairs[OLDEST]]
    assert [fact.answer for fact in refresh.forgotten] == [PAIRS[OLDEST]]
    assert [line.split(" ", 1)[0] for line in refresh.lines()] == ["train", "forget", "3"]


def test_new_rows_that_no_question_names_touch_no_fact(tuned: Place) -> None:
    tuned.run(
        "INSERT INTO weather VALUES ('2024-01-02', 5); INSERT INTO club VALUES (4, 'Divers', "
        "'Olten')"
    )
    refresh = tuned.plan()
    assert tuned.asked(refresh.kept) == set(PAIRS) and not refresh.idle


def test_facts_on_a_changed_table_are_asked_again(tuned: Place) -> None:
    tuned.run("ALTER TABLE weather ADD COLUMN wind INTEGER")
    refresh = tuned.plan()
    assert COLD in tuned.asked(refresh.again) and not refresh.trained and not refresh.forgotten


def test_facts_of_a_dropped_table_are_forgotten(tuned: Place) -> None:
    tuned.run("DROP TABLE weather")
    refresh = tuned.plan()
    assert [fact.wordings[0] for fact in refresh.forgotten] == [COLD]
    assert not refresh.trained and tuned.asked(refresh.kept | refresh.again) == {
        BASEL,
        OLDEST,
        JOINED,
    }


def test_a_new_key_may_change_joins(tuned: Place) -> None:
    tuned.run("CREATE TABLE match (host INTEGER REFERENCES club, guest INTEGER REFERENCES club)")
    refresh = tuned.plan()
    assert JOINED in tuned.asked(refresh.again) and not refresh.trained


@pytest.mark.parametrize("harm", ["missing", "flipped", "format", "lines"])
def test_what_cannot_be_read_is_made_anew(tuned: Place, harm: str) -> None:
    version = tuned.memory / "current"
    if harm == "missing":
        (version / "facts.jsonl").unlink()
    elif harm == "flipped":
        (version / "values.jsonl").write_text(
            (version / "values.jsonl").read_text().replace("Basel", "Bazel")
        )
    else:
        name, old, new = (
            ("adapter_config.json", str(FORMAT), "1")
            if harm == "format"
            else ("facts.jsonl", "wordings", "words")
        )
        (version / name).write_text((version / name).read_text().replace(old, new, 1))
        (version / "checksums.json").unlink()
        write_checksums(version)
    refresh = tuned.plan()
    assert refresh.anew and len(refresh.trained) == 4 and not refresh.idle


def test_another_base_model_and_no_memory_at_all_are_reasons(place: Place) -> None:
    assert place.plan().anew == "there is none yet"
    place.tune(backbone="other")
    assert place.plan().anew == "it was tuned on another base model"


def test_where_experts_acted_before_is_a_reason(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.tune()
    assert not place.plan().anew
    monkeypatch.setattr(
        "mome.tune.refresh.memory_identity", lambda path: f"{identity(path)}@elsewhere"
    )
    assert place.plan().anew == "it was written by another version of this program"


def test_many_late_facts_are_a_reason_and_few_are_none(place: Place) -> None:
    place.tune(late=1)
    assert place.plan().idle
    place.pairs["How many clubs?"] = "SELECT COUNT(*) FROM club"
    refresh = place.plan()
    assert refresh.anew == "2 of 5 facts are new since it was made" and len(refresh.trained) == 5


def test_enough_verified_questions_to_practise_are_a_reason_once(place: Place) -> None:
    few = LEAST_PRACTICE - len(PAIRS) - 1
    place.pairs |= {
        f"Clubs beyond {number}?": f"SELECT name FROM club WHERE club_id > {number}"
        for number in range(few)
    }
    place.tune()
    assert place.plan().idle
    place.pairs["One more?"] = "SELECT 1 FROM club"
    assert "how people ask" in place.plan().anew


def test_a_generated_fact_may_have_more_wordings_and_a_verified_one_may_not() -> None:
    for kind, same in (("count_rows", True), ("verified", False)):
        made = make_fact(kind, ["How many clubs?"], "SELECT COUNT(*) FROM club", ["club"])
        fact = planned(made)
        known = MemoryFact(
            fact.id, kind, ("How many clubs?", "Count the clubs"), fact.answer, fact.objects
        )
        assert same_words(fact, known) is same
        assert same_words(fact, replace(known, wordings=fact.wordings))
        assert not same_words(fact, replace(known, objects=()))
    assert not same_words(fact, None)


def test_planning_brings_no_torch() -> None:
    script = "import sys, mome.tune.refresh, mome.tune.plan; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0
