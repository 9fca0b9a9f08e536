"""Variants of a database: tables and columns get other names, keys and values follow."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from mome.catalog import Catalog
from mome.linking.slice import Linker
from mome.pretrain.command import read_database
from mome.pretrain.variants import Database, Synonyms, union, vary

INDEX = "  1 licence\nshop n 1 1 @ 1 0 00000000\nstaff n 2 1 @ 2 0 00000040 00000000\n"
DATA = (
    "00000000 06 n 02 shop 0 store 0 000 | x".ljust(39)
    + "\n"
    + "00000040 06 n 03 staff 0 crew 0 day_shift 0 000 | y\n"
)


@pytest.fixture
def synonyms(tmp_path: Path) -> Synonyms:
    """Return two nouns, read from files in WordNet's format."""
    (tmp_path / "index.noun").write_text(INDEX)
    (tmp_path / "data.noun").write_text(DATA)
    return Synonyms(tmp_path)


@pytest.fixture(scope="module")
def shop(data: Path) -> Database:
    """Return the shop's catalog and stored values."""
    return read_database(data / "spider/db/shop.sqlite")


def test_synonyms_are_single_words_of_the_first_sense(synonyms: Synonyms) -> None:
    assert (
        synonyms
        and synonyms.of("shop") == ["store"]
        and synonyms.of("staff") == ["crew"]
        and synonyms.of("door") == []
    )


def test_without_wordnet_there_are_none(tmp_path: Path) -> None:
    assert not Synonyms(tmp_path) and Synonyms(tmp_path).of("shop") == []


@pytest.mark.parametrize("seed", range(30))
def test_keys_and_values_follow_the_names(shop: Database, synonyms: Synonyms, seed: int) -> None:
    variant = vary(shop, None, synonyms, random.Random(seed))
    catalog, values = variant.database
    names = variant.names
    called = {
        name: names.get(name, name)
        for name in ("shop", "staff", "staff.shop_id", "shop.shop_id", "shop.city")
    }
    key = catalog.table(called["staff"]).foreign_keys[0]
    assert (f"{called['staff']}.{key.columns[0]}", key.ref_table) == (
        called["staff.shop_id"],
        called["shop"],
    )
    assert f"{key.ref_table}.{key.ref_columns[0]}" == called["shop.shop_id"]
    assert Linker(catalog, values).graph.tree([called["staff"], called["shop"]])
    assert called["shop.city"] in {f"{table}.{column}" for table, column, *_ in values}
    assert len({table.key.lower() for table in catalog.tables}) == 2


def test_some_names_change_and_most_stay(shop: Database, synonyms: Synonyms) -> None:
    drawn = [vary(shop, None, synonyms, random.Random(seed)).names for seed in range(100)]
    changed = sum(
        new.rpartition(".")[2] != old.rpartition(".")[2]
        for names in drawn
        for old, new in names.items()
        if "." in old
    )
    assert 0.05 < changed / sum(len(names) for names in drawn) < 0.25


def test_a_union_holds_both_and_the_first_wins(shop: Database) -> None:
    catalog, _ = shop
    other = Catalog(
        "sqlite",
        "sqlite",
        "other",
        "other",
        (catalog.tables[0], replace(catalog.tables[0], name="guest")),
    )
    both, rows = union(shop, (other, [("guest", "city", ["Genf"]), ("shop", "city", ["Genf"])]))
    assert [table.key for table in both.tables] == ["shop", "staff", "guest"]
    assert [row for row in rows if "Genf" in row[2]] == [("guest", "city", ["Genf"])]
