"""A tiny random open model beside the shipped one: the pairs that it sees, and joint answers."""

from __future__ import annotations

import json
import math
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from mome import Translator
from mome.answering.second_reader import SecondReader, joined
from mome.backbones.base import Candidate
from mome.backbones.model_reading import read_model
from mome.backbones.open.loading import load_reader
from mome.backbones.open.reader import OpenReader
from mome.backbones.open.skills import ADAPTER
from mome.errors import BackboneError, OtherBackbone
from mome.forms.forms import Forms
from mome.reporting import Reporter
from mome.tune.plan import Preparation, TuneRequest
from mome.tune.run import tune_database
from skilled import NAME, install
from songs import FRENCH, PAIRS


@pytest.fixture(scope="module")
def reader(text_folders: dict[str, Path]) -> OpenReader:
    tokenizer, model = read_model(text_folders["llama"])
    return OpenReader(model, tokenizer, nullcontext)


def test_joint_answers_have_the_geometric_mean_of_both_readers_probabilities() -> None:
    first = [Candidate("a", -0.1, 0.81), Candidate(None, -2.0, 0.09)]
    second = [Candidate("b", -0.2, 0.64), Candidate("a", -0.5, 0.25), Candidate(None, -1.0, 0.05)]
    # sqrt(0.81 x 0.25), sqrt(0.01 x 0.64); the sure answer b counts against no answer.
    total = 0.45 + 0.08
    none = 0.09 * (1 - 0.64)
    found = joined(first, second, told(0.01))
    assert [(one.answer, one.probability, one.by_readers) for one in found] == [
        ("a", pytest.approx((1 - none) * 0.45 / total), (0.81, 0.25)),
        ("b", pytest.approx((1 - none) * 0.08 / total), (pytest.approx(0.01), 0.64)),
        (None, pytest.approx(none), ()),
    ]
    assert joined([], second, {})[0].answer == "b"


@pytest.mark.parametrize(
    ("none", "best", "joint"),
    [(0.8, 0.25, 0.6), (0.8, 0.24, 0.8), (0.9, 0.5, 0.9), (0.0, 0.9, 0.0)],
)
def test_a_sure_answer_counts_against_no_answer(none: float, best: float, joint: float) -> None:
    first = [Candidate(None, -0.1, none), Candidate("a", -2.0, 0.1)]
    found = joined(first, [Candidate("a", -0.1, best), Candidate(None, -3.0, 0.2)], {})
    by_answer = {one.answer: one.probability for one in found}
    assert by_answer[None] == pytest.approx(joint)
    assert by_answer["a"] == pytest.approx(1 - joint)


@pytest.mark.parametrize("probability", [1e-12, 0.0])
def test_no_reader_excludes_what_the_other_finds_likely(probability: float) -> None:
    first, second = [Candidate("a", -5.0, 0.001)], [Candidate("b", -0.1, 0.9)]
    (best, other) = joined(first, second, told(probability))
    # sqrt(0.0001 x 0.9) against sqrt(0.001 x 0.00000001)
    assert (best.answer, other.answer) == ("b", "a")
    assert best.probability / other.probability == pytest.approx((0.0001 * 0.9 / 1e-11) ** 0.5)


def told(probability: float) -> dict[str, float]:
    """The first reader's log-probability of the answer b."""
    return {"b": math.log(probability) if probability else -math.inf}


def test_what_both_readers_find_likely_wins_over_the_favourite_of_one() -> None:
    first = [Candidate("a", -0.1, 0.6), Candidate("both", -1.2, 0.3)]
    second = [Candidate("b", -0.1, 0.7), Candidate("both", -1.2, 0.3), Candidate("a", -9.0, 1e-6)]
    assert joined(first, second, {})[0].answer == "both"


def test_near_verified_questions_are_shown_with_their_forms(
    real: Translator, reader: OpenReader
) -> None:
    second = SecondReader(reader, real.memory, Forms(real.catalog))
    pairs = second._pairs(FRENCH)
    assert pairs[0] == (FRENCH, Forms(real.catalog).encode(PAIRS[FRENCH]))
    assert len(pairs) <= 3
    assert second._pairs("xyzzy plugh") == []


def test_both_readers_answers_are_joined(real: Translator, reader: OpenReader) -> None:
    second = SecondReader(reader, real.memory, Forms(real.catalog))
    question = "names of rock singers"
    prompt = real.prompt(question)
    first = [Candidate("SELECT name FROM singer", -0.1, 0.9)]
    own = reader.answers(prompt.slice, prompt.linker, second._pairs(question), beams=4)
    others = [one.answer for one in own if one.answer not in (None, first[0].answer)]
    log_probs = {answer: real.backbone.log_prob(prompt, answer) for answer in others}
    found = second.join(prompt, first, partial(real.backbone.log_prob, prompt))
    wanted = joined(first, own, log_probs)
    # A log-probability of one answer differs in its last digits from that in a batch.
    assert [(one.answer, one.probability) for one in found] == [
        (one.answer, pytest.approx(one.probability)) for one in wanted
    ]


def test_a_memory_is_tuned_and_asked_with_both_readers(
    database: Path,
    text_folders: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skill = install(tmp_path, text_folders["chat"], monkeypatch)
    pairs = tmp_path / "verified.jsonl"
    pairs.write_text(json.dumps({"question": FRENCH, "sql": PAIRS[FRENCH]}) + "\n")
    request = TuneRequest(str(database), tmp_path / "memory", (pairs,), base=NAME, limit=0)
    with Preparation(request, Reporter()) as preparation:
        plan = preparation.plan()
        with monkeypatch.context() as patch, pytest.raises(BackboneError, match="of memory"):
            patch.setattr("psutil.virtual_memory", lambda: SimpleNamespace(available=100))
            tune_database(preparation, plan)
        tune_database(preparation, plan)
    translator = Translator.load(request.memory)
    known = translator.translate(FRENCH)
    assert (known.status, known.sql) == ("ok", PAIRS[FRENCH])
    asked = []
    second = translator._second
    assert second is not None
    monkeypatch.setattr(
        second, "join", lambda prompt, first, _: asked.append(prompt.question) or list(first)
    )
    translator.translate(FRENCH)
    translator.translate("cities of all stadiums")
    # A memorised fact needs no second reader.
    assert asked == ["cities of all stadiums"]
    with Preparation(request, Reporter()) as preparation:
        assert preparation.plan().refresh.idle
    weights = skill / ADAPTER
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with Preparation(request, Reporter()) as preparation:
        refresh = preparation.plan().refresh
    assert not refresh.idle and not refresh.trained
    load_reader.cache_clear()
    with pytest.raises(OtherBackbone, match="tune again"):
        Translator.load(request.memory)
