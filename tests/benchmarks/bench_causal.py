"""Experts of a causal model at the positions of answers only, beside experts at all positions.

`python tests/benchmarks/bench_causal.py --base MODEL [--facts N]` prints a table and writes a CSV.

At the positions of answers, the prompt is read once without experts, and a training step runs the
upper layers on the answer's tokens. At all positions, every step runs the whole model on prompt and
answer. Both sides have the same model, facts and router, on the sample bookshop. The last wording
of each fact is held out. Locality is the share of other questions about the database whose greedy
answer is that of the model without a memory. No speed is reported if the sides recall differently.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from bench_refresh import Bookshop, share
from tables import Row, show
from torch import Tensor

from mome.backbones.base import Backbone, Batch, Prompt
from mome.backbones.causal_model import CausalBackbone
from mome.backbones.loading import load
from mome.backbones.text_model import pad_right
from mome.cli.progress import silent_libraries
from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig, TuneProgress, tune
from mome.memory.experts.layer import expert_parts, using
from mome.memory.recall import token_chances, written
from mome.tune.run import prompter

GENERATED = 300
"""Facts of the bookshop from which those of the benchmark are taken at equal distances."""
BATCH = 4
"""Wordings of a step. With experts at all positions, the logits of 32 would take 10 GB."""
STEPS = 5
"""Timed steps of each side, in turns."""


class EveryPosition(CausalBackbone):
    """The same model with experts at all positions. There is no trunk."""

    def batch(self, prompts: Sequence[Prompt], answers: Sequence[str]) -> Batch:
        """See Backbone; targets are aligned with the tokens that they follow."""
        targets = [self._answer(answer) for answer in answers]
        pairs = list(zip(prompts, targets, strict=True))
        rows = [prompt.data + target for prompt, target in pairs]
        marks = [[0] * len(prompt.data) + [1] * len(target) for prompt, target in pairs]
        return Batch(
            {
                "input_ids": pad_right(rows, self.tokenizer.pad_token_id),
                "attention_mask": pad_right([[1] * len(row) for row in rows], 0),
                "marks": pad_right(marks, 0),
            }
        )

    def trunk(self, batch: Batch) -> Batch:
        """Return the batch unchanged."""
        return batch

    def select(self, batch: Batch, rows: Sequence[int]) -> Batch:
        """See Backbone."""
        return Backbone.select(self, batch, rows)

    def answer_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """See Backbone."""
        tensors = dict(batch.tensors)
        marks = tensors.pop("marks")
        logits = self.model(**tensors).logits[:, :-1]
        return logits, tensors["input_ids"][:, 1:].masked_fill(marks[:, 1:] == 0, -100)

    def _read_before(self, prompt: Prompt, beams: int) -> dict[str, Any]:
        return {}


RESULTS = ("experts at", "recalled", "held-out wordings", "locality")
"""Columns that are no speeds."""
SIDES = {"all positions": EveryPosition, "answers": CausalBackbone}
"""Where experts act, and the backbone that does so."""


@dataclass
class Side:
    """One of the two ways, and what it reaches."""

    backbone: CausalBackbone
    memory: Memory
    tuned: float = 0.0
    """Seconds of the tune, verification included."""
    memorised: float = 0.0
    """Seconds of its training steps, trunk included."""
    exposures: int = 0
    steps: list[float] = field(default_factory=list)
    """Seconds of a training step of one wording."""

    def tune(self, shop: Bookshop, facts: Sequence[MemoryFact]) -> None:
        """Memorise the facts and verify them."""
        start = time.perf_counter()

        def hear(news: TuneProgress) -> None:
            if news.stage == "memorise":
                self.memorised = time.perf_counter() - start
                self.exposures = news.exposures

        rate, pool = self.backbone.learning_rate, self.backbone.pool
        config = TuneConfig(learning_rate=rate, pool=pool, batch=BATCH)
        prompt = prompter(self.backbone, shop.linker, facts)
        tune(self.memory, facts, prompt, config=config, progress=hear)
        self.tuned = time.perf_counter() - start

    def time_step(self, batch: Batch, questions: Sequence[str]) -> None:
        """Time forward and backward pass of a batch whose trunk is computed."""
        leaves = []

        def rows(layer: int, ids: Tensor) -> Tensor:
            width = self.memory.layers[layer].weight.shape[0]
            leaves.append(torch.zeros(*ids.shape, width, requires_grad=True))
            return leaves[-1]

        route = self.memory.route(questions)
        assert bool(route.hit.all())
        start = time.perf_counter()
        vectors = self.memory.input_vectors
        with using(expert_parts(self.memory.layers, route, vectors=vectors, rows=rows)):
            token_chances(*self.backbone.answer_logits(batch)).sum().backward()
        self.steps.append((time.perf_counter() - start) / len(questions))


def measure(base: str, count: int, folder: Path) -> list[Row]:
    """Return the rows of both sides."""
    loaded = load(base)
    assert isinstance(loaded, CausalBackbone)
    shop = Bookshop.make(folder, loaded, GENERATED)
    usable = [fact for fact in shop.facts if fact.id in shop.paraphrases]
    facts = usable[:: len(usable) // count][:count]
    others = usable[1 :: len(usable) // count][:count]
    bare = _answers(loaded, None, shop, [fact.wordings[0] for fact in others])
    sides = {}
    for name, kind in SIDES.items():
        backbone = kind(loaded.tokenizer, loaded.model, loaded.identity)
        memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
        sides[name] = Side(backbone, memory)
        sides[name].tune(shop, facts)
    _time_steps(list(sides.values()), shop, facts[:BATCH])
    rows = [_row(name, side, shop, facts, others, bare) for name, side in sides.items()]
    if len({row["recalled"] for row in rows}) > 1:
        return [{name: row[name] for name in RESULTS} for row in rows]
    return rows


def _time_steps(sides: Sequence[Side], shop: Bookshop, facts: Sequence[MemoryFact]) -> None:
    """Time steps of all sides in turns, so that other work on the machine slows all of them."""
    questions = [fact.wordings[0] for fact in facts]
    answers = [fact.answer for fact in facts]
    batches = []
    for side in sides:
        prompt = prompter(side.backbone, shop.linker, facts)
        prompts = [prompt(question) for question in questions]
        batches.append(side.backbone.trunk(side.backbone.batch(prompts, answers)))
    for _ in range(STEPS):
        for side, batch in zip(sides, batches, strict=True):
            side.time_step(batch, questions)


def _answers(
    backbone: Backbone, memory: Memory | None, shop: Bookshop, questions: Sequence[str]
) -> list[str]:
    """Return the greedy answers to questions, under a memory or without one."""
    found = []
    for question in questions:
        objects = () if memory is None else memory.read(question).objects
        prompt = backbone.prepare(shop.linker.slice(question, objects), shop.linker)
        if memory is None:
            found.append(backbone.generate([prompt])[0][0].answer or "")
        else:
            found += written(memory, [question], [prompt])
    return found


def _row(
    name: str,
    side: Side,
    shop: Bookshop,
    facts: Sequence[MemoryFact],
    others: Sequence[MemoryFact],
    bare: Sequence[str],
) -> Row:
    held_out = [shop.paraphrases[fact.id] for fact in facts]
    answers = _answers(side.backbone, side.memory, shop, held_out)
    right = sum(answer == fact.answer for answer, fact in zip(answers, facts, strict=True))
    questions = [fact.wordings[0] for fact in others]
    kept = _answers(side.backbone, side.memory, shop, questions)
    same = sum(one == other for one, other in zip(kept, bare, strict=True))
    report = side.memory.report
    wordings = [wording for fact in report.facts for wording in fact.wordings]
    recalled = sum(wording.recalled for wording in wordings)
    return {
        "experts at": name,
        "recalled": share(recalled, len(wordings)),
        "held-out wordings": share(right, len(facts)),
        "locality": share(same, len(others)),
        "s a step": f"{statistics.median(side.steps):.3f}",
        "steps": str(side.exposures),
        "memorise s": f"{side.memorised:.0f}",
        "tune s": f"{side.tuned:.0f}",
    }


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True, help="a causal model, as `mome tune` takes it")
    parser.add_argument("--facts", type=int, default=8)
    parser.add_argument("--csv", type=Path, default=Path("build/bench_causal.csv"))
    options = parser.parse_args()
    silent_libraries()
    with tempfile.TemporaryDirectory() as folder:
        show(options.csv, measure(options.base, options.facts, Path(folder)))


if __name__ == "__main__":
    main()
