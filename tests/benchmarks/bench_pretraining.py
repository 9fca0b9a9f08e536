"""What each choice of the pretraining is worth: a few steps from MiniLM with one thing changed, on Spider's dev split: a table and a CSV.

`python tests/benchmarks/bench_pretraining.py --data FOLDER --work FOLDER [--steps N] [VARIANT ...]`. Answers are scored by their
probability given the right beginning, which is the same question however they are spelled. What lies in the work folder is not run again.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from rich.console import Console
from rich.table import Table as Grid
from torch import Tensor
from torch.nn import functional

from mome.bundled.inputs import Source
from mome.bundled.tokens import CLOSE
from mome.pretrain.command import read_corpus
from mome.pretrain.corpus import Drawn, Example
from mome.pretrain.train import PIECES, Batches, Run, TrainConfig, create, spelled

STEPS, MINUTES = 300, 10.0


class Answers(Batches):
    """One direction, every question answerable: the choices are compared on what they are for."""

    def row(self, example: Example, rng: random.Random | None) -> tuple[Source, list[int]] | None:
        """The question's answer."""
        return self.answered(example.draw(rng))


class Spelled(Answers):
    """Tables and columns are spelled in word pieces, where the model otherwise points at them."""

    def answered(self, drawn: Drawn) -> tuple[Source, list[int]] | None:
        """The pieces of every name in place of its pointer."""
        found = super().answered(drawn)
        if found is None:
            return None
        names = {self.vocabulary.size + i: item.name for i, item in enumerate(drawn.slice_.items) if item.kind in ("table", "column")}
        pieces = [part for token in found[1] for part in ([*self.vocabulary.spell(names[token]), CLOSE] if token in names else [token])]
        return found[0], pieces


class Blind(Answers):
    """The model reads names and words, and nothing of what linking found."""

    def collate(self, rows: Sequence[tuple[Source, list[int]]]) -> dict[str, Tensor]:
        """All features are those of a word that nothing matched."""
        batch = super().collate(rows)
        return {**batch, "feature_ids": torch.zeros_like(batch["feature_ids"])}


class People(Answers):
    """Without what rules generated."""

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Batches of people's questions alone."""
        self.examples = [example for example in self.examples if example.source != "sampled"]
        return super().__call__(seed)


@dataclass(frozen=True)
class Variant:
    """One thing that is otherwise than in the shipped model."""

    name: str
    batches: type[Batches] = Answers
    layers: int = 3
    pieces: int = PIECES
    encoder: str = "trained"
    """trained, frozen or lora."""
    varied: bool = True


VARIANTS = (
    Variant("as shipped"),
    Variant("names spelled", batches=Spelled),
    Variant("no features", batches=Blind),
    Variant("1 decoder layer", layers=1),
    Variant("6 decoder layers", layers=6),
    Variant("encoder frozen", encoder="frozen"),
    Variant("encoder LoRA r16", encoder="lora"),
    Variant("no generated facts", batches=People),
    Variant("schemas as they are", varied=False),
    Variant("30,000 pieces", pieces=30_000),
)


class Trial(Run):
    """A short run of one variant."""

    def __init__(self, work: Path, variant: Variant, examples: Sequence[Example], held_out: Sequence[Example]) -> None:
        if not (work / "model/model.safetensors").exists():
            torch.manual_seed(0)
            create(work / "model", spelled(examples), layers=variant.layers, pieces=variant.pieces)
        super().__init__(work, examples, [], TrainConfig(minutes=MINUTES), lambda line: None)
        self.batches = variant.batches(examples, work / "model", self.config, self.model.config.max_items)
        self.held_out = [row for example in held_out if (row := self.batches.row(example, None))]
        if variant.encoder != "trained":
            self.model.encoder.bert.requires_grad_(False)
        if variant.encoder == "lora":
            inject_adapter_in_model(
                LoraConfig(r=16, lora_alpha=32, target_modules=["query", "key", "value", "dense"]), self.model.encoder.bert
            )
        groups = [group for group in self._groups() if group["params"]]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))

    def run(self, steps: int) -> None:
        """So many steps, the learning rate as in a whole run."""
        batches = self.batches(self.config.seed)
        self.model.train()
        for step in range(steps):
            self.elapsed = step / steps * self.config.minutes * 60
            self._step(next(batches))

    @torch.no_grad()
    def score(self) -> tuple[float, float]:
        """The share of answers whose every token is the likeliest, and the mean negative log-probability of an answer."""
        self.model.eval()
        whole = nll = 0.0
        for start in range(0, len(self.held_out), 32):
            batch = self.batches.collate(self.held_out[start : start + 32])
            logits, labels = self.model(**batch).logits, batch["labels"]
            whole += float(((logits.argmax(-1) == labels) | (labels == -100)).all(1).sum())
            nll += float(functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"))
        return whole / len(self.held_out), nll / len(self.held_out)


def measured(variant: Variant, work: Path, corpora: Callable[[bool], tuple[list[Example], list[Example]]], steps: int) -> dict:
    """The variant's row, from the work folder where it lies there."""
    result = work / variant.name.replace(" ", "_") / f"{steps}.json"
    if not result.exists():
        start = time.monotonic()
        trial = Trial(result.parent, variant, *corpora(variant.varied))
        trial.run(steps)
        whole, nll = trial.score()
        parameters = sum(p.numel() for p in trial.model.parameters()) / 1e6
        row = {"variant": variant.name, "parameters (M)": f"{parameters:.1f}", "whole": f"{whole:.4f}", "nll an answer": f"{nll:.2f}"}
        result.write_text(json.dumps({**row, "minutes": f"{(time.monotonic() - start) / 60:.1f}"}))
    return json.loads(result.read_text("utf-8"))


def main() -> None:
    """Print the table and write it as CSV."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("variants", nargs="*", help="; ".join(variant.name for variant in VARIANTS))
    words.add_argument("--data", type=Path, required=True)
    words.add_argument("--work", type=Path, required=True)
    words.add_argument("--steps", type=int, default=STEPS, help="of 32 examples")
    words.add_argument("--csv", type=Path, default=Path("build/bench_pretraining.csv"))
    given = words.parse_args()
    corpora = cache(lambda varied: read_corpus(given.data, print, varied=varied))
    chosen = [variant for variant in VARIANTS if not given.variants or variant.name in given.variants]
    rows = [measured(variant, given.work, corpora, given.steps) for variant in chosen]
    grid = Grid(*rows[0])
    for row in rows:
        grid.add_row(*row.values())
    Console().print(grid)
    given.csv.parent.mkdir(parents=True, exist_ok=True)
    with open(given.csv, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
