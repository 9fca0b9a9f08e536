"""SQL expressions of a glossary, resolved against the catalog.

`glossary_facts` calls `read_expression` to learn which tables an expression needs, and whether it
is a measure, a condition, a value of each row or a whole query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from training_data.language.join_paths import source
from training_data.language.subjects import Database, Subject

if TYPE_CHECKING:
    from schemas.catalog import FullColumn

_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not)


class Unusable(ValueError):
    """An expression that cannot be used. The message says why, to be shown after a line number."""


@dataclass(frozen=True)
class Expression:
    """An expression whose columns are spelt as in the catalog."""

    tree: exp.Expr
    subjects: tuple[Subject, ...]
    """The tables whose columns it names, in that order; empty for a whole query."""

    @property
    def is_query(self) -> bool:
        """Return True if the term is defined by a whole SELECT."""
        return isinstance(self.tree, exp.Query)

    def uses(self, subject: Subject, column: FullColumn) -> bool:
        """Return True if the expression names this column; grouping by it would add nothing."""
        return subject in self.subjects and any(
            node.name == column.name for node in self.tree.find_all(exp.Column)
        )

    @property
    def is_measure(self) -> bool:
        """Return True if the expression aggregates rows, outside of subqueries and windows."""
        return any(
            not node.find_ancestor(exp.Subquery, exp.Window)
            for node in self.tree.find_all(exp.AggFunc)
        )

    @property
    def is_condition(self) -> bool:
        """Return True if the expression is true or false for a row."""
        return isinstance(self.tree, (*_CONDITIONS, exp.Paren)) and isinstance(
            self.tree.unnest(), _CONDITIONS
        )


def read_expression(text: str, database: Database) -> Expression:
    """Parse an expression or a whole SELECT and resolve its columns.

    Raises Unusable if the text is not one expression, names an unknown or ambiguous column, names
    no column at all, or needs tables that no foreign key joins.
    """
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
        names = " and ".join(subject.table.key for subject in subjects)
        raise Unusable(f"no key, or more than one, joins {names}; write a whole SELECT")
    # Nodes are told apart by identity, since two equal columns may stand in different places.
    resolved = {
        id(column): _resolved(database, subject, name, len(subjects) > 1)
        for column, subject, name in owners
    }
    tree = tree.transform(lambda node: resolved.get(id(node), node), copy=False)
    return Expression(tree, subjects)


def _parsed(text: str, dialect: str) -> exp.Query:
    is_query = text.split(None, 1)[0].lower() in ("select", "with")
    try:
        statements = sqlglot.parse(text if is_query else f"SELECT {text}", dialect=dialect)
    except SqlglotError as error:
        raise Unusable(f"not SQL for {dialect}: {str(error).splitlines()[0]}") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise Unusable("not one expression")
    return statements[0]


def _owner(
    column: exp.Column, columns: list[exp.Column], database: Database
) -> tuple[Subject, str]:
    """Return the table that a column belongs to, and the column's spelling there.

    Where several tables have such a column, one that `columns` names elsewhere is preferred.
    """
    owners = [
        subject
        for subject in database.subjects()
        if _may_belong_to(column, subject) and _spelling(subject, column)
    ]
    if len(owners) > 1:
        named = {other.table.lower() for other in columns if other.table}
        owners = [subject for subject in owners if subject.table.name.lower() in named] or owners
    if not owners:
        raise Unusable(f"there is no column {column.sql()}")
    if len(owners) > 1:
        tables = ", ".join(sorted(owner.table.key for owner in owners))
        raise Unusable(f"{column.sql()} is in {tables}; write table.column")
    return owners[0], _spelling(owners[0], column)


def _may_belong_to(column: exp.Column, subject: Subject) -> bool:
    """Return True if the column names this table and schema, or none."""
    table = subject.table.name.lower()
    schema = (subject.table.schema or "").lower()
    return column.table.lower() in ("", table) and column.db.lower() in ("", schema)


def _spelling(subject: Subject, column: exp.Column) -> str:
    """Return the catalog's spelling of the column; empty if the table has no such column."""
    return next(
        (own.name for own in subject.table.columns if own.name.lower() == column.name.lower()), ""
    )


def _resolved(database: Database, subject: Subject, name: str, qualified: bool) -> exp.Column:
    return database.sql.column(name, subject.table.name if qualified else None)
