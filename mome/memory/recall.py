"""Recall: asks every wording of every fact again, and compares what greedy decoding gives. `tune`
ends with it and `mome eval` repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.memory.experts.layer import RouteMismatch
from mome.memory.report import (
    FactRecall,
    Progress,
    Prompter,
    RecallReport,
    TuneProgress,
    WordingRecall,
)

if TYPE_CHECKING:
    from mome.memory.memory import Memory

# Questions decoded at once; more gain nothing on a CPU and need more memory.
BATCH = 32


def token_chances(logits: Tensor, targets: Tensor) -> Tensor:
    """Return log-probabilities (b, t) of the targets; 0 where there is no target."""
    # In float32: a bfloat16 logit of 30 is rounded to steps of 0.125, which would move p across the
    # thresholds.
    logs = torch.log_softmax(logits.float(), dim=-1)
    there = targets != -100
    # -100 is no index: gather any entry at these positions, and set its result to log 1 = 0.
    index = targets.masked_fill(~there, 0).unsqueeze(2)
    return logs.gather(2, index).squeeze(2).masked_fill(~there, 0.0)


def written(memory: Memory, questions: Sequence[str], prompts: Sequence[Any]) -> list[str]:
    """Return the greedy answer to each question under the memory; one by one if the backbone
    decodes so.
    """
    try:
        return _decode(memory, questions, prompts)
    except RouteMismatch:
        # The batch did not have one row per question and beam, so the route cannot be split.
        answers = []
        for question, prompt in zip(questions, prompts, strict=True):
            answers += _decode(memory, [question], [prompt])
        return answers


def _decode(memory: Memory, questions: Sequence[str], prompts: Sequence[Any]) -> list[str]:
    with torch.no_grad(), memory.routed(questions):
        found = memory.backbone.generate(prompts, beams=1)
    best = [candidates[0].answer if candidates else None for candidates in found]
    return [answer or "" for answer in best]


def recall(
    memory: Memory,
    facts: Sequence[MemoryFact],
    prompt: Prompter,
    *,
    progress: Progress | None = None,
) -> RecallReport:
    """Ask every wording of `facts` and report whether its answer is exact. The memory must be
    attached; it is not changed.

    Wordings whose answer is sure from one pass over it are not decoded.
    """
    asked = [(question, fact.answer) for fact in facts for question in fact.wordings]

    def lengths(place: int) -> tuple[int, int]:
        """Return what a batch should have in common: it is decoded until its longest answer ends,
        and its questions are padded.
        """
        question, answer = asked[place]
        return len(answer), len(question)

    order = sorted(range(len(asked)), key=lengths)
    results: dict[int, WordingRecall] = {}
    for first in range(0, len(order), BATCH):
        places = order[first : first + BATCH]
        verdict = _ask(memory, [asked[place] for place in places], prompt)
        results.update(zip(places, verdict, strict=True))
        if progress:
            progress(TuneProgress("verify", len(results), len(asked)))
    found = iter([results[place] for place in range(len(asked))])
    verdicts = []
    for fact in facts:
        own = tuple(islice(found, len(fact.wordings)))
        verdicts.append(FactRecall(fact.id, fact.kind, own))
    return RecallReport(tuple(verdicts))


def _ask(memory: Memory, asked: Sequence[tuple[str, str]], prompt: Prompter) -> list[WordingRecall]:
    questions = [question for question, _ in asked]
    prompts = [prompt(question) for question in questions]
    with torch.no_grad(), memory.routed(questions):
        sure = memory.backbone.surely_writes(prompts, [wanted for _, wanted in asked])
    left = [place for place, is_sure in enumerate(sure) if not is_sure]
    chosen = [questions[place] for place in left], [prompts[place] for place in left]
    decoded = dict(zip(left, written(memory, *chosen) if left else [], strict=True))
    found = []
    for place, (question, wanted) in enumerate(asked):
        reason = difference(wanted, decoded[place]) if place in decoded else ""
        found.append(WordingRecall(question, not reason, reason))
    return found


def difference(wanted: str, answer: str) -> str:
    """Return an empty string if the decoded answer is exact, else the reason to report."""
    if answer.strip() == wanted.strip():
        return ""
    return f"decoding gives another answer: {answer.strip() or 'nothing'}"
