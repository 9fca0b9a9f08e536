"""Experts move into the table when they are trained, and into the bank when they are settled."""

from __future__ import annotations

import pytest
import torch

from mome.errors import MemoryError_
from mome.memory.config import MemoryConfig
from mome.memory.experts.bank import LayerShape
from mome.peft_tuner.experts import Experts


@pytest.fixture
def experts() -> Experts:
    """Return experts of two layers with five rows in the table."""
    made = Experts(MemoryConfig(experts=2**10, top_k=2, row_dtype="float32"), 5, 4)
    for index in range(2):
        made.add_layer(LayerShape(f"layer{index}", 6, 3), torch.device("cpu"))
    return made


def set_rows(experts: Experts, layer: int, values: list[float]) -> None:
    """Fill the first rows of a layer's table, each with one value."""
    with torch.no_grad():
        experts.table[layer][: len(values)] = torch.tensor(values).unsqueeze(1)


def test_staged_experts_give_the_rows_of_the_table(experts: Experts) -> None:
    ids = torch.tensor([[7, 3], [3, 900]])
    experts.stage(ids)
    assert experts.staged.tolist() == [3, 7, 900]
    with torch.no_grad():
        experts.table[1].copy_(torch.arange(15.0).view(5, 3))
    assert experts.rows(1, ids)[:, :, 0].tolist() == [[3, 0], [0, 6]]
    assert not experts.rows(1, torch.tensor([4])).any()


def test_only_the_requested_rows_get_gradients(experts: Experts) -> None:
    experts.stage(torch.tensor([1, 2, 3]))
    experts.rows(0, torch.tensor([2, 2])).sum().backward()
    assert experts.table[0].grad.sum(1).tolist() == [0, 6, 0, 0, 0]


def test_an_expert_is_staged_once(experts: Experts) -> None:
    experts.stage(torch.tensor([4, 2]))
    experts.stage(torch.tensor([9, 4]))
    assert experts.staged.tolist() == [2, 4, 9]


def test_a_full_table_says_what_to_do(experts: Experts) -> None:
    with pytest.raises(MemoryError_, match="raise `staged`"):
        experts.stage(torch.arange(6))


def test_settling_keeps_the_rows_and_empties_the_table(experts: Experts) -> None:
    ids = torch.tensor([8, 1])
    experts.stage(ids)
    set_rows(experts, 0, [5.0])
    before = experts.rows(0, ids).detach().clone()
    experts.settle()
    assert not len(experts.staged)
    assert not experts.table[0].any()
    assert experts.bank.ids.tolist() == [1], "an expert whose rows are all zero is not kept"
    assert torch.equal(experts.rows(0, ids), before)


def test_a_settled_expert_is_staged_with_its_rows(experts: Experts) -> None:
    experts.stage(torch.tensor([1]))
    set_rows(experts, 0, [5.0])
    experts.settle()
    experts.stage(torch.tensor([0, 1]))
    assert experts.table[0][:2, 0].tolist() == [0, 5]


def test_the_merged_bank_has_the_rows_of_experts_in_training(experts: Experts) -> None:
    experts.stage(torch.tensor([6]))
    set_rows(experts, 0, [1.0])
    experts.settle()
    experts.stage(torch.tensor([6, 2]))
    set_rows(experts, 0, [2.0, 3.0])
    merged = experts.merged()
    assert merged.ids.tolist() == [2, 6]
    assert merged.rows[0][:, 0].tolist() == [2, 3]
    assert experts.bank.rows[0][:, 0].tolist() == [1]


def test_restoring_keeps_the_order_of_the_table(experts: Experts) -> None:
    experts.stage(torch.tensor([9]))
    experts.stage(torch.tensor([2]))
    set_rows(experts, 1, [1.0, 2.0])
    table = experts.table[1].detach().clone()
    experts.restore(experts.staged, experts.merged(), experts.known)
    assert experts.staged.tolist() == [9, 2]
    assert torch.equal(experts.table[1], table)


def test_a_question_becomes_known_once(experts: Experts) -> None:
    queries = torch.eye(4)
    experts.learn(queries[:2])
    experts.learn(queries[1:3])
    assert torch.equal(experts.known, queries[:3])


def test_several_processes_are_refused(experts: Experts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mome.peft_tuner.experts.is_initialized", lambda: True)
    monkeypatch.setattr("mome.peft_tuner.experts.get_world_size", lambda: 2)
    with pytest.raises(MemoryError_, match="one process"):
        experts.stage(torch.tensor([1]))
