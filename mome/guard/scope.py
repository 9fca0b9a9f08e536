"""What a name can mean at one place in a query: the tables in sight, the CTEs, the aliases, and the query around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import Engine
from mome.guard.names import Names, Output, Relation, nearest, shown

MAX_COLUMNS = 5_000
"""Behind a star; without a limit, a WITH query that joins the last one with itself doubles them at each step."""


@dataclass(frozen=True)
class CTE:
    """A WITH query under the name that later parts of the query may use."""

    name: str
    relation: Relation | None
    """None where the name may not be used (yet): inside an earlier CTE, or in the first half of its own recursion."""
    uses: list[exp.Table] | None = None
    """Filled with every place that reads it, while it is being defined; None afterwards."""


CTEs = Mapping[str, CTE]
"""By name, as `written` gives it."""


@dataclass(frozen=True)
class Source:
    """Something in FROM, under the name by which columns may call it."""

    name: str
    relation: Relation
    schema: str = ""
    """The schema written before a table without an alias; empty otherwise."""


@dataclass
class Scope:
    """The names in sight inside one SELECT."""

    ctes: CTEs
    outer: Scope | None
    """That of the query around this one, for correlated columns."""
    sources: list[Source] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    """Columns of USING and NATURAL joins, in lower case: one column, although two tables have it."""
    conditions: list[exp.Expr | None] = field(default_factory=list)
    """What the joins stand ON, resolved when all tables are in sight: SQLite lets a join name a later table."""

    def add(self, source: Source) -> None:
        """Put a table in sight. Raises Refused where its name is taken."""
        if any(
            other.name.lower() == source.name.lower() and other.schema == source.schema
            for other in self.sources
            if source.name
        ):
            raise Refused(f"two tables are called {shown(source.name)}: give one an alias")
        self.sources.append(source)

    def source(self, name: str, schema: str | None = None) -> Source | None:
        """The table of this name (and schema), here or in a query around this one. Raises Refused where there are two."""
        found = [
            source
            for source in self.sources
            if schema is None or source.schema.lower() == schema.lower()
        ]
        exact = [source for source in found if source.name == name]
        found = exact or [source for source in found if source.name.lower() == name.lower()]
        if len(found) > 1:
            raise Refused(f"two tables are called {shown(name)}: give one an alias")
        return found[0] if found else self.outer.source(name, schema) if self.outer else None

    def column(self, name: str) -> Output | None:
        """The column of this name, here or in a query around this one. Raises Refused where two tables have it."""
        found = [output for source in self.sources if (output := source.relation.find(name))]
        if len(found) > 1 and name.lower() not in self.merged:
            holders = " and ".join(
                shown(source.name) for source in self.sources if source.relation.find(name)
            )
            raise Refused(
                f"column {shown(name)} is ambiguous: it is in {holders}; write the table before it"
            )
        return found[0] if found else self.outer.column(name) if self.outer else None

    def everything(self) -> list[Output]:
        """All columns in sight, of this query alone. Raises Refused where they are more than any engine returns."""
        if sum(len(source.relation.outputs) for source in self.sources) > MAX_COLUMNS:
            raise Refused(
                f"a star stands for more than {MAX_COLUMNS:,} columns here: name those that you need"
            )
        return [output for source in self.sources for output in source.relation.outputs]


def written(identifier: exp.Identifier, engine: Engine) -> str:
    """The name as the engine keeps it: PostgreSQL folds what is not quoted."""
    return (
        identifier.name.lower()
        if engine.folds_case and not identifier.args.get("quoted")
        else identifier.name
    )


def respell(identifier: exp.Identifier, name: str, names: Names) -> None:
    """Write the name as it is defined, so that no engine can take it for another."""
    quotes = names.needs_quotes(name)
    if quotes or written(identifier, names.engine) != name:
        identifier.set("this", name)
    if quotes:
        identifier.set("quoted", True)


def renamed(relation: Relation, names: Sequence[exp.Identifier], engine: Engine) -> Relation:
    """The columns under the names of an alias such as t(a, b); those beyond the list keep theirs."""
    if len(names) > len(relation.outputs):
        raise Refused("an alias names more columns than there are")
    new = [
        Output(written(name, engine), old.key, old.type)
        for name, old in zip(names, relation.outputs, strict=False)
    ]
    return Relation((*new, *relation.outputs[len(new) :]))


def refuse_column(identifier: exp.Identifier, scope: Scope, engine: Engine) -> NoReturn:
    """Raise for a column that is nowhere in sight."""
    name = written(identifier, engine)
    if scope.source(name):
        raise Refused(
            f"{shown(name)} is a table: a whole row cannot be read as a value; name its columns"
        )
    choices = {output.name for output in scope.everything() if output.name}
    text = (
        "; a text value takes single quotes"
        if identifier.args.get("quoted") and engine.name == "sqlite"
        else ""
    )
    raise Refused(f"there is no column {shown(name)} here{nearest(name, choices)}{text}")
