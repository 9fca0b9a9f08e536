"""By what a figure is divided."""

from __future__ import annotations

import pytest

from mome.answering.titles.dimensions import division, is_table, rows_of
from mome.answering.titles.figures import TitleScope
from mome.answering.titles.said_words import TitleWords


@pytest.mark.parametrize(
    ("table", "phrase", "columns", "keys"),
    [
        ("client", "sector", ("sector",), []),
        ("bill", "sector", ("sector",), ["job_id", "client_id"]),
        # Its own column before that of the job.
        ("bill", "status", ("status",), []),
        ("bill", "client", ("client_name",), ["job_id", "client_id"]),
        # The key itself.
        ("shop_job", "client id", ("client_id",), []),
        ("bill", "client name", ("client_name",), ["job_id", "client_id"]),
        ("client", "adviser", ("first_name", "last_name"), ["adviser_id"]),
        ("shop_job", "checking clerk", ("first_name", "last_name"), ["checked_by_clerk_id"]),
        ("bill", "month", ("billDt",), []),
        ("bill", "billing month", ("billDt",), []),
        ("shop_job", "due month", ("due_on",), []),
    ],
)
def test_a_phrase_names_columns_of_the_table_or_of_what_it_refers_to(
    table: str,
    phrase: str,
    columns: tuple[str, ...],
    keys: list[str],
    scope: TitleScope,
    vocabulary: TitleWords,
) -> None:
    start = scope.catalog.table(table)
    assert start is not None
    one = division(vocabulary.words(phrase), start, None, scope.catalog, scope.paths)
    assert one is not None
    assert (one.columns, [hop.column for hop in one.path]) == (columns, keys)


@pytest.mark.parametrize(
    ("table", "phrase"),
    [
        ("shop_job", "clerk"),
        ("client", "paper"),
        ("client", "large sector"),
        ("refund", "month"),
        ("bill", "hour"),
        ("bill", ""),
    ],
)
def test_a_phrase_that_names_nothing_or_two_things_is_no_division(
    table: str, phrase: str, scope: TitleScope, vocabulary: TitleWords
) -> None:
    start = scope.catalog.table(table)
    assert start is not None
    words = vocabulary.words(phrase)
    assert division(words, start, None, scope.catalog, scope.paths) is None


def test_the_rows_themselves_are_shown_by_their_names(
    scope: TitleScope, vocabulary: TitleWords
) -> None:
    branch, bill = scope.catalog.table("branch"), scope.catalog.table("bill")
    assert branch is not None and bill is not None
    assert is_table(vocabulary.words("branches"), branch, scope.catalog)
    assert not is_table(vocabulary.words("branches"), bill, scope.catalog)
    rows = rows_of(branch)
    assert rows is not None
    assert (rows.columns, rows.is_of_rows) == (("branch_name",), True)
    assert rows_of(bill) is None
