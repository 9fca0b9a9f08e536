"""Values: `what about Germany?`, `only those from France`, `older than 30`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlglot import exp

from mome.catalog import Table, holds_numbers
from mome.conversation.clauses import (
    add_conditions,
    compared_value,
    conjuncts,
    is_aggregate,
    set_conditions,
)
from mome.conversation.rules.words import explains, texts
from mome.conversation.scene import FollowUp, Mention
from mome.conversation.ways import Reached, best_ways, reach
from mome.errors import NotExpressible
from mome.forms.nodes import FormColumn, form_column, steps
from mome.forms.roles import owner
from mome.linking.names import name_stems, stem
from mome.linking.values import ValueMatch

_NOT = re.compile(
    r"\b(?:not|except|excluding|without|other than|but not|exclude|n't)\b", re.IGNORECASE
)
# A condition that all of something must meet: `whose orders are all paid`.
_EVERY = re.compile(r"\bwhose .*\ball\b|\ball (?:of|have|has|are|were)\b|\bevery\b", re.IGNORECASE)
_SIGNS: dict[str, type[exp.Binary]] = {
    "more": exp.GT, "greater": exp.GT, "over": exp.GT, "above": exp.GT, "older": exp.GT,
    "higher": exp.GT, "larger": exp.GT, "bigger": exp.GT, "heavier": exp.GT, "longer": exp.GT,
    "less": exp.LT, "fewer": exp.LT, "under": exp.LT, "below": exp.LT, "younger": exp.LT,
    "lower": exp.LT, "smaller": exp.LT, "lighter": exp.LT, "shorter": exp.LT, "cheaper": exp.LT,
    "least": exp.GTE, "most": exp.LTE, "exactly": exp.EQ, "equal": exp.EQ,
}  # fmt: skip
_AGED = frozenset("older younger".split())
_COMPARING = "than at to equal or is".split()
NARROWING = "only just keep those ones whose that not except excluding other than".split()
RELATIONS = "from in of for during with located based year month named called".split()


def other_value(scene: FollowUp) -> exp.Query | None:
    """Ask the same for another stored value: it replaces the one of its column, or comes to it."""
    values, select = scene.values, scene.select
    is_other = scene.cues.kind == "contrast" or scene.cues.fragment
    if select is None or not values or not is_other:
        return None
    if _NOT.search(scene.cues.text) or _numbers(scene):
        return None
    places = {(match.first, match.last) for match in values}
    if len(places) != 1 or not explains(scene, _used(scene), RELATIONS):
        return None
    old = conjuncts(select)
    for at, condition in enumerate(old):
        pair = compared_value(condition)
        match = None if pair is None else _of_column(values, pair[0], scene)
        if match is not None and pair is not None:
            new = exp.EQ(this=pair[0].copy(), expression=exp.Literal.string(match.stored))
            tree = select.copy()
            set_conditions(tree, [*old[:at], new, *old[at + 1 :]])
            return None if tree == select else tree
    match = _nearest(scene, values)
    if match is None:
        return None
    reached = _reached(scene, match)
    tree = select.copy()
    equals = exp.EQ(this=reached.node, expression=exp.Literal.string(match.stored))
    add_conditions(tree, [equals])
    reached.join(tree)
    return tree


def other_spelling(scene: FollowUp) -> exp.Query | None:
    """Ask the same for a value that is stored in another spelling than the follow-up writes."""
    select, text = scene.select, scene.cues.text.strip("'\"` ")
    if select is None or scene.values or scene.cues.kind != "contrast":
        return None
    old = conjuncts(select)
    for at, condition in enumerate(old):
        pair = compared_value(condition)
        if pair is None or pair[0].args.get("keys"):
            continue
        stored = scene.linker.values.stored(pair[0].table, pair[0].name, text)
        if stored is not None and stored != pair[1].name:
            new = exp.EQ(this=pair[0].copy(), expression=exp.Literal.string(stored))
            tree = select.copy()
            set_conditions(tree, [*old[:at], new, *old[at + 1 :]])
            return tree
    return None


def narrow(scene: FollowUp) -> exp.Query | None:
    """Keep the rows of one or more conditions that the words say."""
    select = scene.select
    if select is None or select.args.get("limit"):
        return None
    narrows = scene.cues.kind == "restrict" or scene.cues.fragment
    if _EVERY.search(scene.cues.text):
        return None
    if not narrows and not _NOT.search(scene.cues.text):
        return None
    condition, used, reached = _value_condition(scene)
    if condition is None:
        condition, used = _number_condition(scene)
    others = [*NARROWING, *RELATIONS, *_COMPARING, *_SIGNS, "old", "years"]
    if condition is None or not explains(scene, used, others):
        return None
    tree = select.copy()
    if is_aggregate(condition):
        if not select.args.get("group") or select.args.get("having"):
            return None
        tree.set("having", exp.Having(this=condition))
        return tree
    _put(tree, condition)
    if reached is not None:
        reached.join(tree)
    return None if tree == select else tree


def _put(tree: exp.Select, condition: exp.Expr) -> None:
    """Add a condition. `Not from France` takes the place of `from France`."""
    left_out = condition.this if isinstance(condition, exp.NEQ) else None
    kept = []
    for old in conjuncts(tree):
        pair = compared_value(old)
        if left_out is None or pair is None or pair[0] != left_out:
            kept.append(old)
    set_conditions(tree, kept)
    add_conditions(tree, [condition])


def _value_condition(scene: FollowUp) -> tuple[exp.Expr | None, set[int], Reached | None]:
    """Return the condition that the stored values say, the places of its words, and how its column
    is reached; several values of one column are alternatives.
    """
    values = scene.values
    if not values or _numbers(scene):
        return None, set(), None
    groups: dict[tuple[int, int], list[ValueMatch]] = {}
    for match in values:
        groups.setdefault((match.first, match.last), []).append(match)
    chosen = [_nearest(scene, group) for group in groups.values()]
    found = [match for match in chosen if match is not None]
    columns = {(match.table, match.column) for match in found}
    if len(found) != len(groups) or len(columns) != 1:
        return None, set(), None
    literals = [exp.Literal.string(match.stored) for match in found]
    reached = _reached(scene, found[0])
    node = reached.node
    condition: exp.Expr = exp.EQ(this=node, expression=literals[0])
    if len(literals) > 1:
        condition = exp.In(this=node, expressions=literals)
    if _NOT.search(scene.cues.text):
        is_one = len(literals) == 1
        condition = (
            exp.NEQ(this=node, expression=literals[0]) if is_one else exp.Not(this=condition)
        )
    return condition, _used(scene) | _said(scene, reached.holders), reached


def _number_condition(scene: FollowUp) -> tuple[exp.Expr | None, set[int]]:
    """Return the comparison of a column, or of the only figure, with the only number."""
    numbers, said = _numbers(scene), texts(scene)
    if len(numbers) != 1 or scene.values:
        return None, set()
    at, number = next(iter(numbers.items()))
    signs = [text for text in said if text in _SIGNS]
    if len(signs) > 1:
        return None, set()
    sign = _SIGNS[signs[0]] if signs else exp.EQ
    mentions = scene.mentions()
    used = {at, *(i for one in mentions for i in range(one.first, one.last + 1))}
    operand = _compared(scene, mentions, signs)
    if operand is None:
        return None, set()
    return sign(this=operand, expression=exp.Literal.number(number)), used


def _compared(scene: FollowUp, mentions: list[Mention], signs: list[str]) -> exp.Expr | None:
    numeric = [one for one in mentions if holds_numbers(one.column)]
    if len(mentions) == 1 and len(numeric) == 1:
        return numeric[0].node
    if mentions:
        return None
    if signs and signs[0] in _AGED:
        place = scene.column_of(["age"])
        return None if place is None else form_column(place[0].key, place[1].name)
    shown = [entry.unalias() for entry in scene.select.expressions] if scene.select else []
    figures = [entry for entry in shown if is_aggregate(entry)]
    return figures[0].copy() if len(figures) == 1 and signs else None


def _numbers(scene: FollowUp) -> dict[int, str]:
    found = {at: word.number for at, word in enumerate(scene.words)}
    valued = {at for match in scene.values for at in range(match.first, match.last + 1)}
    words = texts(scene)
    return {
        at: number
        for at, number in found.items()
        if number is not None and at not in valued and words[at] not in ("one", "ones")
    }


def _used(scene: FollowUp) -> set[int]:
    """Return the places of the words of values, and of the columns and tables that hold them."""
    used = {at for match in scene.values for at in range(match.first, match.last + 1)}
    holders = {
        root
        for match in scene.values
        for root in name_stems(match.column) | name_stems(_name_of(match.table, scene))
    }
    used.update(at for at, word in enumerate(scene.words) if stem(word.text) in holders)
    places = {(match.table, match.column) for match in scene.values}
    for mention in scene.mentions():
        if (mention.table.key, mention.column.name) in places:
            used.update(range(mention.first, mention.last + 1))
    return used


def _name_of(key: str, scene: FollowUp) -> str:
    table = scene.catalog.table(key)
    return "" if table is None else table.name


def _of_column(values: list[ValueMatch], column: FormColumn, scene: FollowUp) -> ValueMatch | None:
    """Return the value that is one of a column's."""
    try:
        table = owner(scene.catalog, steps(column)).key
    # A query in FROM has no keys.
    except NotExpressible:
        return None
    place = (table, column.name)
    return next((match for match in values if (match.table, match.column) == place), None)


def _reached(scene: FollowUp, match: ValueMatch) -> Reached:
    table = scene.catalog.table(match.table)
    if table is None:
        return Reached(form_column(match.table, match.column))
    return reach(scene, table, match.column)


def _said(scene: FollowUp, tables: Iterable[Table]) -> set[int]:
    """Return the places of the words that name tables: `for customers in Germany`."""
    roots = {root for table in tables for root in name_stems(table.name)}
    return {at for at, word in enumerate(scene.words) if stem(word.text) in roots}


def _nearest(scene: FollowUp, values: list[ValueMatch]) -> ValueMatch | None:
    """Return the match in the column that the words name, else in the only one of the nearest
    tables; None if several are as near.
    """
    stems = {stem(word.text) for word in scene.words}
    named = [match for match in values if name_stems(match.column) <= stems]
    for near in (scene.tables[:1], scene.tables, scene.neighbours):
        keys = {table.key for table in near}
        found = [match for match in (named or values) if match.table in keys]
        places = {(match.table, match.column) for match in found}
        if places:
            return found[0] if len(places) == 1 else None
    return _farther(scene, named or values)


def _farther(scene: FollowUp, values: list[ValueMatch]) -> ValueMatch | None:
    """Return the match in the only column to which several keys lead from the answer's rows."""
    found = []
    for match in values:
        table = scene.catalog.table(match.table)
        if table is not None and best_ways(scene, table):
            found.append(match)
    places = {(match.table, match.column) for match in found}
    return found[0] if len(places) == 1 else None
