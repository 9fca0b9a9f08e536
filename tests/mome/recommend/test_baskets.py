"""Reading baskets: two layouts, three formats, and what is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from mome.errors import TableError
from mome.recommend import baskets
from mome.recommend.baskets import Basket, BasketTune, items_of, read_baskets


def read(path: Path, **columns: str) -> dict[Basket, int]:
    return dict(read_baskets(BasketTune(path, path.parent / "memory", **columns)).baskets)


def test_rows_of_a_basket_may_stand_anywhere_and_repeat(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("basket,item\n1,tea\n2,milk\n1,milk\n2,tea\n1,tea\n3,tea\n", "utf-8")
    assert read(path) == {Basket(("milk", "tea")): 2, Basket(("tea",)): 1}


def test_the_last_item_in_time_stands_last(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("user,item,time\n1,tea,10\n1,milk,9\n2,milk,1\n2,tea,2\n2,milk,3\n", "utf-8")
    # 10 is later than 9, though not as a text; and an item counts at its latest time.
    assert set(read(path)) == {
        Basket(("milk", "tea"), timed=True),
        Basket(("tea", "milk"), timed=True),
    }


def test_dates_of_a_parquet_file_are_compared(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    columns = {
        "cart": [7, 7],
        "sku": ["late", "early"],
        "at": [datetime(2026, 2, 1), datetime(2026, 1, 1)],
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    found = read(path, basket_column="cart", item_column="sku", time_column="at")
    assert set(found) == {Basket(("early", "late"), timed=True)}


def test_a_row_may_hold_a_list_of_items(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"items": ["tea", "milk", "tea"], "split": "train"}, {"items": ["tea"]}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert read(path) == {Basket(("milk", "tea")): 1, Basket(("tea",)): 1}
    table = tmp_path / "a.csv"
    table.write_text('items\n"[""tea"", ""milk""]"\nmilk; tea\n', "utf-8")
    assert read(table) == {Basket(("milk", "tea")): 2}


def test_items_of_a_cell() -> None:
    assert items_of(None, "row 1") == items_of("", "row 1") == items_of([], "row 1") == []
    assert items_of(["a", 7], "row 1") == ["a", "7"]
    for value in ("[1, 2", {"a": 1}, ["a", ""], ["a", None], [["a"]], "a;;b"):
        with pytest.raises(TableError, match="row 1"):
            items_of(value, "row 1")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "cart,item\n1,tea\n", "has no column basket; its columns are: cart, item"),
        ("a.csv", "basket,sku\n1,tea\n", "has no column item"),
        ("a.csv", "basket,item\n1,tea\n1, \n", "row 2 of"),
        ("a.csv", "basket,item\n,tea\n", "has no basket"),
        ("a.csv", "basket,item\n1,tea\n2,tea\n", "one item only, 'tea'"),
        ("a.csv", "basket,item\n1,tea\n2,milk\n", "so that nothing goes together"),
        ("a.csv", "basket,item\n1,Tea\n1,tea\n", "differ in case or spaces only"),
        ("a.csv", "basket,item,time\n1,tea,\n", "row 1 of"),
        ("a.csv", "basket,item,time\n1,tea,1\n1,milk,May\n", "partly numbers and partly texts"),
        ("a.csv", "", "has no row"),
        ("a.jsonl", '{"items": ["tea", "milk"]}\n{"items": []}\n', "row 2 of"),
        ("a.jsonl", '{"items": "[tea"}\n', "no JSON list"),
        ("a.jsonl", '{"items": ["tea", "milk"]}\n{"item": "tea"}\n', "has no column items"),
        ("a.xlsx", "", "none of the files that can be read"),
    ],
)
def test_bad_baskets_are_one_line(name: str, content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, "utf-8")
    with pytest.raises(TableError) as error:
        read(path)
    assert told in str(error.value) and "\n" not in str(error.value)


def test_times_of_an_item_that_cannot_be_compared_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("basket,item,time\n7,tea,1\n7,tea,May\n", "utf-8")
    with pytest.raises(TableError, match="the times of basket 7 .* partly numbers"):
        read(path)


@pytest.mark.parametrize("limit", ["MOST_BASKETS", "MOST_ITEMS", "MOST_IN_BASKET", "MOST_PAIRS"])
def test_what_is_held_is_bounded(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(baskets, limit, 2)
    rows = [f"{number},{item}\n" for number in range(3) for item in "abc"]
    path = tmp_path / "a.csv"
    path.write_text("basket,item\n" + "".join(rows), "utf-8")
    with pytest.raises(TableError, match="more than 2|at most 2"):
        read(path)
