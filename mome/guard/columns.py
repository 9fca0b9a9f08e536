"""Find the table column that a sqlglot Column node names. `resolve.py` calls this for each node."""

from __future__ import annotations

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.names import Names, Output, Relation, safe_name, suggestion
from mome.guard.scope import FromItem, Scope, refuse_column, respell, stored_name


def resolve_column(
    node: exp.Column, scope: Scope, aliases: Relation | None, names: Names
) -> Output:
    """Return the column that a node reads, and respell the node as the column is defined.

    aliases: select-list aliases that the node may refer to; None: it may refer to none.
    Raises Refused if there is no such column or more than one.
    """
    if isinstance(node.this, exp.Star):
        raise Refused("a star stands where a value should: name a column")
    struct = _resolve_struct_field(node, scope, names)
    if struct is not None:
        return struct
    name = stored_name(node.this, names.engine)
    if node.args.get("table"):
        output = _qualified_column(node, name, scope, names)
    else:
        output = _unqualified_column(name, scope, aliases, names.engine)
    if output is None and not node.args.get("table"):
        output = _whole_row(name, scope, names)
    if output is None:
        refuse_column(node.this, scope, names.engine)
    respell(node.this, output.name, names)
    return output


def _whole_row(name: str, scope: Scope, names: Names) -> Output | None:
    """Return a whole row of a derived table, a WITH query or a function as a column, or None."""
    if not names.engine.whole_rows:
        return None
    source = scope.find_source(name)
    if source is None or not source.is_made:
        return None
    return Output(source.name, size=sum(output.size for output in source.relation.outputs))


def resolve_qualifier(node: exp.Column, scope: Scope, names: Names) -> FromItem:
    """Return the FROM item that a column is qualified by. Raises Refused if there is none."""
    table = node.args["table"]
    schema = node.args.get("db")
    name = stored_name(table, names.engine)
    schema_name = stored_name(schema, names.engine) if schema else None
    source = scope.find_source(name, schema_name)
    # Tables of the default schema are in scope without it.
    if source is None and schema and schema.name.lower() == names.default_schema:
        source = scope.find_source(name, "")
        node.set("db", None)
    if source is None:
        choices = [source.name for source in scope.sources if source.name]
        raise Refused(
            f"no table or alias {safe_name(name)} is in sight here{suggestion(name, choices)}"
        )
    respell(table, source.name, names)
    return source


def _resolve_struct_field(node: exp.Column, scope: Scope, names: Names) -> Output | None:
    """Return the column of `column.field` if the column has DuckDB's type STRUCT, or None.

    sqlglot parses `column.field` as `table.column`, and `table.column.field` or
    `column.field.field` as `schema.table.column`. A FROM item of that name takes precedence.
    """
    table = node.args.get("table")
    if "struct" not in names.engine.extras or table is None:
        return None
    first = node.args.get("db") or table
    source = scope.find_source(first.name)
    if source is None:
        column = first
        output = scope.find_column(first.name)
    elif first is table or scope.find_source(table.name, first.name):
        return None
    else:
        column = table
        output = source.relation.find(table.name)
    # The type is the only sign that a column is a struct.
    if output is None or not output.type.upper().startswith("STRUCT"):
        return None
    respell(column, output.name, names)
    return output


def bind_parameter(node: exp.Comprehension) -> None:
    """Turn columns with the name of a list comprehension's variable into plain names.

    sqlglot does the same for the parameters of a lambda, which are no columns either.
    """
    for part in (node.this, node.args.get("condition")):
        for column in list(part.find_all(exp.Column)) if part is not None else ():
            if not column.table and column.name == node.expression.name:
                column.replace(column.this)


def _unqualified_column(
    name: str, scope: Scope, aliases: Relation | None, engine: GuardDialect
) -> Output | None:
    """Return the column of an unqualified name, or None.

    An alias takes precedence over a column, in PostgreSQL only if it is spelled exactly so.
    """
    if aliases is None:
        return scope.find_column(name)
    # An alias that differs in case comes last, because PostgreSQL itself would not find it.
    preferred = aliases.exact(name) if engine.folds_case else aliases.find(name)
    return preferred or scope.find_column(name) or aliases.find(name)


def _qualified_column(node: exp.Column, name: str, scope: Scope, names: Names) -> Output:
    """Return the column of a qualified name. Raises Refused if its table has none."""
    source = resolve_qualifier(node, scope, names)
    output = source.relation.find(name)
    if output is None:
        raise Refused(
            f"there is no column {safe_name(name)} in {safe_name(source.name)}"
            f"{suggestion(name, source.relation.names)}"
        )
    return output
