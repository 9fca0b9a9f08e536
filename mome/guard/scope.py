"""The names in scope at one place in a query: FROM items, CTEs, and the query around it.

`resolve.py` makes a `Scope` for each SELECT; `sources.py` fills it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.names import Names, Output, Relation, safe_name, suggestion

MAX_COLUMNS = 5_000
"""Most columns of a star. Without it, CTEs that each join the last with itself double them."""


@dataclass(frozen=True)
class CTE:
    """One query of a WITH clause, under the name that the rest of the statement may use."""

    name: str
    relation: Relation | None
    """The CTE's columns. None while it may not be read: in an earlier CTE, or in the first half of
    its own recursion."""
    uses: list[exp.Table] | None = None
    """Collects the nodes that read the CTE while its recursion is resolved; None otherwise."""


CTEs = Mapping[str, CTE]
"""Lower-case name -> CTE."""


@dataclass(frozen=True)
class FromItem:
    """A FROM item, under the name by which columns may be qualified."""

    name: str
    relation: Relation
    schema: str = ""
    """Schema of a table without an alias; empty for the default schema and for all other items."""
    is_made: bool = False
    """True for WITH queries, derived tables and functions: all that is in a row of it was made by
    the query, so that the whole row may be read as a value."""


@dataclass
class Scope:
    """The names in scope inside one SELECT."""

    ctes: CTEs
    outer: Scope | None
    """Scope of the enclosing query, for correlated columns; None at the top."""
    sources: list[FromItem] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    """Columns of USING and NATURAL joins, in lower case: not ambiguous, although two tables have
    them."""
    conditions: list[exp.Expr | None] = field(default_factory=list)
    """ON conditions of the joins. They are resolved after all FROM items are in scope, because
    SQLite lets a condition refer to a later table."""
    where: exp.Expr | None = None
    """The WHERE clause; `rowcount.py` reads it and the next field."""
    links: list[set[int]] = field(default_factory=list)
    """Places in `sources` that USING or NATURAL joins to each other."""
    rows: dict[int, float] = field(default_factory=dict)
    """Number of FROM items -> the rows that `rowcount.py` has found for them."""
    alias_sizes: dict[str, float] = field(default_factory=dict)
    """Alias in lower case -> bound of its value, for the items of the select list so far."""

    def add(self, source: FromItem, is_exact: bool) -> None:
        """Add a FROM item. Raises Refused if its name is taken.

        is_exact: names that differ in case are two names.
        """
        # Derived tables without an alias have an empty name, which may occur more than once.
        if source.name:
            names = [known.name for known in self.sources if known.schema == source.schema]
            if not is_exact:
                names = [name.lower() for name in names]
            if (source.name if is_exact else source.name.lower()) in names:
                raise Refused(f"two tables are called {safe_name(source.name)}: give one an alias")
        self.sources.append(source)

    def find_source(self, name: str, schema: str | None = None) -> FromItem | None:
        """Return the FROM item of this name, here or in an enclosing query, or None.

        schema: only items of this schema count; empty: the default schema; None: any schema.
        Raises Refused if two items match.
        """
        candidates = self.sources
        if schema is not None:
            candidates = [s for s in candidates if s.schema.lower() == schema.lower()]
        matches = [source for source in candidates if source.name == name]
        if not matches:
            matches = [source for source in candidates if source.name.lower() == name.lower()]
        if len(matches) > 1:
            raise Refused(f"two tables are called {safe_name(name)}: give one an alias")
        if matches:
            return matches[0]
        return self.outer.find_source(name, schema) if self.outer else None

    def find_column(self, name: str) -> Output | None:
        """Return the column of this name, here or in an enclosing query, or None.

        Raises Refused if two tables of one query have it and no join merges them.
        """
        holders = [source for source in self.sources if source.relation.find(name)]
        if len(holders) > 1 and name.lower() not in self.merged:
            tables = " and ".join(safe_name(source.name) for source in holders)
            raise Refused(
                f"column {safe_name(name)} is ambiguous: it is in {tables}; "
                "write the table before it"
            )
        if holders:
            return holders[0].relation.find(name)
        return self.outer.find_column(name) if self.outer else None

    def column_size(self, node: exp.Column, output: Output, sees_aliases: bool) -> float:
        """Return the bound of a column's values.

        Where an alias may be read, the column of its name counts too: engines differ in which of
        both they take.
        """
        if node.table:
            return output.size
        # A column that joins merge may come from either side.
        found = [source.relation.find(node.name) for source in self.sources]
        sizes = [column.size for column in found if column is not None]
        alias = self.alias_sizes.get(node.name.lower())
        if sees_aliases and alias is not None:
            sizes.append(alias)
        return max(sizes, default=output.size)

    def place_of(self, column: exp.Column) -> int | None:
        """Return the place in `sources` of the item that a column belongs to.

        None: the column is an alias or belongs to an enclosing query.
        """
        for place, source in enumerate(self.sources):
            if column.table:
                found = source.name.lower() == column.table.lower()
            else:
                found = source.relation.find(column.name) is not None
            if found:
                return place
        return None

    def all_columns(self) -> list[Output]:
        """Return the columns of all FROM items. Raises Refused above `MAX_COLUMNS`."""
        # Counted first, so that a list that is too long is never made.
        count = sum(len(source.relation.outputs) for source in self.sources)
        if count > MAX_COLUMNS:
            raise Refused(
                f"a star stands for more than {MAX_COLUMNS:,} columns here: "
                "name those that you need"
            )
        outputs = [output for source in self.sources for output in source.relation.outputs]
        return self._with_merged_sizes(outputs) if self.merged else outputs

    def _with_merged_sizes(self, outputs: Sequence[Output]) -> list[Output]:
        """Return columns in which those that joins merge have the bound of the longer side."""
        sizes: dict[str, float] = {}
        for output in outputs:
            name = output.name.lower()
            if name in self.merged:
                sizes[name] = max(output.size, sizes.get(name, 0.0))
        return [replace(o, size=sizes.get(o.name.lower(), o.size)) for o in outputs]


def stored_name(identifier: exp.Identifier, engine: GuardDialect) -> str:
    """Return the name as the engine stores it: PostgreSQL folds unquoted names to lower case."""
    if engine.folds_case and not identifier.args.get("quoted"):
        return identifier.name.lower()
    return identifier.name


def respell(identifier: exp.Identifier, name: str, names: Names) -> None:
    """Set an identifier to the spelling of its definition, with quotes if needed."""
    quotes = names.needs_quotes(name)
    if quotes or stored_name(identifier, names.engine) != name:
        identifier.set("this", name)
    if quotes:
        identifier.set("quoted", True)


def renamed(relation: Relation, names: Sequence[exp.Identifier], engine: GuardDialect) -> Relation:
    """Return the columns renamed by an alias such as t(a, b); the others keep their names.

    Raises Refused if there are more names than columns.
    """
    if len(names) > len(relation.outputs):
        raise Refused("an alias names more columns than there are")
    outputs = list(relation.outputs)
    for place, name in enumerate(names):
        outputs[place] = replace(outputs[place], name=stored_name(name, engine))
    return replace(relation, outputs=tuple(outputs))


def united(left: Relation, right: Relation) -> Relation:
    """Return the columns of a set operation: the left side's names, the longer side's sizes."""
    outputs = list(left.outputs)
    for place, (first, second) in enumerate(zip(left.outputs, right.outputs, strict=False)):
        if second.size > first.size:
            outputs[place] = replace(first, size=second.size)
    return Relation(tuple(outputs), left.rows + right.rows)


def united_by_name(left: Relation, right: Relation) -> Relation:
    """Return the columns of a set operation BY NAME: those of either side."""
    outputs = {output.name.lower(): output for output in right.outputs}
    for output in left.outputs:
        other = outputs.get(output.name.lower(), output)
        outputs[output.name.lower()] = replace(output, size=max(output.size, other.size))
    # DuckDB's order: the left side's columns, then what only the right side has.
    names = [output.name.lower() for output in (*left.outputs, *right.outputs)]
    return Relation(tuple(outputs[name] for name in dict.fromkeys(names)), left.rows + right.rows)


def refuse_column(identifier: exp.Identifier, scope: Scope, engine: GuardDialect) -> NoReturn:
    """Raise Refused for a column that is not in scope, with the likely reason."""
    name = stored_name(identifier, engine)
    if scope.find_source(name):
        raise Refused(
            f"{safe_name(name)} is a table: a whole row cannot be read as a value; name its columns"
        )
    choices = {output.name for output in scope.all_columns() if output.name}
    advice = suggestion(name, choices)
    # SQLite would read a double-quoted name that is no column as a string literal.
    if identifier.args.get("quoted") and engine.name == "sqlite":
        advice += "; a text value takes single quotes"
    raise Refused(f"there is no column {safe_name(name)} here{advice}")
