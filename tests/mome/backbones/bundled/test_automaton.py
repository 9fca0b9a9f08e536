"""What the automaton lets through parses; what is ill-formed it stops at the first wrong token."""

from __future__ import annotations

import random

import pytest

from mome.backbones.bundled.allowed_tokens import allowed
from mome.backbones.bundled.automaton import advance
from mome.backbones.bundled.form_tokens import WORDS, split_form
from mome.backbones.bundled.grammar_state import ARGUMENTS, BEGIN, DEEPEST, State
from mome.forms.language import parse_form

CLASSES = {
    "name": "column",
    "age": "numeric",
    "singer": "table",
    "song": "table",
    "France": "value",
    "thirty": "word",
    "day": "dated",
    "boss": "key",
    "since": "dated key",
    "2024": "period",
    "'": "quote",
}
"""Words of the tests that stand for pointers."""


def run(text: str) -> State | str:
    """The state after a text of tokens between spaces, or the first token that may not follow."""
    state = BEGIN
    for token in text.replace("COUNT ( * )", "COUNT(*)").split():
        token = (
            token.replace("_BY", " BY")
            .replace("_ALL", " ALL")
            .replace("NULLS_", "NULLS ")
            .replace("LEFT_", "LEFT ")
            if token in JOINED
            else token
        )
        token = CLASSES.get(token, token)
        if allowed(state).isdisjoint({token, *KINDS.get(token, ())}):
            return token
        state = advance(state, read(token))
    return state


KINDS = {
    "numeric": ("column",),
    "dated": ("column",),
    "key": ("column", "key to dates"),
    "dated key": ("column", "dated"),
    "quote": ("'",),
}
"""Further classes of a token."""


def read(token: str) -> str:
    """The class by which the automaton goes on after a token."""
    classes = {"numeric": "column", "dated": "column", "key to dates": "key", "'": "quote"}
    return classes.get(token, token)


JOINED = {"GROUP_BY", "ORDER_BY", "UNION_ALL", "NULLS_FIRST", "NULLS_LAST", "LEFT_JOIN"}

GOOD = [
    "SELECT name </s>",
    "SELECT * FROM singer </s>",
    "SELECT singer .* , name FROM singer , song </s>",
    "SELECT DISTINCT name , age WHERE age > 3 AND name = France OR NOT age < thirty </s>",
    (
        "SELECT COUNT(*) FROM singer JOIN song ON age = age JOIN singer ON age = age WHERE "
        "name LIKE "
        "' piece piece <close> </s>"
    ),
    (
        "SELECT COUNT ( DISTINCT name ) , SUM ( age * age ) , AVG ( DISTINCT age ) , MIN ( name ) "
        "FROM singer </s>"
    ),
    (
        "SELECT name GROUP_BY name , age HAVING COUNT(*) > 2 AND AVG ( age ) BETWEEN 1 AND 3 "
        "ORDER_BY "
        "COUNT(*) DESC , name LIMIT 3 </s>"
    ),
    "SELECT name ORDER_BY age DESC NULLS_LAST , age NULLS_FIRST LIMIT thirty OFFSET 10 </s>",
    (
        "SELECT name WHERE age IN ( SELECT age WHERE name IS NOT NULL ) AND name NOT IN ( "
        "France , ' "
        "<close> ) OR name IS NULL </s>"
    ),
    (
        "SELECT name WHERE NOT age IN ( 1 , 2 ) AND EXISTS ( SELECT * FROM singer WHERE age = - "
        "5 ) </s>"
    ),
    "SELECT name WHERE ( age = 1 OR age = 2 ) AND ( age + 1 ) * 2 <> age </s>",
    (
        "SELECT name UNION SELECT name UNION_ALL SELECT name WHERE age = 1 EXCEPT SELECT name "
        "GROUP_BY name INTERSECT SELECT name LIMIT 1 </s>"
    ),
    (
        "SELECT CASE WHEN age > 3 AND name = France THEN 1 WHEN age IS NULL THEN age * 2 ELSE "
        "0 END / "
        "COUNT(*) </s>"
    ),
    "SELECT SUM ( CASE WHEN name = France THEN 1 ELSE 0 END ) * 100 / COUNT(*) </s>",
    "SELECT CAST ( SUM ( age ) AS DOUBLE ) / NULLIF ( COUNT(*) , 0 ) </s>",
    "SELECT YEAR ( name ) , DATE_TEXT ( CAST ( name AS TIMESTAMP ) , ' piece <close> ) </s>",
    "SELECT ( SELECT MAX ( age ) ) - ( SELECT MIN ( age ) ) FROM singer </s>",
    "SELECT SUM ( NOT name IS NULL ) , SUM ( 1 ) </s>",
    "SELECT number piece <close> </s>",
    "SELECT name WHERE DURING ( day , 2024 ) AND NOT SINCE ( boss . day , ' piece <close> ) </s>",
    "SELECT TRUNC ( day , 'month' ) , COUNT(*) GROUP_BY TRUNC ( day , 'month' ) </s>",
    "SELECT name WHERE HAS ( singer , EMPTY ( day ) OR age > 3 ) AND NO ( song ) </s>",
    "SELECT name WHERE CONTAINS ( name , ' piece <close> ) AND STARTS ( name , France ) </s>",
    "SELECT name , age QUALIFY TOP ( 3 , age , name ) OR NTH ( thirty , age ) ORDER_BY age </s>",
    "SELECT SUM_IF ( age , name = France ) / SUM ( age ) , COUNT_IF ( age > 3 AND age < 10 ) </s>",
    "SELECT name , PERCENT ( SUM ( age ) , name ) , SHARE ( age > 3 ) GROUP_BY name </s>",
    "SELECT AVG ( PER ( COUNT(*) , boss ) ) , PERCENTILE ( age , number piece <close> ) </s>",
    "SELECT YEAR ( day ) , GROWTH ( SUM ( age ) ) , MOVING ( SUM ( age ) , 3 ) </s>",
    "SELECT BANDS ( age , 10 , 100 ) , BUCKET ( age , 10 ) , age DIV 2 </s>",
    "SELECT boss . name , ELAPSED ( day , boss . day , 'day' ) WHERE boss . age > 3 </s>",
    "SELECT name , COUNT ( age ) FROM singer LEFT_JOIN song GROUP_BY name </s>",
    "SELECT name FROM ONLY singer LEFT_JOIN song ON age = age </s>",
    "SELECT name FROM singer LEFT_JOIN song LEFT_JOIN singer </s>",
    "SELECT name FROM singer JOIN song ON age = age LEFT_JOIN song ON boss = age </s>",
    "SELECT name WHERE DURING ( since , 2024 ) AND SINCE ( boss . day , 2024 ) </s>",
    "SELECT name WHERE name = ' phrase thirty </s>",
    "<none> </s>",
    "<raw> piece piece </s>",
    (
        "<raw> plain plain piece <close> plain ' phrase phrase plain number piece <close> ' "
        "<close> </s>"
    ),
    "<raw> </s> <pad> <pad>",
]


@pytest.mark.parametrize("text", GOOD)
def test_a_well_formed_answer_goes_through(text: str) -> None:
    state = run(text)
    assert isinstance(state, State) and state.literal == "done"
    assert allowed(state) == {"<pad>"}


BAD = {
    "<raw> <close>": "<close>",
    "<raw> plain piece </s>": "</s>",
    "<raw> plain ' phrase </s>": "</s>",
    "<raw> plain phrase": "phrase",
    "FROM": "FROM",
    "SELECT </s>": "</s>",
    "SELECT name )": ")",
    "SELECT * )": ")",
    "SELECT name ORDER_BY name ASC )": ")",
    "SELECT COUNT(*) FROM singer )": ")",
    "SELECT ( name </s>": "</s>",
    "SELECT name WHERE age IN ( SELECT * FROM singer </s>": "</s>",
    "SELECT name WHERE age IN ( SELECT age ORDER_BY age DESC </s>": "</s>",
    "SELECT name name": "column",
    "SELECT name , FROM": "FROM",
    "SELECT name WHERE singer": "table",
    "SELECT name WHERE age > * ": "*",
    "SELECT name WHERE age > 1 > 2": ">",
    "SELECT name WHERE age = 1 LIKE name": "LIKE",
    "SELECT name WHERE age > NOT": "NOT",
    "SELECT name WHERE NOT NOT": "NOT",
    "SELECT name WHERE age IS name": "column",
    "SELECT name WHERE age IS NULL +": "+",
    "SELECT name WHERE age IN ( 1 ) *": "*",
    "SELECT name WHERE age IN ( )": ")",
    "SELECT name WHERE age IN name": "column",
    "SELECT name WHERE EXISTS ( name": "column",
    "SELECT name WHERE age BETWEEN 1 OR": "OR",
    "SELECT name WHERE age BETWEEN 1 )": ")",
    "SELECT name WHERE age BETWEEN 1 AND NOT": "NOT",
    "SELECT name WHERE name = 1 WHERE": "WHERE",
    "SELECT name ORDER_BY name WHERE": "WHERE",
    "SELECT name ORDER_BY name UNION": "UNION",
    "SELECT name WHERE age > 1 AND 5 </s>": "</s>",
    "SELECT name WHERE thirty AND": "AND",
    "SELECT name HAVING": "HAVING",
    "SELECT name LIMIT name": "column",
    "SELECT name LIMIT 0": "0",
    "SELECT name LIMIT 3 +": "+",
    "SELECT name FROM name": "column",
    "SELECT name FROM singer ON": "ON",
    "SELECT name FROM singer JOIN song WHERE": "WHERE",
    "SELECT name FROM singer JOIN song ,": ",",
    "SELECT name FROM singer , song JOIN": "JOIN",
    "SELECT name FROM singer JOIN song ON age = 1": "1",
    "SELECT name FROM singer JOIN song ON age = age AND": "AND",
    "SELECT singer FROM": "FROM",
    "SELECT * EXCEPT": "EXCEPT",
    "SELECT DISTINCT DISTINCT": "DISTINCT",
    "SELECT COUNT name": "column",
    "SELECT COUNT ( )": ")",
    "SELECT COUNT ( DISTINCT *": "*",
    "SELECT ABS ( DISTINCT": "DISTINCT",
    "SELECT ABS ( name ,": ",",
    "SELECT NULLIF ( name )": ")",
    "SELECT SUM ( name": "column",
    "SELECT AVG ( DISTINCT name": "column",
    "SELECT SUM ( France": "value",
    "SELECT SUM ( '": "quote",
    "SELECT AVG ( COUNT(*)": "COUNT(*)",
    "SELECT CAST ( name )": ")",
    "SELECT CAST ( name AS name": "column",
    "SELECT COUNT ( name AS": "AS",
    "SELECT EXTRACT": "EXTRACT",
    "SELECT CASE name": "column",
    "SELECT CASE WHEN name = 1 END": "END",
    "SELECT CASE WHEN name = 1 THEN 2 THEN": "THEN",
    "SELECT CASE WHEN name = 1 THEN 2 </s>": "</s>",
    "SELECT CASE WHEN name = 1 THEN 2 ELSE 3 WHEN": "WHEN",
    "SELECT name = 1": "=",
    "SELECT piece": "piece",
    "SELECT number 1": "1",
    "SELECT DURING": "DURING",
    "SELECT name WHERE DURING ( name": "column",
    "SELECT name WHERE DURING ( boss ,": ",",
    "SELECT name WHERE DURING ( day )": ")",
    "SELECT name WHERE DURING ( day , thirty": "word",
    "SELECT name WHERE DURING ( day + ": "+",
    "SELECT name WHERE DURING ( day , 2024 ) = ": "=",
    "SELECT name WHERE SINCE ( day , 2024 , 2024": ",",
    "SELECT name WHERE TOP": "TOP",
    "SELECT name QUALIFY age": "numeric",
    "SELECT name QUALIFY TOP ( name": "column",
    "SELECT HAS": "HAS",
    "SELECT name WHERE HAS ( name": "column",
    "SELECT TRUNC ( day , 2024": "period",
    "SELECT PER": "PER",
    "SELECT MEDIAN ( name": "column",
    "SELECT name . name": ".",
    "SELECT name FROM ONLY singer LEFT_JOIN song WHERE": "WHERE",
    "SELECT name FROM singer JOIN song ON age = age LEFT_JOIN song WHERE": "WHERE",
    "SELECT name FROM singer LEFT_JOIN song JOIN": "JOIN",
    "SELECT name FROM singer LEFT_JOIN song LEFT_JOIN song ON": "ON",
    "SELECT name WHERE HAS ( singer , 5 )": ")",
    "SELECT COUNT_IF ( name )": ")",
    "SELECT CASE WHEN 5 THEN": "THEN",
    "SELECT ELAPSED ( day , day , 'week'": "'week'",
    "SELECT name WHERE CONTAINS ( name , thirty": "word",
    "SELECT age WHERE age = 2024": "period",
    "SELECT ' thirty </s>": "</s>",
    "SELECT ' piece thirty": "word",
    "SELECT name UNION FROM": "FROM",
    "SELECT name UNION <raw>": "<raw>",
    "SELECT name <none>": "<none>",
    "<none> <pad>": "<pad>",
    "<none> SELECT": "SELECT",
    "<raw> SELECT": "SELECT",
    "</s>": "</s>",
}


@pytest.mark.parametrize("text", BAD)
def test_an_ill_formed_answer_stops_at_its_first_wrong_token(text: str) -> None:
    assert run(text) == BAD[text]


def test_sum_takes_a_number_column_but_no_text() -> None:
    assert "numeric" in allowed(run("SELECT SUM (")) and "column" not in allowed(
        run("SELECT SUM (")
    )
    assert "column" in allowed(run("SELECT MAX ("))


def test_nesting_is_bounded_and_can_always_be_closed() -> None:
    state = BEGIN
    state = advance(state, "SELECT")
    while "(" in allowed(state):
        state = advance(state, "(")
    assert len(state.frames) == DEEPEST and not allowed(state) & {"CASE", "SUM", "EXISTS", "("}
    state = advance(state, "column")
    while ")" in allowed(state):
        state = advance(state, ")")
    assert "</s>" in allowed(state)


SHOWN = {
    **dict.fromkeys(("column", "numeric", "dated", "key", "dated key", "key to dates"), "i1"),
    "period": "'2024'",
    "'": "'a'",
    "table": "i2",
    "value": "'v'",
    "word": "30",
    "quote": "'a'",
    "number": "7",
}


def walk(rng: random.Random, longest: int) -> str:
    """A random text that the automaton lets through; the end is sought after `longest` tokens."""
    state, words = BEGIN, []
    while state.literal != "done":
        choices = sorted(allowed(state) - {"<raw>", "<none>"})
        ends = [word for word in choices if word in ("</s>", ")", "END", "THEN", "column")]
        token = rng.choice(ends if len(words) > longest and ends else choices)
        state = advance(state, read(token))
        if token in ("quote", "number", "'"):
            state = advance(state, "<close>")
        words.append(SHOWN.get(token, token))
    return " ".join(words[:-1]).replace(" .*", ".*")


@pytest.mark.parametrize("seed", range(8))
def test_all_that_goes_through_parses(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(60):
        text = walk(rng, rng.choice([4, 12, 30]))
        assert parse_form(text)
        assert all(kind != "word" or token in WORDS for kind, token in split_form(text))


@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_function_is_a_word_that_parses_with_its_arguments(name: str) -> None:
    least, most = ARGUMENTS[name]
    for count in (least, most):
        inside = {"CAST": "i1 AS INT"}.get(name, ", ".join(["i1"] * count))
        assert name in WORDS and parse_form(f"SELECT {name}({inside})")


def test_every_state_leaves_something_to_write() -> None:
    seen, queue = {BEGIN}, [BEGIN]
    while queue and len(seen) < 4000:
        state = queue.pop(0)
        assert allowed(state), state
        for token in sorted(allowed(state)):
            following = advance(state, read(token))
            if following not in seen:
                seen.add(following)
                queue.append(following)
