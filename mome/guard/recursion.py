"""Allow a recursive query only if it ends. `resolve.py` calls this for each recursive CTE.

These forms are allowed:
- UNION (without ALL) whose second half selects only columns and literals. No new values arise, so
  there are finitely many rows, and UNION keeps each row once.
- A counter, which grows in each round and has a limit in WHERE; see `counters.py`.
- A hierarchy: the second half joins a table to the query's own rows by an equality, as a child to
  its parent. It ends if the data has no cycle. If they have one, the engine's timeout ends it.
- A text that is cut off at its start in each round, and that WHERE reads.

Not covered: the number of rows per round, which can multiply where the joined column is no key.
As for joins, the timeout limits it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import replace
from typing import NoReturn

from sqlglot import exp

from mome.errors import Refused
from mome.guard.counters import conditions, counter_rounds, shortens_a_text
from mome.guard.limits import MAX_ROUNDS, MAX_VALUE, RECURSION_ROUNDS
from mome.guard.literals import number_of
from mome.guard.names import Relation
from mome.guard.scope import united


def check_recursion_ends(
    union: exp.Union, relation: Relation, uses: Sequence[exp.Table], dialect: str
) -> float:
    """Check that a recursive query ends and return the rounds that count for the sizes of texts.

    union: the CTE's query.
    relation: the CTE's columns.
    uses: the nodes at which the query reads itself.
    Raises mome.errors.Refused if the recursion is of none of the forms above.
    """
    step = union.expression
    while isinstance(step, exp.Subquery) and step.is_wrapper:
        step = step.this
    if not isinstance(step, exp.Select) or not _reads_itself_once(step, uses):
        raise Refused(
            "a recursive query may read itself once, in the FROM of the SELECT behind UNION"
        )
    name = uses[0].alias_or_name
    # A LIMIT ends the recursion in SQLite alone.
    limit = union.args.get("limit") if dialect == "sqlite" else None
    rows = number_of(limit.expression) if isinstance(limit, exp.Limit) else None
    # A negative one is none.
    if rows is not None and 0 <= rows <= MAX_ROUNDS:
        return rows
    rounds = counter_rounds(union, step, relation, name)
    if rounds is not None:
        return rounds
    if _makes_no_new_values(union, step) or _walks_a_hierarchy(step, relation, name):
        return RECURSION_ROUNDS
    if shortens_a_text(step, relation, name):
        return RECURSION_ROUNDS
    _refuse()


def grown(first: Relation, rounds: float, step: Callable[[Relation], Relation]) -> Relation:
    """Return the columns of a recursive query with bounds that hold after all rounds.

    first: the columns of the first half.
    step: returns the columns of the second half, given those of the rows so far.
    Raises Refused if a text grows by more than a constant in each round.
    """
    start = united(first, step(first))
    after = united(start, step(start))
    growth = [new.size - old.size for new, old in zip(after.outputs, start.outputs, strict=True)]
    if not any(growth):
        return start
    # Bounds are convex. If the last round adds no more than the first one, all of them are linear.
    pairs = zip(start.outputs, growth, strict=True)
    largest = _with_sizes(start, [output.size + rounds * more for output, more in pairs])
    last = step(largest)
    for new, old, more in zip(last.outputs, largest.outputs, growth, strict=False):
        if new.size > old.size + more:
            raise Refused(
                "a text in this recursion could grow by a factor in each round: add to it only once"
            )
    return largest


def _with_sizes(relation: Relation, sizes: Sequence[float]) -> Relation:
    """Return the columns with other bounds. Raises Refused if one is too long."""
    if max(sizes) > MAX_VALUE:
        raise Refused(
            f"a text in this recursion could grow beyond {MAX_VALUE:,} characters: "
            "add less to it, or limit the rounds"
        )
    pairs = zip(relation.outputs, sizes, strict=True)
    return replace(relation, outputs=tuple(replace(output, size=size) for output, size in pairs))


def _reads_itself_once(step: exp.Select, uses: Sequence[exp.Table]) -> bool:
    """Return whether the query reads itself once, and not in a subquery of its second half."""
    if len(uses) != 1:
        return False
    return uses[0].find_ancestor(exp.Select, exp.SetOperation) is step


def _refuse() -> NoReturn:
    raise Refused(
        "this recursion could go on for ever: join a table's column to one of its own, use UNION "
        "instead of UNION ALL and only plain columns behind it, or a counter that starts at a "
        f"number or date, grows and is limited in WHERE (at most {MAX_ROUNDS:,} rounds)"
    )


def _makes_no_new_values(union: exp.Union, step: exp.Select) -> bool:
    """Return whether the query is a UNION whose second half selects only columns and literals."""
    # Derived tables and functions could make new values under the name of a plain column.
    if not union.args.get("distinct") or not all(map(_is_named_table, _sources(step))):
        return False
    plain = (exp.Column, exp.Literal, exp.Null, exp.Star)
    return all(isinstance(item.unalias(), plain) for item in step.expressions)


def _walks_a_hierarchy(step: exp.Select, relation: Relation, name: str) -> bool:
    """Return whether an equality joins a table to the query's own rows.

    name: the name or alias by which the second half reads the query.
    """
    tables = {source.alias_or_name for source in _sources(step) if _is_named_table(source)}
    tables.discard(name)
    own = {output.name for output in relation.outputs}
    for join in step.args.get("joins") or ():
        if any(column.name in own for column in join.args.get("using") or ()):
            return bool(tables)
    for condition in _all_conditions(step):
        if isinstance(condition, (exp.EQ, exp.NullSafeEQ)):
            sides = [condition.this, condition.expression]
            kinds = {_belongs_to(side, tables, name, own) for side in sides}
            if kinds == {"table", "query"}:
                return True
    return False


def _belongs_to(side: exp.Expr, tables: Set[str], name: str, own: Set[str]) -> str:
    """Return whether a side of an equality is a column of a table, of the query, or neither."""
    while isinstance(side, (exp.Paren, exp.Cast)):
        side = side.this
    if not isinstance(side, exp.Column):
        return ""
    if side.table == name or (not side.table and side.name in own):
        return "query"
    return "table" if side.table in tables or (not side.table and tables) else ""


def _all_conditions(step: exp.Select) -> Iterator[exp.Expr]:
    """Yield the conditions of WHERE and of all joins."""
    for join in step.args.get("joins") or ():
        yield from conditions(join.args.get("on"))
    where = step.args.get("where")
    yield from conditions(where.this if where else None)


def _sources(step: exp.Select) -> list[exp.Expr]:
    """Return the FROM items."""
    joins = step.args.get("joins") or ()
    return [step.args["from_"].this, *(join.this for join in joins)]


def _is_named_table(source: exp.Expr) -> bool:
    """Return whether a FROM item is a table or a CTE by its name."""
    return isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier)
