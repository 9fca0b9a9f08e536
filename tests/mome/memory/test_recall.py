"""Asking again what a memory was told, and the report of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from mome.memory import RecallReport, TuneProgress, recall
from mome.memory.recall import difference, token_chances, written


def test_a_tuned_memory_recalls_everything(tuned: Any) -> None:
    heard: list[TuneProgress] = []
    report = recall(tuned.memory, tuned.facts, str, progress=heard.append)
    assert report.recalled == len(report.facts) == 12
    assert report.missed == ()
    assert heard[-1] == TuneProgress("verify", 24, 24)


def test_what_is_not_known_is_reported_with_the_answer_that_came(tuned: Any) -> None:
    wrong = replace(tuned.facts[0], answer="something else")
    (fact,) = recall(tuned.memory, [wrong], str).missed
    assert [wording.recalled for wording in fact.wordings] == [False, False]
    assert tuned.facts[0].answer in fact.wordings[0].reason


def test_a_report_reads_back(tuned: Any) -> None:
    content = json.loads(json.dumps(tuned.report.to_dict()))
    assert content["recalled"] == content["total"] == 12
    assert RecallReport.from_dict(content) == tuned.report


def test_a_backbone_that_decodes_one_by_one_is_asked_so(
    tuned: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    backbone, whole = tuned.memory.backbone, tuned.memory.backbone.generate

    def one_by_one(prompts: Sequence[str], *, beams: int = 1) -> list[Any]:
        return [whole([prompt], beams=beams)[0] for prompt in prompts]

    monkeypatch.setattr(backbone, "generate", one_by_one)
    questions = [fact.wordings[0] for fact in tuned.facts[:3]]
    assert written(tuned.memory, questions, questions) == [fact.answer for fact in tuned.facts[:3]]


def test_a_backbone_may_have_no_answer(tuned: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        tuned.memory.backbone, "generate", lambda prompts, *, beams: [[] for _ in prompts]
    )
    assert written(tuned.memory, ["how many?"], ["how many?"]) == [""]


def test_spaces_around_an_answer_do_not_count() -> None:
    assert difference("SELECT 1", " SELECT 1\n") == ""
    assert difference("SELECT 1", "SELECT  1") == "decoding gives another answer: SELECT  1"


def test_tokens_that_are_not_there_count_as_certain() -> None:
    logits = torch.full((1, 3, 2), float("-inf"))
    logits[:, :, 1] = 0.0
    assert token_chances(logits, torch.tensor([[1, 1, -100]])).tolist() == [[0.0, 0.0, 0.0]]
