"""Column names without their table, which a text model prefers to write.

A form names the table of every column. Where a name is unique among the tables that a model sees,
it may write the name alone, and the table is added before the form is compiled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlglot import exp

from mome.catalog import Column, Table
from mome.errors import NotExpressible
from mome.forms.language import parse_form, write_form
from mome.forms.spelling import identifier, written_name


class BareNames:
    """The names that only one column of some tables has.

    `tables`: tables, each with those of its columns that may be named.
    """

    def __init__(self, tables: Iterable[tuple[Table, Iterable[Column]]]) -> None:
        columns = [(table, column) for table, shown in tables for column in shown]
        count = Counter(column.name.lower() for _, column in columns)
        self._tables: dict[str, Table] = {
            column.name: table
            for table, column in columns
            if count[column.name.lower()] == 1 and _is_plain_column(column.name)
        }

    def __contains__(self, name: str) -> bool:
        return name in self._tables

    def with_tables(self, form: str) -> str:
        """Return a form with the table of every column. Raises NotExpressible if it is no form."""
        tree = parse_form(form)
        for column in list(tree.find_all(exp.Column)):
            table = self._tables.get(column.name)
            if not column.table and table is not None:
                column.replace(_column(written_name(table, column.name)))
        return write_form(tree)


def _column(text: str) -> exp.Expr:
    """Return the expression that a form reads as `text`."""
    return parse_form(f"SELECT {text}").selects[0]


def _is_plain_column(name: str) -> bool:
    """Return whether a form reads the name alone as a column, and not as a keyword."""
    try:
        column = _column(identifier(name).sql())
    except NotExpressible:
        return False
    return isinstance(column, exp.Column) and not column.table and column.name == name
