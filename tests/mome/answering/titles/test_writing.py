"""Forms of titles, from their parts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.answering.titles.dimensions import division
from mome.answering.titles.figures import TitleScope, figures
from mome.answering.titles.grammar import title_parts
from mome.answering.titles.paths import RowDate
from mome.answering.titles.said_words import TitleWords
from mome.answering.titles.writing import written


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        (
            "clients by sector, highest first",
            'SELECT t0."sector", COUNT(*) FROM "client" AS t0 GROUP BY t0."sector" ORDER BY '
            "COUNT(*) DESC",
        ),
        (
            "tax amount by client in 2024",
            'SELECT t2."client_name", SUM(t0."tax_amount") FROM "bill" AS t0 JOIN "shop_job" AS t1 '
            'ON t0."job_id" = t1."job_id" JOIN "client" AS t2 ON t1."client_id" = t2."client_id" '
            'WHERE DURING(t0."billDt", \'2024\') GROUP BY t2."client_id", t2."client_name"',
        ),
        (
            "jobs ordered by year and quarter",
            'SELECT YEAR(t0."ordered_on"), QUARTER(t0."ordered_on"), COUNT(*) FROM "shop_job" AS '
            't0 GROUP BY YEAR(t0."ordered_on"), QUARTER(t0."ordered_on") ORDER BY '
            'YEAR(t0."ordered_on") ASC, QUARTER(t0."ordered_on") ASC',
        ),
        (
            "jobs printed by paper",
            'SELECT t0."paper", COUNT(*) FROM "shop_job" AS t0 WHERE t0."printed_on" IS NOT NULL '
            'GROUP BY t0."paper"',
        ),
        (
            "tax amount by month as a share of the total",
            'SELECT TRUNC(t0."billDt", \'month\'), SHARE(SUM(t0."tax_amount")) FROM "bill" AS t0 '
            "GROUP BY TRUNC(t0.\"billDt\", 'month') ORDER BY TRUNC(t0.\"billDt\", 'month') ASC",
        ),
        (
            "clients by sector: sector, clients",
            'SELECT t0."sector", COUNT(*) FROM "client" AS t0 GROUP BY t0."sector"',
        ),
        # More columns than it shows.
        ("clients by sector: sector, name, clients", None),
        # Nothing to go by.
        ("clients by sector, newest first", None),
    ],
)
def test_a_title_is_written_as_a_form(
    title: str, expected: str | None, scope: TitleScope, vocabulary: TitleWords
) -> None:
    parts = next(title_parts(title))
    phrase = parts.figures[0]
    (figure,) = figures(vocabulary.words(phrase.head), phrase.aggregates[0], scope)
    figure = replace(figure, aggregates=phrase.aggregates)
    divisions = []
    for phrase in parts.dimensions:
        words = vocabulary.words(phrase)
        one = division(words, figure.table, figure.date, scope.catalog, scope.paths)
        assert one is not None
        divisions.append(one)
    date = figure.date or figure.table.column("billDt")
    dated = RowDate(date) if date is not None else None
    assert written(parts, [figure], divisions, dated) == expected
