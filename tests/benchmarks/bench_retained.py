"""What a model still knows under a memory of edits: public multiple-choice sets, by log-likelihood.

`python tests/benchmarks/bench_retained.py --data FOLDER [--limit N] [--memory DIR | --edits N
--sets FOLDER]` prints a table and writes a CSV. FOLDER holds the sets of `retained_sets`, each as
JSONL. The memory is a stored one (`bench_edits --keep DIR`), or is tuned here on the first N edits
of QAEdit.

Prompts and choices are those of lm-evaluation-harness without examples and without a chat template;
the answer is the choice of the highest log-likelihood. Every item is answered twice, by the model
alone and under the memory, in the same batches. The memory is asked with the item's question.

Columns: `routed`, the items of which the memory routes a prompt; `before` and `after`, accuracy;
`difference`; `of unrouted`, the difference among the items that are not routed. The benchmark
stops if a log-likelihood of one of these is not the same, bit for bit.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from bench_edits import remember
from edit_sets import read_edits
from retained_sets import SETS, Item, read_items
from tables import Row, show
from torch import Tensor

from mome.backbones.causal_model import AnswerBatch
from mome.backbones.causal_trunk import shifted
from mome.backbones.free_text import FreeText, load_free_text
from mome.backbones.text_model import pad_right
from mome.cli.progress import silent_libraries
from mome.memory import TEXT, Memory, text_facts
from mome.memory.experts.layer import using
from mome.memory.recall import token_chances

ROWS = 16
"""Choices that are scored at once."""


@dataclass(frozen=True)
class Verdict:
    """What became of one item."""

    right: bool
    right_before: bool
    routed: bool


class Harness:
    """Scores choices by the model, alone and under a memory."""

    def __init__(self, backbone: FreeText, memory: Memory) -> None:
        """The memory must be attached."""
        self._backbone, self._memory = backbone, memory
        self._tokenizer = backbone.base.tokenizer

    def verdicts(self, items: Sequence[Item]) -> list[Verdict]:
        """Return the verdict on each item."""
        rows = [(item, place) for item in items for place in range(len(item.choices))]
        scores: list[tuple[float, float, bool]] = []
        for first in range(0, len(rows), ROWS):
            scores += self._score(rows[first : first + ROWS])
        found, start = [], 0
        for item in items:
            own = scores[start : start + len(item.choices)]
            start += len(item.choices)
            found.append(_verdict(item, own))
        return found

    @torch.no_grad()
    def _score(self, rows: Sequence[tuple[Item, int]]) -> list[tuple[float, float, bool]]:
        """Return the log-likelihood of each choice, alone and under the memory, and whether its
        prompt is routed.
        """
        batch = self._batch([item.choices[place] for item, place in rows])
        batch = self._backbone.trunk(batch)
        before = self._sums(batch, None)
        texts = [item.asked for item, _ in rows]
        route = self._memory.route(texts)
        with self._memory.applied(route):
            after = self._sums(batch, route.hit)
        hits = route.hit.tolist()
        for old, new, is_hit in zip(before, after, hits, strict=True):
            if old != new and not is_hit:
                raise SystemExit("an unrouted prompt has another log-likelihood")
        return list(zip(before, after, hits, strict=True))

    def _sums(self, batch: AnswerBatch, hit: Tensor | None) -> list[float]:
        if hit is None:
            with using({}):
                return self._log_likelihoods(batch)
        return self._log_likelihoods(batch)

    def _log_likelihoods(self, batch: AnswerBatch) -> list[float]:
        return token_chances(*self._backbone.answer_logits(batch)).double().sum(1).tolist()

    def _batch(self, choices: Sequence[tuple[str, str]]) -> AnswerBatch:
        """Return prompts and continuations, whose tokens are split as in the whole text."""
        prompts, answers = [], []
        for context, continuation in choices:
            before = self._tokenizer(context)["input_ids"]
            whole = self._tokenizer(f"{context} {continuation}")["input_ids"]
            prompts.append(before)
            answers.append(whole[len(before) :])
        ids = [shifted(*pair) for pair in zip(prompts, answers, strict=True)]
        tensors = {
            "ids": pad_right(ids, self._tokenizer.pad_token_id),
            "labels": pad_right(answers, -100),
        }
        return AnswerBatch(tensors, tuple(prompts), tuple(answers))


def _verdict(item: Item, scores: Sequence[tuple[float, float, bool]]) -> Verdict:
    best = max(range(len(scores)), key=lambda place: scores[place][1])
    best_before = max(range(len(scores)), key=lambda place: scores[place][0])
    routed = any(is_hit for _, _, is_hit in scores)
    return Verdict(best == item.gold, best_before == item.gold, routed)


def row(name: str, verdicts: Sequence[Verdict]) -> Row:
    """Return the line of a set in the table."""
    unrouted = [one for one in verdicts if not one.routed]
    count = len(verdicts)
    before = sum(one.right_before for one in verdicts) / count
    after = sum(one.right for one in verdicts) / count
    moved = sum(one.right - one.right_before for one in unrouted)
    return {
        "set": name,
        "items": str(count),
        "routed": str(count - len(unrouted)),
        "before": f"{before:.4f}",
        "after": f"{after:.4f}",
        "difference": f"{after - before:+.4f}",
        "of unrouted": f"{moved / max(1, len(unrouted)):+.4f}",
    }


def memory_of(backbone: FreeText, options: argparse.Namespace, folder: Path) -> Memory:
    """Return the stored memory, or one that is tuned now; attached."""
    if options.memory is None:
        edits = read_edits(options.sets, "qaedit", options.edits)
        facts = text_facts((edit.prompt, edit.answer, ()) for edit in edits)
        side, _ = remember(backbone, facts, folder)
        return side.memory
    memory = Memory.load(options.memory, backbone, TEXT)
    memory.attach()
    return memory


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--limit", type=int, help="items of each set, evenly spread")
    parser.add_argument("--set", nargs="+", default=list(SETS), choices=list(SETS))
    parser.add_argument("--memory", type=Path, help="a stored memory of facts in plain text")
    parser.add_argument("--edits", type=int, default=100, help="edits to tune without --memory")
    parser.add_argument("--sets", type=Path, help="the folder of qaedit.jsonl")
    parser.add_argument("--base", default="qwen2.5-coder-0.5b", help="a causal model")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_retained.csv"))
    options = parser.parse_args()
    if options.memory is None and options.sets is None:
        parser.error("give a memory with --memory, or edits to tune with --sets")
    silent_libraries()
    backbone = load_free_text(options.base)
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(backbone, memory_of(backbone, options, Path(folder)))
        verdicts: list[Verdict] = []
        rows = []
        for name in options.set:
            found = harness.verdicts(read_items(options.data, name, options.limit))
            verdicts += found
            rows.append(row(name, found))
            print(rows[-1], flush=True)
        show(options.csv, [*rows, row("all", verdicts)])


if __name__ == "__main__":
    main()
