"""The grammar of an answer as a pushdown automaton over classes of tokens. `grammar` masks logits
with it.

It covers the order of clauses, balanced parentheses and CASEs, alternating operands and operators,
one comparison per condition, arguments of functions, tables in FROM only, and SUM and AVG over
numbers. Whatever it accepts parses. Which tables can be joined is checked by the pointer form.
"""

from __future__ import annotations

from dataclasses import replace

from mome.backbones.bundled.grammar_state import (
    AGGREGATES,
    ARGUMENTS,
    ARITHMETIC,
    ATOMS,
    CLAUSES,
    COMPARISONS,
    COUNTS,
    DEEPEST,
    LITERAL,
    LITERALS,
    NESTING,
    NUMERIC_ONLY,
    OPENERS,
    OPERANDS,
    PREFIXES,
    RANGES,
    SET_WORDS,
    TYPES,
    UNITS,
    Frame,
    State,
)

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
    **dict.fromkeys(("FROM", "JOIN"), frozenset({"table"})),
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
    "unit": frozenset({"FROM"}),
}


def allowed(state: State) -> frozenset[str]:
    """Return the classes of tokens that may follow."""
    if state.literal:
        return _LITERAL[state.literal]
    words = _AFTER.get(state.last) or _more(state)
    is_deepest = len(state.frames) >= DEEPEST
    # A function that is written already needs its parenthesis; YEAR, MONTH and DAY are units here.
    if is_deepest and state.last not in OPENERS and words != UNITS:
        return words - NESTING
    return words


def _more(state: State) -> frozenset[str]:
    top, last = state.top, state.last
    if last == "start":
        is_first = not top.clause and len(state.frames) == 1
        return frozenset({"SELECT", "<raw>", "<none>"} if is_first else {"SELECT"})
    if last in _PARTS:
        return _after_part(state)
    if last in ("operand", "predicate"):
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
    return frozenset(words)


_PARTS = {
    "star": {","}, "table": {",", "JOIN"}, "linked": {"JOIN"}, "count": {"OFFSET"}, "offset": set(),
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
    words = set(ARITHMETIC if state.last == "operand" else ())
    if top.between:
        return frozenset(words | {"AND"})
    if top.kind == "query" and top.subject == LITERAL and state.conditional and not top.compared:
        # A literal alone is no condition: WHERE amount > 5 AND 2023.
        return frozenset(words | COMPARISONS | RANGES | {"NOT", "IS"})
    if state.conditional:
        words |= {"AND", "OR"}
        if state.last == "operand" and not top.compared:
            words |= COMPARISONS | RANGES | {"NOT", "IS"}
    return frozenset(words | _ENDINGS[top.kind](state))


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


_ENDS = {"</s>": "done", "<none>": "none", "<raw>": "raw"}
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
    if opens and top.name == "EXTRACT":
        return UNITS
    words = set(OPERANDS)
    if not state.conditional or top.compared or last in ("operator", "sign"):
        words -= PREFIXES
    if last in ("NOT", "sign"):
        words -= {"NOT", "-"}
    if top.name in NUMERIC_ONLY and last in ("(", "DISTINCT"):
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


def advance(state: State, token: str, item: int = -1) -> State:
    """Return the state after an allowed token of class `token`; `item` is what a pointer names."""
    if state.literal:
        return _advance_literal(state, token)
    if token in _ENDS:
        return replace(state, literal=_ENDS[token])
    if token in ("quote", "number"):
        literal = "content" if token == "quote" else "pieces"
        about = state.compared_with
        state = _with_subject(state, LITERAL)
        return replace(state, last=_operand(state), literal=literal, about=about, opened=token)
    if token in ("(", "CASE"):
        return _open(state, token)
    if token in (")", "END"):
        is_predicate = state.top.name in ("IN", "EXISTS")
        closed = State(state.frames[:-1], "predicate" if is_predicate else "operand")
        return _with_subject(closed, -1)
    if token in SET_WORDS:
        return state.on("start", kind="query", clause="set")
    return _advance_clause(state, token) or _advance_word(state, token, item)


def _advance_literal(state: State, token: str) -> State:
    if token == "</s>":
        following = "done"
    elif state.literal in _PLAIN:
        following = _PLAIN[state.literal].get(token, "plain")
    elif state.literal == "content":
        following = _CONTENT.get(token, "pieces")
    else:
        following = "" if token in ("word", "phrase", "<close>") else state.literal
    if not following:
        return State(state.frames, state.last)
    return replace(state, literal=following)


_CONTENT = {"value": "", "word": "last", "phrase": "last", "<close>": ""}
"""What an open string literal needs after its first token; after a word piece, more pieces."""
_IN_PLAIN = {"quote": "plain content", "number": "plain pieces", "piece": "plain pieces"}
_PLAIN = {
    "raw": {**_IN_PLAIN, "piece": "spelled"},
    "spelled": {"piece": "spelled"},
    "plain": _IN_PLAIN,
    "plain content": {"word": "plain last", "phrase": "plain last", "piece": "plain pieces"},
    "plain last": {},
    "plain pieces": {"piece": "plain pieces"},
}
"""States within plain SQL; SQL that is spelled from start to end needs no `<close>`."""


def _open(state: State, token: str) -> State:
    if token == "CASE":
        return State((*state.frames, Frame("case", clause="CASE")), "CASE")
    name = state.last if state.last in OPENERS else ""
    return State((*state.frames, Frame("call" if name in ARGUMENTS else "group", name)), "(")


def _advance_clause(state: State, token: str) -> State | None:
    """Return the state if `token` starts a clause or a part of FROM or CASE; else None."""
    if token == "FROM" and state.last == "unit":
        return replace(state, last="operator")
    if token in CLAUSES:
        return state.on(token, kind="query", clause=token, compared=False)
    if token in ("WHEN", "THEN", "ELSE"):
        return state.on(token, clause=token, compared=False)
    if token == "JOIN" or (token == "," and state.last == "table"):
        return state.on(token, clause="JOIN" if token == "JOIN" else "LIST")
    return None


def _advance_word(state: State, token: str, item: int) -> State:
    top, last = state.top, state.last
    if token in _FOLLOWING.get(last, ()):
        return replace(state, last=_FOLLOWING[last][token])
    if token in COMPARISONS | RANGES or token == "IS":
        following = "operator" if token in COMPARISONS else token
        return state.on(following, compared=True, between=token == "BETWEEN")
    if token in ("AND", "OR", ","):
        # The AND of a BETWEEN goes on with the same condition; any other starts a new one.
        commas = top.commas + (token == ",")
        subject = top.subject if top.between else -1
        return state.on(token, compared=top.between, between=False, commas=commas, subject=subject)
    if token in ARITHMETIC and last == "operand":
        return state.on("operator", subject=-1)
    if token == "table" and last == "," and top.clause == "LIST":
        return replace(state, last="table")
    if token in UNITS and last == "(" and top.name == "EXTRACT":
        return replace(state, last="unit")
    if token not in ATOMS:
        return replace(state, last=_LAST.get(token, token))
    subject = item if token == "column" else -1
    if token in LITERALS:
        subject = LITERAL
    if last == "operator":
        subject = -1
    state = _with_subject(state, subject)
    return replace(state, last=_operand(state))


def _with_subject(state: State, item: int) -> State:
    """Return the state with `item` as its condition's subject, unless the comparison is written."""
    return state if state.top.compared else state.on(state.last, subject=item)


def _operand(state: State) -> str:
    """Return what an operand after `state.last` completes."""
    return _COMPLETES.get(state.last, "operand")


_COMPLETES = {"LIMIT": "count", "OFFSET": "offset", "IS": "predicate", "IS NOT": "predicate"}
_FOLLOWING = {
    "FROM": {"table": "table"},
    "JOIN": {"table": "joined"},
    "ON": {"column": "left"},
    "left": {"=": "equals"},
    "equals": {"column": "linked"},
    "IS": {"NOT": "IS NOT"},
    "operand": {"NOT": "negated"},
}
_LAST = {name: "type" for name in TYPES} | {
    "ASC": "direction",
    "DESC": "direction",
    "NULLS FIRST": "nulls",
    "NULLS LAST": "nulls",
}
_LAST |= {"*": "star", ".*": "star", "-": "sign", "table": "starred"}
