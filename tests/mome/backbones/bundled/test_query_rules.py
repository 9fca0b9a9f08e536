"""Tokens that do not fit the innermost query are masked; all others are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mome.backbones.bundled.grammar import accepts
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import END, OutputVocabulary
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.slice import Linker

Accepts = Callable[[str], bool]


def table(name: str, columns: str, key: ForeignKey | None = None) -> Table:
    """A table of numbers."""
    found = tuple(Column(column, "INTEGER", "integer") for column in columns.split())
    keys = () if key is None else (key,)
    return Table(None, name, "table", None, 3, found, ("id",), foreign_keys=keys)


@pytest.fixture(scope="module")
def form() -> PointerForm:
    tables = (
        table("customer", "id age"),
        table("orders", "id customer_id total", ForeignKey(("customer_id",), "customer", ("id",))),
        table("person", "id boss_id pay", ForeignKey(("boss_id",), "person", ("id",))),
        table("sales", "id amount"),
        table("budget", "id planned"),
    )
    catalog = Catalog("sqlite", "sqlite", "sqlite://", "fingerprint", tables)
    linker = Linker(catalog, [])
    names = [found.key for found in tables]
    slice_ = linker.slice("how many have a boss", require=names)
    return PointerForm(catalog, slice_, linker.graph)


@pytest.fixture(scope="module")
def is_accepted(vocabulary: OutputVocabulary, form: PointerForm):
    """`is_accepted(text)`: whether this form, whose words are separated by blanks, is accepted."""

    def token(word: str) -> int:
        name = word.replace("_BY", " BY").replace("_JOIN", " JOIN")
        place = form.place(name)
        return vocabulary.names.index(name) if place is None else vocabulary.size + place

    def is_accepted(text: str) -> bool:
        ids = [token(word) for word in text.split()]
        return accepts(vocabulary, form, [1] * len(form.slice.items), [*ids, END])

    return is_accepted


FITTING = [
    "SELECT customer.age , orders.total",
    "SELECT customer.age , 1 + customer.age",
    "SELECT MIN ( customer.age ) , MAX ( customer.age )",
    "SELECT COUNT ( customer.age ) , COUNT ( DISTINCT customer.age )",
    "SELECT customer.age ORDER_BY customer.age",
    "SELECT person.pay , person.boss_id . person.pay",
    "SELECT person.boss_id . person.pay , person.boss_id . person.id",
    "SELECT customer.age UNION SELECT customer.age",
    "SELECT customer.age UNION SELECT sales.amount",
    "SELECT customer.age WHERE customer.age > ( SELECT AVG ( customer.age ) )",
    "SELECT customer.age WHERE customer.age > ( SELECT AVG ( sales.amount ) )",
    "SELECT sales.amount FROM sales JOIN budget ON sales.id = budget.id",
    "SELECT customer.age , COUNT(*) GROUP_BY customer.age",
    "SELECT customer.age , COUNT(*) WHERE customer.age > 1 GROUP_BY customer.age",
    "SELECT customer.age , ( SELECT COUNT(*) FROM sales )",
    "SELECT customer.age , MAX ( customer.id )",
    "SELECT COUNT(*) FROM customer WHERE HAS ( orders , orders.total > 1 )",
]
UNFITTING = [
    "SELECT customer.age , customer.age",
    "SELECT COUNT(*) , customer.id , COUNT ( customer.id ) , customer.id",
    "SELECT MAX ( customer.age ) , MAX ( customer.age )",
    "SELECT COUNT(*) FROM customer GROUP_BY customer.age , customer.age",
    "SELECT customer.age ORDER_BY customer.age , customer.age",
    "SELECT customer.age ORDER_BY customer.age DESC , customer.age",
    "SELECT person.boss_id . person.pay , person.boss_id . person.pay",
    "SELECT customer.age , sales.amount",
    "SELECT customer.age WHERE sales.amount > 1",
    "SELECT customer.age FROM customer JOIN sales ON customer.id = sales.id",
    "SELECT customer.age WHERE customer.age IN ( SELECT sales.amount WHERE orders.total > 1 )",
    "SELECT COUNT(*) FROM sales WHERE HAS ( orders )",
    "SELECT customer.age , COUNT(*)",
    "SELECT customer.age , COUNT(*) ORDER_BY customer.age",
    "SELECT customer.age , AVG ( customer.id ) WHERE customer.age > 1",
    "SELECT customer.age , SUM ( customer.id ) UNION SELECT sales.amount , sales.id",
    "SELECT sales.amount WHERE EXISTS ( SELECT customer.age , COUNT(*) )",
]


@pytest.mark.parametrize("text", FITTING)
def test_what_fits_the_query_is_accepted(is_accepted: Accepts, text: str) -> None:
    assert is_accepted(text)


@pytest.mark.parametrize("text", UNFITTING)
def test_what_does_not_fit_the_query_is_refused(is_accepted: Accepts, text: str) -> None:
    assert not is_accepted(text)


@pytest.mark.parametrize(
    ("question", "leads"),
    [
        ("how many people are there", False),
        ("people and their managers", True),
        ("who bosses whom", True),
        ("pay of each person", True),
    ],
)
def test_a_key_to_the_own_table_is_followed_if_the_question_says_so(
    vocabulary: OutputVocabulary, form: PointerForm, question: str, leads: bool
) -> None:
    slice_ = Linker(form.catalog, []).slice(question)
    asked = PointerForm(form.catalog, slice_, form.graph)
    names = [vocabulary.size + asked.place(f"person.{name}") for name in ("boss_id", "pay")]
    words = [vocabulary.names.index(name) for name in ("SELECT", ".")]
    ids = [words[0], names[0], words[1], names[1], END]
    assert accepts(vocabulary, asked, [1] * len(slice_.items), ids) == leads
