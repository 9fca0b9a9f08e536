"""Templates of business databases: tables with the names that each may have, and roles of columns.

`domains` reads them from texts, `drawing` draws databases from them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnTemplate:
    """A column with the names that it may have."""

    names: tuple[str, ...]
    """Words joined by underscores; the first one is the plainest."""
    role: str
    """What it holds; `values` lists the roles."""
    details: tuple[str, ...] = ()
    """What the role is about: the kinds of a status, or the lowest and highest amount."""


@dataclass(frozen=True)
class TableTemplate:
    """A table with the names that it may have."""

    names: tuple[str, ...]
    columns: tuple[ColumnTemplate, ...]
    parents: tuple[str, ...] = ()
    """First names of the tables that it refers to."""

    @property
    def is_fact(self) -> bool:
        """Whether its rows are events or parts of others, of which there are many."""
        return bool(self.parents)


def read_domain(text: str) -> tuple[TableTemplate, ...]:
    """Return the tables of a domain.

    A line at the margin names a table, and after `>` the tables that it refers to. An indented line
    names a column, its role and details.
    """
    tables: list[TableTemplate] = []
    for line in text.strip("\n").splitlines():
        if line.startswith(" "):
            table = tables.pop()
            tables.append(
                TableTemplate(table.names, (*table.columns, _column(line)), table.parents)
            )
        else:
            names, _, parents = line.partition(" > ")
            tables.append(TableTemplate(tuple(names.split("/")), (), tuple(parents.split())))
    return tuple(tables)


def _column(line: str) -> ColumnTemplate:
    """Return the column of a line such as `status/state: kind open, closed`."""
    names, _, said = line.strip().partition(": ")
    role, _, details = said.partition(" ")
    return ColumnTemplate(
        tuple(names.split("/")), role, tuple(details.split(", ")) if details else ()
    )
