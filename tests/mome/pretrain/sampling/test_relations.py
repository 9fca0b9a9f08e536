"""Questions about related rows find the owners with, without, only or several of them."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import relations

Asked = Callable[..., list[tuple]]


def test_owners_without(asked: Asked) -> None:
    form = "SELECT store.name WHERE NO(sale)"
    rows = asked(relations.rows_without, form, ("without", "no ", "any", "never"))
    assert rows == [("East",)]


def test_owners_with(asked: Asked) -> None:
    form = "SELECT store.name WHERE HAS(employee, employee.role = 'clerk')"
    rows = asked(relations.rows_with, form, ("clerk",))
    assert rows == [("North",), ("South",)]


def test_owners_with_and_without(asked: Asked) -> None:
    form = "SELECT COUNT(*) FROM store WHERE HAS(employee) AND NO(sale)"
    rows = asked(relations.rows_with_and_without, form, ("but",))
    assert rows == [(0,)]


def test_owners_with_only(asked: Asked) -> None:
    form = "SELECT store.name WHERE EVERY(sale, sale.channel = 'shop')"
    rows = asked(relations.rows_with_only, form, ("only", "all", "every", "nothing but"))
    assert rows == [("South",)]


def test_owners_with_both(asked: Asked) -> None:
    form = (
        "SELECT store.name WHERE HAS(sale, sale.channel = 'shop') AND HAS(sale, "
        "sale.channel = 'web')"
    )
    rows = asked(relations.rows_with_both, form, ("both", "as well as"))
    assert rows == [("North",)]


def test_owners_by_their_number_of_rows(asked: Asked) -> None:
    form = "SELECT store.name FROM sale GROUP BY store.id, store.name HAVING COUNT(*) > 1"
    rows = asked(relations.rows_by_count, form, ("more than 1", "over 1"))
    assert rows == [("North",), ("South",)]


def test_owners_without_rows_are_among_those_with_few(asked: Asked) -> None:
    form = (
        "SELECT store.name FROM store LEFT JOIN sale GROUP BY store.id, store.name HAVING "
        "COUNT(sale.id) < 3"
    )
    rows = asked(relations.rows_by_low_count, form, ("without any", "none", "no sales", "zero"))
    assert rows == [("East",), ("South",)]
