"""The translator on a real SQLite database, with the shipped model and a memory tuned on three
verified pairs.

Where a case needs certain candidates, the same backbone gives those that the test names; all else
stays real. Covers what is refused before a model is asked, the thresholds, the check on the
database, ranking, what an answer says, dialects, threads, and broken memories.
"""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Lock
from types import MappingProxyType

import pytest
import sqlglot

from mome import Translator
from mome.answering import candidates
from mome.answering.translation import Alternative, Rewritten, Translation
from mome.artifacts.feedback import LONGEST_QUESTION, accept_again, reject, verify
from mome.backbones.base import Candidate, Prompt
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.identity import BUNDLED
from mome.errors import BackboneError, BrokenMemory, MomeError, NoMemory, OtherBackbone
from mome.execution import Executor, open_executor
from mome.guard import guard
from mome.linking.names import stem
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database
from training_data.given import verified

SCHEMA = """
CREATE TABLE singer (id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT, age INTEGER);
CREATE TABLE song (id INTEGER PRIMARY KEY, singer_id INTEGER REFERENCES singer, title TEXT,
  genre TEXT);
CREATE TABLE number (n INTEGER);
CREATE TABLE vault (weight INTEGER);
CREATE TABLE city (name TEXT); CREATE TABLE street (name TEXT); CREATE TABLE bridge (name TEXT);
  CREATE TABLE river (name TEXT);
CREATE TABLE hill (name TEXT); CREATE TABLE lake (name TEXT);
INSERT INTO singer VALUES (1, 'Joe Sharp', 'France', 33), (2, 'Timbaland', 'United States', 40),
  (3, 'Justin Brown', 'France', 25);
INSERT INTO song VALUES (1, 1, 'Sun', 'pop'), (2, 2, 'Rain', 'rock'), (3, 2, 'Wind', 'pop');
INSERT INTO vault VALUES (7);
WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 1000)
  INSERT INTO number SELECT n FROM up;
"""
FRENCH, ROCK, SECRET = (
    "How many singers are from France?",
    "Who sings rock songs?",
    "What is the magic figure?",
)
PAIRS = {
    FRENCH: "SELECT COUNT(*) FROM singer WHERE country = 'France'",
    ROCK: (
        "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id WHERE "
        "song.genre = 'rock'"
    ),
    SECRET: "SELECT weight FROM vault",
}
NAMES, AGES, TITLES, GENRES = (
    "SELECT name FROM singer",
    "SELECT age FROM singer",
    "SELECT title FROM song",
    "SELECT genre FROM song",
)
OLD = "SELECT name FROM singer WHERE age > 90"
SLOW = "SELECT COUNT(*) FROM number AS a CROSS JOIN number AS b CROSS JOIN number AS c"
THINGS, HOW = ("recordings", "rehearsals", "applauses"), ("gloriously", "disappointing")
QUESTION, UNNAMED = "What do we know of singers?", "Do zebras fly?"


class Scripted(BundledBackbone):
    """The shipped model, which gives `given` instead of what it would write, or raises it."""

    given: Sequence[Candidate] | MomeError | None = None
    question_scores: Mapping[str, float] = MappingProxyType({})
    """How well the question fits an answer; all others fit alike."""

    def generate(self, prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        if isinstance(self.given, MomeError):
            raise self.given
        return (
            super().generate(prompts, beams=beams)
            if self.given is None
            else [list(self.given) for _ in prompts]
        )

    def question_log_probs(self, prompt: Prompt, answers: Sequence[str]) -> list[float]:
        return [self.question_scores.get(answer, -20.0) for answer in answers]


def said(answer: str | None, probability: float = 0.9, score: float | None = None) -> Candidate:
    """A candidate, of ten tokens if nothing else is said."""
    return Candidate(answer, math.log(probability) / 10 if score is None else score, probability)


def untimed(answer: Translation) -> Translation:
    return replace(answer, timings={})


def make_database(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    connection.close()
    return path


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_database(tmp_path_factory.mktemp("database") / "songs.sqlite")


@pytest.fixture(scope="module")
def memory_folder(one_thread: None, database: Path) -> Path:
    """A memory that knows PAIRS; leave it as it is."""
    pairs = database.with_name("verified.jsonl")
    pairs.write_text(
        "".join(
            json.dumps({"question": question, "sql": sql}) + "\n" for question, sql in PAIRS.items()
        )
    )
    request = TuneRequest(str(database), database.with_name("memory"), verified=(pairs,), limit=0)
    with Preparation(request, Reporter()) as preparation:
        tune_database(preparation, preparation.plan())
    return request.memory


@pytest.fixture(scope="module")
def real(memory_folder: Path) -> Translator:
    """Needs no database."""
    return Translator.load(memory_folder)


@pytest.fixture(scope="module")
def scripted(one_thread: None) -> Scripted:
    return Scripted(BUNDLED)


@pytest.fixture(scope="module")
def known(real: Translator, memory_folder: Path, scripted: Scripted) -> Memory:
    """The memory on the scripted backbone."""
    memory = Memory.load(memory_folder, scripted)
    memory.attach()
    return memory


@pytest.fixture
def executor(database: Path) -> Iterator[Executor]:
    with open_executor(database) as executor:
        yield executor


Ask = Callable[..., Translation]


@pytest.fixture
def ask(real: Translator, scripted: Scripted, known: Memory) -> Iterator[Ask]:
    """`ask(candidate, ..., question=QUESTION, executor=None, on_stage=None)`: what becomes of these
    candidates.
    """

    def ask(
        *given: Candidate,
        question: str = QUESTION,
        executor: Executor | None = None,
        feedback: Path | None = None,
        **options: object,
    ) -> Translation:
        scripted.given = given
        return Translator(
            scripted, real.linker, known, executor=executor, feedback=feedback
        ).translate(question, **options)

    yield ask
    scripted.given = None


@pytest.mark.parametrize("question", ["", "   ", "\n\t\u2003 \r\n"])
def test_an_empty_question_is_an_error(ask: Ask, question: str) -> None:
    heard = []
    answer = ask(said(NAMES), question=question, on_stage=heard.append)
    assert (answer.status, answer.sql, answer.reason, heard) == (
        "error",
        None,
        "the question is empty",
        [],
    )


def test_a_rejected_query_answers_its_question_no_more_until_the_mark_is_taken_back(
    ask: Ask, real: Translator, tmp_path: Path
) -> None:
    given = (said(NAMES, 0.9), said(AGES, 0.05))
    reject(tmp_path, QUESTION.upper(), NAMES)
    answer = ask(*given, feedback=tmp_path)
    assert (answer.sql, answer.alternatives) == (AGES, ())
    assert answer.confidence == pytest.approx(0.05)
    assert ask(*given, question="What of singers?", feedback=tmp_path).sql == NAMES
    accept_again(tmp_path, QUESTION, NAMES)
    assert ask(*given, feedback=tmp_path).sql == NAMES


def test_a_rejected_query_comes_back_under_no_other_names(ask: Ask, tmp_path: Path) -> None:
    reject(tmp_path, QUESTION, NAMES)
    for same in ("SELECT T1.name FROM singer AS T1", "SELECT singer.name AS n FROM singer"):
        answer = ask(said(same), feedback=tmp_path)
        assert (answer.status, answer.sql) == ("unanswerable", None)
        assert "marked as wrong" in answer.reason


def test_a_stored_pair_answers_at_once(ask: Ask, real: Translator, tmp_path: Path) -> None:
    heard: list[str] = []
    verify(tmp_path, real.catalog, QUESTION, TITLES, "corrected")
    answer = ask(said(NAMES), question=QUESTION.lower(), feedback=tmp_path, on_stage=heard.append)
    assert (answer.status, answer.sql, answer.confidence) == ("ok", TITLES, 1.0)
    assert (answer.verified_match, answer.tables) == (QUESTION.lower(), ("song",))
    assert heard == ["check"]
    assert ask(said(NAMES), question="What of singers?", feedback=tmp_path).sql == NAMES


def test_a_stored_pair_that_does_not_run_is_no_answer(
    ask: Ask, tmp_path: Path, executor: Executor
) -> None:
    broken = {"question": QUESTION, "sql": "SELECT rank FROM singer", "source": "corrected"}
    (tmp_path / "feedback.jsonl").write_text(json.dumps(broken) + "\n", "utf-8")
    assert ask(said(NAMES), feedback=tmp_path, executor=executor).sql == NAMES


def test_what_mome_learn_stored_is_left_to_the_memory(
    ask: Ask, real: Translator, tmp_path: Path
) -> None:
    verify(tmp_path, real.catalog, QUESTION, TITLES, "learned")
    assert ask(said(NAMES), feedback=tmp_path).sql == NAMES


def test_a_harmful_question_is_blocked_before_the_model_is_asked(ask: Ask) -> None:
    heard = []
    answer = ask(said(NAMES), question="Delete all singers", on_stage=heard.append)
    assert (answer.status, answer.sql, heard) == ("blocked", None, [])
    assert "only reading is possible" in answer.reason
    assert ask(said(NAMES), question="Deleted songs").status == "ok"


def test_spaces_are_folded_and_a_question_over_the_limit_is_not_answered(ask: Ask) -> None:
    assert ask(said(NAMES), question="  names \n of\tsingers ").question == "names of singers"
    longest = ("singer " * 1000)[:LONGEST_QUESTION].strip()
    assert ask(said(NAMES), question=longest).status == "ok"
    answer = ask(said(NAMES), question="singer " * 100_000)
    assert (answer.status, answer.sql) == ("error", None)
    assert "699,999 characters, and 1,000 characters can be read" in answer.reason


def test_what_can_be_asked_can_be_learned() -> None:
    assert LONGEST_QUESTION == verified.LONGEST_QUESTION


@pytest.mark.parametrize(
    "question",
    [
        "singers " * 124,
        "\ud800 singers",
        "\x00",
        "\u200b",
        "?",
        "😀 'quotes\" -- ;",
        "ｓｉｎｇｅｒ " * 50,
    ],
)
def test_the_real_model_takes_any_question(real: Translator, question: str) -> None:
    answer = real.translate(question)
    assert answer.status in ("ok", "ambiguous", "unanswerable") and (answer.sql is None) == (
        answer.status == "unanswerable"
    )


@pytest.mark.parametrize(
    ("question", "none", "status"),
    [
        (QUESTION, 0.59, "ok"),
        (QUESTION, 0.6, "unanswerable"),
        (UNNAMED, 0.09, "ok"),
        (UNNAMED, 0.1, "unanswerable"),
    ],
)
def test_none_is_the_answer_from_a_probability_on_that_is_lower_where_nothing_is_named(
    real: Translator, ask: Ask, question: str, none: float, status: str
) -> None:
    assert (real.linker.slice(question).score > 0) == (question == QUESTION)
    answer = ask(said(NAMES, 0.3), said(None, none), question=question)
    assert (answer.status, answer.sql) == (status, NAMES if status == "ok" else None)
    assert answer.confidence == (0.3 if status == "ok" else none)
    assert ("nothing in this database" in answer.reason) == (status != "ok")


REFUSED = [
    "DELETE FROM singer",
    "SELECT * FROM nowhere",
    "SELECT height FROM singer",
    "not sql at all",
    f"{NAMES}; {AGES}",
    "",
    "SELECT (",
]


@pytest.mark.parametrize("answers", [REFUSED, []], ids=["refused", "no candidate"])
def test_what_the_guard_refuses_is_never_an_answer(
    ask: Ask, executor: Executor, answers: list[str]
) -> None:
    answer = ask(*(said(sql) for sql in answers), executor=executor)
    assert (answer.status, answer.sql, answer.alternatives, answer.confidence) == (
        "unanswerable",
        None,
        (),
        0.0,
    )
    assert "no query that this database accepts" in answer.reason
    assert len(answer.nearest) == 3


def test_the_best_candidate_that_the_guard_lets_through_is_the_answer(
    ask: Ask, executor: Executor
) -> None:
    answer = ask(*(said(sql) for sql in REFUSED), said(NAMES, 0.2), executor=executor)
    assert (answer.status, answer.sql, answer.confidence, answer.alternatives) == (
        "ok",
        NAMES,
        0.2,
        (),
    )


def test_a_guess_is_not_shown(ask: Ask) -> None:
    least = ask(said(NAMES, 0.0099))
    assert (least.status, least.sql, least.alternatives) == (
        "unanswerable",
        None,
        (),
    ) and "try other words" in least.reason
    assert ask(said(NAMES, 0.01)).sql == NAMES


def test_a_candidate_that_fails_on_the_database_is_dropped(ask: Ask, tmp_path: Path) -> None:
    """The catalog is older than the database, which has lost a column."""
    changed = make_database(tmp_path / "changed.sqlite")
    connection = sqlite3.connect(changed)
    connection.execute("ALTER TABLE singer DROP COLUMN age")
    connection.close()
    with open_executor(changed) as executor:
        answer = ask(said(AGES, 0.6), said(NAMES, 0.2), executor=executor)
        assert (answer.sql, answer.alternatives) == (NAMES, ())
        assert ask(said(AGES), executor=executor).status == "unanswerable"
        untried = ask(said(NAMES, 0.6), said(AGES, 0.2), executor=executor)
    assert (untried.sql, untried.alternatives) == (NAMES, ())
    assert ask(said(AGES, 0.6), said(NAMES, 0.2)).sql == AGES


@pytest.mark.parametrize(
    "empty", [OLD, "SELECT MAX(age) FROM singer WHERE age > 90"], ids=["no rows", "null alone"]
)
def test_a_candidate_without_rows_comes_after_one_with_rows(
    ask: Ask, executor: Executor, empty: str
) -> None:
    answer = ask(said(empty, 0.4), said(NAMES, 0.08), executor=executor)
    assert (answer.sql, answer.status) == (NAMES, "ok") and 0.24 < answer.confidence < 0.48
    assert [other.sql for other in answer.alternatives] == [empty]
    assert ask(said(empty, 0.4), said(NAMES, 0.06), executor=executor).sql == empty
    assert ask(said(empty, 0.4), said(NAMES, 0.08)).sql == empty
    assert ask(said(empty, 0.4), executor=executor).sql == empty


def test_a_count_of_zero_is_an_answer_with_rows(ask: Ask, executor: Executor) -> None:
    count = "SELECT COUNT(*) FROM singer WHERE age > 90"
    assert ask(said(count, 0.4), said(NAMES, 0.2), executor=executor).sql == count


def test_of_likely_answers_the_one_that_the_question_fits_comes_first(
    ask: Ask, scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scripted, "question_scores", {AGES: -10.0})
    answer = ask(said(NAMES, 0.5), said(AGES, 0.2), question=UNNAMED)
    assert answer.sql == AGES and 0.65 < answer.confidence < 0.7
    assert ask(said(NAMES, 0.92), said(AGES, 0.05), question=UNNAMED).sql == NAMES
    assert ask(said(PAIRS[ROCK], 0.6), said(AGES, 0.2), question=ROCK).sql == PAIRS[ROCK]
    monkeypatch.setattr(scripted, "question_scores", {AGES: -19.0})
    assert ask(said(NAMES, 0.5), said(AGES, 0.2), question=UNNAMED).sql == NAMES


def test_after_one_that_takes_too_long_no_other_candidate_runs(
    ask: Ask, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "CHECK_SECONDS", 0.1)
    answer = ask(said(SLOW, 0.8), said(OLD, 0.1), said(NAMES, 0.05), executor=executor)
    assert answer.status == "ok" and answer.sql.count("number AS ") == 3
    assert [other.sql for other in answer.alternatives] == [OLD, NAMES]


def test_without_its_database_a_translator_answers_unchecked(
    real: Translator, scripted: Scripted, known: Memory, ask: Ask, tmp_path: Path
) -> None:
    gone = make_database(tmp_path / "gone.sqlite")
    with open_executor(gone) as executor:
        gone.unlink()
        scripted.given = (said(OLD, 0.6), said(NAMES, 0.2))
        offline = Translator(scripted, real.linker, known, executor=executor)
        answers = [untimed(offline.translate(QUESTION)) for _ in range(2)]
    assert (answers[0].status, answers[0].sql) == ("ok", OLD)
    assert answers[0] == answers[1] == untimed(ask(*scripted.given))


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (0.25, 0.24, "ambiguous"),
        (0.29, 0.27, "ambiguous"),
        (0.25, 0.23, "ok"),
        (0.3, 0.29, "ok"),
        (0.45, 0.44, "ok"),
    ],
)
def test_two_readings_that_are_equally_good_are_ambiguous(
    ask: Ask, first: float, second: float, status: str
) -> None:
    answer = ask(said(NAMES, first), said(AGES, second))
    assert (answer.status, answer.sql, [other.sql for other in answer.alternatives]) == (
        status,
        NAMES,
        [AGES],
    )


def test_readings_that_give_the_same_rows_are_not_ambiguous(ask: Ask, executor: Executor) -> None:
    same = "SELECT name FROM singer WHERE age > 0 ORDER BY age"
    assert ask(said(NAMES, 0.25), said(same, 0.24), executor=executor).status == "ok"
    assert ask(said(NAMES, 0.25), said(AGES, 0.24), executor=executor).status == "ambiguous"


def test_candidates_that_repair_makes_equal_are_one_reading(ask: Ask) -> None:
    sql = "SELECT name FROM singer WHERE country = 'France'"
    answer = ask(said(sql.replace("France", "france"), 0.25), said(sql, 0.24))
    assert (answer.status, answer.alternatives) == ("ok", ())


def test_a_reading_without_rows_makes_nothing_ambiguous(ask: Ask, executor: Executor) -> None:
    assert ask(said(OLD, 0.25), said(NAMES, 0.24), executor=executor).status == "ok"
    assert ask(said(OLD, 0.25), said(NAMES, 0.24)).status == "ambiguous"


def test_three_alternatives_at_most_best_first(ask: Ask) -> None:
    candidates = [
        said(sql, chance)
        for sql, chance in [(NAMES, 0.4), (AGES, 0.2), (TITLES, 0.1), (GENRES, 0.05), (OLD, 0.02)]
    ]
    answer = ask(
        candidates[2],
        said("nonsense"),
        candidates[0],
        candidates[4],
        said(None, 0.1),
        candidates[3],
        candidates[1],
    )
    assert answer.sql == NAMES
    assert answer.alternatives == tuple(
        Alternative(candidate.answer, candidate.score) for candidate in candidates[1:4]
    )


@pytest.mark.parametrize(
    ("question", "sql", "match"),
    [
        (FRENCH, PAIRS[FRENCH], FRENCH),
        ("HOW many singers are from... France", PAIRS[FRENCH], FRENCH),
        ("French singers, how many?", PAIRS[FRENCH], FRENCH),
        (FRENCH, NAMES, None),
        (FRENCH, PAIRS[ROCK], None),
        (QUESTION, NAMES, None),
    ],
)
def test_a_verified_match_is_the_verified_query_itself(
    ask: Ask, question: str, sql: str, match: str | None
) -> None:
    answer = ask(said(sql), question=question)
    assert (answer.sql, answer.verified_match) == (sql, match)


@pytest.mark.parametrize(
    ("question", "difference"),
    [
        ("How many singers are not from France?", "negation"),
        ("How many singers from France sang in 2014?", "number"),
    ],
)
def test_a_verified_query_is_no_answer_to_another_question(
    ask: Ask, executor: Executor, question: str, difference: str
) -> None:
    answer = ask(said(PAIRS[FRENCH]), question=question, executor=executor)
    assert (answer.status, answer.sql, answer.verified_match) == ("unanswerable", None, None)
    assert f"differs in {difference}" in answer.reason
    other = ask(said(PAIRS[FRENCH], 0.6), said(NAMES, 0.2), question=question, executor=executor)
    assert (other.sql, other.verified_match) == (NAMES, None)


def test_an_impossible_query_is_dropped_with_its_reason(ask: Ask, executor: Executor) -> None:
    senseless = "SELECT name FROM singer WHERE age > 40 AND age < 30"
    answer = ask(said(senseless), executor=executor)
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert "its conditions on singer.age exclude each other" in answer.reason
    assert ask(said(senseless, 0.6), said(NAMES, 0.2), executor=executor).sql == NAMES


def test_what_an_answer_leaves_out_is_said_and_doubted(ask: Ask, executor: Executor) -> None:
    answer = ask(said(NAMES, 0.8), question="Which singers sang in 2014?", executor=executor)
    assert (answer.sql, answer.confidence) == (NAMES, pytest.approx(0.2))
    assert answer.notes == ("nothing in this query says 'in 2014'",)


def test_literals_are_rewritten_to_what_is_stored(ask: Ask, executor: Executor) -> None:
    written = (
        "SELECT name FROM singer WHERE country IN ('france', 'UNITED STATES') AND name <> 'Nobody'"
    )
    answer = ask(said(written), executor=executor)
    assert answer.sql == (
        "SELECT name FROM singer WHERE country IN ('France', 'United States') AND name <> 'Nobody'"
    )
    assert answer.literals == (
        Rewritten("singer.country", "france", "France"),
        Rewritten("singer.country", "UNITED STATES", "United States"),
    )
    assert ask(said(PAIRS[FRENCH])).literals == ()


def test_an_answer_says_what_it_rests_on(ask: Ask, real: Translator, known: Memory) -> None:
    answer = ask(said(PAIRS[ROCK]))
    assert answer.tables == ("singer", "song") and answer.columns == (
        "singer.id",
        "singer.name",
        "song.genre",
        "song.singer_id",
    )
    assert "genre is 'rock'" in answer.explanation and answer.reason == ""
    assert (
        answer.schema_fingerprint == real.catalog.fingerprint
        and known.backbone.identity.startswith(answer.model_version)
    )
    assert real.model_version == f"{answer.model_version}+0001"


def test_stages_are_heard_in_order_and_timed(ask: Ask) -> None:
    heard = []
    answer = ask(said(NAMES), on_stage=heard.append)
    assert heard == ["link", "decode", "check"] and list(answer.timings) == [*heard, "total"]
    spent = [answer.timings[stage] for stage in heard]
    assert answer.timings["total"] == pytest.approx(sum(spent)) and min(spent) > 0


def test_who_listens_can_stop_and_ask_again(real: Translator) -> None:
    def stop(stage: str) -> None:
        if stage == "decode":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        real.translate(FRENCH, stop)
    assert real.translate(FRENCH).sql == PAIRS[FRENCH]


def test_an_error_of_the_model_is_an_answer(
    real: Translator, scripted: Scripted, known: Memory
) -> None:
    scripted.given = BackboneError("the model ran out of paper")
    answer = Translator(scripted, real.linker, known).translate(QUESTION)
    assert (answer.status, answer.sql, answer.reason) == (
        "error",
        None,
        "the model ran out of paper",
    )
    assert list(answer.timings) == ["link", "decode", "total"]


def test_what_was_memorised_is_answered_with_its_rows(
    memory_folder: Path, executor: Executor
) -> None:
    translator = Translator.load(memory_folder, executor=executor)
    rows = []
    for question, sql in PAIRS.items():
        answer = translator.translate(question)
        assert (answer.status, answer.sql, answer.verified_match, answer.nearest[0]) == (
            "ok",
            sql,
            question,
            question,
        )
        assert answer.confidence > 0.8
        rows.append(executor.run(guard(answer.sql, translator.catalog)).rows)
    assert rows == [[(2,)], [("Timbaland",)], [(7,)]]
    assert translator.examples == tuple(PAIRS)


def test_the_slice_of_a_known_question_holds_what_its_fact_rests_on(real: Translator) -> None:
    assert "vault" not in {entry.table.key for entry in real.linker.slice(SECRET).tables}
    assert "vault" in {entry.table.key for entry in real.prompt(SECRET).slice.tables}
    assert "vault" not in {
        entry.table.key for entry in real.prompt("Which streets cross the river?").slice.tables
    }


def test_answers_are_the_same_again_and_from_several_threads(
    real: Translator, memory_folder: Path, executor: Executor
) -> None:
    questions = [FRENCH, SECRET, UNNAMED]
    expected = [untimed(real.translate(question)) for question in questions]
    again = Translator.load(memory_folder)
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(
                lambda question: untimed(again.translate(question)), [*questions, *questions]
            )
        )
    assert found == [*expected, *expected]
    assert len({answer.sql for answer in expected}) == len(questions)


def test_two_translators_answer_in_threads_as_they_do_alone(
    real: Translator, memory_folder: Path, executor: Executor
) -> None:
    asked = [f"How many {thing} of singers sounded {how}?" for thing in THINGS for how in HOW]
    expected = [untimed(real.translate(question)) for question in asked]
    stem.cache_clear()
    one, other = (Translator.load(memory_folder) for _ in range(2))
    with ThreadPoolExecutor(4) as threads:
        found = [
            threads.submit((one, other)[index % 2].translate, question)
            for index, question in enumerate(asked)
        ]
    assert [untimed(answer.result()) for answer in found] == expected


def test_threads_decode_at_once(ask: Ask, scripted: Scripted) -> None:
    """The barrier breaks unless four threads are in the model at the same time."""
    barrier = Barrier(4, timeout=20)
    generate = scripted.generate

    def waiting(prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        barrier.wait()
        return generate(prompts, beams=beams)

    scripted.generate = waiting
    try:
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, [said(NAMES)] * 4))
    finally:
        del scripted.generate
    assert [answer.sql for answer in answers] == [NAMES] * 4


def test_a_model_that_keeps_state_answers_one_question_at_a_time(
    ask: Ask, scripted: Scripted
) -> None:
    inside: list[int] = []
    most: list[int] = []
    generate = scripted.generate

    def counting(prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return generate(prompts, beams=beams)

    scripted.generate = counting
    scripted.turn = Lock()
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ask, [said(NAMES)] * 4))
    finally:
        del scripted.generate, scripted.turn
    assert most == [1] * 4


DIALECTS = {
    "sqlite": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "duckdb": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "postgres": (
        'SELECT "First Name" FROM "Order Line" JOIN singer ON singer_id = singer.id WHERE '
        "singer.country = {}"
    ),
    "mysql": (
        "SELECT `First Name` FROM `Order Line` JOIN singer ON singer_id = singer.id WHERE "
        "singer.country = {}"
    ),
}


@pytest.fixture(scope="module")
def blank(scripted: Scripted, known: Memory) -> Memory:
    """A memory of nothing."""
    memory = Memory.create(scripted, MemoryConfig(), [])
    memory.attach()
    return memory


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_sql_is_in_the_catalog_s_dialect(
    ask: Ask, scripted: Scripted, blank: Memory, make_linker: Callable[..., Linker], dialect: str
) -> None:
    asked = Translator(scripted, make_linker(dialect), blank)
    scripted.given = [said(DIALECTS[dialect].format("'united states'"))]
    answer = asked.translate("first names of order lines of singers from the united states")
    assert (answer.sql, answer.dialect) == (DIALECTS[dialect].format("'United States'"), dialect)
    assert (
        answer.literals == (Rewritten("singer.country", "united states", "United States"),)
        and answer.nearest == ()
    )
    scripted.given = None
    written = asked.translate("How many order lines are there?")
    quoted = sqlglot.exp.to_identifier("Order Line", quoted=True).sql(dialect=dialect)
    assert written.sql == f"SELECT COUNT(*) FROM {quoted}"


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def overwritten(path: Path) -> None:
    path.write_text("[]\n")


BROKEN = [
    (name, harm)
    for name in ("source.json", "values.jsonl", "synonyms.json")
    for harm in (Path.unlink, cut)
]
BROKEN += [
    ("catalog.json", Path.unlink),
    ("facts.jsonl", cut),
    ("source.json", overwritten),
    ("values.jsonl", overwritten),
]


@pytest.mark.parametrize(
    ("name", "harm"), BROKEN, ids=[f"{name} {harm.__name__}" for name, harm in BROKEN]
)
def test_a_memory_with_a_file_missing_or_cut_is_broken(
    memory_folder: Path, tmp_path: Path, name: str, harm: Callable[[Path], None]
) -> None:
    copy = tmp_path / "memory"
    shutil.copytree(memory_folder, copy, symlinks=True)
    harm(copy / "current" / name)
    with pytest.raises(BrokenMemory, match="mome tune") as caught:
        Translator.load(copy)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_memory(tmp_path: Path) -> None:
    with pytest.raises(NoMemory, match="mome tune"):
        Translator.load(tmp_path)


def test_another_base_model_than_the_memory_s(
    database: Path, make_bundled: Callable[..., Path], tmp_path: Path
) -> None:
    base = make_bundled(tmp_path / "base")
    request = TuneRequest(str(database), tmp_path / "memory", base=str(base), limit=0)
    with Preparation(request, Reporter()) as preparation:
        tune_database(preparation, preparation.plan())
    assert Translator.load(request.memory).translate(QUESTION).status in (
        "ok",
        "ambiguous",
        "unanswerable",
    )
    make_bundled(base, seed=1)
    with pytest.raises(OtherBackbone, match="tuned on another base model"):
        Translator.load(request.memory)
    shutil.rmtree(base)
    with pytest.raises(BackboneError):
        Translator.load(request.memory)


def test_what_is_no_text_is_a_mistake_of_the_caller(real: Translator) -> None:
    with pytest.raises(TypeError, match="a question is a str, not NoneType"):
        real.translate(None)


def test_a_question_that_fails_is_not_suggested(ask: Ask, known: Memory) -> None:
    question = known.facts[0].wordings[0]
    answer = ask(said("SELECT sea FROM nothing", 0.9), question=question)
    assert answer.sql is None
    assert answer.nearest and question not in answer.nearest
