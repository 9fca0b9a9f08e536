"""Ways to what rows refer to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.answering.titles.paths import Paths
from mome.answering.titles.said_words import TitleWords
from mome.catalog import Catalog, Table
from mome.linking.slice import Linker


@pytest.mark.parametrize(
    ("table", "target", "words", "expected"),
    [
        ("bill", "client", "", ["job_id", "client_id"]),
        ("client", "branch", "", ["adviser_id", "branch_id"]),
        # Two keys, told apart by their roles.
        ("shop_job", "clerk", "", None),
        ("shop_job", "clerk", "checking", ["checked_by_clerk_id"]),
        # Never down to the rows that refer to one.
        ("client", "bill", "", None),
    ],
)
def test_a_way_is_taken_if_it_is_the_only_one_that_is_meant(
    table: str,
    target: str,
    words: str,
    expected: list[str] | None,
    linker: Linker,
    vocabulary: TitleWords,
) -> None:
    start, end = linker.catalog.table(table), linker.catalog.table(target)
    assert start is not None and end is not None
    path = Paths(linker.catalog).to(start, end, vocabulary.words(words))
    assert (None if path is None else [hop.column for hop in path]) == expected


def test_a_role_is_what_a_key_says_beside_its_target(linker: Linker) -> None:
    job = linker.catalog.table("shop_job")
    assert job is not None
    roles = {path[0].column: path[0].role for path in Paths(linker.catalog).up(job)}
    assert roles == {
        "client_id": (),
        "accepted_by_clerk_id": ("accepted",),
        "checked_by_clerk_id": ("checked",),
    }


def test_the_line_of_an_order_has_its_date(
    make_catalog: Callable[..., Catalog], make_table: Callable[..., Table]
) -> None:
    orders = make_table("orders", "order_id integer!, ordered_on date!")
    product = make_table("product", "product_id integer!, introduced_on date!")
    line = make_table(
        "order_line",
        "order_id integer!, product_id integer, quantity integer",
        {"order_id": "orders.order_id", "product_id": "product.product_id"},
    )
    dated = Paths(make_catalog(orders, product, line)).date_of(line)
    assert dated is not None
    assert (dated.column.name, dated.path[0].target) == ("ordered_on", orders)
