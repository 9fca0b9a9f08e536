"""Which classes of tokens may follow a state of the automaton. `grammar` masks logits with it.

It covers the order of clauses, balanced parentheses and CASEs, alternating operands and operators,
one comparison per condition, arguments of functions, tables in FROM only, and SUM and AVG over
numbers. The arguments of constructs are in `construct_slots`. Whatever it allows parses. Which
tables can be joined is checked by the form.
"""

from __future__ import annotations

from functools import lru_cache

from mome.backbones.bundled.grammar_state import (
    AGGREGATES,
    ARGUMENTS,
    ARITHMETIC,
    CLAUSES,
    COMPARISONS,
    COUNTS,
    DEEPEST,
    KEYS,
    LITERAL,
    NESTING,
    NUMBERS,
    NUMERIC_ONLY,
    OPENERS,
    OPERANDS,
    PREFIXES,
    RANGES,
    SET_WORDS,
    TYPES,
    State,
)
from mome.forms.construct_slots import RANKS

_LITERAL = {
    "content": frozenset({"value", "word", "phrase", "piece", "<close>"}),
    "last": frozenset({"word", "phrase"}),
    "pieces": frozenset({"piece", "<close>"}),
    **dict.fromkeys(("raw", "plain"), frozenset({"plain", "piece", "quote", "number", "</s>"})),
    "spelled": frozenset({"piece", "<close>", "</s>"}),
    "plain content": frozenset({"value", "word", "phrase", "piece", "<close>"}),
    "plain last": frozenset({"word", "phrase"}),
    "plain pieces": frozenset({"piece", "<close>"}),
    "none": frozenset({"</s>"}),
    "done": frozenset({"<pad>"}),
}
_AFTER = {
    **dict.fromkeys(("JOIN", "LEFT JOIN", "ONLY"), frozenset({"table"})),
    "FROM": frozenset({"table", "ONLY"}),
    "dot": frozenset({"column"}),
    **dict.fromkeys(OPENERS, frozenset({"("})),
    **dict.fromkeys(("LIMIT", "OFFSET"), COUNTS),
    **dict.fromkeys(("ON", "equals"), frozenset({"column"})),
    "joined": frozenset({"ON"}),
    "left": frozenset({"="}),
    "starred": frozenset({".*"}),
    "IS": frozenset({"NULL", "NOT"}),
    "IS NOT": frozenset({"NULL"}),
    "negated": RANGES,
    "AS": TYPES,
    "type": frozenset({")"}),
    "CASE": frozenset({"WHEN"}),
}


@lru_cache(maxsize=8192)
def allowed(state: State) -> frozenset[str]:
    """Return the classes of tokens that may follow."""
    if state.literal:
        return _LITERAL[state.literal]
    words = _AFTER.get(state.last) or _more(state)
    is_deepest = len(state.frames) >= DEEPEST
    # A function that is written already needs its parenthesis.
    if is_deepest and state.last not in OPENERS:
        # QUALIFY holds nothing but calls.
        return words - NESTING - {"QUALIFY"}
    return words


def _more(state: State) -> frozenset[str]:
    top, last = state.top, state.last
    if last == "start":
        is_first = not top.clause and len(state.frames) == 1
        return frozenset({"SELECT", "<raw>", "<none>"} if is_first else {"SELECT"})
    if last == "left joined" and top.joins == "complete":
        return frozenset({"ON"})
    if last in _PARTS:
        return _after_part(state)
    if state.is_operand or last in ("predicate", "argument"):
        return _after_operand(state)
    if last == "," and top.clause == "LIST":
        return frozenset({"table"})
    return _operands(state)


def _after_part(state: State) -> frozenset[str]:
    """Return what may follow a star, a table, a join, a limit or a direction."""
    words = {state.ends, *_PARTS[state.last], *_later(state.top.clause)}
    if state.last == "star":
        # Some dialects read * EXCEPT (...) as a list of columns to leave out.
        words.discard("EXCEPT")
    elif state.top.clause == "LIST":
        words.discard("JOIN")
    if state.last == "left joined" and state.top.joins == "left":
        # Joins are along keys, or each on its own condition: the two do not go together.
        words.discard("ON")
    return frozenset(words)


_PARTS = {
    "star": {","}, "table": {",", "JOIN", "LEFT JOIN"}, "linked": {"JOIN", "LEFT JOIN"},
    "left joined": {"LEFT JOIN", "ON"}, "count": {"OFFSET"}, "offset": set(),
    "direction": {",", "NULLS FIRST", "NULLS LAST"}, "nulls": {","},
}  # fmt: skip


def _later(clause: str) -> frozenset[str]:
    """Return the clauses and set operations that may follow this clause."""
    clause = "FROM" if clause in ("LIST", "JOIN") else clause
    words = set(CLAUSES[CLAUSES.index(clause) + 1 :])
    if clause != "GROUP BY":
        words.discard("HAVING")
    if clause not in ("ORDER BY", "LIMIT"):
        words |= SET_WORDS
    return frozenset(words)


def _after_operand(state: State) -> frozenset[str]:
    top = state.top
    words = set(ARITHMETIC if state.is_operand and state.slot != "date" else ())
    if state.last in KEYS and state.slot != "date":
        words.add(".")
    elif state.last == "key":
        # This one is no date, but leads to one.
        return frozenset({"."})
    if top.between:
        return frozenset(words | {"AND"})
    if state.is_operand and not top.compared and _is_incomplete(state):
        return frozenset(words | COMPARISONS | RANGES | {"NOT", "IS"})
    if state.conditional:
        words |= {"AND", "OR"}
        if state.is_operand and not top.compared:
            words |= COMPARISONS | RANGES | {"NOT", "IS"}
    return frozenset(words | _ENDINGS[top.kind](state))


def _is_incomplete(state: State) -> bool:
    """Return whether an operand alone is no condition: WHERE amount > 5 AND 2023."""
    top = state.top
    if state.slot == "condition":
        return True
    is_literal = top.subject == LITERAL and state.conditional
    return is_literal and (top.kind in ("query", "case") or state.slot == "share")


def _query_goes_on(state: State) -> set[str]:
    clause = state.top.clause
    listed = {
        "ORDER BY": {",", "ASC", "DESC", "NULLS FIRST", "NULLS LAST"},
        "SELECT": {","},
        "GROUP BY": {","},
    }.get(clause, set())
    return {state.ends, *_later(clause), *listed}


def _group_goes_on(state: State) -> set[str]:
    return {")", ","} if state.top.name == "IN" else {")"}


def _call_goes_on(state: State) -> set[str]:
    top = state.top
    if top.name == "CAST":
        return {"AS"}
    least, most = ARGUMENTS[top.name]
    given = top.commas + 1
    words = set()
    if given >= least:
        words.add(")")
    if given < most:
        words.add(",")
    return words


def _case_goes_on(state: State) -> set[str]:
    return {"WHEN": {"THEN"}, "THEN": {"WHEN", "ELSE", "END"}, "ELSE": {"END"}}[state.top.clause]


_ENDINGS = {
    "query": _query_goes_on,
    "group": _group_goes_on,
    "call": _call_goes_on,
    "case": _case_goes_on,
}


def _operands(state: State) -> frozenset[str]:
    """Return what may start an operand after `state.last`."""
    top, last = state.top, state.last
    opens = last == "("
    if opens and top.name == "EXISTS":
        return frozenset({"SELECT"})
    if state.slot in _OF_SLOT:
        return _OF_SLOT[state.slot]
    if top.kind == "query" and top.clause == "QUALIFY":
        return RANKS
    words = set(OPERANDS) - RANKS
    if not state.conditional or top.compared or last in ("operator", "sign"):
        words -= PREFIXES
    if not (opens and top.kind == "call" and top.name in AGGREGATES):
        words.discard("PER")
    if last in ("NOT", "sign"):
        words -= {"NOT", "-"}
    if (top.name in NUMERIC_ONLY and last in ("(", "DISTINCT")) or state.slot == "numeric":
        words -= {"quote", "value", "COUNT(*)", "NULL", "column"}
        words.add("numeric")
    if last == "SELECT" or (opens and top.kind == "call" and top.name in AGGREGATES):
        words.add("DISTINCT")
    starts_column = last in ("SELECT", "DISTINCT") or (last == "," and top.clause == "SELECT")
    if top.kind == "query" and starts_column:
        words |= {"*", "table", "EXISTS"}
    if opens and top.kind == "group":
        words.add("SELECT")
    return frozenset(words)


_OF_SLOT = {
    "date": frozenset({"dated", "key to dates"}),
    "span": frozenset({"'year'", "'month'", "'day'"}),
    "period": frozenset({"period", "'"}),
    "unit": frozenset({"'year'", "'quarter'", "'month'", "'week'", "'day'"}),
    "count": COUNTS,
    "number": frozenset({"word", "number", *NUMBERS}),
    "text": frozenset({"'", "value"}),
    "table": frozenset({"table"}),
}
"""What may be written in the slots that take no expression."""
