"""What is counted, added up or averaged."""

from __future__ import annotations

import pytest

from mome.answering.titles.figures import TitleScope, figures, tables_named
from mome.answering.titles.said_words import TitleWords


@pytest.mark.parametrize(
    ("head", "aggregate", "expected"),
    [
        ("clients", "", ["client"]),
        # The only name that ends so.
        ("jobs", "count", ["shop_job"]),
        ("billed amount", "", ["bill.amount"]),
        ("tax amount", "", ["bill.tax_amount"]),
        ("amount", "", ["bill.amount", "refund.amount"]),
        ("unit price", "average", ["shop_job.unit_price"]),
        # Prices are not added up unless the title says so.
        ("unit price", "", []),
        ("clients", "average", []),
        # The sum of the amounts, or the number of rows.
        ("bills", "sum", []),
        ("clients", "sum", ["client"]),
        ("jobs cancelled", "count", []),
        ("", "count", []),
    ],
)
def test_every_word_of_a_figure_is_explained(
    head: str, aggregate: str, expected: list[str], scope: TitleScope, vocabulary: TitleWords
) -> None:
    found = []
    for figure in figures(vocabulary.words(head), aggregate, scope):
        measure = "" if figure.measure is None else f".{figure.measure.name}"
        found.append(f"{figure.table.key}{measure}")
    assert found == expected


def test_a_participle_names_the_date(scope: TitleScope, vocabulary: TitleWords) -> None:
    (figure,) = figures(vocabulary.words("jobs ordered"), "count", scope)
    assert figure.date is not None
    assert figure.date.name == "ordered_on"


def test_a_table_is_named_whole_or_by_its_end(scope: TitleScope, vocabulary: TitleWords) -> None:
    named = tables_named(vocabulary.words("bills of clients"), scope.catalog)
    assert [table.key for table in named] == ["bill", "client"]
    assert tables_named(vocabulary.words("shop"), scope.catalog) == []
