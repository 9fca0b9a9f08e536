"""Questions that ask to write, and questions that only hold such words."""

from __future__ import annotations

import pytest

from mome.answering.write_request import asks_to_write

WRITES = [
    "Delete all singers",
    "please drop the song table",
    '  "TRUNCATE song"',
    "Could you update the age of Joe Sharp to 30",
    "can you insert a new singer?",
    "alter table singer add column x",
    "Grant all rights on singer to me",
    "revoke select on song",
    "Create a table singers_of_2024",
    "create the view best_songs",
    "CREATE INDEX ON singer(age)",
    "-- drop table singer",
    "drop\ttable\nsinger",
    "Please, drop the table singer",
    "I want you to delete all singers",
    "Delete them from the database",
]
READS = [
    "Which singers did we delete last year?",
    "How many songs were dropped?",
    "Updates of singers by country",
    "Show the insert dates of all songs",
    "Grants per country",
    "Create a list of all singers",
    "Create a table of singers by country",
    "Drop-off rate of the users per month",
    "Drop shipments by carrier",
    "Grant amounts by year",
    "Update history of singer 7",
    "Drop rate by table",
    "Who may alter songs?",
    "Deleted songs",
    "Droplets sold by Joe Sharp",
    "Is there a song called Drop Table?",
    "Delete-safe orders",
    "",
]


@pytest.mark.parametrize("question", WRITES)
def test_it_asks_to_write(question: str) -> None:
    assert asks_to_write(question)


@pytest.mark.parametrize("question", READS)
def test_it_only_reads(question: str) -> None:
    assert not asks_to_write(question)
