"""Choices of the pretraining: a short run from MiniLM for each, with one thing changed.

`python tests/benchmarks/bench_pretraining.py --data FOLDER --work FOLDER [--rows N] [--rounds N]
[VARIANT ...]` prints a table and writes a CSV.

A variant is measured on Spider's dev split by the probability of the right answer, each token given
the right tokens before it. Variants that spell answers differently can be compared by it.

Files that are in the work folder already are not made again. With all rows drawn there (`--draw`)
the runs need no data, so that the folder can be carried to a machine with a GPU.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from tables import show
from torch import Tensor
from torch.nn import functional

from mome.backbones.bundled.inputs import load_tokenizer
from mome.backbones.bundled.tokens import CLOSE
from mome.pretrain.batches import Batches
from mome.pretrain.examples import Drawn, Example
from mome.pretrain.new_model import PIECES, create, spelled_texts, train_pieces
from mome.pretrain.rows import Row, TrainingRows
from mome.pretrain.timed_run import device
from mome.pretrain.train import PretrainingRun, TrainConfig

ROWS = 40_000
ROUNDS = 4
MINUTES = 10.0
"""Length of the learning rate's schedule; `Trial.run` advances it by steps, not by the clock."""
BATCH = 32
"""Rows of a batch while rows are drawn and held-out rows are scored."""


class Answers(Batches):
    """Rows without reversed and unanswerable ones: the choices are compared on answers only."""

    def row(self, example: Example, rng: random.Random | None) -> Row | None:
        """Return the source and the answer's ids."""
        return self.answered(example.draw(rng))


class Spelled(Answers):
    """Answers that spell tables and columns in word pieces instead of pointing at them."""

    def answered(self, drawn: Drawn) -> Row | None:
        """Return the source and the answer's ids, with pieces in place of pointers."""
        row = super().answered(drawn)
        if row is None:
            return None
        source, ids = row
        names = {
            self.vocabulary.size + index: item.name
            for index, item in enumerate(drawn.slice_.items)
            if item.kind in ("table", "column")
        }
        spelled: list[int] = []
        for token in ids:
            if token in names:
                spelled += [*self.vocabulary.spell(names[token]), CLOSE]
            else:
                spelled.append(token)
        return source, spelled


class People(Answers):
    """Rows without generated facts."""

    def rows(self, seed: int) -> Iterator[Row]:
        """Yield rows of questions that people wrote."""
        self.examples = [
            example for example in self.examples if example.source not in ("generated", "forms")
        ]
        return super().rows(seed)


@dataclass(frozen=True)
class Kind:
    """How rows are made."""

    name: str
    """Also the folder of the rows in the work folder."""
    batches: type[Batches] = Answers
    pieces: int = PIECES
    """Number of the decoder's word pieces."""
    varied: bool = True
    """Whether databases get variants."""


SHIPPED = Kind("answers")


@dataclass(frozen=True)
class Variant:
    """A run that differs from the shipped model in one thing."""

    name: str
    kind: Kind = SHIPPED
    layers: int = 3
    """Number of decoder layers."""
    encoder: str = "trained"
    """How the encoder is trained: trained, frozen or lora."""
    features: bool = True
    """Whether the model reads the features from linking."""


VARIANTS = (
    Variant("as shipped"),
    Variant("names spelled", Kind("spelled", Spelled)),
    Variant("no features", features=False),
    Variant("1 decoder layer", layers=1),
    Variant("6 decoder layers", layers=6),
    Variant("encoder frozen", encoder="frozen"),
    Variant("encoder LoRA r16", encoder="lora"),
    Variant("no generated facts", Kind("people", People)),
    Variant("schemas as they are", Kind("unvaried", varied=False)),
    Variant("30,000 pieces", Kind("pieces", pieces=30_000)),
)

Corpora = Callable[[bool], tuple[list[Example], list[Example]]]
"""Returns the examples to train on, with variants or without, and those held out."""


def draw(kind: Kind, folder: Path, corpora: Corpora, count: int) -> None:
    """Write `count` rows of a kind to `folder`, the held-out rows, and the word pieces."""
    if (folder / "rows.safetensors").exists():
        return
    examples, held_out = corpora(kind.varied)
    create(folder, train_pieces(spelled_texts(examples), kind.pieces))
    batches = kind.batches(examples, folder, BATCH)
    held_rows = (batches.row(example, None) for example in held_out)
    held = TrainingRows.drawn((row for row in held_rows if row), BATCH)
    held.save(folder / "held_out.safetensors")
    TrainingRows.drawn(islice(batches.rows(0), count), BATCH).save(folder / "rows.safetensors")


class Trial(PretrainingRun):
    """A short run of one variant.

    `work`: folder of the run.
    `kind`: folder of its rows.
    """

    def __init__(self, work: Path, variant: Variant, kind: Path) -> None:
        torch.manual_seed(0)
        create(work / "model", load_tokenizer(kind / "pieces.json"), layers=variant.layers)
        config = TrainConfig.on(device(), MINUTES)
        self.features = variant.features
        held = TrainingRows.load(kind / "held_out.safetensors", BATCH, device())
        held_out = [self._masked(batch) for batch in held.once()]
        rows = TrainingRows.load(kind / "rows.safetensors", config.batch, device())
        super().__init__(work, rows, held_out, config, lambda line: None)
        if variant.encoder != "trained":
            self.model.encoder.bert.requires_grad_(False)
        if variant.encoder == "lora":
            adapter = LoraConfig(
                r=16, lora_alpha=32, target_modules=["query", "key", "value", "dense"]
            )
            inject_adapter_in_model(adapter, self.model.encoder.bert)
            self.model.to(self.device)
        groups = [group for group in self._groups() if group["params"]]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98))

    def _masked(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the batch without features if the variant reads none."""
        if self.features:
            return batch
        return {**batch, "feature_ids": torch.zeros_like(batch["feature_ids"])}

    def run(self, rounds: int) -> None:
        """Train on the rows `rounds` times, with the learning rate's schedule of a whole run."""
        steps = rounds * len(self.batches) // self.config.batch
        batches = self.batches(self.config.seed)
        self.model.train()
        for step in range(steps):
            self.elapsed = step / steps * self.config.minutes * 60
            self.train_step(self._masked(next(batches)))

    @torch.no_grad()
    def score(self) -> tuple[float, float]:
        """Return the share of answers all of whose tokens rank first, and the NLL of an answer.

        The negative log-likelihood is in nats, a mean over the held-out answers.
        """
        self.model.eval()
        whole = nll = answers = 0.0
        for batch in self.held_out:
            labels = batch["labels"]
            logits = self.model(**batch).logits
            right = (logits.argmax(-1) == labels) | (labels == -100)
            loss = functional.cross_entropy(
                logits.flatten(0, 1), labels.flatten(), ignore_index=-100, reduction="sum"
            )
            answers += len(labels)
            whole += float(right.all(1).sum())
            nll += float(loss)
        return whole / answers, nll / answers


def measured(variant: Variant, work: Path, rounds: int) -> dict:
    """Return the variant's row; a run whose result is in the work folder is not repeated."""
    result = work / variant.name.replace(" ", "_") / f"{rounds}.json"
    if not result.exists():
        start = time.monotonic()
        trial = Trial(result.parent, variant, work / variant.kind.name)
        trial.run(rounds)
        whole, nll = trial.score()
        parameters = sum(p.numel() for p in trial.model.parameters()) / 1e6
        row = {
            "variant": variant.name,
            "parameters (M)": f"{parameters:.1f}",
            "whole": f"{whole:.4f}",
            "nll an answer": f"{nll:.2f}",
        }
        minutes = (time.monotonic() - start) / 60
        result.write_text(json.dumps({**row, "minutes": f"{minutes:.1f}"}))
    return json.loads(result.read_text("utf-8"))


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("variants", nargs="*", help="; ".join(variant.name for variant in VARIANTS))
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="times over the rows")
    parser.add_argument("--draw", action="store_true", help="draw the rows and stop")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_pretraining.csv"))
    options = parser.parse_args()
    chosen = [
        variant for variant in VARIANTS if not options.variants or variant.name in options.variants
    ]
    corpora = cache(lambda varied: _corpora(options.data, varied))
    for kind in dict.fromkeys(variant.kind for variant in chosen):
        draw(kind, options.work / kind.name, corpora, options.rows)
    if options.draw:
        return
    rows = [measured(variant, options.work, options.rounds) for variant in chosen]
    show(options.csv, rows)


def _corpora(data: Path, varied: bool) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on and those held out."""
    # Imported here: on a machine that only runs the variants it is not needed.
    from mome.pretrain.command import read_corpus

    return read_corpus(data, print, varied=varied)


if __name__ == "__main__":
    main()
