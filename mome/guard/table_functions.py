"""Functions in FROM and their columns. `sources.py` calls `function_source`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sqlglot import exp

from mome.guard.engines import GuardDialect
from mome.guard.functions import RECORDS
from mome.guard.limits import GROUP_ROWS, MAX_ROUNDS, NUMBER_SIZE, TEXT_SIZE
from mome.guard.names import Output, Relation
from mome.guard.resolving import SourceResolver
from mome.guard.scope import Scope, stored_name
from mome.guard.text import refuse_call


def function_source(
    resolver: SourceResolver, node: exp.Expr, call: exp.Expr, scope: Scope
) -> tuple[str, Relation]:
    """Return the name and the columns of a function in FROM.

    Its arguments see the items before it.
    """
    is_named = isinstance(call, exp.Anonymous)
    name = call.name.lower() if is_named else cast(exp.Func, call).sql_name().lower()
    if isinstance(call, exp.JSONTable):
        # sqlglot's name for the class is j_s_o_n_table.
        name = "json_table"
    columns = resolver.engine.table_functions.get(name)
    if columns is None:
        refuse_call(name, resolver.engine)
    for argument in call.iter_expressions():
        if not isinstance(argument, exp.TableAlias):
            resolver.resolve_expression(argument, scope)
    if resolver.sizes is not None:
        resolver.sizes.measure([call], lambda: 1.0)
    columns = _columns(node, call, name, columns, resolver.engine)
    size, rows = _function_bounds(resolver, name, call)
    return name, Relation(tuple(Output(column, size=size) for column in columns), rows)


def _columns(
    node: exp.Expr, call: exp.Expr, name: str, columns: tuple[str, ...], engine: GuardDialect
) -> tuple[str, ...]:
    """Return the names of the columns, of which some depend on the call and on its alias.

    columns: those that the function has by default.
    """
    alias = node.args.get("alias")
    # In PostgreSQL the alias of a function that returns one plain column also names the column.
    has_alias = alias is not None and alias.this
    if columns == (name,) and has_alias and engine.folds_case:
        columns = (stored_name(alias.this, engine),)
    if name in RECORDS and alias is not None:
        columns = tuple(column.name for column in alias.columns)
    elif isinstance(call, exp.JSONTable):
        columns = tuple(_json_columns(call.args["schema"], engine))
    elif name == "unnest" and len(call.expressions) > 1:
        columns = columns * len(call.expressions)
    # sqlglot holds WITH ORDINALITY of unnest as `offset`, with the column's alias if it has one.
    position = node.args.get("ordinality") or node.args.get("offset")
    if isinstance(position, exp.Identifier):
        return (*columns, stored_name(position, engine))
    return (*columns, "ordinality") if position else columns


def _json_columns(schema: exp.JSONSchema, engine: GuardDialect) -> Iterator[str]:
    """Yield the names of the columns that JSON_TABLE makes."""
    for column in schema.expressions:
        nested = column.args.get("nested_schema")
        if nested is not None:
            yield from _json_columns(nested, engine)
        else:
            yield stored_name(column.this, engine)


def _function_bounds(resolver: SourceResolver, name: str, call: exp.Expr) -> tuple[float, float]:
    """Return the bounds of a function's values and of its rows; see `sizes.py`."""
    if name in ("range", "generate_series"):
        return NUMBER_SIZE, MAX_ROUNDS
    if resolver.sizes is None:
        return TEXT_SIZE, GROUP_ROWS
    size = sum(resolver.sizes.of(argument) for argument in call.iter_expressions())
    # A list has at most as many elements as its size says; that of a column is a group.
    return size, GROUP_ROWS if call.find(exp.Column) else size
