"""How long the results of calls are, and how many steps some calls take.

`sizes.py` looks every call up here. A function that is not listed returns at most as much as its
arguments hold together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from mome.guard.limits import (
    CALL_SIZE,
    ELEMENT_SIZE,
    MAX_REPEATS,
    MAX_ROUNDS,
    NUMBER_SIZE,
    POWER_SIZE,
    TEXT_SIZE,
)
from mome.guard.literals import at_most, number_of


@dataclass(frozen=True)
class Call:
    """A call with the sizes of its arguments."""

    nodes: Sequence[exp.Expr]
    sizes: Sequence[float]
    rows: float
    """Rows that an aggregate or a subquery in ARRAY combines."""
    engine: str

    def size(self, place: int) -> float:
        """Return the size of an argument; 0 if it is missing."""
        return self.sizes[place] if place < len(self.sizes) else 0.0

    def count(self, place: int) -> float:
        """Return the literal number at a place; the most that `bounds.py` allows if it is none."""
        number = at_most(self.nodes[place]) if place < len(self.nodes) else None
        return MAX_REPEATS if number is None else max(0.0, number)


Bound = Callable[[Call], float]


def total(call: Call) -> float:
    """Return the size of all arguments: that of a function that only selects or joins them."""
    return max(CALL_SIZE, sum(call.sizes))


def _times(factor: float) -> Bound:
    return lambda call: max(CALL_SIZE, factor * sum(call.sizes))


def _largest(call: Call) -> float:
    return max(call.sizes, default=0.0)


def _repeated(call: Call) -> float:
    return call.count(1) * call.size(0)


def _padded(call: Call) -> float:
    # PostgreSQL and MySQL cut off what is longer; the sum covers those that do not.
    return call.count(1) + call.size(0)


def _joined(call: Call) -> float:
    # concat_ws: the separator stands between any two of the others.
    return call.size(0) * len(call.sizes) + sum(call.sizes[1:])


def _matches(call: Call) -> float:
    """Return how often the text of argument 1 can occur in argument 0."""
    needle = call.nodes[1] if len(call.nodes) > 1 else None
    known = isinstance(needle, exp.Literal) and needle.is_string
    return call.size(0) / max(1, len(needle.name) if known else 1)


def _replaced(call: Call) -> float:
    return max(call.size(0), call.size(0) + _matches(call) * (call.size(2) - 1))


def _pattern_replaced(call: Call) -> float:
    # A pattern can match before each character and at the end. Back references such as \1 repeat
    # what was matched, and each takes two characters of the replacement.
    return call.size(0) + (call.size(0) + 1) * call.size(2)


def _each_replaced(call: Call) -> float:
    # array_replace: a list has at most as many elements as characters, since each counts for one.
    return call.size(0) * max(1.0, call.size(2))


def _separated(call: Call) -> float:
    # array_to_string: as above, a separator for each element.
    return call.size(0) * (1 + call.size(1) + call.size(2))


def _aggregated(call: Call) -> float:
    # Two characters more for each row: a separator, or the quotes of JSON.
    return call.rows * (sum(call.sizes) + 2)


def _formatted(call: Call) -> float:
    # `bounds.bounded_formats` limits each field to 99 characters beside its value.
    return sum(call.sizes) + 100 * call.size(0)


def _array(call: Call) -> float:
    # One more for each element, so that a list has no more elements than characters.
    return call.rows * (sum(call.sizes) + len(call.sizes))


def _top(call: Call) -> float:
    # DuckDB's max(x, n) and arg_max(x, y, n) return a list of n values.
    last = number_of(call.nodes[-1]) if len(call.nodes) > 1 else None
    several = call.engine == "duckdb" and last is not None
    return _largest(call) * (max(1.0, last) if several and last else 1.0)


def _power(call: Call) -> float:
    return POWER_SIZE if call.engine == "postgres" else CALL_SIZE


def _marked(call: Call) -> float:
    # The marks in the last argument, an option of ts_headline, can stand around every word.
    return _largest(call) * (1 + call.sizes[-1])


def _searched_text(call: Call) -> float:
    # The text is that of a column, and the marks around its words are arguments.
    return TEXT_SIZE * (1 + sum(call.sizes))


def _series(call: Call) -> float:
    numbers = [number_of(node) for node in call.nodes[:2]]
    if None in numbers:
        return MAX_ROUNDS * ELEMENT_SIZE
    # `bounds.bounded_series` has checked the number of steps; a step is one or more here.
    known = [number for number in (0.0, *numbers) if number is not None]
    span = abs(known[-1] - known[-2]) + 1
    return min(span, MAX_ROUNDS) * ELEMENT_SIZE


def _json(call: Call) -> float:
    """Return the size of JSON made of the arguments. Quotes and backslashes in texts double."""
    size = 0.0
    for node, length in zip(call.nodes, call.sizes, strict=True):
        is_text = length > NUMBER_SIZE and not is_json(node)
        size += length * (2 if is_text else 1) + 6
    return max(CALL_SIZE, size)


def _json_aggregated(call: Call) -> float:
    return call.rows * _json(call)


def is_json(node: exp.Expr) -> bool:
    """Return whether an expression is JSON, which is not escaped again inside of JSON."""
    if isinstance(node, (exp.Subquery, exp.Paren, exp.Cast)):
        return is_json(node.this)
    if isinstance(node, exp.Select):
        return is_json(node.expressions[0].unalias())
    if not isinstance(node, exp.Anonymous):
        return False
    name = node.name.lower()
    if name in ("coalesce", "ifnull"):
        return is_json(node.expressions[0])
    return name.startswith(("json_", "jsonb_", "to_json")) and name != "json_quote"


def _bounds(bound: Bound, names: str) -> dict[str, Bound]:
    return dict.fromkeys(names.split(), bound)


# The longest word for a letter of a date format: "%A" becomes "Wednesday", in some languages more.
_DATE_WORD = 20
# \u0001 for a control character.
_ESCAPE = 6

GROWTH: Mapping[str, Bound] = {
    **_bounds(_repeated, "repeat space"),
    "space": lambda call: call.count(0),
    **_bounds(_padded, "lpad rpad"),
    **_bounds(_joined, "concat_ws"),
    **_bounds(total, "|| concat list_concat array_cat array_concat"),
    **_bounds(total, "struct struct_pack struct_insert map tomap row tuple list_value list_zip"),
    # A text or a list that is put into another one.
    **_bounds(
        total,
        "overlay make_set list_append list_prepend array_append array_prepend json_set json_insert "
        "json_replace json_patch jsonb_set jsonb_insert json_merge_patch json_merge_preserve",
    ),
    # `sizes.py` bounds these by the lambda.
    **_bounds(
        total,
        "list_transform list_apply apply array_apply array_transform list_filter array_filter "
        "comprehension",
    ),
    **_bounds(_replaced, "replace"),
    **_bounds(_pattern_replaced, "regexp_replace"),
    **_bounds(_each_replaced, "array_replace"),
    **_bounds(_separated, "array_to_string"),
    "array": _array,
    **_bounds(_aggregated, "group_concat string_agg listagg array_agg list histogram"),
    **_bounds(
        _json_aggregated,
        "json_group_array json_group_object json_agg jsonb_agg json_object_agg jsonb_object_agg "
        "json_arrayagg json_objectagg",
    ),
    **_bounds(
        _json,
        "json_object json_array json_build_object json_build_array jsonb_build_object "
        "jsonb_build_array",
    ),
    **_bounds(_times(_ESCAPE), "json_quote to_json to_jsonb array_to_json row_to_json"),
    **_bounds(_formatted, "printf format"),
    **_bounds(_series, "range generate_series"),
    "ts_headline": _marked,
    "highlight": _searched_text,
    "snippet": _searched_text,
    **_bounds(_times(2), "hex quote quote_literal to_base64 base64 unaccent to_hex bin"),
    **_bounds(_times(4), "encode"),
}
"""Function -> bound of its result. A query that calls none of these, joins no texts and has no
lambda is not measured: its values stay as long as those of its columns."""

SELECTING: Mapping[str, Bound] = {
    **_bounds(
        _largest,
        "coalesce ifnull nullif greatest least if iif first last any_value mode lag lead "
        "first_value last_value nth_value left right substr "
        "substring trim ltrim rtrim lower upper lcase ucase reverse",
    ),
    **_bounds(_top, "max min arg_max arg_min max_by min_by"),
    **_bounds(_power, "power pow exp"),
    # Indented, or each part again within its parents: 200 characters for each one.
    **_bounds(_times(200), "jsonb_pretty json_pretty json_detailed jsonb_path_query_array"),
    **_bounds(_times(2), "string_split str_split string_to_array split regexp_split_to_array"),
    **_bounds(_times(_DATE_WORD), "strftime date_format to_char time_format"),
}
"""Functions that grow nothing, or little, and that return less than the sum of their arguments."""

_HOLDING = "struct struct_pack struct_insert map tomap row tuple list_value list_zip array".split()
CONTAINERS = frozenset([*_HOLDING, *(name for name, bound in GROWTH.items() if bound is _json)])
"""Calls that put values beside each other, as JSON of rows in JSON of rows does."""

AGGREGATES = frozenset(
    name for name, bound in GROWTH.items() if bound in (_aggregated, _json_aggregated)
)
"""Functions that make one long value of many rows."""


def _product(call: Call) -> float:
    return call.size(0) * call.size(1)


def _distance(call: Call) -> float:
    # A table of all pairs of characters. Damerau's distance took 35 ns for each, a step 2 ns.
    return 20 * call.size(0) * call.size(1)


def _searched(call: Call) -> float:
    """Return the steps of a regular expression: 5,000 a character, for backtracking.

    MariaDB copies the text for each match: 200,000 characters took 42 s.
    """
    return call.size(0) * max(5_000, call.size(0) if call.engine == "mysql" else 0)


def _replacing(call: Call) -> float:
    # MariaDB moves the rest of the text at each match: 100,000 of 200,000 characters took 4 s.
    moved = _matches(call) * _replaced(call) if call.engine == "mysql" else 0.0
    return max(_product(call), moved)


WORK: Mapping[str, Bound] = {
    **_bounds(
        _product,
        "instr locate strpos position contains list_contains array_contains list_has "
        "array_has_all array_has_any split_part substring_index string_split str_split "
        "string_to_array find_in_set strposition like ilike glob similarto jaccard "
        "jaro_similarity jaro_winkler_similarity",
    ),
    **_bounds(_distance, "levenshtein damerau_levenshtein editdist3 hamming similarity"),
    **_bounds(
        _searched,
        "regexp_replace regexp_matches regexp_match regexp_extract regexp_extract_all regexp_like "
        "regexp_instr regexp_substr regexp_count regexp_full_match regexp_split_to_array "
        "regexp_split_to_table str_split_regex regexplike regexpilike",
    ),
    "replace": _replacing,
}
"""Function or class of an operator, in lower case -> bound of its steps."""
