"""States are computed once and never through a memory."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from mome.memory.experts.layer import ACTIVE
from mome.memory.memory import using
from mome.memory.question_states import QuestionStates, pooled


class Counting:
    """A backbone that counts what it is asked."""

    question_size = 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def question_state(self, questions: Sequence[str]) -> Tensor:
        assert ACTIVE.get() is None
        self.asked += questions
        return torch.tensor([[float(len(question)), 1.0] for question in questions])


def test_a_question_is_computed_once() -> None:
    backbone = Counting()
    states = QuestionStates(backbone)
    assert states(["abc", "a", "abc"])[:, 0].tolist() == [3.0, 1.0, 3.0]
    assert states(["a", "ab"])[:, 0].tolist() == [1.0, 2.0]
    assert sorted(backbone.asked) == ["a", "ab", "abc"]


def test_no_questions_have_no_states() -> None:
    assert QuestionStates(Counting())([]).shape == (0, 2)


def test_a_route_in_force_does_not_reach_the_states() -> None:
    with using({}):
        assert QuestionStates(Counting())(["a"]).shape == (1, 2)


def test_a_pooled_state_is_the_mean_of_what_the_mask_marks() -> None:
    states = torch.tensor([[[1.0], [3.0], [9.0]], [[4.0], [9.0], [9.0]]])
    assert pooled(states, torch.tensor([[1, 1, 0], [1, 0, 0]])).tolist() == [[2], [4]]
