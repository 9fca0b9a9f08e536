"""Repair of counts side by side: `how many users have MFA enabled and how many don't`, `the number
of male and the number of female patients`. `composed` lists it.

Covered: COUNT(*) beside the count of one kind, or of the rows that WHERE keeps to one kind, in a
query of one SELECT. The kinds are two values of one column, or a condition and its opposite.
"""

from __future__ import annotations

import re

from sqlglot import exp

from mome.answering.conditions import Stored, is_boolean, stored_of
from mome.answering.repairs.groups import calls_of_count
from mome.answering.repairs.written_columns import count_of, drop_condition
from mome.catalog import Catalog
from mome.linking.values import ValueIndex

AND_NOT = re.compile(
    r"\bhow many\b.+(?:\band|,|\bversus|\bvs\.?) how many (?:[a-z]+ )?"
    r"(?:do|does|did|are|is|was|were|have|has|had|can)(?:n['’]?t| not)\b"
)
"""Words that ask for both sides of a condition."""
_COUNTED = r"(?:number of|how many|count of)"
_EACH = re.compile(rf"\b{_COUNTED} ((?:[\w-]+ ?){{1,3}})")
_TWO = re.compile(rf"\b{_COUNTED} ([\w-]+) and ([\w-]+)\b")
_CODE = 2
"""Maximum length of a value that a word may spell out: M for male."""
_TRUE = frozenset("1 t true y yes".split())


def count_both(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Count both kinds that a question asks for, where a query counts one of them and all rows."""
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1:
        return []
    total = _only_total(tree)
    if total is None:
        return []
    cases = [node for node in tree.expressions if _condition(node) is not None]
    given = _condition(cases[0]) if len(cases) == 1 else _kept(tree)
    kinds = None if given is None else _kinds(given, question.lower(), catalog, values)
    if given is None or kinds is None:
        return []
    first, second = map(count_of, kinds)
    shown = list(tree.expressions)
    if cases:
        places = sorted((shown.index(total), shown.index(cases[0])))
        shown[places[0]], shown[places[1]] = first, second
    else:
        place = shown.index(total)
        shown[place : place + 1] = [first, second]
        drop_condition(given)
    tree.set("expressions", shown)
    return ["both kinds are counted, since the question asks for each"]


def _only_total(select: exp.Select) -> exp.Expr | None:
    """Return what a query shows as COUNT(*), if that is its only one."""
    calls = list(calls_of_count(select))
    shown = [node for node in select.expressions if calls and node.unalias() is calls[0]]
    return shown[0] if len(calls) == 1 and shown else None


def _condition(node: exp.Expr) -> exp.Expr | None:
    """Return the condition of COUNT(CASE WHEN condition THEN 1 END); None if it is none."""
    call = node.unalias()
    if not isinstance(call, exp.Anonymous) or call.name.upper() != "COUNT":
        return None
    case = call.expressions[0] if len(call.expressions) == 1 else None
    if not isinstance(case, exp.Case) or case.args.get("default") is not None:
        return None
    branches = case.args["ifs"]
    return branches[0].this if len(branches) == 1 and case.this is None else None


def _kept(select: exp.Select) -> exp.EQ | None:
    """Return the only comparison with a text in WHERE, if the query shows no other figure."""
    where = select.args.get("where")
    figures = [node for node in select.expressions if node.find(exp.Anonymous)]
    if where is None or len(figures) != 1:
        return None
    parts = where.this.flatten() if isinstance(where.this, exp.And) else [where.this]
    found = [part for part in parts if isinstance(part, exp.EQ) and part.expression.is_string]
    return found[0] if len(found) == 1 else None


def _kinds(
    given: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> tuple[exp.Expr, exp.Expr] | None:
    """Return the conditions of both kinds in the question's order; None if it asks for one."""
    node = given.this.this if isinstance(given, exp.Not) else given.this
    stored = stored_of(node, catalog, values) if isinstance(node, exp.Column) else None
    if stored is None:
        return None
    said = _said_values(question, stored)
    if said is not None:
        first, second = (exp.EQ(this=node.copy(), expression=_text(one)) for one in said)
        return first, second
    is_counted = given.find_ancestor(exp.Case) is not None
    return _opposites(given, node, stored) if is_counted and AND_NOT.search(question) else None


def _said_values(question: str, stored: Stored) -> tuple[str, str] | None:
    """Return the two values whose rows a question counts, if they are texts of the column."""
    phrases, two = _EACH.findall(question), _TWO.search(question)
    if len(phrases) == 1 and two is not None:
        phrases = list(two.groups())
    if len(phrases) != 2 or stored.column.family != "text" or not stored.complete:
        return None
    found = [[value for value in stored.known if _says(phrase, value)] for phrase in phrases]
    if any(len(one) != 1 for one in found) or found[0] == found[1]:
        return None
    return found[0][0], found[1][0]


def _says(phrase: str, value: str) -> bool:
    """Return whether a phrase begins with a value, or with a word that its code stands for."""
    spoken = value.lower().replace("_", " ")
    if len(spoken) <= _CODE and spoken.isalpha():
        return phrase.startswith(spoken)
    return re.match(rf"{re.escape(spoken)}\b", phrase) is not None


def _opposites(
    given: exp.Expr, node: exp.Column, stored: Stored
) -> tuple[exp.Expr, exp.Expr] | None:
    """Return a condition and its opposite; of a flag the true one first."""
    flags = _flag_values(stored)
    if flags is not None:
        true, false = (exp.EQ(this=node.copy(), expression=one) for one in flags)
        return true, false
    if isinstance(given, exp.Not) and isinstance(given.this, exp.Is):
        return given.copy(), given.this.copy()
    if isinstance(given, exp.Is):
        return exp.Not(this=given.copy()), given.copy()
    if isinstance(given, (exp.EQ, exp.NEQ)):
        return (
            exp.EQ(this=node.copy(), expression=given.expression.copy()),
            exp.NEQ(this=node.copy(), expression=given.expression.copy()),
        )
    return None


def _flag_values(stored: Stored) -> tuple[exp.Expr, exp.Expr] | None:
    """Return the literals of true and false in a column of truth values; None if it is none."""
    column = stored.column
    if column.family == "boolean" and not stored.known:
        return exp.true(), exp.false()
    if not stored.complete or len(stored.known) != 2 or not all(map(is_boolean, stored.known)):
        return None
    true = [value for value in stored.known if value.lower() in _TRUE]
    false = [value for value in stored.known if value.lower() not in _TRUE]
    if len(true) != 1:
        return None
    if column.family == "boolean":
        return exp.true(), exp.false()
    literal = _text if column.family == "text" else exp.Literal.number
    return literal(true[0]), literal(false[0])


def _text(value: str) -> exp.Literal:
    return exp.Literal.string(value)
