"""The grammar of an answer as a pushdown automaton over classes of tokens: the state after a token.
`allowed_tokens` says which may follow a state.
"""

from __future__ import annotations

from dataclasses import replace

from mome.backbones.bundled.grammar_state import (
    ARGUMENTS,
    ARITHMETIC,
    ATOMS,
    CLAUSES,
    COMPARISONS,
    KEYS,
    LITERAL,
    LITERALS,
    OPENERS,
    PREFIXES,
    RANGES,
    SET_WORDS,
    TYPES,
    Frame,
    State,
)
from mome.forms.construct_slots import slot_of

_ENDS = {"</s>": "done", "<none>": "none", "<raw>": "raw"}


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
        is_predicate = state.top.name == "IN" or state.top.name in PREFIXES
        closed = State(state.frames[:-1], "predicate" if is_predicate else "operand")
        return _with_subject(closed, -1)
    if token in SET_WORDS:
        return state.on("start", kind="query", clause="set", joins="")
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
    if token in CLAUSES:
        return state.on(token, kind="query", clause=token, compared=False)
    if token in ("WHEN", "THEN", "ELSE"):
        return state.on(token, clause=token, compared=False)
    if token in ("JOIN", "LEFT JOIN"):
        return state.on(token, clause="JOIN")
    if token == "," and state.last in ("table", "left joined"):
        return state.on(token, clause="LIST")
    return None


def _advance_word(state: State, token: str, item: int) -> State:
    top, last = state.top, state.last
    if token in ("ON", "ONLY"):
        return state.on(token, joins="complete")
    if last == "LEFT JOIN" and top.joins != "complete":
        return state.on("left joined", joins="left" if top.joins else "first left")
    if token in _FOLLOWING.get(last, ()):
        return replace(state, last=_FOLLOWING[last][token])
    if token in COMPARISONS | RANGES or token == "IS":
        following = "operator" if token in COMPARISONS else token
        return state.on(following, compared=True, between=token == "BETWEEN")
    if token in ("AND", "OR", ","):
        # The AND of a BETWEEN goes on with the same condition; any other starts a new one.
        commas = top.commas + (token == ",")
        is_of_call = top.kind == "call" and slot_of(top.name, commas) in ("period", "text")
        subject = top.subject if top.between or is_of_call else -1
        return state.on(token, compared=top.between, between=False, commas=commas, subject=subject)
    if token in ARITHMETIC and state.is_operand:
        return state.on("operator", subject=-1)
    if token == "." and last in KEYS:
        return replace(state, last="dot")
    if state.takes_no_expression:
        return replace(state, last="argument")
    if token == "table" and last == "," and top.clause == "LIST":
        return replace(state, last="table")
    if token not in ATOMS:
        return replace(state, last=_LAST.get(token, token))
    subject = item if token == "column" or token in KEYS else -1
    if token in LITERALS:
        subject = LITERAL
    # A column behind a key that follows an operator is a part of an expression, too.
    if last == "operator" or (last == "dot" and top.subject == -1):
        subject = -1
    state = _with_subject(state, subject)
    completed = _operand(state)
    is_key = token in KEYS and completed == "operand"
    return replace(state, last=token if is_key else completed)


def _with_subject(state: State, item: int) -> State:
    """Return the state with `item` as its condition's subject, unless the comparison is written."""
    return state if state.top.compared else state.on(state.last, subject=item)


def _operand(state: State) -> str:
    """Return what an operand after `state.last` completes."""
    if state.takes_no_expression:
        return "argument"
    return _COMPLETES.get(state.last, "operand")


_COMPLETES = {"LIMIT": "count", "OFFSET": "offset", "IS": "predicate", "IS NOT": "predicate"}
_FOLLOWING = {
    "FROM": {"table": "table"},
    "ONLY": {"table": "table"},
    "JOIN": {"table": "joined"},
    "LEFT JOIN": {"table": "left joined"},
    "ON": dict.fromkeys(("column", *KEYS), "left"),
    "left": {"=": "equals"},
    "equals": dict.fromkeys(("column", *KEYS), "linked"),
    "IS": {"NOT": "IS NOT"},
    **dict.fromkeys(("operand", *KEYS), {"NOT": "negated"}),
}
_LAST = {name: "type" for name in TYPES} | {
    "ASC": "direction",
    "DESC": "direction",
    "NULLS FIRST": "nulls",
    "NULLS LAST": "nulls",
}
_LAST |= {"*": "star", ".*": "star", "-": "sign", "table": "starred"}
