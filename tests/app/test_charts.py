from __future__ import annotations

import datetime
from decimal import Decimal

import altair as alt
import pytest

from app.chart_axes import MOST_TICKS
from app.charts import MOST_BARS, Metric, Multiples, choose, shown_number


def drawn(columns: tuple[str, ...], rows: list[tuple]) -> dict:
    chart = choose(columns, rows)
    assert isinstance(chart, alt.Chart)
    return chart.to_dict()


def points(columns: tuple[str, ...], rows: list[tuple]) -> list[tuple]:
    chart = choose(columns, rows)
    assert isinstance(chart, alt.Chart)
    # Periods without rows have no row.
    return [(point["x"], point["y"]) for point in chart.data["values"] if "row" in point]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1300, "1,300"),
        (0, "0"),
        (-5, "-5"),
        (18.5, "18.50"),
        (12345.678, "12,345.68"),
        (1.2e-4, "0.00012"),
        (Decimal("12.10"), "12.10"),
    ],
)
def test_a_single_number_is_a_metric(value: object, shown: str) -> None:
    assert choose(("COUNT(*)",), [(value,)]) == Metric("COUNT(*)", shown)
    assert shown_number(value) == shown


@pytest.mark.parametrize(
    "value", [None, True, "12", float("nan"), float("inf"), datetime.date(2024, 1, 1)]
)
def test_what_is_no_number_is_no_metric(value: object) -> None:
    assert choose(("x",), [(value,)]) is None


def test_a_category_and_a_number_are_bars_in_the_order_of_the_query() -> None:
    rows = [("web", 3), ("store", 9), (None, None)]
    chart = drawn(("channel", "n"), rows)
    assert chart["mark"]["type"] == "bar"
    assert chart["encoding"]["y"]["sort"] is None
    assert (chart["encoding"]["y"]["title"], chart["encoding"]["x"]["title"]) == ("channel", "n")
    assert points(("channel", "n"), rows) == [("web", 3.0), ("store", 9.0), ("(none)", None)]


def test_the_number_may_come_first() -> None:
    assert points(("n", "channel"), [(Decimal("3.5"), "web"), (9, "store")]) == [
        ("web", 3.5),
        ("store", 9.0),
    ]


def test_a_few_whole_numbers_are_categories() -> None:
    assert points(("rating", "n"), [(1, 10), (2, 20), (5, 7)]) == [
        ("1", 10.0),
        ("2", 20.0),
        ("5", 7.0),
    ]


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        (
            "ordered_on",
            [datetime.date(2024, 5, 1), datetime.date(2024, 5, 2)],
            ["2024-05-01T00:00:00", "2024-05-02T00:00:00"],
        ),
        (
            "at",
            [datetime.datetime(2024, 5, 1, 12, 30), datetime.datetime(2024, 5, 2)],
            ["2024-05-01T12:30:00", "2024-05-02T00:00:00"],
        ),
        (
            "day",
            ["2024-05-01", "2024-12-31 10:20:30"],
            ["2024-05-01T00:00:00", "2024-12-31T10:20:30"],
        ),
        ("month", ["2024-05", "2024-06"], ["2024-05-01T00:00:00", "2024-06-01T00:00:00"]),
        ("year", [2023, 2024], ["2023-01-01T00:00:00", "2024-01-01T00:00:00"]),
        ("birth_year", ["1950", "1960"], ["1950-01-01T00:00:00", "1960-01-01T00:00:00"]),
    ],
)
def test_dates_and_years_are_a_line(name: str, values: list, shown: list[str]) -> None:
    rows = list(zip(values, [1, 2], strict=True))
    assert drawn((name, "n"), rows)["mark"]["type"] == "line"
    assert [place for place, _ in points((name, "n"), rows)] == shown


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (("a", "b"), []),
        (("a", "b"), [("x", 1)]),
        (("a", "b"), [("x", 1), ("x", 2)]),
        (("a", "b"), [("x", "y"), ("z", "w")]),
        (("a", "b"), [("x", None), ("y", None)]),
        (("title", "book_id"), [("x", 1), ("y", 2)]),
        (("book_id", "n"), [(1, 2), (3, 4)]),
        (("a", "b"), [("x", 1), ("y", float("inf"))]),
        (("a", "b"), [(b"x", 1), (b"y", 2)]),
        (("name", "n"), [(f"name {n}", n) for n in range(MOST_BARS + 1)]),
        (("price", "stock"), [(n / 7, n) for n in range(20)]),
    ],
    ids=str,
)
def test_everything_else_is_a_table_alone(columns: tuple[str, ...], rows: list[tuple]) -> None:
    assert choose(columns, rows) is None


@pytest.mark.parametrize(
    ("values", "shape", "ticks"),
    [
        ([datetime.date(2023, 12, 31), datetime.date(2024, 1, 1)], "%-d %b %Y", [(31, 12, 2023)]),
        (["2024-05", "2024-06"], "%b %Y", [(1, 5, 2024), (1, 6, 2024)]),
        ([datetime.datetime(2024, 5, 1, 12, 30), datetime.date(2024, 5, 2)], "%-d %b %Y %H:%M", []),
    ],
    ids=str,
)
def test_an_axis_of_days_says_the_year(values: list, shape: str, ticks: list) -> None:
    rows = list(zip(values, [1, 2], strict=True))
    axis = drawn(("day", "n"), rows)["encoding"]["x"]["axis"]
    shown = [(tick["date"], tick["month"], tick["year"]) for tick in axis["values"]]
    assert axis["format"] == shape and len(shown) == 2 and shown[: len(ticks)] == ticks


def test_ticks_are_few_and_reach_both_ends() -> None:
    first = datetime.date(2024, 1, 1)
    rows = [(first + datetime.timedelta(days=day), day) for day in range(366)]
    ticks = drawn(("day", "n"), rows)["encoding"]["x"]["axis"]["values"]
    shown = [(tick["month"], tick["date"]) for tick in ticks]
    assert len(shown) == MOST_TICKS and shown[0] == (1, 1) and shown[-1] == (12, 31)


def test_counts_have_no_ticks_between_whole_numbers() -> None:
    encoding = drawn(("channel", "n"), [("web", 1), ("store", 2)])["encoding"]
    assert encoding["x"]["axis"]["tickMinStep"] == 1
    encoding = drawn(("channel", "n"), [("web", 1.5), ("store", 2)])["encoding"]
    assert "tickMinStep" not in encoding["x"].get("axis", {})


def test_tooltips_say_every_digit() -> None:
    chart = choose(("title", "n"), [("a", 2**60 + 1), ("b", Decimal("1234567.80")), ("c", None)])
    assert isinstance(chart, alt.Chart)
    said = [point["said"] for point in chart.data["values"]]
    assert said == ["1,152,921,504,606,846,977", "1,234,567.80", ""]


def test_years_ids_and_codes_are_not_measured() -> None:
    for name in ("published_year", "customerId", "zip_code", "isbn"):
        assert choose(("title", name), [("a", 1999), ("b", 2001)]) is None
    assert choose(("year",), [(2024,)]) == Metric("year", "2024")
    assert choose(("max",), [(2024,)]) == Metric("max", "2,024")
    assert choose(("max",), [(2024,)], {0}) == Metric("max", "2024")


def test_a_written_date_that_does_not_exist_is_a_category() -> None:
    assert drawn(("day", "n"), [("2024-02-30", 1), ("2024-02-31", 2)])["mark"]["type"] == "bar"


def test_names_with_the_signs_of_vega_are_titles_and_never_fields() -> None:
    chart = drawn(("a.b[0]", "count(*)"), [("x", 1), ("y", 2)])
    assert {channel["field"] for channel in (chart["encoding"]["x"], chart["encoding"]["y"])} == {
        "x",
        "y",
    }
    assert chart["encoding"]["y"]["title"] == "a.b[0]"


def test_a_month_without_rows_is_a_gap() -> None:
    chart = choose(("month", "n"), [("2024-01", 1), ("2024-02", 2), ("2024-04", 3)])
    assert isinstance(chart, alt.Chart)
    gaps = [point["x"] for point in chart.data["values"] if "row" not in point]
    assert gaps == ["2024-03-01T00:00:00"]
    assert chart.to_dict()["mark"]["invalid"] == "break-paths-show-path-domains"


def test_parts_are_in_order_where_the_query_has_none() -> None:
    rows = [("web", 3), ("store", 9), ("phone", 1)]
    chart = choose(("channel", "n"), rows, is_ordered=False)
    assert isinstance(chart, alt.Chart)
    assert chart.to_dict()["encoding"]["y"]["sort"] == ["store", "web", "phone"]
    ratings = choose(("rating", "n"), [(5, 3), (1, 9)], is_ordered=False)
    assert isinstance(ratings, alt.Chart)
    assert ratings.to_dict()["encoding"]["y"]["sort"] == ["1", "5"]


def test_two_dimensions_are_lines_or_grouped_bars() -> None:
    years = [(2023, "web", 1), (2024, "web", 2), (2023, "store", 3), (2024, "store", 4)]
    chart = drawn(("year", "channel", "n"), years)
    assert chart["mark"]["type"] == "line"
    assert chart["encoding"]["color"]["legend"]["title"] == "channel"
    named = [(f"in {year}", channel, n) for year, channel, n in years]
    chart = drawn(("when", "channel", "n"), named)
    assert chart["mark"]["type"] == "bar" and chart["encoding"]["yOffset"]["field"] == "s"
    many = [(f"a{n % 20}", f"b{n // 20}", n) for n in range(400)]
    assert choose(("a", "b", "n"), many) is None


def test_several_numbers_are_small_multiples_with_an_axis_each() -> None:
    multiples = choose(("a", "b", "c"), [("x", 1, 2), ("y", 3, 4)])
    assert isinstance(multiples, Multiples)
    titles = [chart.to_dict()["encoding"]["x"]["title"] for chart in multiples.charts]
    assert titles == ["b", "c"]
