"""A glossary's SQL expression, read against the catalog: which tables it stands on and of what kind it is. Called by `glossary_facts`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from training_data.language.join_paths import source
from training_data.language.subjects import Database, Subject

if TYPE_CHECKING:
    from schemas.catalog import Column


class Unusable(ValueError):
    """An expression that cannot be used; the message says why, fit to follow a line number."""


@dataclass(frozen=True)
class Expression:
    """An expression with its columns spelt as the catalog spells them."""

    tree: exp.Expression
    subjects: tuple[Subject, ...]
    """The tables whose columns it names, in that order; empty for a whole query."""

    @property
    def is_query(self) -> bool:
        """True where the term was explained by a whole SELECT."""
        return isinstance(self.tree, exp.Query)

    def uses(self, subject: Subject, column: Column) -> bool:
        """True where the expression names this column: grouping by it would say nothing new."""
        return subject in self.subjects and any(
            node.name == column.name for node in self.tree.find_all(exp.Column)
        )

    @property
    def is_measure(self) -> bool:
        """True where it aggregates rows."""
        return any(
            not node.find_ancestor(exp.Subquery, exp.Window)
            for node in self.tree.find_all(exp.AggFunc)
        )

    @property
    def is_condition(self) -> bool:
        """True where it says which rows are meant."""
        return isinstance(
            self.tree, (exp.Predicate, exp.Connector, exp.Not, exp.Paren)
        ) and isinstance(self.tree.unnest(), (exp.Predicate, exp.Connector, exp.Not))


def read_expression(text: str, database: Database) -> Expression:
    """Parse and resolve an expression, or a whole SELECT. Raises Unusable."""
    query = _parsed(text, database.sql.dialect)
    if not isinstance(query, exp.Select) or query.args.get("from_") or query.args.get("with_"):
        return Expression(query, ())
    if len(query.expressions) != 1:
        raise Unusable("several expressions; give one")
    tree = query.expressions[0].unalias()
    columns = [
        column
        for column in tree.find_all(exp.Column)
        if not column.find_ancestor(exp.Subquery, exp.Exists)
    ]
    owners = [(column, *_owner(column, columns, database)) for column in columns]
    subjects = tuple(dict.fromkeys(subject for _, subject, _ in owners))
    if not subjects:
        raise Unusable("it names no column, so its table is not known; write table.column")
    if source(database, subjects) is None:
        raise Unusable(f"no key joins {' and '.join(subject.table.key for subject in subjects)}")
    spelt = {
        id(column): _spelt(database, subject, name, len(subjects) > 1)
        for column, subject, name in owners
    }
    return Expression(tree.transform(lambda node: spelt.get(id(node), node), copy=False), subjects)


def _parsed(text: str, dialect: str) -> exp.Query:
    whole = text if text.split(None, 1)[0].lower() in ("select", "with") else f"SELECT {text}"
    try:
        statements = sqlglot.parse(whole, dialect=dialect)
    except SqlglotError as error:
        raise Unusable(f"not SQL for {dialect}: {str(error).splitlines()[0]}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Unusable("not one expression")
    return statements[0]


def _owner(
    column: exp.Column, columns: list[exp.Column], database: Database
) -> tuple[Subject, str]:
    """The table that a column belongs to, and the column's own spelling there."""
    named = [subject for subject in database.subjects() if _is_named(subject, column)]
    owners = [subject for subject in named if _spelling(subject, column)]
    if len(owners) > 1:
        told = {other.table.lower() for other in columns if other.table}
        owners = [subject for subject in owners if subject.table.name.lower() in told] or owners
    if not owners:
        raise Unusable(f"there is no column {column.sql()}")
    if len(owners) > 1:
        raise Unusable(
            f"{column.sql()} is in {', '.join(sorted(owner.table.key for owner in owners))}; write table.column"
        )
    return owners[0], _spelling(owners[0], column)


def _is_named(subject: Subject, column: exp.Column) -> bool:
    table, schema = subject.table.name.lower(), (subject.table.schema or "").lower()
    return column.table.lower() in ("", table) and column.db.lower() in ("", schema)


def _spelling(subject: Subject, column: exp.Column) -> str:
    """The catalog's spelling of the column; empty where the table has none of this name."""
    return next(
        (own.name for own in subject.table.columns if own.name.lower() == column.name.lower()), ""
    )


def _spelt(database: Database, subject: Subject, name: str, qualified: bool) -> exp.Column:
    return database.sql.column(name, subject.table.name if qualified else None)
