"""A shop whose customers place orders, with its linker and forms: what follow-ups are read with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest

from mome.answering.headings import spoken_names
from mome.conversation.cues import read_cues
from mome.conversation.edits import edited
from mome.conversation.scene import FollowUp
from mome.forms.forms import Forms
from mome.linking.slice import Linker
from schemas import collect_values, introspect, resolve_url, write_values

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, country TEXT, age INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer,
  placed DATE, total REAL, status TEXT);
INSERT INTO customer VALUES (1, 'Ada', 'France', 31), (2, 'Ben', 'Germany', 45),
  (3, 'Cleo', 'France', 28), (4, 'Dora', 'Spain', 60);
INSERT INTO orders VALUES (1, 1, '2023-02-01', 10.5, 'paid'), (2, 1, '2024-03-05', 20, 'open'),
  (3, 2, '2024-03-09', 7, 'paid'), (4, 3, '2024-05-01', 40, 'paid');
"""

MEASURES = {'SUM("orders"."total")': "revenue"}
"""What a glossary calls the sum of the totals; see `mome.answering.measures`."""


@pytest.fixture(scope="session")
def shop_linker(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    folder = tmp_path_factory.mktemp("shop")
    connection = sqlite3.connect(folder / "shop.sqlite")
    connection.executescript(SHOP)
    connection.close()
    source = resolve_url(str(folder / "shop.sqlite"))
    catalog = introspect(source)
    catalog.write(folder / "catalog.json")
    write_values(folder / "values.jsonl", collect_values(source, catalog))
    (folder / "synonyms.json").write_text("[]")
    return Linker.load(folder)


@pytest.fixture(scope="session")
def shop_forms(shop_linker: Linker) -> Forms:
    return Forms(shop_linker.catalog, graph=shop_linker.graph)


@pytest.fixture(scope="session")
def scene_of(shop_linker: Linker, shop_forms: Forms) -> Callable[..., FollowUp]:
    """`scene_of(before, follow_up, earlier="")`: a follow-up beside the SQL of the answers before
    it.
    """

    def make(before: str, follow_up: str, earlier: str = "") -> FollowUp:
        first = shop_forms.read(earlier) if earlier else None
        headings = spoken_names(before, shop_linker.catalog, MEASURES)
        cues, tree = read_cues(follow_up), shop_forms.read(before)
        return FollowUp(cues, tree, shop_linker, first, headings)

    return make


@pytest.fixture(scope="session")
def edit(scene_of: Callable[..., FollowUp], shop_forms: Forms) -> Callable[..., str | None]:
    """`edit(before, follow_up)`: the SQL that the edits give; None if none explains the words."""

    def make(before: str, follow_up: str, earlier: str = "") -> str | None:
        tree = edited(scene_of(before, follow_up, earlier))
        return None if tree is None else shop_forms.write(tree)

    return make
