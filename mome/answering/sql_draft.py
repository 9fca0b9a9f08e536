"""A query between decoding and the guard: its text with its syntax trees, each parsed once.

`candidates` hands one from a repair to the next; whoever changes the text returns another draft.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from sqlglot import exp

from mome.errors import Refused
from mome.guard import read_sql, write_sql
from mome.sql_tree import parsed


@dataclass(frozen=True)
class SqlDraft:
    """SQL in a catalog's dialect. Copy a tree before changing it: all readers share it."""

    sql: str
    dialect: str

    @cached_property
    def tree(self) -> exp.Expr | None:
        """sqlglot's tree, in which functions have classes; None if the SQL does not parse."""
        return parsed(self.sql, self.dialect)

    @cached_property
    def exact_tree(self) -> exp.Expr | None:
        """The tree of the guard's parser, which is written as it was read; None if the SQL does not
        parse.
        """
        try:
            return read_sql(self.sql, self.dialect)
        except Refused:
            return None

    def rewritten(self, exact_tree: exp.Expr) -> SqlDraft:
        """Return the draft of a changed `exact_tree`. Raises Refused if it cannot be written."""
        return replace(self, sql=write_sql(exact_tree, self.dialect))
