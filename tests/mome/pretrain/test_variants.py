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
    assert synonyms
    assert synonyms.of("shop") == ["store"]
    assert synonyms.of("staff") == ["crew"]
    assert synonyms.of("door") == []


def test_without_wordnet_there_are_no_synonyms(tmp_path: Path) -> None:
    assert not Synonyms(tmp_path)
    assert Synonyms(tmp_path).of("shop") == []


@pytest.mark.parametrize("seed", range(30))
def test_keys_and_values_follow_the_names(shop: Database, synonyms: Synonyms, seed: int) -> None:
    variant = vary(shop, None, synonyms, random.Random(seed))
    catalog, values = variant.database

    def new(name: str) -> str:
        return variant.names.get(name, name)

    key = catalog.table(new("staff")).foreign_keys[0]
    assert f"{new('staff')}.{key.columns[0]}" == new("staff.shop_id")
    assert key.ref_table == new("shop")
    assert f"{key.ref_table}.{key.ref_columns[0]}" == new("shop.shop_id")
    assert Linker(catalog, values).graph.tree([new("staff"), new("shop")])
    assert new("shop.city") in {f"{table}.{column}" for table, column, *_ in values}
    assert len({table.key.lower() for table in catalog.tables}) == 2


def test_some_names_change_and_most_stay(shop: Database, synonyms: Synonyms) -> None:
    variants = [vary(shop, None, synonyms, random.Random(seed)) for seed in range(100)]
    changed = 0
    for variant in variants:
        for old, new in variant.names.items():
            if "." in old:
                changed += new.rpartition(".")[2] != old.rpartition(".")[2]
    total = sum(len(variant.names) for variant in variants)
    assert 0.05 < changed / total < 0.25


def test_a_union_holds_both_and_of_two_tables_of_one_name_the_first(shop: Database) -> None:
    catalog, _ = shop
    tables = (catalog.tables[0], replace(catalog.tables[0], name="guest"))
    other = Catalog("sqlite", "sqlite", "other", "other", tables)
    values = [("guest", "city", ["Genf"]), ("shop", "city", ["Genf"])]
    both, rows = union(shop, (other, values))
    assert [table.key for table in both.tables] == ["shop", "staff", "guest"]
    assert [row for row in rows if "Genf" in row[2]] == [("guest", "city", ["Genf"])]
