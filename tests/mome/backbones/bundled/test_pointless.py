"""Forms that make SQL which no question means are refused."""

from __future__ import annotations

import pytest

from mome.backbones.bundled.pointer_form import PointerForm
from mome.errors import NotExpressible


def written(form: PointerForm, condition: str) -> str:
    """The SQL of a condition on the concerts, in pointer form."""
    names = {name: f"i{form.place(f'concert.{name}')}" for name in ("held", "id", "year")}
    return form.decode(f"SELECT COUNT(*) WHERE {condition.format(**names)}")


@pytest.mark.parametrize(
    "condition",
    [
        "{id} > 5 AND {id} < 5",
        "{id} BETWEEN 5 AND 4",
        "SINCE({held}, '2025') AND BEFORE({held}, '2025')",
        "AFTER({held}, '2025-01-01') AND {id} = 1 AND UNTIL({held}, '2025-01-01')",
        "SINCE({held}, '2025') AND BEFORE({held}, '2024-05')",
    ],
)
def test_a_range_that_holds_nothing_is_refused(
    forms: dict[str, PointerForm], condition: str
) -> None:
    with pytest.raises(NotExpressible, match="holds nothing"):
        written(forms["sqlite"], condition)


@pytest.mark.parametrize(
    "condition",
    [
        "{id} > 5 OR {id} < 5",
        "{id} >= 5 AND {id} <= 5",
        "SINCE({held}, '2025') AND UNTIL({held}, '2025')",
        "{id} > 5 AND {year} < 5",
    ],
)
def test_other_ranges_stay(forms: dict[str, PointerForm], condition: str) -> None:
    assert written(forms["sqlite"], condition).startswith("SELECT COUNT(*) FROM concert WHERE ")


@pytest.mark.parametrize("form", ["SELECT 1", "SELECT COUNT(*)", "SELECT (SELECT 2) + COUNT(*)"])
def test_a_query_that_reads_no_table_is_refused(forms: dict[str, PointerForm], form: str) -> None:
    with pytest.raises(NotExpressible):
        forms["sqlite"].decode(form)


@pytest.mark.parametrize(
    "condition",
    [
        "{id} IN (SELECT {id})",
        "NOT {id} IN (SELECT {id} WHERE {id} = 1)",
        "{year} > 5 AND {id} IN (SELECT DISTINCT {id})",
    ],
)
def test_a_column_sought_among_its_own_values_is_refused(
    forms: dict[str, PointerForm], condition: str
) -> None:
    with pytest.raises(NotExpressible, match="own values"):
        written(forms["sqlite"], condition)


@pytest.mark.parametrize(
    "condition",
    [
        "{id} IN (SELECT {id} WHERE {year} = 1)",
        "{id} IN (SELECT {year})",
        "{id} IN (SELECT {id} GROUP BY {id} HAVING COUNT(*) > 1)",
    ],
)
def test_a_column_may_be_sought_among_other_values(
    forms: dict[str, PointerForm], condition: str
) -> None:
    assert " IN (SELECT " in written(forms["sqlite"], condition)


@pytest.mark.parametrize(
    "condition",
    ["FILLED({id}) AND EMPTY({id})", "EMPTY({year}) AND {id} = 1 AND NOT {year} IS NULL"],
)
def test_a_column_both_empty_and_filled_is_refused(
    forms: dict[str, PointerForm], condition: str
) -> None:
    with pytest.raises(NotExpressible, match="both empty and filled"):
        written(forms["sqlite"], condition)


@pytest.mark.parametrize(
    "condition", ["FILLED({id}) OR EMPTY({id})", "FILLED({id}) AND EMPTY({year})"]
)
def test_columns_may_be_empty_or_filled(forms: dict[str, PointerForm], condition: str) -> None:
    assert "IS NULL" in written(forms["sqlite"], condition)
