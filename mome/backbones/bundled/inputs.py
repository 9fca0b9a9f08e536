"""Question and slice as the bundled backbone reads them: word pieces, with features from linking
for each piece.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor

from mome.linking.names import Word, name_stems, name_words, stem
from mome.linking.slice import Slice, SliceColumn, SliceTable

FEATURES = (4, 8, 4, 5, 2)
"""Number of values of each feature: kind, type family, key, match, first piece of an item."""
WORD, TABLE, COLUMN, VALUE = range(4)
FAMILIES = {
    "text": 1,
    "integer": 2,
    "number": 3,
    "date": 4,
    "datetime": 4,
    "time": 4,
    "boolean": 5,
    "binary": 6,
    "other": 7,
}
# Pieces of a stored value that are read; the rest is cut off. The pointer selects the whole value,
# so that its start suffices to tell it apart.
VALUE_PIECES = 8
# Pieces of a comment that are read: its first words say the most, and the slice is bounded.
COMMENT_PIECES = 12
ASK = "[unused1]"
"""A token of MiniLM's vocabulary that starts a source which is SQL and asks for its question."""
LONGEST = 320
"""Maximum number of source tokens; items beyond it are cut off and cannot be pointed at."""

Feature = tuple[int, int, int, int, int]
_PERIOD = (VALUE, FAMILIES["date"], 0, 0)
"""Features of a period: it is read behind the question's words, as a value of no column."""


@dataclass(frozen=True)
class EncodedSlice:
    """One question with its slice, in pieces."""

    ids: tuple[int, ...]
    features: tuple[Feature, ...]
    positions: tuple[int, ...]
    """First piece of each item of `Slice.items`; -1 if it was cut off."""


def load_tokenizer(path: Path) -> Tokenizer:
    """Load a tokenizer. Raises OSError or ValueError; `tokenizers` itself raises bare
    Exceptions.
    """
    text = path.read_text("utf-8")
    if not {"model", "pre_tokenizer", "added_tokens"} <= set(json.loads(text)):
        raise ValueError(f"{path.name} is no tokenizer")
    return Tokenizer.from_str(text)


def _split(tokenizer: Tokenizer, text: str) -> tuple[int, ...]:
    return tuple(tokenizer.encode(text, add_special_tokens=False).ids) or (
        tokenizer.token_to_id("[UNK]"),
    )


class SliceReader:
    """Turns slices into `Source`s with the encoder's tokenizer."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.pad, self._cls, self._sep, self._ask = (
            tokenizer.token_to_id(token) for token in ("[PAD]", "[CLS]", "[SEP]", ASK)
        )
        # The cache must not refer to this object: a cycle would keep the tokenizer in memory.
        self._pieces = lru_cache(maxsize=65536)(partial(_split, tokenizer))

    @classmethod
    def load(cls, folder: Path) -> SliceReader:
        """Read `tokenizer.json` of a model's folder."""
        tokenizer = load_tokenizer(Path(folder) / "tokenizer.json")
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer)

    def read(self, slice_: Slice, *, max_items: int) -> EncodedSlice:
        """Return the pieces of a question and its slice."""
        entries = [
            (self._pieces(word.text), feature)
            for word, feature in zip(slice_.words, _word_features(slice_), strict=True)
        ]
        entries += [(self._pieces(text), _PERIOD) for text in slice_.periods]
        said = len(entries)
        for table in slice_.tables:
            entries += self._table(table)
        ids, features, positions = [self._cls], [(0, 0, 0, 0, 0)], []
        for index, (pieces, feature) in enumerate(entries):
            if index == said:
                ids.append(self._sep)
                features.append((0, 0, 0, 0, 0))
            fits = len(ids) + len(pieces) < LONGEST
            positions.append(len(ids) if fits else -1)
            if fits:
                ids += pieces
                features += [(*feature, int(i == 0)) for i in range(len(pieces))]
        return EncodedSlice(
            (*ids, self._sep), (*features, (0, 0, 0, 0, 0)), tuple(positions[:max_items])
        )

    def _table(self, entry: SliceTable) -> list[tuple[tuple[int, ...], tuple[int, int, int, int]]]:
        found = [(self._named(entry.table.name, entry.comment), (TABLE, 0, 0, entry.match))]
        foreign = {name for key in entry.table.foreign_keys for name in key.columns}
        for column in entry.columns:
            key = (column.column.name in entry.table.primary_key) + 2 * (
                column.column.name in foreign
            )
            found += self._column(column, key)
        return found

    def _column(
        self, entry: SliceColumn, key: int
    ) -> list[tuple[tuple[int, ...], tuple[int, int, int, int]]]:
        family = FAMILIES[entry.column.family]
        match = entry.match
        if entry.values:
            # 3 if only the values match the question, 4 if the name does too.
            match = 3 if match == 0 else 4
        name = self._named(entry.column.name, entry.comment)
        found = [(name, (COLUMN, family, key, match))]
        for value in entry.values:
            found.append((self._pieces(value)[:VALUE_PIECES], (VALUE, family, 0, entry.match)))
        return found

    def _named(self, name: str, comment: str) -> tuple[int, ...]:
        """Return the pieces of a name, and of its comment where the slice holds one."""
        pieces = self._pieces(" ".join(name_words(name)))
        return pieces + self._pieces(comment)[:COMMENT_PIECES] if comment else pieces

    def statement(self, parts: Sequence[tuple[str, bool]]) -> EncodedSlice:
        """Return the pieces of SQL in words as far as they fit; marked parts can be pointed at."""
        ids, positions, fits = [self._cls, self._ask], [], True
        for text, marked in parts:
            pieces = self._pieces(text)
            fits = fits and len(ids) + len(pieces) < LONGEST
            if marked:
                positions.append(len(ids) if fits else -1)
            ids += pieces if fits else ()
        return EncodedSlice(
            (*ids, self._sep), ((0,) * len(FEATURES),) * (len(ids) + 1), tuple(positions) or (-1,)
        )

    def word(self, word: str) -> tuple[int, ...]:
        """Return the pieces of a single word."""
        return self._pieces(word)

    def question(self, question: str) -> tuple[int, ...]:
        """Return the pieces of a question alone."""
        return (self._cls, *self._pieces(question)[: LONGEST - 2], self._sep)


def _word_features(slice_: Slice) -> list[tuple[int, int, int, int]]:
    named: set[str] = set()
    for entry in slice_.tables:
        named |= name_stems(entry.table.name)
        for column in entry.columns:
            named |= name_stems(column.column.name)
    valued: set[int] = set()
    for match in slice_.matches:
        valued.update(range(match.first, match.last + 1))
    return [
        (WORD, 0, 0, _word_match(word, index in valued, named))
        for index, word in enumerate(slice_.words)
    ]


def _word_match(word: Word, valued: bool, named: set[str]) -> int:
    """Return 3 for a part of a stored value, 2 for a number, 1 for a word of a name, else 0."""
    if valued:
        return 3
    if word.number is not None:
        return 2
    return int(stem(word.text) in named)


def collate(sources: Sequence[EncodedSlice], pad: int) -> dict[str, Tensor]:
    """Return padded `input_ids` (b, t), `attention_mask` (b, t), `feature_ids` (b, t, 5) and
    `item_positions` (b, n).
    """
    longest = max(len(source.ids) for source in sources)
    most = max(len(source.positions) for source in sources)
    blank = (0, 0, 0, 0, 0)
    return {
        "input_ids": torch.tensor(
            [source.ids + (pad,) * (longest - len(source.ids)) for source in sources]
        ),
        "attention_mask": torch.tensor(
            [(1,) * len(source.ids) + (0,) * (longest - len(source.ids)) for source in sources]
        ),
        "feature_ids": torch.tensor(
            [source.features + (blank,) * (longest - len(source.features)) for source in sources]
        ),
        "item_positions": torch.tensor(
            [source.positions + (-1,) * (most - len(source.positions)) for source in sources]
        ),
    }
