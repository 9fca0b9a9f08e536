"""Tokenized groups: batches hold what was tokenized, and a file keeps them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import torch
from transformers import AutoTokenizer

from mome.pretrain.skill.examples import Group, GroupQuestion
from mome.pretrain.skill.rows import (
    LONGEST_ANSWER,
    UNPREDICTED,
    SkillRows,
    SkillTokenizer,
    TokenizedGroup,
)

A = TokenizedGroup((1, 2), (((3, 4), (5, 6, 7)), ((3,), (8,))))
B = TokenizedGroup((9,), (((4, 3, 3), (5, 7)),))


def test_a_batch_predicts_the_answers_alone() -> None:
    batch, other = SkillRows.of([A, B], 64).once()
    assert batch.schema.tolist() == [[1, 2]]
    assert batch.ids.tolist() == [[3, 4, 5, 6], [3, 0, 0, 0]]
    assert batch.mask.tolist() == [[1, 1, 1, 1], [1, 0, 0, 0]]
    no = UNPREDICTED
    assert batch.targets.tolist() == [[no, 5, 6, 7], [8, no, no, no]]
    assert other.ids.tolist() == [[4, 3, 3, 5]]
    assert other.targets.tolist() == [[no, no, 5, 7]]


def test_an_update_has_enough_questions_and_an_epoch_all_groups() -> None:
    rows = SkillRows.of([A, B, A, B], 3)
    assert len(rows) == 6
    updates = list(islice(rows(0), 2))
    assert sorted(len(batch.ids) for update in updates for batch in update) == [1, 1, 2, 2]
    assert sum(len(batch.ids) for batch in updates[0]) >= 3
    first, again = next(rows(1)), next(rows(1))
    assert all(torch.equal(a.ids, b.ids) for a, b in zip(first, again, strict=True))


def test_a_file_keeps_the_groups(tmp_path: Path) -> None:
    rows = SkillRows.of([A, B], 64)
    rows.save(tmp_path / "rows.safetensors")
    kept = SkillRows.load(tmp_path / "rows.safetensors", 64)
    for batch, same in zip(rows.once(), kept.once(), strict=True):
        assert torch.equal(batch.schema, same.schema)
        assert torch.equal(batch.targets, same.targets)


def test_ids_are_the_tokenizer_s_and_an_answer_ends(
    groups: list[Group], tokenized: list[TokenizedGroup], causal_folder: Path
) -> None:
    tokenizer = AutoTokenizer.from_pretrained(causal_folder)
    (group,), (made,) = groups, tokenized
    assert tokenizer.decode(made.schema) == group.schema
    for asked, (question, answer) in zip(group.asked, made.rows, strict=True):
        assert tokenizer.decode(question) == asked.text
        assert tokenizer.decode(answer) == f"{asked.answer}<end>"


def test_what_is_too_long_is_left_out(causal_folder: Path) -> None:
    tokenizer = SkillTokenizer(AutoTokenizer.from_pretrained(causal_folder))
    long = GroupQuestion("question: all\n", "x" * (LONGEST_ANSWER + 1))
    short = GroupQuestion("question: one\n", "SELECT 1")
    made = tokenizer.group(Group("a(b)\n", (long, short)))
    assert made is not None
    assert len(made.rows) == 1
    assert tokenizer.group(Group("a(b)\n", (long,))) is None
    assert tokenizer.group(Group("a" * 3000, (short,))) is None
