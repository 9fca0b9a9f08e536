"""Copies of databases get a key of a table to itself, whose values make a tree."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from mome.pretrain.sampling.self_keys import add_self_key, references
from schemas import introspect, resolve_url


def _rows(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM customer ORDER BY id").fetchall()


def test_the_copy_declares_the_key_and_keeps_the_rows(shop: Path, tmp_path: Path) -> None:
    copy = add_self_key(shop, introspect(resolve_url(shop)), tmp_path, seed=1)
    assert copy is not None
    (table,) = (one for one in introspect(resolve_url(copy)).tables if one.name == "customer")
    (key,) = table.foreign_keys
    assert (key.ref_table, list(key.ref_columns)) == (table.key, ["id"])
    assert key.columns[0] == table.columns[-1].name
    rows = _rows(copy)
    assert [row[:-1] for row in rows] == _rows(shop)
    assert {row[-1] for row in rows} <= {None, *(row[0] for row in rows)}


def test_one_seed_gives_one_copy(shop: Path, tmp_path: Path) -> None:
    catalog = introspect(resolve_url(shop))
    copies = []
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        copy = add_self_key(shop, catalog, folder, seed=1)
        assert copy is not None
        copies.append((copy.name, _rows(copy)))
    assert copies[0] == copies[1]


def test_a_database_without_a_fitting_table_gets_no_copy(firm_path: Path, tmp_path: Path) -> None:
    # Employees have bosses already, and three stores are too few.
    assert add_self_key(firm_path, introspect(resolve_url(firm_path)), tmp_path, seed=1) is None
    assert list(tmp_path.iterdir()) == []


def test_references_make_a_tree_of_few_inner_rows() -> None:
    found = references(list(range(1000)), random.Random(1))
    assert 800 < len(found) < 900
    assert len(Counter(found.values())) < 200
    for start in found:
        value, steps = start, 0
        while value in found:
            value, steps = found[value], steps + 1
            assert steps < 1000
