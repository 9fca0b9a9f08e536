"""The pretraining run; `mome.pretrain.command` starts it.

It starts from MiniLM or a finished model.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mome.backbones.bundled.model import BundledModel
from mome.backbones.bundled.stored_model import load_model, save_model
from mome.kernels.bfloat16 import has_bfloat16
from mome.pretrain.examples import Example
from mome.pretrain.new_model import create, spelled_texts, train_pieces
from mome.pretrain.timed_run import TimedConfig, TimedRun


@dataclass(frozen=True)
class TrainConfig(TimedConfig):
    """How one run trains. Raises ValueError if `minutes` or `batch` is not positive."""

    batch: int = 32
    """Rows of a batch."""
    encoder_lr: float = 1.5e-4
    """Highest learning rate of the encoder."""
    decoder_lr: float = 5e-4
    """Highest learning rate of all other weights, some of which start at random."""
    frozen_layers: int = 0
    """Number of the encoder's lowest layers that keep their weights."""

    @classmethod
    def on(cls, place: str, minutes: float, *, finished: bool = False) -> TrainConfig:
        """Return the configuration for the device `place`.

        A GPU trains on batches eight times as large at twice the learning rate. A run from a
        `finished` model trains at 0.4 of the rates, so that it keeps what the model knows.
        """
        factor = 0.4 if finished else 1.0
        if place == "cuda":
            rates = {"encoder_lr": 3e-4 * factor, "decoder_lr": 1e-3 * factor}
            return cls(minutes, batch=256, checkpoint_every=60.0, **rates)
        # The lower half of the encoder costs a CPU a fifth of its time.
        frozen = 3 if finished else 0
        rates = {"encoder_lr": 1.5e-4 * factor, "decoder_lr": 5e-4 * factor}
        return cls(minutes, frozen_layers=frozen, **rates)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.batch < 1:
            raise ValueError("batch must be positive")


def start_model(folder: Path, examples: Sequence[Example], start: Path | None) -> None:
    """Write the model from which a run starts to `folder`, if there is none.

    `start`: folder of a finished model to copy; None to create one from MiniLM.
    """
    if (folder / "model.safetensors").exists():
        return
    if start is not None:
        shutil.copytree(start, folder, dirs_exist_ok=True)
    else:
        create(folder, train_pieces(spelled_texts(examples)))


class PretrainingRun(TimedRun[dict[str, Tensor]]):
    """One training run, on a GPU if there is one.

    `work`: folder with the model in model/, where the last checkpoint is kept.
    `batches`: returns endless batches for a seed.
    `held_out`: batches on which the model is measured at every checkpoint.
    `say`: receives each line of progress.
    """

    def __init__(
        self,
        work: Path,
        batches: Callable[[int], Iterator[dict[str, Tensor]]],
        held_out: Sequence[dict[str, Tensor]],
        config: TrainConfig,
        say: Callable[[str], None],
    ) -> None:
        super().__init__(work / "checkpoint.pt", batches, config, say)
        self.work = work
        self.held_out = held_out
        self.model = load_model(work / "model").to(self.device)
        # What it learns includes asking, also if it starts from a model that cannot.
        self.model.config = replace(self.model.config, asks=True)
        # Frozen, so that words which the corpus lacks stay consistent with those it has.
        bert = self.model.encoder.bert
        bert.embeddings.word_embeddings.weight.requires_grad_(False)
        if config.frozen_layers:
            # All that is below the frozen layers is frozen too, for gradients would pass them.
            self.model.encoder.features.requires_grad_(False)
            bert.embeddings.requires_grad_(False)
            bert.encoder["layer"][: config.frozen_layers].requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self._groups(), weight_decay=0.01, betas=(0.9, 0.98), fused=True
        )
        self.resume()
        self.model.train()

    def _groups(self) -> list[dict]:
        """Return the optimizer's groups; `peak` is a group's highest learning rate."""
        bert = [p for p in self.model.encoder.bert.parameters() if p.requires_grad]
        known = {id(p) for p in bert}
        rest = [p for p in self.model.parameters() if p.requires_grad and id(p) not in known]
        return [
            {"params": bert, "peak": self.config.encoder_lr},
            {"params": rest, "peak": self.config.decoder_lr},
        ]

    def state(self) -> dict[str, Any]:
        """Return the model's and the optimizer's state."""
        return {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `state` returned."""
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])

    def train_step(self, batch: dict[str, Tensor]) -> Tensor:
        """Train on one batch and return its loss."""
        # Linear warmup, then linear decay to 0; with 0.01 the first steps train a little.
        rising = self.progress / self.config.warmup + 0.01
        factor = min(rising, max(0.0, 1 - self.progress), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
        # Twice as fast on a CPU with instructions for it; on others it is many times slower.
        with torch.autocast(self.device, torch.bfloat16, enabled=has_bfloat16(self.device)):
            loss = self.model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.detach()

    @torch.no_grad()
    def measure(self) -> str:
        """Return the accuracy on the held-out batches as JSON.

        `tokens`: share of tokens that are predicted right, given the right tokens before them.
        `whole`: share of answers all of whose tokens are.
        """
        if not self.held_out:
            return "{}"
        self.model.eval()
        answers = 0
        right_answers = 0
        tokens = 0
        right_tokens = 0
        for batch in self.held_out:
            labels = batch["labels"]
            padding = labels == -100
            right = self.model(**batch).logits.argmax(-1) == labels
            answers += len(labels)
            right_answers += int((right | padding).all(1).sum())
            tokens += int((~padding).sum())
            right_tokens += int((right & ~padding).sum())
        self.model.train()
        shares = {"tokens": right_tokens / tokens, "whole": right_answers / answers}
        return json.dumps({name: round(share, 4) for name, share in shares.items()})

    def export(self, folder: Path) -> None:
        """Write the model in half precision, with its tokenizers, to `folder`."""
        model = BundledModel(self.model.config)
        model.load_state_dict(self.model.state_dict())
        save_model(model.half(), folder)
        for name in ("tokenizer.json", "pieces.json"):
            shutil.copy(self.work / "model" / name, folder / name)
