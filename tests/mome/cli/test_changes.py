"""`mome learn`, `forget` and `rollback`: what they say, and that every other command sees what they
did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Cli, Tuned

QUESTION, SQL = (
    "Who are the walkers?",
    (
        "SELECT member.name FROM member JOIN club ON member.club_id = club.club_id WHERE "
        "club.club_id = 3"
    ),
)


def test_a_fact_is_learned_asked_rolled_back_and_forgotten(own_club: Tuned, mome: Cli) -> None:
    where = ("--memory", own_club.memory)
    learned = mome("learn", "--question", QUESTION, "--sql", SQL, *where)
    assert (
        learned.code == 0
        and "has learned fact" in learned.out
        and "it runs on the database" in learned.out
    ), learned.err
    asked = mome("ask", QUESTION, *where)
    assert asked.code == 0 and "Dora" in asked.out and "a verified query" in asked.err, asked.err
    back = mome("rollback", *where)
    assert (back.code, back.out) == (0, f"the memory in {own_club.memory} is version 0001 again\n")
    forgotten = mome("forget", "which clubs are in basel", *where)
    assert forgotten.code == 0 and "Which clubs are in Basel?" in forgotten.out, forgotten.err


def test_what_cannot_be_done_is_one_line(
    own_club: Tuned, mome: Cli, refused: Callable, snapshot: Callable
) -> None:
    before, where = snapshot(own_club.memory), ("--memory", own_club.memory)
    refused(
        mome("learn", "--question", QUESTION, "--sql", "DROP TABLE club", *where),
        "only a query may run",
    )
    refused(mome("rollback", *where), "has no version before this one")
    refused(mome("forget", "nothing", *where), "has no fact nothing")
    assert snapshot(own_club.memory) == before
