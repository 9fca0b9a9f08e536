"""Days as people write them, in ISO form."""

from __future__ import annotations

import pytest

from mome.linking.dates import written_days


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("before May 5, 2023", ["2023-05-05"]),
        ("on the 3rd of March 1999, or on Dec 31st 2000?", ["1999-03-03", "2000-12-31"]),
        ("5 sept 2010", ["2010-09-05"]),
        ("since 2021/1/9", ["2021-01-09"]),
        ("am 24.12.2021", ["2021-12-24"]),
        ("2/14/2020 and 14/2/2020", ["2020-02-14", "2020-02-14"]),
        ("2023-05-05 is one already", []),
        ("in May 2023, at 5", []),
        ("February 30, 2020 is none, nor 13/13/2020", []),
        ("may 5 people come", []),
        ("5 \u017fept 2010", []),
    ],
)
def test_days_are_found(question: str, days: list[str]) -> None:
    assert [day for _, _, day in written_days(question)] == days


def test_days_know_their_place() -> None:
    question = "Who came on June 1, 2022?"
    assert [question[first:last] for first, last, _ in written_days(question)] == ["June 1, 2022"]
