"""Each construct on four engines: the rows of its form are those of a query written by hand."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mome.answering.row_comparison import same_rows
from mome.catalog import Catalog
from mome.execution import Executor, open_executor
from mome.forms.forms import Forms
from mome.guard import guard

FIXTURES = Path(__file__).parents[2] / "fixtures" / "forms"
DIALECTS = ("sqlite", "duckdb", "postgres", "mysql")


@dataclass(frozen=True)
class Construct:
    """A form, and the SQL that a person would write for it."""

    title: str
    form: str
    sql: dict[str, str]
    """By dialect."""


def read_constructs() -> list[Construct]:
    """The titled forms of the fixture. Its SQL is every engine's, or follows an engine's name."""
    constructs = []
    for block in (FIXTURES / "constructs.sql").read_text("utf-8").split("# title: ")[1:]:
        title, _, body = block.partition("\n")
        named = dict(re.findall(r"^# (\w+): (.*)$", body, re.MULTILINE))
        plain = re.sub(r"^#.*$", "", body, flags=re.MULTILINE).strip()
        sql = {dialect: named.get(dialect, plain) for dialect in DIALECTS}
        constructs.append(Construct(title, named["form"], sql))
    return constructs


def difference(construct: Construct, dialect: str, forms: Forms, executor: Executor) -> str:
    """What is wrong with a construct on one engine; empty if nothing is."""
    catalog = forms.catalog
    compiled = forms.decode(construct.form)
    wanted = executor.run(guard(construct.sql[dialect], catalog)).rows
    found = executor.run(guard(compiled, catalog)).rows
    if not same_rows(texts(wanted), texts(found), ordered=" ORDER BY " in construct.form):
        return f"{compiled}\n  wanted {wanted}\n  found {found}"
    again = forms.encode(compiled)
    return "" if again == construct.form else f"{compiled}\n  read again as {again}"


def texts(rows: list[tuple]) -> list[tuple]:
    """Rows with dates as texts, without midnight."""
    return [tuple(_text(cell) for cell in row) for row in rows]


def _text(cell: object) -> object:
    if cell is None or isinstance(cell, (int, float)):
        return cell
    text = str(cell).removesuffix(" 00:00:00").removesuffix("T00:00:00")
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_construct_gives_the_rows_of_a_query_by_hand(
    dialect: str, make_shop: Callable[[str], tuple[str, Catalog]]
) -> None:
    url, catalog = make_shop(dialect)
    forms = Forms(catalog)
    wrong = {}
    with open_executor(url) as executor:
        for construct in read_constructs():
            try:
                found = difference(construct, dialect, forms, executor)
            except Exception:
                found = traceback.format_exc(limit=-2)
            if found:
                wrong[construct.title] = found
    report = "\n".join(f"{title}: {text}" for title, text in wrong.items())
    assert not wrong, report
