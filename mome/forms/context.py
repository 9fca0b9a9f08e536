"""What the steps of a compilation share: the catalog, and the sources of the query by id."""

from __future__ import annotations

import re
from typing import Protocol

from sqlglot import exp

from mome.catalog import Catalog, Column, Table
from mome.forms.nodes import FormColumn
from mome.linking.join_graph import JoinGraph

_ID = re.compile(r"(?i)(_|(?<=[a-z]))(id|no|key|code|nr)$")
"""How the name of a key ends after what it leads to."""


class PatternReader(Protocol):
    """What a rule asks of all rules."""

    def read_pattern(self, text: str, dialect: str) -> exp.Expr:
        """Return a pattern of SQL as it looks once what is inside it was recognised."""

    def recognise(self, node: exp.Expr, context: Context) -> None:
        """Find the constructs in a tree."""


class Context:
    """One compilation of one query, in either direction."""

    def __init__(
        self, catalog: Catalog, graph: JoinGraph | None = None, *, rules: PatternReader
    ) -> None:
        self.catalog, self.rules = catalog, rules
        self.graph = graph or JoinGraph(catalog)
        self.dialect = catalog.dialect
        self._keys: dict[str, str] = {}
        self._tables: dict[str, Table | None] = {}

    def new_source(self, table: Table | None, key: str = "") -> str:
        """Return the id of a new source: of a table, or of a query in FROM for None.

        key: the key column that leads to the table; empty if it has its own name.
        """
        source = f"s{len(self._tables)}"
        self._tables[source] = table
        self._keys[source] = key
        return source

    def name(self, source: str) -> str:
        """Return the name that SQL should give to a source."""
        table, key = self._tables[source], self._keys[source]
        # The team that `home_id` leads to is called home.
        return _ID.sub("", key) or (table.name if table else "counted")

    def table(self, source: str) -> Table | None:
        """Return the table of a source; None for a query in FROM."""
        return self._tables.get(source)

    def column(self, node: exp.Expr) -> Column | None:
        """Return the catalog's column that a node is; None for any other node."""
        if not isinstance(node, FormColumn) or isinstance(node.this, exp.Star):
            return None
        table = self.table(node.table)
        return table.column(node.name) if table else None
