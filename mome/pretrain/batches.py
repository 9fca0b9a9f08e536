"""Rows and batches drawn from the examples; `mome.pretrain.command` makes them for a run."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor

from mome.backbones.bundled.config import BundledConfig
from mome.backbones.bundled.grammar import accepts
from mome.backbones.bundled.inputs import EncodedSlice, SliceReader, collate
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.sql_to_question import encode_example
from mome.backbones.bundled.tokens import END, NONE, OutputVocabulary
from mome.errors import BackboneError, NotExpressible
from mome.linking.slice import Slice, SliceTable
from mome.pretrain.examples import Drawn, Example
from mome.pretrain.rows import SORTED, Row

REVERSED = {"spider": 0.2, "syn": 0.2, "wikisql": 0.2, "forms": 0.1, "business": 0.1}
"""For each data set the probability that an example is reversed: SQL is read, the question written.

BIRD's questions and generated ones are never reversed.
"""
UNANSWERABLE = 0.06
"""Probability that an example's slice is made unable to answer its question."""
# Half of an epoch are people's questions, a quarter each sampled over Spider's databases and over
# those of businesses.
SHARES = {
    "spider": 1.0,
    "syn": 0.8,
    "bird": 1.0,
    "wikisql": 0.6,
    "generated": 0.2,
    "forms": 0.35,
    "business": 1.0,
    "sede": 1.0,
}
"""For each data set the probability that an epoch visits an example."""
LONGEST_ANSWER = 96
"""Maximum number of tokens in an answer; longer ones would pad a whole batch and are left out."""


class Batches:
    """Draws batches of rows of similar length from the examples, without end.

    `folder`: the model for which rows are made.
    `batch`: rows of a batch.
    Raises BackboneError if no example has an answer that the model can write.
    """

    def __init__(self, examples: Sequence[Example], folder: Path, batch: int) -> None:
        self.examples = examples
        self.batch = batch
        self.max_items = BundledConfig.read(folder).max_items
        self.reader = SliceReader.load(folder)
        self.vocabulary = OutputVocabulary.load(folder)
        if not any(self.row(example, None) for example in examples):
            raise BackboneError("there is no question to learn from whose SQL the model can write")

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Yield batches of inputs with `labels`, without end."""
        rng = random.Random(seed)
        rows = self.rows(seed)
        size = self.batch
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
            return self._within_limits(
                *encode_example(question, form, self.reader, self.vocabulary)
            )
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
        # What decoding cannot write would teach nothing but wrong probabilities.
        if not accepts(self.vocabulary, pointer_form, source.positions, ids):
            return None
        return self._within_limits(source, ids)

    def _within_limits(self, source: EncodedSlice, ids: list[int]) -> Row | None:
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
            without_column(table, missing)
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


def without_column(table: SliceTable, name: str) -> SliceTable:
    """Return the table without the column `name`, given as `table.column`."""
    columns = tuple(
        column for column in table.columns if f"{table.table.key}.{column.column.name}" != name
    )
    return replace(table, columns=columns)
