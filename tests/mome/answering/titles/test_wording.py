"""What stands around the parts of a title."""

from __future__ import annotations

import pytest

from mome.answering.titles.wording import BareTitle, bare_title


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fees by city, in euros", BareTitle("fees by city", in_currency=True)),
        ("fees by city (in cents)", BareTitle("fees by city")),
        (
            "jobs by city, leaving out the cancelled ones",
            BareTitle("jobs by city", left_out="cancelled"),
        ),
        (
            "jobs by reason, without those where no reason was given",
            BareTitle("jobs by reason", only_filled=True),
        ),
        ("how many of our jobs are open", BareTitle("how many jobs open")),
        (
            "all clients with how many jobs they had in 2025",
            BareTitle("how many jobs for each clients in 2025"),
        ),
        (
            "jobs per client, counting only clients who had at least one",
            BareTitle("jobs per client"),
        ),
        ("fee by city, refunded ones left out", BareTitle("fee by city", left_out="refunded")),
        (
            "all clients with the number of jobs since 2025",
            BareTitle("how many jobs since 2025 for each clients"),
        ),
        # A country, and things that have none.
        ("fees in europe", BareTitle("fees in europe")),
        ("clients without jobs", BareTitle("clients without jobs")),
    ],
)
def test_only_the_parts_of_a_title_are_left(text: str, expected: BareTitle) -> None:
    assert bare_title(text) == expected
