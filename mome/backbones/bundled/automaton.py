"""The grammar of an answer as a pushdown automaton over classes of tokens. `grammar` masks logits
with it.

It covers the order of clauses, balanced parentheses and CASEs, alternating operands and operators,
one comparison per condition, arguments of functions, tables in FROM only, and SUM and AVG over
numbers. Whatever it accepts parses. Which tables can be joined is checked by the pointer form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "ORDER BY", "LIMIT")
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
RANGES = frozenset({"LIKE", "IN", "BETWEEN"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "||"})
SET_WORDS = frozenset({"UNION", "UNION ALL", "INTERSECT", "EXCEPT"})
NUMERIC_ONLY = frozenset({"SUM", "AVG"})
AGGREGATES = NUMERIC_ONLY | {"COUNT", "MIN", "MAX"}
ARGUMENTS = {
    **dict.fromkeys(
        "COUNT SUM AVG MIN MAX ABS LENGTH LOWER UPPER YEAR MONTH DAY STDDEV CAST EXTRACT".split(),
        (1, 1),
    ),
    **dict.fromkeys(("ROUND", "TRIM", "GROUP_CONCAT"), (1, 2)),
    **dict.fromkeys(("NULLIF", "TIME_TO_STR", "INSTR", "STR_POSITION"), (2, 2)),
    **dict.fromkeys(("COALESCE", "CONCAT"), (1, 9)),
    "SUBSTRING": (2, 3),
    "REPLACE": (3, 3),
}
"""Minimum and maximum number of arguments of every function."""
UNITS = frozenset({"YEAR", "MONTH", "DAY"})
TYPES = frozenset({"DOUBLE", "INT", "TEXT", "DATE", "TIMESTAMP", "BIGINT", "DECIMAL", "VARCHAR"})
NUMBERS = frozenset({"0", "1", "2", "3", "4", "5", "10", "100", "1.0"})
COUNTS = frozenset({"word", "number", *NUMBERS}) - {"0", "1.0"}
PREFIXES = frozenset({"NOT", "EXISTS"})
ATOMS = frozenset(
    {"column", "value", "word", "COUNT(*)", "NULL", "CURRENT_DATE", "CURRENT_TIMESTAMP", *NUMBERS}
)
OPENERS = frozenset({"IN", "EXISTS", *ARGUMENTS})
"""What may stand before a parenthesis."""
NESTING = OPENERS | {"(", "CASE"}
OPERANDS = ATOMS | NESTING - {"IN"} | {"quote", "number", "-", "NOT"}
DEEPEST = 12
"""Maximum nesting of parentheses and CASEs; bounds the state."""


@dataclass(frozen=True)
class Frame:
    """One open parenthesis or CASE, or the whole answer at the bottom of the stack."""

    kind: str = "query"
    """query, group, call or case."""
    name: str = ""
    """What stands before the parenthesis: a function, IN or EXISTS."""
    clause: str = ""
    """The clause of a query (LIST and JOIN are parts of FROM) or the part of a CASE being written;
    empty before SELECT.
    """
    commas: int = 0
    between: bool = False
    """Whether BETWEEN still needs its AND."""
    compared: bool = False
    """Whether the current condition has its comparison."""


@dataclass(frozen=True)
class State:
    """The state of the automaton after some tokens."""

    frames: tuple[Frame, ...]
    last: str
    """The last token or what it completed: `operand` is a value, `predicate` a finished condition.
    """
    literal: str = ""
    """What an open literal needs: content, last or pieces; `raw` and the keys of `_PLAIN` in plain
    SQL; `none` and `done` at the end.
    """

    @property
    def top(self) -> Frame:
        """The innermost open frame."""
        return self.frames[-1]

    @property
    def ends(self) -> str:
        """What may end the innermost query."""
        return "</s>" if len(self.frames) == 1 else ")"

    @property
    def conditional(self) -> bool:
        """Whether a condition may be written here."""
        top = self.top
        if top.kind == "group":
            return not top.name
        return top.clause in ("WHERE", "HAVING", "WHEN") or (
            top.kind == "call" and top.name in AGGREGATES
        )

    def on(self, last: str, **changes: object) -> State:
        """Return the state with the innermost frame changed."""
        return State((*self.frames[:-1], replace(self.top, **changes)), last)


BEGIN = State((Frame(),), "start")
OVER = State((Frame(),), "start", literal="done")

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
    return (
        words - NESTING
        if len(state.frames) >= DEEPEST and state.last not in OPENERS and words != UNITS
        else words
    )


def _more(state: State) -> frozenset[str]:
    top, last = state.top, state.last
    if last == "start":
        return frozenset({"SELECT"}) | (
            frozenset() if top.clause or len(state.frames) > 1 else {"<raw>", "<none>"}
        )
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
    words -= (
        {"EXCEPT"} if state.last == "star" else {"JOIN"} if state.top.clause == "LIST" else set()
    )
    return frozenset(words)


_PARTS = {
    "star": {","}, "table": {",", "JOIN"}, "linked": {"JOIN"}, "count": {"OFFSET"}, "offset": set(),
    "direction": {",", "NULLS FIRST", "NULLS LAST"}, "nulls": {","},
}  # fmt: skip


def _later(clause: str) -> frozenset[str]:
    """Return the clauses and set operations that may follow this clause."""
    clause = "FROM" if clause in ("LIST", "JOIN") else clause
    words = frozenset(CLAUSES[CLAUSES.index(clause) + 1 :]) - (
        {"HAVING"} if clause != "GROUP BY" else set()
    )
    return words if clause in ("ORDER BY", "LIMIT") else words | SET_WORDS


def _after_operand(state: State) -> frozenset[str]:
    top = state.top
    words = set(ARITHMETIC if state.last == "operand" else ())
    if top.between:
        return frozenset(words | {"AND"})
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
    least, most = ARGUMENTS[top.name]
    if top.name == "CAST":
        return {"AS"}
    return ({")"} if top.commas + 1 >= least else set()) | (
        {","} if top.commas + 1 < most else set()
    )


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
    words -= (
        PREFIXES if not state.conditional or top.compared or last in ("operator", "sign") else set()
    )
    words -= {"NOT", "-"} if last in ("NOT", "sign") else set()
    if top.name in NUMERIC_ONLY and last in ("(", "DISTINCT"):
        words = words - {"quote", "value", "COUNT(*)", "NULL", "column"} | {"numeric"}
    if last == "SELECT" or (opens and top.kind == "call" and top.name in AGGREGATES):
        words.add("DISTINCT")
    if top.kind == "query" and (
        last in ("SELECT", "DISTINCT") or (last == "," and top.clause == "SELECT")
    ):
        words |= {"*", "table", "EXISTS"}
    if opens and top.kind == "group":
        words.add("SELECT")
    return frozenset(words)


def advance(state: State, token: str) -> State:
    """Return the state after an allowed token of class `token`."""
    if state.literal:
        return _advance_literal(state, token)
    if token in _ENDS:
        return replace(state, literal=_ENDS[token])
    if token in ("quote", "number"):
        return replace(
            state, last=_operand(state), literal="content" if token == "quote" else "pieces"
        )
    if token in ("(", "CASE"):
        return _open(state, token)
    if token in (")", "END"):
        return State(
            state.frames[:-1], "predicate" if state.top.name in ("IN", "EXISTS") else "operand"
        )
    if token in SET_WORDS:
        return state.on("start", kind="query", clause="set")
    return _advance_clause(state, token) or _advance_word(state, token)


def _advance_literal(state: State, token: str) -> State:
    if token == "</s>":
        following = "done"
    elif state.literal in _PLAIN:
        following = _PLAIN[state.literal].get(token, "plain")
    elif state.literal == "content":
        following = {"value": "", "word": "last", "phrase": "last", "<close>": ""}.get(
            token, "pieces"
        )
    else:
        following = "" if token in ("word", "phrase", "<close>") else state.literal
    return replace(state, literal=following)


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


def _advance_word(state: State, token: str) -> State:
    top, last = state.top, state.last
    if token in _FOLLOWING.get(last, ()):
        return replace(state, last=_FOLLOWING[last][token])
    if token in COMPARISONS | RANGES or token == "IS":
        return state.on(
            "operator" if token in COMPARISONS else token, compared=True, between=token == "BETWEEN"
        )
    if token in ("AND", "OR", ","):
        return state.on(
            token, compared=top.between, between=False, commas=top.commas + (token == ",")
        )
    if token in ARITHMETIC and last == "operand":
        return replace(state, last="operator")
    if token == "table" and last == "," and top.clause == "LIST":
        return replace(state, last="table")
    if token in UNITS and last == "(" and top.name == "EXTRACT":
        return replace(state, last="unit")
    return replace(state, last=_operand(state) if token in ATOMS else _LAST.get(token, token))


def _operand(state: State) -> str:
    """Return what an operand after `state.last` completes."""
    return {"LIMIT": "count", "OFFSET": "offset", "IS": "predicate", "IS NOT": "predicate"}.get(
        state.last, "operand"
    )


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
