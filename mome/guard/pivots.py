"""PIVOT and UNPIVOT, which DuckDB has: behind a FROM item, and as queries of their own.

`sources.py` calls `pivoted` for the first, `resolve.py` for the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from sqlglot import exp

from mome.errors import Refused
from mome.guard.engines import GuardDialect
from mome.guard.names import Output, Relation
from mome.guard.scope import FromItem, Scope, refuse_column, stored_name
from mome.guard.sizes import Sizes

Resolve = Callable[[exp.Expr, Scope], None]
"""Resolves the names in an expression: `Resolver.resolve_expression`."""


def pivoted(
    node: exp.Pivot,
    source: FromItem,
    scope: Scope,
    resolve: Resolve,
    sizes: Sizes | None,
    engine: GuardDialect,
) -> Relation:
    """Return the columns of a FROM item after PIVOT or UNPIVOT.

    scope: the scope around it; of its FROM items only `source` is in sight inside of the brackets.
    """
    inside = Scope(scope.ctes, scope.outer, [source])
    if node.args.get("unpivot"):
        return _unpivoted(node, inside, resolve, engine)
    items = node.args.get("using") if node.this else node.expressions
    if not items:
        raise Refused("PIVOT needs an aggregate")
    for item in items:
        resolve(item.unalias(), inside)
    fields = [_field(field, inside, resolve, engine) for field in _fields(node)]
    names = _pivot_names(items, fields, engine)
    size = max(sizes.of(item.unalias()) for item in items) if sizes else Output("").size
    made = tuple(Output(name, size=size) for name in names)
    relation = source.relation
    return replace(relation, outputs=(*_kept(node, inside, resolve, engine), *made))


def _fields(node: exp.Pivot) -> Sequence[exp.Expr]:
    """Return the parts column IN (values), behind ON in a query of its own, else behind FOR."""
    return node.expressions if node.this else node.args["fields"]


def _field(field: exp.Expr, inside: Scope, resolve: Resolve, engine: GuardDialect) -> Sequence[str]:
    """Resolve column IN (values) and return the names that its values give to columns."""
    if not isinstance(field, exp.In) or not isinstance(field.this, exp.Column):
        raise Refused("PIVOT needs a column, IN and a list of values")
    resolve(field.this, inside)
    names = []
    for value in field.expressions:
        literal = value.this if isinstance(value, exp.PivotAlias) else value
        if not isinstance(literal, exp.Literal):
            raise Refused("PIVOT needs a list of literal values behind IN")
        has_alias = isinstance(value, exp.PivotAlias)
        names.append(stored_name(value.args["alias"], engine) if has_alias else literal.name)
    if not names:
        raise Refused("PIVOT needs a list of literal values behind IN")
    return names


def _pivot_names(
    items: Sequence[exp.Expr], fields: Sequence[Sequence[str]], engine: GuardDialect
) -> Iterator[str]:
    """Yield the names of the new columns; an empty one where DuckDB's choice is not known."""
    for values in product(*fields):
        prefix = "_".join(values)
        for item in items:
            if isinstance(item, exp.Alias):
                yield f"{prefix}_{stored_name(item.args['alias'], engine)}"
            else:
                yield prefix if len(items) == 1 else ""


def _kept(
    node: exp.Pivot, inside: Scope, resolve: Resolve, engine: GuardDialect
) -> Sequence[Output]:
    """Return the columns of GROUP BY, or else all that PIVOT does not use."""
    relation = inside.sources[0].relation
    group = node.args.get("group")
    if group is None:
        parts = [*node.expressions, *(node.args.get("using") or ()), *_fields(node)]
        used = {column.name.lower() for part in parts for column in part.find_all(exp.Column)}
        return [output for output in relation.outputs if output.name.lower() not in used]
    for item in group.expressions:
        resolve(item, inside)
    names = [item.name for item in group.expressions if isinstance(item, exp.Column)]
    found = [relation.find(name) for name in names]
    return [output for output in found if output is not None]


def _unpivoted(node: exp.Pivot, inside: Scope, resolve: Resolve, engine: GuardDialect) -> Relation:
    """Return the columns after UNPIVOT: the others, the column of names and that of values."""
    relation = inside.sources[0].relation
    used: list[Output] = []
    made = []
    if node.this:
        used = [_unpivoted_column(part, inside, resolve, engine) for part in node.expressions]
        size = max((output.size for output in used), default=0.0)
        made = [Output(name, size=size) for name in _names_into(node, engine)]
        return _without(relation, used, made)
    for field in node.args["fields"]:
        if not isinstance(field, exp.In) or not isinstance(field.this, exp.Identifier):
            raise Refused("UNPIVOT needs FOR, a new name, IN and a list of columns")
        made.append(Output(stored_name(field.this, engine)))
        for column in field.expressions:
            used.append(_unpivoted_column(column, inside, resolve, engine))
    for item in node.expressions:
        if not isinstance(item, exp.Identifier):
            raise Refused("UNPIVOT needs one new name for the values")
        size = max((output.size for output in used), default=0.0)
        made.append(Output(stored_name(item, engine), size=size))
    return _without(relation, used, made)


def _names_into(node: exp.Pivot, engine: GuardDialect) -> Sequence[str]:
    """Return the names behind INTO NAME ... VALUE ..., or DuckDB's own."""
    into = node.args.get("into")
    if into is None:
        return ("name", "value")
    return [stored_name(column.this, engine) for column in (into.this, *into.expressions)]


def _without(relation: Relation, used: Sequence[Output], made: Sequence[Output]) -> Relation:
    """Return the columns that UNPIVOT has not used, and the new ones."""
    names = {output.name for output in used}
    kept = [output for output in relation.outputs if output.name not in names]
    return Relation((*kept, *made), relation.rows * max(1, len(used)))


def _unpivoted_column(
    column: exp.Expr, inside: Scope, resolve: Resolve, engine: GuardDialect
) -> Output:
    """Return the column that an item of UNPIVOT's list reads."""
    if not isinstance(column, exp.Column):
        raise Refused("UNPIVOT needs a list of columns behind IN")
    resolve(column, inside)
    output = inside.sources[0].relation.find(column.name)
    if output is None:
        refuse_column(column.this, inside, engine)
    return output
