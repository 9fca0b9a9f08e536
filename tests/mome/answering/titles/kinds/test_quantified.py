"""Things that have rows, or have none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

RowsOf = Callable[[str], list[tuple] | None]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which clients have never had a job?", [("Delta",)]),
        ("Names of the clients without jobs", [("Delta",)]),
        ("clients nobody has ordered jobs for", [("Delta",)]),
        ("How many clients have no job?", [(1,)]),
        ("How many clients have jobs?", [(3,)]),
        ("How many retail clients have at least one open job?", [(1,)]),
        ("Clients with no job in 2024: client name, sector", [("Borealis", "retail"),
            ("Delta", "office")]),
        # Over two keys: a bill belongs to a job, which belongs to a client.
        ("Clients that have never had an unpaid bill", [("City Hall",), ("Delta",)]),
        ("Clients with jobs in 2025 but not in 2024", [("Borealis",)]),
        ("Clients with jobs in 2024 and not in 2025 (client name)", [("Acme",), ("City Hall",)]),
        ("public clients without jobs", [("Delta",)]),
        ("Clients with both matte and glossy jobs", [("Acme",), ("Borealis",)]),
        ("Which clients ordered a matte job as well as a glossy job in 2024?", [("Acme",)]),
        ("Clients who only ordered done jobs", [("Acme",)]),
        # Without City Hall, whose only bill is paid, and those without bills.
        ("Jobs whose bills are all unpaid: job id", [(2,), (4,)]),
        ("Bills without a refund: bill id", [(2,), (3,), (4,), (5,)]),
    ],
)  # fmt: skip
def test_things_are_picked_by_what_belongs_to_them(
    question: str, expected: list[tuple] | None, rows_of: RowsOf
) -> None:
    rows = rows_of(question)
    assert (rows if rows is None else sorted(rows)) == expected


@pytest.mark.parametrize(
    "question",
    [
        # Which of two clerks of a job, and what are trips?
        "Clerks without jobs",
        "Clients who never made a trip",
        # Things in a period of their own, and a column that does not exist.
        "Clients in 2024 without jobs in 2025",
        "Clients without jobs: colour",
    ],
)
def test_what_is_not_clear_is_left_to_the_model(question: str, rows_of: RowsOf) -> None:
    assert rows_of(question) is None
