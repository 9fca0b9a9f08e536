"""Layers and input vectors of a fact's experts: which choice memorises in the fewest steps?

`python tests/benchmarks/bench_layers.py [--facts N]` prints a table and writes a CSV. Each fact of
`bench_tune` is memorised alone, with the tuner's loss, learning rate and goal. The table shows
steps and time until every token of the answer is mastered. Layers below the first memory layer are
computed once per fact. KiB are those of the trained values in half precision.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from bench_tune import KINDS, prompter
from tables import Row, show
from torch import Tensor

from mome.backbones.base import Prompt
from mome.backbones.bundled.backbone import BundledBackbone
from mome.backbones.loading import load
from mome.kernels import InputVectors
from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig
from mome.memory.experts.bank import LayerShape
from mome.memory.experts.layer import MemoryLayer, Part, install, linear_shape, uninstall, using
from mome.memory.recall import token_chances
from mome.memory.training.staged_rows import DECAYS, EPSILON

HEADS = ("head", "pointer_query")
"""The layers that give the logits of words and of pointers."""
FEED_FORWARD = tuple(f"decoder.layers.{layer}.fc2" for layer in range(3))
"""The feed-forward outputs of the decoder."""
MOST_STEPS = 100
"""Number of steps after which a fact counts as not memorised."""


@dataclass(frozen=True)
class Variant:
    """The memory layers, and whether the experts' input vectors are trained too."""

    name: str
    layers: tuple[str, ...]
    inputs: bool = False
    input_rate: float = 0.0
    """Learning rate of the input vectors, as a multiple of the output rows'."""


VARIANTS = (
    Variant("heads and last feed-forward output (used)", (FEED_FORWARD[-1], *HEADS)),
    Variant(
        "the same, input vectors trained too",
        (FEED_FORWARD[-1], *HEADS),
        inputs=True,
        input_rate=1.0,
    ),
    Variant(
        "the same, at a tenth of the rate", (FEED_FORWARD[-1], *HEADS), inputs=True, input_rate=0.1
    ),
    Variant("heads", HEADS),
    Variant("last feed-forward output", FEED_FORWARD[-1:]),
    Variant("all feed-forward outputs", FEED_FORWARD),
    Variant("heads and all feed-forward outputs", (*FEED_FORWARD, *HEADS)),
)


class Trial:
    """Memorises facts one by one with the layers of one variant.

    `router`: a memory whose router selects the experts.
    """

    def __init__(self, backbone: BundledBackbone, variant: Variant, router: Memory) -> None:
        self.backbone = backbone
        self.variant = variant
        self.router = router
        self.config = router.config
        self.goal = TuneConfig(learning_rate=backbone.learning_rate)
        self.layers: tuple[MemoryLayer, ...] = install(backbone.model, variant.layers)

    def close(self) -> None:
        """Remove the layers from the model."""
        uninstall(self.backbone.model, self.variant.layers)

    def steps(self, fact: MemoryFact, prompt: Callable[[str], Prompt]) -> int | None:
        """Return the number of steps until every token is mastered; None if over `MOST_STEPS`."""
        batch = self.backbone.batch([prompt(fact.wordings[0])], [fact.answer])
        # Without a memory layer in it, the trunk gives the same states at every step.
        if FEED_FORWARD[0] not in self.variant.layers:
            with torch.no_grad():
                batch = self.backbone.trunk(batch)
        vectors, rows = self._experts(fact)
        rate = self.goal.learning_rate
        groups = [{"params": rows, "lr": rate}]
        if self.variant.inputs:
            groups.append({"params": vectors, "lr": rate * self.variant.input_rate})
        optimizer = torch.optim.Adam(groups, betas=DECAYS, eps=EPSILON)
        tensors = zip(self.layers, vectors, rows, strict=True)
        parts = {layer: Part(1, None, shrink, expand) for layer, shrink, expand in tensors}
        for step in range(MOST_STEPS):
            with using(parts):
                logs = token_chances(*self.backbone.answer_logits(batch))
            chances = logs.detach().exp()
            if float(chances.min()) >= self.goal.mastered:
                return step
            # The tuner's loss: a token counts 1 / (1 - p) until p reaches the margin.
            weights = (chances < self.goal.margin) / (1 - chances).clamp(min=1 - self.goal.margin)
            (-logs * weights).sum().backward()
            optimizer.step()
            optimizer.zero_grad()
        return None

    def _experts(self, fact: MemoryFact) -> tuple[list[Tensor], list[Tensor]]:
        """Return input vectors (k, d_in) and output rows (k, d_out) of each layer."""
        ids, gates = self.router.select(self.router.queries(fact.wordings))
        gates = gates * self.config.scale
        vectors = []
        rows = []
        for index, shape in enumerate(self._shapes()):
            inputs = InputVectors(ids, gates, shape.d_in, self.config.seed, index)
            vectors.append(inputs.gated[0].clone().requires_grad_(self.variant.inputs))
            rows.append(torch.zeros(ids.shape[1], shape.d_out, requires_grad=True))
        return vectors, rows

    def _shapes(self) -> list[LayerShape]:
        """Return the shapes of the memory layers."""
        named = zip(self.variant.layers, self.layers, strict=True)
        return [linear_shape(name, layer) for name, layer in named]

    def bytes_of_a_fact(self) -> int:
        """Return the bytes of a fact's trained values in half precision."""
        values = 0
        for shape in self._shapes():
            values += shape.d_out
            if self.variant.inputs:
                values += shape.d_in
        return 2 * self.config.top_k * values


def measure(backbone: BundledBackbone, kind: str, facts: Sequence[MemoryFact]) -> list[Row]:
    """Return the rows of all variants, on the same facts."""
    router = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
    prompt = prompter(backbone)
    rows = []
    for variant in VARIANTS:
        trial = Trial(backbone, variant, router)
        start = time.perf_counter()
        results = [trial.steps(fact, prompt) for fact in facts]
        spent = time.perf_counter() - start
        steps = [result for result in results if result is not None]
        rows.append(
            {
                "facts": kind,
                "experts on": variant.name,
                "memorised": f"{len(steps)} of {len(results)}",
                "steps": f"{sum(steps) / max(len(steps), 1):.1f}",
                "at most": str(max(steps, default=0)),
                "ms a fact": f"{spent / len(results) * 1000:.0f}",
                "KiB a fact": f"{trial.bytes_of_a_fact() / 1024:.0f}",
            }
        )
        trial.close()
    return rows


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, default=20)
    parser.add_argument("--csv", type=Path, default=Path("build/bench_layers.csv"))
    options = parser.parse_args()
    backbone = load("bundled")
    rows = []
    for kind, make_facts in KINDS.items():
        rows += measure(backbone, kind, make_facts(options.facts))
    show(options.csv, rows)


if __name__ == "__main__":
    main()
