"""Classes as people list them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mome.answering.titles.kinds.class_words import classes_of, upper_bound


@pytest.mark.parametrize(
    ("text", "labels", "ends"),
    [
        ("cheap (under 10), medium (10 to 50) and expensive (above 50)", "cheap medium expensive",
         "<10 <=50"),
        ("'small' below 500, 'medium' from 500 to below 2000, 'large' from 2000",
         "small medium large", "<500 <2000"),
        ("small (under 50 euros), medium (50 to under 500) and large (500 or more)",
         "small medium large", "<50 <500"),
        ("low: 0-9, mid: 10-99, high: 100+", "low mid high", "<10 <100"),
        ("large (over 5) and small (up to 5)", "small large", "<=5"),
    ],
)  # fmt: skip
def test_classes_have_labels_and_ends(text: str, labels: str, ends: str) -> None:
    found = classes_of(text)
    assert [one.label for one in found] == labels.split()
    bounds = [upper_bound(one, other) for one, other in zip(found, found[1:], strict=False)]
    assert [f"{operator}{end}" for operator, end in bounds] == ends.split()


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("under 50, 50 to 200 and over 200", ["under 50", "50 to 200", "over 200"]),
        (
            '"up to 50 kg", "over 50 to 200 kg" and "over 200 kg"',
            ["up to 50 kg", "over 50 to 200 kg", "over 200 kg"],
        ),
        ("below 100, 100 to 499 and 500 and more", ["below 100", "100 to 499", "500 and more"]),
        (
            "under 100, between 100 and 300, and over 300",
            ["under 100", "between 100 and 300", "over 300"],
        ),
    ],
)
def test_a_class_without_a_name_is_called_by_its_bounds(text: str, labels: list[str]) -> None:
    assert [one.label for one in classes_of(text)] == labels


@pytest.mark.parametrize(
    "text", ["under 50 and over 200", "open, closed", "under 50", "10 to 60 and 50 to 90", ""]
)
def test_what_leaves_gaps_or_overlaps_is_no_list_of_classes(text: str) -> None:
    assert classes_of(text) == ()


def test_units_are_kept() -> None:
    first, last = classes_of("under 50 kg, 50 kg or more")
    assert first.units == last.units == ("kg",)
    assert first.high == Decimal(50)
