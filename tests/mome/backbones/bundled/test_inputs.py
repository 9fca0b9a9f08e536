"""What the encoder reads: pieces, features and the place of every item."""

from __future__ import annotations

import json
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from mome.backbones.bundled.inputs import (
    COLUMN,
    COMMENT_PIECES,
    FAMILIES,
    FEATURES,
    LONGEST,
    TABLE,
    VALUE,
    VALUE_PIECES,
    WORD,
    SliceReader,
    collate,
)
from mome.linking.slice import Linker

QUESTION = "how many singers from France are older than twenty"


@pytest.fixture(scope="module")
def reader(bundled_folder: Path) -> SliceReader:
    return SliceReader.load(bundled_folder)


@pytest.fixture(scope="module")
def tokenizer(bundled_folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(bundled_folder / "tokenizer.json"))


def test_features_are_those_of_the_shipped_weights() -> None:
    assert FEATURES == (4, 8, 4, 5, 2)


def test_the_tokenizer_is_free_once_its_reader_is_gone(bundled_folder: Path) -> None:
    reader = SliceReader.load(bundled_folder)
    assert reader.question("How many singers are there?")
    left = weakref.ref(reader)
    del reader
    assert left() is None


def test_every_item_has_its_place_and_its_kind(reader: SliceReader, linker: Linker) -> None:
    slice_ = linker.slice(QUESTION)
    source = reader.read(slice_, max_items=192)
    kinds = {"word": WORD, "table": TABLE, "column": COLUMN, "value": VALUE}
    assert len(source.positions) == len(slice_.items) and len(source.ids) == len(source.features)
    for item, position in zip(slice_.items, source.positions, strict=True):
        assert (
            source.features[position][0] == kinds[item.kind] and source.features[position][4] == 1
        )
    assert sum(feature[4] for feature in source.features) == len(slice_.items)


def test_pieces_are_the_question_then_the_slice_between_separators(
    reader: SliceReader, linker: Linker, tokenizer: Tokenizer
) -> None:
    source = reader.read(linker.slice(QUESTION), max_items=192)
    special = [tokenizer.token_to_id(token) for token in ("[CLS]", "[SEP]")]
    words = [
        i for word in QUESTION.split() for i in tokenizer.encode(word, add_special_tokens=False).ids
    ]
    assert (
        source.ids[: len(words) + 2] == (special[0], *words, special[1])
        and source.ids[-1] == special[1]
    )
    assert source.ids.count(special[1]) == 2


def test_features_say_what_linking_found(reader: SliceReader, linker: Linker) -> None:
    slice_ = linker.slice(QUESTION)
    source = reader.read(slice_, max_items=192)
    placed = zip(slice_.items, source.positions, strict=True)
    found = {
        item.name or item.text: source.features[place]
        for item, place in placed
        if item.kind != "value"
    }
    assert (
        found["singers"][3] == 1
        and found["France"][3] == 3
        and found["twenty"][3] == 2
        and found["older"][3] == 0
    )
    assert found["singer"][3] == 2
    assert (
        found["singer.id"][:3] == (COLUMN, FAMILIES["integer"], 1)
        and found["song.singer_id"][2] == 2
    )
    assert found["singer.country"][3] == 3 and found["singer.age"][3] == 0


def test_a_feature_never_leaves_its_range(reader: SliceReader, linker: Linker) -> None:
    for question in (QUESTION, "sex of female singers", "5 pop songs, 7 and France's country"):
        for feature in reader.read(linker.slice(question), max_items=192).features:
            assert all(0 <= value < size for value, size in zip(feature, FEATURES, strict=True))


def test_a_long_value_is_cut_and_an_unknown_sign_is_read(
    make_table, make_catalog, reader: SliceReader
) -> None:
    long = "united states " * 20
    linker = Linker(make_catalog(make_table("t", "c text")), [("t", "c", [long])])
    source = reader.read(linker.slice("united states " * 3 + "\N{SNOWMAN}"), max_items=192)
    assert all(position > 0 for position in source.positions)
    assert sum(feature[0] == VALUE for feature in source.features) <= VALUE_PIECES


def test_a_comment_is_read_behind_its_name_and_cut(
    make_table, make_catalog, reader: SliceReader
) -> None:
    plain = make_table("kna1", "f29 text")
    comment = "singers and songs " * 20
    described = replace(plain, columns=(replace(plain.columns[0], comment=comment),))
    sources = []
    for table in (plain, described):
        slice_ = Linker(make_catalog(table)).slice("which songs?")
        sources.append(reader.read(slice_, max_items=192))
    without, with_comment = sources
    added = with_comment.ids[len(without.ids) - 1 : -1]
    assert added == reader.word("singers and songs singers and songs " * 2)[:COMMENT_PIECES]
    assert with_comment.positions == without.positions


def test_what_does_not_fit_has_no_place(make_table, make_catalog, reader: SliceReader) -> None:
    tables = [
        make_table(f"t{i}", ", ".join(f"{'quite_long_name_' * 3}{i}_{j} text" for j in range(20)))
        for i in range(6)
    ]
    slice_ = Linker(make_catalog(*tables)).slice(" ".join(["zebra"] * 60))
    source = reader.read(slice_, max_items=192)
    assert (
        len(source.ids) <= LONGEST
        and -1 in source.positions
        and len(source.positions) == len(slice_.items)
    )
    assert all(-1 <= position < len(source.ids) for position in source.positions)
    assert len(reader.read(slice_, max_items=5).positions) == 5


def test_collating_pads_on_the_right(reader: SliceReader, linker: Linker) -> None:
    sources = [
        reader.read(linker.slice(question), max_items=192) for question in ("singers", QUESTION)
    ]
    batch = collate(sources, reader.pad)
    assert batch["feature_ids"].shape == (*batch["input_ids"].shape, len(FEATURES))
    for row, source in enumerate(sources):
        size, items = len(source.ids), len(source.positions)
        assert batch["input_ids"][row, :size].tolist() == list(source.ids)
        assert batch["attention_mask"][row].tolist() == [1] * size + [0] * (
            batch["input_ids"].shape[1] - size
        )
        assert batch["item_positions"][row, :items].tolist() == list(source.positions)
        assert torch.all(batch["item_positions"][row, items:] == -1) and torch.all(
            batch["input_ids"][row, size:] == reader.pad
        )


def test_a_question_alone_is_bounded(reader: SliceReader, tokenizer: Tokenizer) -> None:
    pieces = reader.question("singer " * 1000)
    assert (
        len(pieces) == LONGEST
        and pieces[0] == tokenizer.token_to_id("[CLS]")
        and pieces[-1] == tokenizer.token_to_id("[SEP]")
    )
    assert len(reader.question("")) == 3


def test_every_family_of_the_catalog_has_a_feature() -> None:
    families = [
        "text",
        "integer",
        "number",
        "date",
        "datetime",
        "time",
        "boolean",
        "binary",
        "other",
    ]
    assert [1 <= FAMILIES[family] < FEATURES[1] for family in families] == [True] * 9


@pytest.mark.parametrize("text", ["", "{", json.dumps({"a": 1})])
def test_a_broken_tokenizer_file_is_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "tokenizer.json").write_text(text)
    with pytest.raises(ValueError, match="tokenizer|Expecting"):
        SliceReader.load(tmp_path)
