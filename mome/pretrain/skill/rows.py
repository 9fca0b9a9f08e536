"""Groups of questions as token ids: for training in batches, and kept in one file.

With the file, a machine with a GPU needs neither databases nor linkers.

Axis legend: `s` tokens of a schema, `b` questions of a group, `t` tokens of a question with its
answer, `n` tokens of all groups or questions one after the other, `r` their number.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from mome.pretrain.skill.examples import Group

LONGEST_SCHEMA, LONGEST_QUESTION, LONGEST_ANSWER = 1000, 250, 160
"""Maximum numbers of tokens; what is longer would cost as much as several others and is left out.
"""
UNPREDICTED = -100
"""Target of a token that no answer token follows; the loss ignores it."""


@dataclass(frozen=True)
class TokenizedGroup:
    """Questions over one schema, in token ids."""

    schema: tuple[int, ...]
    rows: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    """Question and answer of each."""


@dataclass(frozen=True)
class SkillBatch:
    """Questions over one schema."""

    schema: Tensor
    """(1, s)"""
    ids: Tensor
    """Questions and answers, padded on the right (b, t)."""
    mask: Tensor
    """1 for tokens, 0 for padding (b, t)."""
    targets: Tensor
    """The answer token that follows each token, or `UNPREDICTED` (b, t)."""


class SkillTokenizer:
    """Turns groups into token ids of a model's tokenizer."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer

    def group(self, group: Group) -> TokenizedGroup | None:
        """Return the group without questions that are too long; None if nothing is left."""
        schema = self.schema(group.schema)
        rows = []
        for asked in group.asked:
            row = self.question(asked.text), self.answer(asked.answer)
            if len(row[0]) <= LONGEST_QUESTION and len(row[1]) <= LONGEST_ANSWER:
                rows.append(row)
        if not rows or len(schema) > LONGEST_SCHEMA:
            return None
        return TokenizedGroup(schema, tuple(rows))

    def schema(self, text: str) -> tuple[int, ...]:
        """Return the ids of the prompt's first part, with the token that starts a text, if any."""
        return tuple(self._tokenizer(text)["input_ids"])

    def question(self, text: str) -> tuple[int, ...]:
        """Return the ids of the prompt's second part."""
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def answer(self, text: str) -> tuple[int, ...]:
        """Return the ids of an answer, with the token that ends a text."""
        return (*self.question(text), self._tokenizer.eos_token_id)


class SkillRows:
    """Tokenized groups in flat arrays; calling an object yields updates.

    An update is a list of batches, one of each group, whose gradients are summed. It has at least
    `update` questions.
    """

    def __init__(self, arrays: dict[str, Tensor], update: int, device: str = "cpu") -> None:
        self.arrays = arrays
        """`schema`, `question` and `answer` (n,) with their lengths (r,); `group_lengths`: number
        of questions of each group (r,).
        """
        self.update = update
        self.device = device
        self._schemas = _split(arrays["schema"], arrays["schema_lengths"])
        self._questions = _split(arrays["question"], arrays["question_lengths"])
        self._answers = _split(arrays["answer"], arrays["answer_lengths"])
        self._sizes = arrays["group_lengths"].tolist()
        self._starts = [0, *arrays["group_lengths"].cumsum(0).tolist()]

    @classmethod
    def of(cls, groups: Iterable[TokenizedGroup], update: int, device: str = "cpu") -> SkillRows:
        """Return the groups in arrays."""
        flat: dict[str, list[int]] = {"schema": [], "question": [], "answer": []}
        lengths: dict[str, list[int]] = {name: [] for name in (*flat, "group")}
        for group in groups:
            parts = [("schema", group.schema)]
            for question, answer in group.rows:
                parts += [("question", question), ("answer", answer)]
            for name, ids in parts:
                flat[name] += ids
                lengths[name].append(len(ids))
            lengths["group"].append(len(group.rows))
        lists = flat | {f"{name}_lengths": counts for name, counts in lengths.items()}
        # Vocabularies of 150,000 tokens need 32 bits.
        arrays = {name: torch.tensor(ids, dtype=torch.int32) for name, ids in lists.items()}
        return cls(arrays, update, device)

    @classmethod
    def load(cls, path: Path, update: int, device: str = "cpu") -> SkillRows:
        """Read the file that `save` wrote."""
        return cls(load_file(path), update, device)

    def save(self, path: Path) -> None:
        """Write the groups to one file."""
        save_file(self.arrays, path)

    def __len__(self) -> int:
        """Return the number of questions."""
        return len(self._questions)

    def __call__(self, seed: int) -> Iterator[list[SkillBatch]]:
        """Yield updates without end; each epoch visits all groups in a new order."""
        rng = random.Random(seed)
        while True:
            order = rng.sample(range(len(self._sizes)), len(self._sizes))
            for part in self._updates(order):
                yield [self.batch(group) for group in part]

    def once(self) -> Iterator[SkillBatch]:
        """Return a batch of every group, in order."""
        return map(self.batch, range(len(self._sizes)))

    def _updates(self, order: Sequence[int]) -> Iterator[list[int]]:
        """Split groups into parts of at least `update` questions; the last may have fewer."""
        part: list[int] = []
        questions = 0
        for group in order:
            part.append(group)
            questions += self._sizes[group]
            if questions >= self.update:
                yield part
                part, questions = [], 0
        if part:
            yield part

    def batch(self, group: int) -> SkillBatch:
        """Return a group's batch."""
        rows = range(self._starts[group], self._starts[group + 1])
        ids, targets = [], []
        for row in rows:
            question, answer = self._questions[row], self._answers[row]
            # The last token of an answer is predicted and predicts nothing.
            ids.append([*question, *answer[:-1]])
            targets.append([UNPREDICTED] * (len(question) - 1) + answer)
        longest = max(map(len, ids))
        mask = [[1] * len(row) + [0] * (longest - len(row)) for row in ids]
        return SkillBatch(
            torch.tensor([self._schemas[group]], device=self.device),
            torch.tensor(_padded(ids, longest, 0), device=self.device),
            torch.tensor(mask, device=self.device),
            torch.tensor(_padded(targets, longest, UNPREDICTED), device=self.device),
        )


def _split(flat: Tensor, lengths: Tensor) -> list[list[int]]:
    """Return the parts of a flat array (n,) as lists."""
    return [part.tolist() for part in flat.split(lengths.tolist())]


def _padded(rows: Sequence[list[int]], longest: int, value: int) -> list[list[int]]:
    return [row + [value] * (longest - len(row)) for row in rows]
