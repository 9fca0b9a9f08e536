"""A cache of the frozen backbone's question states: routing and the search for near questions need
the same ones.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import torch
from torch import Tensor

from mome.memory.backbone_protocol import MemoryBackbone
from mome.memory.experts.layer import ACTIVE

# 16,384 states of 384 float32 values take 24 MiB. Larger batches pad more than they save.
KEPT, BATCH = 16384, 64


def pooled(states: Tensor, mask: Tensor) -> Tensor:
    """Return the mean (b, d) of states (b, t, d) over the tokens that `mask` (b, t) marks
    with 1.
    """
    return (states * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)


class QuestionStates:
    """A bounded cache of question states. Thread-safe."""

    def __init__(self, backbone: MemoryBackbone) -> None:
        self._backbone = backbone
        self._states: OrderedDict[str, Tensor] = OrderedDict()
        self._lock = Lock()

    def __call__(self, questions: Sequence[str]) -> Tensor:
        """Return float32 states (b, d) on the CPU, computed by the backbone without any memory."""
        with self._lock:
            known = {text: self._states[text] for text in questions if text in self._states}
        # The lock is not held while the model runs: other questions need not wait, and at worst two
        # threads compute the same state.
        # Sorting by length reduces padding; the text breaks ties, so that batches do not depend on
        # the order of the questions.
        missing = sorted(set(questions) - set(known), key=lambda text: (len(text), text))
        for first in range(0, len(missing), BATCH):
            chunk = missing[first : first + BATCH]
            known.update(zip(chunk, self._compute(chunk), strict=True))
        with self._lock:
            self._states.update((question, known[question]) for question in missing)
            while len(self._states) > KEPT:
                self._states.popitem(last=False)
        if not questions:
            return torch.empty(0, self._backbone.question_size)
        return torch.stack([known[question] for question in questions])

    def _compute(self, questions: Sequence[str]) -> Tensor:
        # A route decides which experts act, so it must not itself depend on experts.
        token = ACTIVE.set(None)
        try:
            with torch.no_grad():
                return self._backbone.question_state(questions).float().cpu()
        finally:
            ACTIVE.reset(token)
