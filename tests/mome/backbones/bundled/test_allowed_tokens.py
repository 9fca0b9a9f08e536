"""The classes of tokens that may follow a state, one state at a time. `test_automaton` has whole
answers.
"""

from __future__ import annotations

import pytest

from mome.backbones.bundled.allowed_tokens import allowed
from mome.backbones.bundled.grammar_state import BEGIN, COUNTS, DEEPEST, LITERAL, OVER, Frame, State

ARITHMETIC = {"+", "-", "*", "/", "%", "||", "DIV"}
COMPARED = {"=", "<>", "<", ">", "<=", ">=", "LIKE", "IN", "BETWEEN", "NOT", "IS"}
SETS = {"UNION", "UNION ALL", "INTERSECT", "EXCEPT"}
AFTER_FROM = {"WHERE", "GROUP BY", "QUALIFY", "ORDER BY", "LIMIT", *SETS}
COLUMN = 7
"""Some item of a slice."""


def query(clause: str, last: str, **frame: object) -> State:
    """A query in which `last` was written in `clause`."""
    return State((Frame("query", clause=clause, **frame),), last)


def call(name: str, last: str, commas: int = 0, clause: str = "SELECT", **frame: object) -> State:
    """A query in which the arguments of a function are being written."""
    inner = Frame("call", name, commas=commas, **frame)
    return State((Frame("query", clause=clause), inner), last)


def group(last: str, name: str = "", clause: str = "WHERE", **frame: object) -> State:
    """A query in which a parenthesis is open."""
    return State((Frame("query", clause=clause), Frame("group", name, **frame)), last)


def case(part: str, last: str) -> State:
    """A query in which a CASE is being written."""
    return State((Frame("query", clause="SELECT"), Frame("case", clause=part)), last)


EXACT = {
    "at the start": (BEGIN, {"SELECT", "<raw>", "<none>"}),
    "at the end": (OVER, {"<pad>"}),
    "after UNION": (query("set", "start"), {"SELECT"}),
    "after FROM": (query("FROM", "FROM"), {"table", "ONLY"}),
    "after ONLY": (query("FROM", "ONLY", joins="complete"), {"table"}),
    "after JOIN": (query("JOIN", "JOIN"), {"table"}),
    "after a joined table": (query("JOIN", "joined"), {"ON"}),
    "after ON": (query("JOIN", "ON", joins="complete"), {"column"}),
    "after ON a": (query("JOIN", "left", joins="complete"), {"="}),
    "after ON a =": (query("JOIN", "equals", joins="complete"), {"column"}),
    "after ON a = b": (
        query("JOIN", "linked", joins="complete"),
        {"JOIN", "LEFT JOIN", "</s>", *AFTER_FROM},
    ),
    "after a table in FROM": (
        query("FROM", "table"),
        {",", "JOIN", "LEFT JOIN", "</s>", *AFTER_FROM},
    ),
    "after a table in a list": (
        query("LIST", "table"),
        {",", "LEFT JOIN", "</s>", *AFTER_FROM},
    ),
    "after a comma in FROM": (query("LIST", ","), {"table"}),
    "after a left join along a key": (
        query("JOIN", "left joined", joins="first left"),
        {"LEFT JOIN", "ON", "</s>", *AFTER_FROM},
    ),
    "after two left joins along keys": (
        query("JOIN", "left joined", joins="left"),
        {"LEFT JOIN", "</s>", *AFTER_FROM},
    ),
    "after a left join behind ON": (query("JOIN", "left joined", joins="complete"), {"ON"}),
    "after SELECT *": (
        query("SELECT", "star"),
        {",", "FROM", "</s>", *AFTER_FROM} - {"EXCEPT"},
    ),
    "after a grouped column": (
        query("GROUP BY", "operand"),
        {",", "HAVING", "QUALIFY", "ORDER BY", "LIMIT", "</s>", *SETS, *ARITHMETIC},
    ),
    "after a direction": (
        query("ORDER BY", "direction"),
        {",", "NULLS FIRST", "NULLS LAST", "LIMIT", "</s>"},
    ),
    "after LIMIT": (query("LIMIT", "LIMIT"), COUNTS),
    "after a limit": (query("LIMIT", "count"), {"OFFSET", "</s>"}),
    "after an offset": (query("LIMIT", "offset"), {"</s>"}),
    "after IS": (query("WHERE", "IS", compared=True), {"NULL", "NOT"}),
    "after IS NOT": (query("WHERE", "IS NOT", compared=True), {"NULL"}),
    "after a column and NOT": (query("WHERE", "negated"), {"LIKE", "IN", "BETWEEN"}),
    "after a literal that begins a condition": (
        query("WHERE", "operand", subject=LITERAL),
        {*ARITHMETIC, *COMPARED},
    ),
    "after BETWEEN 1": (
        query("WHERE", "operand", compared=True, between=True, subject=COLUMN),
        {*ARITHMETIC, "AND"},
    ),
    "after a finished condition": (
        query("WHERE", "predicate", compared=True),
        {"AND", "OR", "</s>", *AFTER_FROM} - {"WHERE"},
    ),
    "after QUALIFY": (query("QUALIFY", "QUALIFY"), {"TOP", "BOTTOM", "NTH", "NTH_LOWEST"}),
    "after EXISTS (": (group("(", "EXISTS"), {"SELECT"}),
    "after an element of IN": (group("operand", "IN"), {",", ")", *ARITHMETIC}),
    "after a function's name": (query("SELECT", "LOWER"), {"("}),
    "after CAST (x": (call("CAST", "operand"), {"AS", *ARITHMETIC}),
    "after CAST (x AS": (
        call("CAST", "AS"),
        {"DOUBLE", "INT", "TEXT", "DATE", "TIMESTAMP", "DECIMAL"},
    ),
    "after CAST (x AS INT": (call("CAST", "type"), {")"}),
    "after the first argument of NULLIF": (call("NULLIF", "operand"), {",", *ARITHMETIC}),
    "after the second argument of NULLIF": (call("NULLIF", "operand", 1), {")", *ARITHMETIC}),
    "after the first argument of ROUND": (call("ROUND", "operand"), {",", ")", *ARITHMETIC}),
    "in the date of TRUNC": (call("TRUNC", "("), {"dated", "key to dates"}),
    "after a key that is no date": (call("TRUNC", "key"), {"."}),
    "in the unit of TRUNC": (
        call("TRUNC", ",", 1),
        {"'year'", "'quarter'", "'month'", "'week'", "'day'"},
    ),
    "in the unit of ELAPSED": (call("ELAPSED", ",", 2), {"'year'", "'month'", "'day'"}),
    "in the period of DURING": (call("DURING", ",", 1, "WHERE"), {"period", "'"}),
    "after the period of DURING": (call("DURING", "argument", 1, "WHERE"), {",", ")"}),
    "after the last period of DURING": (call("DURING", "argument", 2, "WHERE"), {")"}),
    "in the table of HAS": (call("HAS", "(", clause="WHERE"), {"table"}),
    "in the text of CONTAINS": (call("CONTAINS", ",", 1, "WHERE"), {"'", "value"}),
    "after CASE": (case("CASE", "CASE"), {"WHEN"}),
    "after a condition of WHEN": (case("WHEN", "predicate"), {"THEN", "AND", "OR"}),
    "after a value of THEN": (case("THEN", "operand"), {"WHEN", "ELSE", "END", *ARITHMETIC}),
    "after a value of ELSE": (case("ELSE", "operand"), {"END", *ARITHMETIC}),
}


@pytest.mark.parametrize("place", EXACT)
def test_exactly_these_follow(place: str) -> None:
    state, following = EXACT[place]
    assert allowed(state) == following


LITERALS = {
    "content": {"value", "word", "phrase", "piece", "<close>"},
    "last": {"word", "phrase"},
    "pieces": {"piece", "<close>"},
    "none": {"</s>"},
    "raw": {"plain", "piece", "quote", "number", "</s>"},
    "spelled": {"piece", "<close>", "</s>"},
}


@pytest.mark.parametrize("literal", LITERALS)
def test_an_open_literal_decides_alone(literal: str) -> None:
    state = State((Frame("query", clause="WHERE"),), "operand", literal=literal)
    assert allowed(state) == LITERALS[literal]


PARTLY = {
    "a column list takes stars and DISTINCT": (
        query("SELECT", "SELECT"),
        {"DISTINCT", "*", "table", "EXISTS", "column", "COUNT", "("},
        {"FROM", "PER", "TOP", "HAS", "SELECT"},
    ),
    "a second column takes no DISTINCT": (query("SELECT", ","), {"*", "table"}, {"DISTINCT"}),
    "SUM takes numbers": (
        call("SUM", "("),
        {"numeric", "DISTINCT", "PER", "CASE", "word"},
        {"column", "value", "quote", "COUNT(*)", "NULL", "*", "TOP"},
    ),
    "COUNT takes all columns": (
        call("COUNT", "("),
        {"column", "DISTINCT", "PER"},
        {"*", "SELECT", ")"},
    ),
    "LOWER takes no DISTINCT": (call("LOWER", "("), {"column", "quote"}, {"DISTINCT", "PER", ")"}),
    "a condition may begin with NOT": (
        query("WHERE", "WHERE"),
        {"NOT", "EXISTS", "HAS", "DURING", "column", "("},
        {"SELECT", "*", "TOP"},
    ),
    "what is compared is no condition": (
        query("WHERE", "operator", compared=True),
        {"column", "quote", "-", "("},
        {"NOT", "EXISTS", "HAS", "DURING"},
    ),
    "NOT stands once": (query("WHERE", "NOT"), {"column", "EXISTS"}, {"NOT", "-"}),
    "a parenthesis may hold a query": (group("("), {"SELECT", "column"}, {")"}),
    "a query in a parenthesis ends with it": (
        State((Frame("query", clause="WHERE"), Frame("query", "IN", clause="FROM")), "table"),
        {")", "WHERE", "JOIN"},
        {"</s>", "HAVING"},
    ),
    "a column may be compared in WHERE": (
        query("WHERE", "operand", subject=COLUMN),
        {*COMPARED, *ARITHMETIC, "AND", "</s>"},
        {",", "ON", "HAVING"},
    ),
    "a column is not compared in SELECT": (
        query("SELECT", "operand"),
        {",", "FROM", "</s>"},
        {*COMPARED, "AND"},
    ),
    "a key leads to another table": (query("SELECT", "key"), {".", ",", "+"}, {"="}),
}


@pytest.mark.parametrize("rule", PARTLY)
def test_some_follow_and_some_do_not(rule: str) -> None:
    state, following, others = PARTLY[rule]
    found = allowed(state)
    assert following <= found and not found & others


def test_nothing_opens_at_the_deepest_place_but_what_is_begun() -> None:
    frames = (Frame("query", clause="WHERE"), *[Frame("group")] * (DEEPEST - 1))
    found = allowed(State(frames, "("))
    assert "column" in found and not found & {"(", "CASE", "SUM", "EXISTS"}
    assert allowed(State(frames, "LOWER")) == {"("}
    shallower = allowed(State(frames[:-1], "("))
    assert {"(", "CASE", "SUM", "EXISTS"} <= shallower
