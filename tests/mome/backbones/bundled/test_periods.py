"""Years beside date columns become ranges of days, and ranges that hold nothing are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.backbones.bundled.periods import days_in, holds_days, is_day, is_year
from mome.backbones.bundled.pointer_form import PointerForm
from mome.catalog import Column
from mome.errors import NotExpressible

HELD = "held >= '2014-01-01' AND held < '2015-01-01'"
RANGES = {
    "{held} = 2014": HELD,
    "{held} >= 2014": "held >= '2014-01-01'",
    "{held} > 2014": "held >= '2015-01-01'",
    "{held} < 2014": "held < '2014-01-01'",
    "{held} <= 2014": "held < '2015-01-01'",
    "{held} BETWEEN 2014 AND 2016": "held >= '2014-01-01' AND held < '2017-01-01'",
    "{held} <> 2014": f"NOT ({HELD})",
    "{held} = 2014 AND {id} > 1": f"{HELD} AND id > 1",
    "{held} = 2014 OR {id} > 1": f"({HELD}) OR id > 1",
}


def pointer(form: PointerForm, name: str) -> str:
    return f"i{form.place(name)}"


def written(form: PointerForm, condition: str) -> str:
    """The SQL of a condition on the concerts, in pointer form."""
    names = {name: pointer(form, f"concert.{name}") for name in ("held", "id", "year")}
    return form.decode(f"SELECT COUNT(*) WHERE {condition.format(**names)}")


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "mysql"])
@pytest.mark.parametrize("condition", RANGES)
def test_a_year_beside_a_date_is_its_days(
    forms: dict[str, PointerForm], dialect: str, condition: str
) -> None:
    expected = f"SELECT COUNT(*) FROM concert WHERE {RANGES[condition]}"
    assert written(forms[dialect], condition) == expected


@pytest.mark.parametrize(
    "condition",
    [
        "{held} = 20",
        "{held} = 2014.5",
        "{held} IN (2014, 2015)",
        "{held} = -2014",
        "{held} BETWEEN 2016 AND 2014",
        "{held} >= '2025-01-01' AND {held} < '2025-01-01'",
        "{held} > '2025-01-02' AND {id} = 1 AND {held} <= '2025-01-01'",
        "{id} > 5 AND {id} < 5",
        "{id} BETWEEN 5 AND 4",
    ],
)
def test_no_date_meets_a_number_and_no_range_is_empty(
    forms: dict[str, PointerForm], condition: str
) -> None:
    with pytest.raises(NotExpressible):
        written(forms["sqlite"], condition)


@pytest.mark.parametrize(
    "condition",
    [
        "{id} > 5 OR {id} < 5",
        "{id} >= 5 AND {id} <= 5",
        "{held} >= '2025-01-01' AND {held} <= '2025-01-01'",
        "{year} = 2014",
    ],
)
def test_other_ranges_stay(forms: dict[str, PointerForm], condition: str) -> None:
    plain = condition.format(held="held", id="id", year="year")
    expected = f"SELECT COUNT(*) FROM concert WHERE {plain}"
    assert written(forms["sqlite"], condition) == expected


def test_sql_that_compares_a_date_with_a_number_has_no_form(forms: dict[str, PointerForm]) -> None:
    form = forms["sqlite"]
    with pytest.raises(NotExpressible):
        form.encode("SELECT COUNT(*) FROM concert WHERE held = 2014")
    sql = f"SELECT COUNT(*) FROM concert WHERE {HELD}"
    assert form.decode(form.encode(sql)) == sql


def test_days_are_real_and_whole() -> None:
    assert is_day("2024-02-29") and is_day("2024-02-29 10:00:00")
    assert not any(map(is_day, ("2023-02-29", "202001-01-01", "2024-03", "20240301")))
    assert is_year("2024") and not any(map(is_year, ("24", "0999", "20240", "2024.0")))
    assert days_in("from 2024-02-30 to 2024-03-01") == ["2024-03-01"]


def test_stored_values_decide_what_a_column_holds() -> None:
    days = Column("held", "DATE", "date", least="2014-05-06", greatest="2015-01-31")
    assert holds_days(days) and holds_days(Column("held", "DATE", "date"))
    assert holds_days(replace(days, family="text"))
    assert not holds_days(replace(days, least="26-AUG-06"))
    assert not holds_days(Column("name", "TEXT", "text"))
    assert not holds_days(Column("year", "INTEGER", "integer", least=2014, greatest=2015))
