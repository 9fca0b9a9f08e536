"""Values and nouns that several keys lead to, and views by their definitions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.catalog import Catalog, Column, Table
from mome.conversation.cues import read_cues
from mome.conversation.edits import edited
from mome.conversation.scene import FollowUp
from mome.conversation.views import unfolded
from mome.conversation.ways import told_way
from mome.forms.forms import Forms
from mome.linking.slice import Linker
from schemas import collect_values, introspect, resolve_url, write_values
from training_data.sample.bookshop import create_sample

REVENUE = "SUM(order_line.quantity * order_line.unit_price * (1 - order_line.discount))"
MONTH = "STRFTIME('%Y-%m', orders.ordered_on)"
BY_GENRE = (
    f"SELECT genre.name, {REVENUE} FROM order_line JOIN book ON order_line.book_id = book.book_id "
    "JOIN genre ON book.genre_code = genre.genre_code GROUP BY genre.name"
)
BY_AUTHOR = (
    f"SELECT author.name, {REVENUE} FROM order_line JOIN book ON order_line.book_id = book.book_id "
    "JOIN author ON book.author_id = author.author_id GROUP BY author.author_id, author.name"
)
VIEW = "SELECT month, revenue FROM monthly_sales ORDER BY month"


@pytest.fixture(scope="module")
def linker(tmp_path_factory: pytest.TempPathFactory) -> Linker:
    folder = tmp_path_factory.mktemp("bookshop")
    source = resolve_url(str(create_sample(folder / "bookshop.sqlite")))
    catalog = introspect(source)
    catalog.write(folder / "catalog.json")
    write_values(folder / "values.jsonl", collect_values(source, catalog))
    (folder / "synonyms.json").write_text("[]")
    return Linker.load(folder)


def readings(linker: Linker, sql: str, words: str) -> list[str]:
    """The ways of a follow-up in words, the likeliest first."""
    scene = FollowUp(read_cues(words), Forms(linker.catalog).read(sql), linker)
    trees = [edited(replace(scene, way=way)) for way in range(4)]
    return [told_way(tree, linker.catalog) for tree in trees if tree is not None]


def test_a_country_is_first_that_of_who_bought(linker: Linker) -> None:
    owners = ["customer", "store", "author", "publisher"]
    said = [f"the country is that of the {owner}" for owner in owners]
    assert readings(linker, BY_GENRE, "only for Germany") == said
    assert readings(linker, BY_GENRE, "by country") == said


def test_a_country_is_first_that_of_what_is_named_or_shown(linker: Linker) -> None:
    author = "the country is that of the author"
    assert readings(linker, BY_GENRE, "only for authors from Germany")[0] == author
    assert readings(linker, BY_AUTHOR, "only for Germany")[0] == author


def test_each_way_is_joined_over_its_own_keys(linker: Linker) -> None:
    forms = Forms(linker.catalog)
    scene = FollowUp(read_cues("only for Germany"), forms.read(BY_AUTHOR), linker, way=1)
    tree = edited(scene)
    assert tree is not None
    sql = forms.write(tree)
    assert "JOIN customer ON orders.customer_id = customer.customer_id" in sql
    assert "JOIN country ON customer.country_code = country.country_code" in sql
    assert "JOIN book ON author.author_id = book.author_id" in sql
    # The other value takes the place of the first, whatever the way to its column.
    scene = FollowUp(read_cues("what about France?"), forms.read(sql), linker)
    french = edited(scene)
    assert french is not None
    assert "France" in forms.write(french) and "Germany" not in forms.write(french)


def test_a_view_is_asked_for_by_its_definition(linker: Linker) -> None:
    base = (
        f"SELECT {MONTH} AS month, {REVENUE} AS revenue FROM orders JOIN order_line ON "
        "order_line.order_id = orders.order_id WHERE NOT orders.status IN ('C', 'R') GROUP BY "
        f"{MONTH} ORDER BY {MONTH}"
    )
    assert unfolded(VIEW, linker.catalog) == base
    said = readings(linker, base, "only for Germany")
    assert said[0] == "the country is that of the customer"


def test_a_definition_names_tables_as_the_catalog_does() -> None:
    table = Table(None, "sale", "table", None, None, (Column("day", "date", "date"),))
    other = replace(table, schema="old")
    # As PostgreSQL writes it for a role whose search path is empty.
    text = "SELECT sale.day AS d FROM public.sale JOIN old.sale AS s ON s.day = sale.day"
    view = replace(table, name="days", kind="view", definition=text)
    catalog = Catalog("postgres", "postgresql", "shop", "", (table, other, view))
    found = unfolded("SELECT d FROM days", catalog)
    assert found == "SELECT sale.day AS d FROM sale JOIN old.sale AS s ON s.day = sale.day"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(revenue) FROM monthly_sales",
        "SELECT month FROM monthly_sales WHERE revenue > 5",
        "SELECT * FROM monthly_sales",
        "SELECT name FROM genre",
        "SELECT month FROM monthly_sales LIMIT 3",
    ],
)
def test_more_than_columns_of_a_view_is_left_as_it_is(linker: Linker, sql: str) -> None:
    assert unfolded(sql, linker.catalog) is None
