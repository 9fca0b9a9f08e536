from __future__ import annotations

import pytest

from app.charts import Drawable
from app.columns import Shown
from app.sentences import Summary, tell
from app.units import Unit

MONTH, GENRE = Shown("month"), Shown("genre")
REVENUE = Shown("revenue", Unit("money", "EUR"), adds_up=True)
COUNT = Shown("number of orders", adds_up=True)
PRICE = Shown("average price", Unit("money"))


def said(columns: tuple[Shown, ...], rows: list[tuple]) -> Summary:
    return tell(Drawable(columns, rows), None, False)


@pytest.mark.parametrize(
    ("columns", "rows", "sentence"),
    [
        ((REVENUE,), [(1234.5,)], "The revenue is 1,234.50 EUR."),
        ((GENRE, COUNT), [("Crime", 3)], "One row: genre Crime, number of orders 3."),
        (
            (MONTH, REVENUE),
            [("2024-02", 5.0), ("2024-01", 9.0), ("2024-03", 7.0)],
            "The revenue fell from 9.00 EUR in Jan 2024 to 7.00 EUR in Mar 2024; the highest was "
            "9.00 EUR in Jan 2024.",
        ),
        (
            (MONTH, COUNT),
            [("2024-01", 4), ("2024-02", 6), ("2024-03", 4)],
            "The number of orders was 4 both in Jan 2024 and in Mar 2024; the highest was 6 in "
            "Feb 2024.",
        ),
        (
            (MONTH, COUNT),
            [("2024-01", 4), ("2024-02", 6)],
            "The number of orders rose from 4 in Jan 2024 to 6 in Feb 2024, the highest.",
        ),
        (
            (Shown("first name"),),
            [("Ada",), ("Ben",)],
            "There are 2 rows; the first name in the first is Ada.",
        ),
        (
            (MONTH, COUNT),
            [("2024-01", 4), ("2024-02", 4)],
            "The number of orders was 4 both in Jan 2024 and in Feb 2024.",
        ),
        (
            (MONTH, COUNT),
            [("2024-01", 4), ("2024-02", 4), ("2024-03", 4)],
            "The number of orders was 4 both in Jan 2024 and in Mar 2024, and at all times "
            "between.",
        ),
        (
            (GENRE, COUNT),
            [("Crime", 1), ("Poetry", 3)],
            "Poetry has the highest number of orders: 3, 75.0% of 4 in total.",
        ),
        (
            (GENRE, PRICE),
            [("Crime", 1.0), ("Poetry", 3.0)],
            "Poetry has the highest average price: 3.00; the lowest is 1.00.",
        ),
        (
            (GENRE, PRICE),
            [("Crime", 3.0), ("Poetry", 3.0)],
            "The highest average price is 3.00, of Crime and others; the lowest is 3.00.",
        ),
        (
            (MONTH, COUNT, Shown("change of number of orders")),
            [("2024-01", 4, None), ("2024-02", 1, -3), ("2024-03", 6, 5)],
            "The number of orders fell most in Feb 2024, by 3 and rose most in Mar 2024, by 5.",
        ),
        (
            (Shown("year"), GENRE, COUNT),
            [(2023, "Crime", 1), (2024, "Crime", 5), (2023, "Poetry", 2), (2024, "Poetry", 3)],
            "The highest number of orders is 5, of 2024 and Crime; all together are 11.",
        ),
        ((GENRE,), [("Crime",), ("Poetry",)], "There are 2 rows; the first genre is Crime."),
        ((Shown("price"),), [(1.5,), (2.5,)], "There are 2 rows."),
        ((GENRE,), [(None,)], ""),
    ],
)
def test_the_rows_are_told_with_their_number(
    columns: tuple[Shown, ...], rows: list[tuple], sentence: str
) -> None:
    assert said(columns, rows).sentence == sentence


def test_parts_below_zero_have_no_share() -> None:
    rows = [("Crime", -1), ("Poetry", 3)]
    assert said((GENRE, COUNT), rows).sentence.endswith("3; the lowest is -1.")


def test_missing_months_are_named() -> None:
    rows = [("2024-01", 1), ("2024-03", 2), ("2024-08", 3)]
    missing = said((MONTH, COUNT), rows).missing
    assert missing == "No rows for Feb 2024, Apr 2024, May 2024 and 2 more."
    assert said((MONTH, COUNT), [("2024-01", 1), ("2024-02", 2)]).missing == ""


def test_of_rows_that_are_not_all_there_only_their_number_is_told() -> None:
    given = Drawable((GENRE, COUNT), [("Crime", 1), ("Poetry", 2)])
    assert tell(given, 5000, True).sentence == "There are 5,000 rows; the first 2 are shown."
    assert tell(given, None, True).sentence.startswith("There are more than 2 rows")
