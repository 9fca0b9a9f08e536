"""Rows drawn ahead of a run and kept in one file; `mome.pretrain.command` writes and reads it.

A GPU trains faster than rows can be drawn, and with this file it needs neither databases nor
linkers.

Axis legend: `r` rows, `n` pieces, items or answer tokens of all rows one after the other, `b` rows
of a batch, `f` different features.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from mome.backbones.bundled.inputs import FEATURES, EncodedSlice

Row = tuple[EncodedSlice, list[int]]
"""A source and the token ids of its answer."""
PADDING = {"ids": 0, "features": 0, "positions": -1, "labels": -100}
"""For each array the value that fills up a shorter row; MiniLM pads with token 0."""
SORTED = 16
"""Number of batches whose rows are sorted by length together, so that little is padded."""


class TrainingRows:
    """Rows in flat arrays; calling an object yields batches of rows of similar length."""

    def __init__(self, arrays: dict[str, Tensor], batch: int, device: str = "cpu") -> None:
        self.arrays = {name: array.to(device) for name, array in arrays.items()}
        """Each array of `PADDING` (n,), its lengths (r,), and the table of features (f, ...)."""
        self.batch = batch
        self.device = device
        self._ends = {name: self.arrays[f"{name}_lengths"].cumsum(0) for name in PADDING}
        self._lengths = {name: arrays[f"{name}_lengths"].tolist() for name in PADDING}

    @classmethod
    def drawn(cls, rows: Iterable[Row], batch: int) -> TrainingRows:
        """Return the rows as flat arrays."""
        # Tokens share few different features: store each once. Padding has the feature at 0.
        table = {(0,) * len(FEATURES): 0}
        flat: dict[str, list[int]] = {name: [] for name in PADDING}
        lengths: dict[str, list[int]] = {name: [] for name in PADDING}
        for source, labels in rows:
            features = [table.setdefault(feature, len(table)) for feature in source.features]
            parts = {
                "ids": source.ids,
                "features": features,
                "positions": source.positions,
                "labels": labels,
            }
            for name, part in parts.items():
                flat[name] += part
                lengths[name].append(len(part))
        lists = flat | {f"{name}_lengths": counts for name, counts in lengths.items()}
        # 16 bits suffice: MiniLM has 30,522 tokens, and a row is far shorter.
        arrays = {name: torch.tensor(values, dtype=torch.int16) for name, values in lists.items()}
        return cls({**arrays, "table": torch.tensor(list(table))}, batch)

    @classmethod
    def load(cls, path: Path, batch: int, device: str = "cpu") -> TrainingRows:
        """Read the file that `save` wrote."""
        return cls(load_file(path), batch, device)

    def save(self, path: Path) -> None:
        """Write the rows to one file."""
        save_file(self.arrays, path)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.arrays["ids_lengths"])

    def __call__(self, seed: int) -> Iterator[dict[str, Tensor]]:
        """Yield batches of inputs with `labels`, without end."""
        rng = random.Random(seed)
        length_of = self._lengths["ids"].__getitem__
        while True:
            order = rng.sample(range(len(self)), len(self))
            for start in range(0, len(order), self.batch * SORTED):
                block = sorted(order[start : start + self.batch * SORTED], key=length_of)
                batches = [block[i : i + self.batch] for i in range(0, len(block), self.batch)]
                yield from map(self.collate, rng.sample(batches, len(batches)))

    def once(self) -> Iterator[dict[str, Tensor]]:
        """Return batches that hold every row once, in order."""
        return (
            self.collate(range(start, min(start + self.batch, len(self))))
            for start in range(0, len(self), self.batch)
        )

    def collate(self, rows: Sequence[int]) -> dict[str, Tensor]:
        """Return a padded batch of rows: inputs as of `inputs.collate`, and `labels` (b, t)."""
        index = torch.tensor(rows).to(self.device, non_blocking=True)
        padded = {}
        for name, lengths in self._lengths.items():
            longest = max(lengths[row] for row in rows)
            padded[name] = self._padded(name, index, longest)
        steps = torch.arange(padded["ids"].shape[1], device=self.device)
        tokens = self.arrays["ids_lengths"][index]
        return {
            "input_ids": padded["ids"],
            "attention_mask": (steps < tokens.unsqueeze(1)).long(),
            "feature_ids": self.arrays["table"][padded["features"]],
            "item_positions": padded["positions"],
            "labels": padded["labels"],
        }

    def _padded(self, name: str, index: Tensor, longest: int) -> Tensor:
        """Return the rows `index` (b,) of one array as (b, longest).

        Sizes come from Python lists, so that nothing here waits for a GPU.
        """
        lengths = self.arrays[f"{name}_lengths"][index]
        starts = self._ends[name][index] - lengths
        steps = torch.arange(longest, device=self.device)
        # Behind the end of a row the places are arbitrary but valid; the mask covers them.
        places = (starts.unsqueeze(1) + steps).clamp(max=len(self.arrays[name]) - 1)
        values = self.arrays[name][places].long()
        return values.masked_fill(steps >= lengths.unsqueeze(1), PADDING[name])
