"""Which part of a driver's error may be shown."""

from __future__ import annotations

from schemas.readers.base import one_line


def test_only_the_first_line_is_repeated_and_never_the_password() -> None:
    error = Exception("\n could not connect as ann:hunter2 \nDETAIL: row (4, 'Ann')")
    assert one_line(error, "postgresql://ann:hunter2@host/shop") == "could not connect as ann:***"


def test_an_error_without_a_message_gives_its_name() -> None:
    assert one_line(ValueError()) == "ValueError"


def test_a_long_message_is_cut() -> None:
    assert len(one_line(ValueError("x" * 999))) == 300
