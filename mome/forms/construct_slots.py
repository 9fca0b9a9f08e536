"""What the arguments of a form's constructs may be. The automaton reads it.

A slot is `date`, `period`, `unit`, `span` (a unit that ELAPSED counts), `count`, `number`, `text`,
`table`, `condition`, `numeric`, `share` (a condition or a value) or `operand`. The last slot may
end with `?` (optional) or `*` (optional and repeated).
"""

from __future__ import annotations

SLOT_LINES = {
    **dict.fromkeys(("SINCE", "BEFORE", "AFTER", "UNTIL"), "date period"),
    **dict.fromkeys(("EMPTY", "FILLED", "AS_DATE"), "operand"),
    **dict.fromkeys(("CONTAINS", "STARTS", "ENDS", "DATE_TEXT"), "operand text"),
    **dict.fromkeys(("HAS", "NO"), "table condition?"),
    **dict.fromkeys(("TOP", "BOTTOM", "NTH", "NTH_LOWEST"), "count operand operand*"),
    **dict.fromkeys(("SUM_IF", "AVG_IF"), "numeric condition"),
    **dict.fromkeys(("SHARE", "PERCENT"), "share operand*"),
    **dict.fromkeys(("PREVIOUS", "CHANGE", "RATIO", "RUNNING"), "operand"),
    **dict.fromkeys(("QUARTER", "WEEK", "WEEKDAY", "HOUR"), "date"),
    "DURING": "date period period?",
    "EVERY": "table condition",
    "COUNT_IF": "condition",
    "MEDIAN": "numeric",
    "PERCENTILE": "numeric number",
    "PER": "operand operand operand*",
    "GROWTH": "operand operand?",
    "MOVING": "operand count",
    "TRUNC": "date unit",
    "ELAPSED": "operand operand span",
    "BUCKET": "numeric number",
    "BANDS": "numeric number number*",
    "PART": "operand text count",
}
"""The slots of every construct, with the marks of the last one."""
SLOTS = {
    name: tuple(slots.rstrip("?*") for slots in line.split()) for name, line in SLOT_LINES.items()
}
"""The slots of every construct; the last one is that of all further arguments too."""
MOST_REPEATED = 6
"""Maximum number of arguments of a construct whose last slot is repeated."""


def _counts(line: str) -> tuple[int, int]:
    """Return the minimum and maximum number of arguments."""
    slots = line.split()
    is_optional = slots[-1][-1] in "?*"
    is_repeated = slots[-1][-1] == "*"
    return len(slots) - is_optional, MOST_REPEATED if is_repeated else len(slots)


COUNTS_OF_ARGUMENTS = {name: _counts(line) for name, line in SLOT_LINES.items()}
PERIODS = frozenset({"DURING", "SINCE", "BEFORE", "AFTER", "UNTIL"})
"""Conditions on a period."""
RANKS = frozenset({"TOP", "BOTTOM", "NTH", "NTH_LOWEST"})
"""Conditions on a rank; they stand in QUALIFY alone."""
CONDITIONS = PERIODS | RANKS | frozenset("EMPTY FILLED CONTAINS STARTS ENDS HAS NO EVERY".split())
DATED = PERIODS | frozenset("TRUNC QUARTER WEEK WEEKDAY HOUR".split())
"""Constructs that need a column of dates."""
TEXT_QUOTES = {"CONTAINS": "'%", "STARTS": "'^", "ENDS": "'$"}
"""The quote whose literals a construct's text is like: a part, the start or the end of a value."""


def slot_of(name: str, place: int) -> str:
    """Return the slot of an argument by its place; empty for functions, which have none."""
    slots = SLOTS.get(name, ())
    return slots[min(place, len(slots) - 1)] if slots else ""
