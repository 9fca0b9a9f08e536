"""Question states of the frozen backbone, computed once for each question and kept for a while: routing and looking for
the nearest known questions ask for the same ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import torch
from torch import Tensor

from mome.memory.backbone_protocol import MemoryBackbone
from mome.memory.experts.layer import ACTIVE

KEPT, BATCH = 16384, 64


def pooled(states: Tensor, mask: Tensor) -> Tensor:
    """Mean (b, d) of the states (b, t, d) of the tokens that `mask` (b, t) marks with 1."""
    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


class QuestionStates:
    """A bounded store of states, safe to share among threads."""

    def __init__(self, backbone: MemoryBackbone) -> None:
        self._backbone = backbone
        self._states: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = Lock()

    def __call__(self, questions: Sequence[str]) -> Tensor:
        """(b, d) float32 states on the CPU, always of the bare backbone."""
        with self._lock:
            known = {
                question: self._states[question]
                for question in questions
                if question in self._states
            }
        missing = sorted(
            set(questions) - set(known), key=lambda question: (len(question), question)
        )
        for first in range(0, len(missing), BATCH):
            chunk = missing[first : first + BATCH]
            known.update(zip(chunk, self._compute(chunk), strict=True))
        with self._lock:
            self._states.update((question, known[question]) for question in missing)
            while len(self._states) > KEPT:
                self._states.popitem(last=False)
        return (
            torch.stack([known[question] for question in questions])
            if questions
            else torch.empty(0, self._backbone.question_size)
        )

    def _compute(self, questions: Sequence[str]) -> Tensor:
        token = ACTIVE.set(None)
        try:
            with torch.no_grad():
                return self._backbone.question_state(questions).float().cpu()
        finally:
            ACTIVE.reset(token)
