"""From a plan to a memory on disk, with the shipped model on a real SQLite database.

Covers what the report says of each fact, in which form SQL is memorised, what is told on the way,
and that a tune which ends early, for whatever reason, leaves the memory that was there as it was
and working.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from mome import Translator
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.identity import BUNDLED
from mome.backbones.loading import load
from mome.errors import BackboneError, MemoryError_
from mome.linking.slice import Linker
from mome.memory import MemoryStore, RecallReport, TuneConfig
from mome.memory.store.files import StoredMemory
from mome.memory.training.tuner import UNASKED
from mome.reporting import Reporter
from mome.tune.equivalence import SAME_ROWS
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database

SCHEMA = f"""
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, age INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer_id INTEGER REFERENCES singer, title TEXT,
  genre TEXT);
CREATE TABLE play (id INTEGER PRIMARY KEY, minute INTEGER);
INSERT INTO singer VALUES (1, 'Joe Sharp', 'France', 33), (2, 'Timbaland', 'United States', 40),
  (3, 'Justin Brown', 'France', 25);
INSERT INTO song VALUES (1, 1, 'Sun', 'pop'), (2, 2, 'Rain', 'rock'), (3, 2, 'Wind', 'pop');
WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n <= {SAME_ROWS})
  INSERT INTO play SELECT n, n FROM up;
"""
ROCK, MINUTES, SPELT, ENDLESS = (
    "Who sings rock songs?",
    "In which minute was each play?",
    "How many singers?",
    "What is the longest query?",
)
PAIRS = {
    ROCK: (
        "SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE "
        "T2.genre = 'rock'"
    ),
    MINUTES: "SELECT T1.minute FROM play AS T1",
    SPELT: "SELECT COUNT( * ) FROM singer",
    ENDLESS: "SELECT " + ", ".join(f"{n}" for n in range(1000, 1400)) + " FROM singer",
}
SHORT = (
    "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id WHERE song.genre "
    "= 'rock'"
)


Snapshot = Callable[[Path], dict[str, str]]


@dataclass(frozen=True)
class Tuned:
    """A memory with what its tune said."""

    memory: Path
    report: RecallReport

    def answers(self) -> dict[str, str]:
        """What is memorised for each question."""
        lines = (self.memory / "current" / "facts.jsonl").read_text("utf-8").splitlines()
        return {
            wording: fact["answer"]
            for fact in map(json.loads, lines)
            for wording in fact["wordings"]
        }


class Notebook(Reporter):
    """Writes down what it hears, and raises `error` once something heard begins with `until`."""

    def __init__(self, until: str = "never", error: BaseException | None = None) -> None:
        self.heard: list[tuple[str, int, int]] = []
        self._until, self._error = until, error

    def stage(self, name: str) -> None:
        self.progress(0, 0, name)

    def progress(self, done: int, total: int, label: str) -> None:
        self.heard.append((label, done, total))
        if label.startswith(self._until):
            raise self._error


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("database") / "songs.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    return path


Tune = Callable[..., Tuned]


@pytest.fixture(scope="module")
def tune(one_thread: None, database: Path) -> Tune:
    """`tune(folder, pairs, base=..., reporter=..., before=...)` tunes `folder / "memory"`; `before`
    sees the preparation first.
    """

    def tune(
        folder: Path,
        pairs: Mapping[str, str],
        *,
        base: str = "bundled",
        reporter: Reporter | None = None,
        before: Callable[[Preparation], object] = lambda preparation: None,
        force: bool = False,
    ) -> Tuned:
        path = folder / "verified.jsonl"
        path.write_text(
            "".join(
                json.dumps({"question": question, "sql": sql}) + "\n"
                for question, sql in pairs.items()
            )
        )
        request = TuneRequest(
            str(database), folder / "memory", verified=(path,), base=base, limit=0, force=force
        )
        with Preparation(request, reporter or Reporter()) as preparation:
            plan = preparation.plan()
            assert plan.problems == ()
            before(preparation)
            return Tuned(request.memory, tune_database(preparation, plan))

    return tune


@pytest.fixture(scope="module")
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture(scope="module")
def tuned(tune: Tune, notebook: Notebook, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """All of PAIRS; a tune that fails has to leave it as it is."""
    return tune(tmp_path_factory.mktemp("tuned"), PAIRS, reporter=notebook)


def test_the_report_says_of_every_fact_whether_it_is_recalled_and_why_not(tuned: Tuned) -> None:
    verdicts = {
        wording.question: wording for fact in tuned.report.facts for wording in fact.wordings
    }
    assert [question for question, wording in verdicts.items() if wording.recalled] == [
        ROCK,
        MINUTES,
        SPELT,
    ]
    assert tuned.report.recalled == 3 and [
        fact.wordings[0].question for fact in tuned.report.missed
    ] == [ENDLESS]
    assert "longer than" in verdicts[ENDLESS].reason and verdicts[ENDLESS].exposures == 0
    assert all(
        verdicts[question].probability >= 0.9 and not verdicts[question].reason
        for question in (ROCK, MINUTES, SPELT)
    )


def test_the_report_is_the_memory_s_recall_json(tuned: Tuned) -> None:
    written = json.loads((tuned.memory / "current" / "recall.json").read_text("utf-8"))
    assert RecallReport.from_dict(written) == tuned.report
    assert (written["total"], written["recalled"]) == (4, 3)


def test_what_is_reported_as_recalled_is_what_the_translator_answers(tuned: Tuned) -> None:
    translator = Translator.load(tuned.memory)
    assert [translator.translate(question).sql for question in (ROCK, MINUTES)] == [
        SHORT,
        PAIRS[MINUTES],
    ]
    assert translator.translate(SPELT).sql == "SELECT COUNT(*) FROM singer"


def test_sql_is_memorised_as_the_model_writes_it_only_where_the_rows_are_known_to_be_the_same(
    tuned: Tuned,
) -> None:
    """The rows of `play` are too many to be compared."""
    backbone = BundledBackbone(BUNDLED)
    linker = Linker(Translator.load(tuned.memory).catalog)
    assert (
        backbone.canonical(PAIRS[ROCK], linker),
        backbone.canonical(PAIRS[MINUTES], linker),
    ) == (SHORT, "SELECT minute FROM play")
    assert (tuned.answers()[ROCK], tuned.answers()[MINUTES]) == (SHORT, PAIRS[MINUTES])


class Forgetful(BundledBackbone):
    """Writes queries without their last condition, or what is no query at all."""

    def canonical(self, sql: str, linker: Linker) -> str:
        return sql.partition(" AND ")[0] if " AND " in sql else "SELECT FROM"


def test_what_the_model_would_write_wrongly_is_memorised_as_given(
    tune: Tune, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mome.tune.run.load", lambda base: Forgetful(BUNDLED))
    kept = "SELECT name FROM singer WHERE country = 'France' AND age > 30"
    loose = "SELECT name FROM singer WHERE country = 'France' AND age > 20"
    broken = "SELECT title FROM song"
    tuned = tune(
        tmp_path, {"Older French singers": kept, "French singers": loose, "Titles": broken}
    )
    assert tuned.answers() == {
        "Older French singers": kept,
        "French singers": loose.partition(" AND ")[0],
        "Titles": broken,
    }
    assert tuned.report.recalled == 3


def test_stages_and_progress_are_told(tuned: Tuned, notebook: Notebook) -> None:
    labels = [label for label, _, _ in notebook.heard]
    stages = [
        "Reading the database",
        "Writing and checking facts",
        "Loading the base model",
        "Memorising",
    ]
    assert [label for label in labels if label in stages] == stages
    after = [
        (label.partition(":")[0], done, total)
        for label, done, total in notebook.heard[labels.index("Memorising") + 1 :]
    ]
    assert list(dict.fromkeys(name for name, _, _ in after)) == ["memorise", "verify"]
    assert [entry for entry in after if entry[0] == "memorise"][-1] == ("memorise", 4, 4) and after[
        -1
    ] == ("verify", 4, 4)
    assert all(0 <= done <= total for _, done, total in after)


def test_a_model_that_cannot_memorise_says_so_and_still_makes_a_memory(
    tune: Tune, bundled_folder: Path, tmp_path: Path
) -> None:
    """The tiny model is random and far too small."""
    tuned = tune(tmp_path, {ROCK: PAIRS[ROCK]}, base=str(bundled_folder))
    wording = tuned.report.facts[0].wordings[0]
    assert tuned.report.recalled == 0 and not wording.recalled and wording.probability < 0.9
    assert (
        "least certain token" in wording.reason and wording.exposures == TuneConfig().max_exposures
    )
    assert json.loads((tuned.memory / "current" / "source.json").read_text())["base"] == str(
        bundled_folder
    )
    assert Translator.load(tuned.memory).translate("zebra").sql is None


OTHER = {SPELT: "SELECT MAX(age) FROM singer"}
EARLY_ENDS = [
    ("Loading", OSError("the terminal is gone")),
    ("memorise", KeyboardInterrupt("stop")),
    ("verify", OSError("gone")),
]


@pytest.mark.parametrize(("until", "error"), EARLY_ENDS, ids=[until for until, _ in EARLY_ENDS])
def test_a_tune_that_is_interrupted_leaves_the_old_memory(
    tune: Tune, tuned: Tuned, until: str, error: BaseException, snapshot: Snapshot
) -> None:
    before = snapshot(tuned.memory)
    with pytest.raises(type(error), match=str(error)):
        tune(tuned.memory.parent, OTHER, reporter=Notebook(until, error))
    assert snapshot(tuned.memory) == before
    assert len(tuned.answers()) == len(PAIRS)


def test_a_tune_that_would_lose_a_verified_question_leaves_the_old_memory(
    tune: Tune, tmp_path: Path, snapshot: Snapshot
) -> None:
    """Its new SQL is longer than the model can write."""
    tuned = tune(tmp_path, {ROCK: PAIRS[ROCK], SPELT: PAIRS[SPELT]})
    before = snapshot(tuned.memory)
    pairs = {ROCK: PAIRS[ENDLESS], SPELT: PAIRS[SPELT]}
    with pytest.raises(MemoryError_, match=f"1 verified questions .* such as '{re.escape(ROCK)}'"):
        tune(tmp_path, pairs)
    assert snapshot(tuned.memory) == before
    forced = tune(tmp_path, pairs, force=True)
    assert forced.report.recalled == 1 and forced.answers()[ROCK] == PAIRS[ENDLESS]
    # What is lost already cannot be lost again.
    assert tune(tmp_path, {ROCK: PAIRS[ENDLESS]}).report.recalled == 0


@pytest.mark.parametrize("until", ["memorise", "verify"])
def test_a_tune_goes_on_from_where_it_was_stopped(tune: Tune, tmp_path: Path, until: str) -> None:
    """With the router that was made, and no step for what was memorised."""
    pairs = {question: PAIRS[question] for question in (ROCK, MINUTES, SPELT)}
    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, pairs, reporter=Notebook(until, KeyboardInterrupt()))
    store = MemoryStore(tmp_path / "memory")
    before = store.open(store.unfinished())
    assert {wording.reason for fact in before.report.facts for wording in fact.wordings} == {
        UNASKED
    }
    tuned = tune(tmp_path, pairs)
    assert tuned.report.recalled == 3 and store.open().router.hash == before.router.hash
    steps = sum(wording.exposures for fact in tuned.report.facts for wording in fact.wordings)
    assert bool(steps) == (until == "memorise")
    assert store.unfinished() is None


def test_what_a_stopped_tune_left_of_other_facts_is_no_start(tune: Tune, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        tune(tmp_path, {ROCK: PAIRS[ROCK]}, reporter=Notebook("verify", KeyboardInterrupt()))
    assert tune(tmp_path, {MINUTES: PAIRS[MINUTES], SPELT: PAIRS[SPELT]}).report.recalled == 2


FIVE = {
    f"{word} of the singers?": f"SELECT {sql} FROM singer"
    for word, sql in zip(
        ("Names", "Ages", "Countries", "Head count", "Years summed up"),
        ("name", "age", "country", "COUNT(*)", "SUM(age)"),
        strict=True,
    )
}


@pytest.fixture(scope="module")
def grown(tune: Tune, tmp_path_factory: pytest.TempPathFactory) -> tuple[StoredMemory, Tuned]:
    """What was known of two of FIVE, and the memory that was made of all of them in its place."""
    folder = tmp_path_factory.mktemp("grown")
    first = MemoryStore(tune(folder, dict(list(FIVE.items())[:2])).memory).open()
    return first, tune(folder, FIVE)


def test_a_memory_is_made_anew_where_most_is_new(grown: tuple[StoredMemory, Tuned]) -> None:
    first, tuned = grown
    second = MemoryStore(tuned.memory).open()
    assert second.router.hash != first.router.hash and all(fact.fitted for fact in second.facts)


def test_a_changed_pair_alone_is_trained_and_the_router_stays(
    tune: Tune, grown: tuple[StoredMemory, Tuned], tmp_path: Path
) -> None:
    shutil.copytree(grown[1].memory, tmp_path / "memory", symlinks=True)
    first = MemoryStore(tmp_path / "memory").open()
    changed = FIVE | {"Ages of the singers?": "SELECT MIN(age) FROM singer"}
    asked = Notebook()
    tuned = tune(tmp_path, changed, reporter=asked)
    second = MemoryStore(tuned.memory).open()
    assert tuned.report.recalled == 5 and tuned.answers() == changed
    assert second.router.hash == first.router.hash and [fact.fitted for fact in second.facts] == [
        True,
        False,
        True,
        True,
        True,
    ]
    touched = torch.tensor(
        [
            expert
            for facts in (first.facts[1:2], second.facts[1:2])
            for fact in facts
            for expert in fact.experts
        ]
    )
    others = torch.cat([first.bank.ids, second.bank.ids]).unique()
    others = others[~torch.isin(others, touched)]
    assert all(
        torch.equal(first.bank.gather(i, others), second.bank.gather(i, others))
        for i in range(len(first.bank.layers))
    )
    assert max(done for label, done, _ in asked.heard if label.startswith("verify")) < 5


def test_a_memory_that_cannot_be_written_leaves_the_old_one(
    tune: Tune, tuned: Tuned, snapshot: Snapshot
) -> None:
    """What should lie beside it is lost after all is memorised."""
    before = snapshot(tuned.memory)

    class Losing(Notebook):
        def progress(self, done: int, total: int, label: str) -> None:
            if label.startswith("verify"):
                lost[0].unlink()

    lost: list[Path] = []
    with pytest.raises(MemoryError_, match="what was there is unchanged"):
        tune(
            tuned.memory.parent,
            OTHER,
            reporter=Losing(),
            before=lambda preparation: lost.append(preparation.folder / "values.jsonl"),
        )
    assert snapshot(tuned.memory) == before
    assert Translator.load(tuned.memory).translate(MINUTES).sql == PAIRS[MINUTES]


def test_a_base_model_that_is_not_there_leaves_the_old_memory(
    tune: Tune, tuned: Tuned, tmp_path: Path, snapshot: Snapshot
) -> None:
    before = snapshot(tuned.memory)
    with pytest.raises(BackboneError):
        tune(tuned.memory.parent, OTHER, base=str(tmp_path / "nothing"))
    assert snapshot(tuned.memory) == before


def test_two_tunes_at_once_are_refused_and_the_next_one_goes_through(
    tune: Tune, bundled_folder: Path, tmp_path: Path
) -> None:
    reporter = Notebook()
    with MemoryStore(tmp_path / "memory").lock():
        with pytest.raises(MemoryError_, match="another tune is working"):
            tune(tmp_path, {}, reporter=reporter)
    assert "Loading the base model" not in [label for label, _, _ in reporter.heard]
    tuned = [tune(tmp_path, {}, base=str(bundled_folder)) for _ in range(2)]
    assert (
        tuned[0].report == RecallReport() and (tuned[1].memory / "current").resolve().name == "0002"
    )


def test_a_tune_that_swaps_while_a_translator_loads_leaves_it_whole(
    tune: Tune, bundled_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tune(tmp_path, {SPELT: "SELECT COUNT(*) FROM singer"}, base=str(bundled_folder))

    def loads_while_another_tunes(base: str) -> object:
        monkeypatch.undo()
        tune(tmp_path, {ROCK: PAIRS[ROCK]}, base=str(bundled_folder))
        return load(base)

    monkeypatch.setattr("mome.answering.translator.load", loads_while_another_tunes)
    translator = Translator.load(old.memory)
    assert translator.model_version.endswith("+0001") and translator.examples == (SPELT,)
    assert Translator.load(old.memory).examples == (ROCK,)
