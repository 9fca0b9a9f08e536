"""Parts of dates, dates cut to a unit, and the time between two."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.engine import Rule
from mome.forms.nodes import DatePart, DateText, Elapsed, StoredDate, Trunc
from mome.forms.stored import AS_DATE, YEAR, as_date, kind_of
from mome.forms.templates import Bound, fill, match, pattern
from mome.forms.trees import given_arguments

Texts = Mapping[str, Mapping[str, str]]
"""Unit -> dialect -> pattern, in which `_d` is a date."""


def _same(text: str) -> dict[str, str]:
    return dict.fromkeys(("duckdb", "postgres", "mysql"), text)


PARTS: Texts = {
    "YEAR": {"sqlite": "CAST(STRFTIME('%Y', _d) AS INTEGER)", **_same("EXTRACT(YEAR FROM _d)")},
    "QUARTER": {
        "sqlite": "(CAST(STRFTIME('%m', _d) AS INTEGER) + 2) / 3",
        **_same("EXTRACT(QUARTER FROM _d)"),
    },
    "MONTH": {"sqlite": "CAST(STRFTIME('%m', _d) AS INTEGER)", **_same("EXTRACT(MONTH FROM _d)")},
    "WEEK": {
        # The ISO week is that of its Thursday.
        "sqlite": "(CAST(STRFTIME('%j', DATE(_d, '-3 days', 'weekday 4')) AS INTEGER) + 6) / 7",
        "duckdb": "EXTRACT(WEEK FROM _d)",
        "postgres": "EXTRACT(WEEK FROM _d)",
        "mysql": "WEEK(_d, 3)",
    },
    "DAY": {"sqlite": "CAST(STRFTIME('%d', _d) AS INTEGER)", **_same("EXTRACT(DAY FROM _d)")},
    "WEEKDAY": {
        "sqlite": "CAST(STRFTIME('%w', _d) AS INTEGER)",
        "duckdb": "DAYOFWEEK(_d)",
        "postgres": "EXTRACT(DOW FROM _d)",
        "mysql": "DAYOFWEEK(_d) - 1",
    },
    "HOUR": {"sqlite": "CAST(STRFTIME('%H', _d) AS INTEGER)", **_same("EXTRACT(HOUR FROM _d)")},
}
MORE_PARTS: Texts = {
    "YEAR": {"duckdb": "YEAR(_d)", "mysql": "YEAR(_d)"},
    "QUARTER": {"duckdb": "QUARTER(_d)", "mysql": "QUARTER(_d)"},
    "MONTH": {"duckdb": "MONTH(_d)", "mysql": "MONTH(_d)"},
    "DAY": {"duckdb": "DAY(_d)", "mysql": "DAYOFMONTH(_d)"},
}
"""Other spellings that are read."""

_TRUNCATED = "CAST(DATE_TRUNC('{}', _d) AS DATE)"
TRUNCATED: Texts = {
    "year": {
        "sqlite": "DATE(_d, 'start of year')",
        "duckdb": _TRUNCATED.format("year"),
        "postgres": _TRUNCATED.format("year"),
        "mysql": "CAST(DATE_FORMAT(_d, '%Y-01-01') AS DATE)",
    },
    "quarter": {
        "sqlite": (
            "DATE(_d, 'start of month', "
            "'-' || ((CAST(STRFTIME('%m', _d) AS INTEGER) - 1) % 3) || ' months')"
        ),
        "duckdb": _TRUNCATED.format("quarter"),
        "postgres": _TRUNCATED.format("quarter"),
        "mysql": "MAKEDATE(EXTRACT(YEAR FROM _d), 1) + INTERVAL (QUARTER(_d) - 1) QUARTER",
    },
    "month": {
        "sqlite": "DATE(_d, 'start of month')",
        "duckdb": _TRUNCATED.format("month"),
        "postgres": _TRUNCATED.format("month"),
        "mysql": "CAST(DATE_FORMAT(_d, '%Y-%m-01') AS DATE)",
    },
    "week": {
        "sqlite": "DATE(_d, '-6 days', 'weekday 1')",
        "duckdb": _TRUNCATED.format("week"),
        "postgres": _TRUNCATED.format("week"),
        "mysql": "CAST(_d AS DATE) - INTERVAL (WEEKDAY(_d)) DAY",
    },
    "day": {
        "sqlite": "DATE(_d, 'start of day')",
        "duckdb": _TRUNCATED.format("day"),
        "postgres": _TRUNCATED.format("day"),
        "mysql": "CAST(DATE_FORMAT(_d, '%Y-%m-%d') AS DATE)",
    },
}
MORE_TRUNCATED: Texts = {
    unit: dict.fromkeys(("duckdb", "postgres"), f"DATE_TRUNC('{unit}', _d)") for unit in TRUNCATED
}
"""Other spellings that are read: the time of day that they keep is always midnight."""

_MONTHS = (
    "(CAST(STRFTIME('%Y', _b) AS INTEGER) - CAST(STRFTIME('%Y', _a) AS INTEGER)) * 12 "
    "+ CAST(STRFTIME('%m', _b) AS INTEGER) - CAST(STRFTIME('%m', _a) AS INTEGER) "
    "- (STRFTIME('%d', _b) < STRFTIME('%d', _a))"
)
ELAPSED: Texts = {
    "day": {
        "sqlite": "CAST(JULIANDAY(DATE(_b)) - JULIANDAY(DATE(_a)) AS INTEGER)",
        "duckdb": "DATE_DIFF('day', _a, _b)",
        "postgres": "CAST(_b AS DATE) - CAST(_a AS DATE)",
        "mysql": "DATEDIFF(_b, _a)",
    },
    "month": {
        "sqlite": _MONTHS,
        "duckdb": "DATESUB('month', _a, _b)",
        "postgres": "EXTRACT(YEAR FROM AGE(_b, _a)) * 12 + EXTRACT(MONTH FROM AGE(_b, _a))",
        "mysql": "TIMESTAMPDIFF(MONTH, _a, _b)",
    },
    "year": {
        "sqlite": (
            "CAST(STRFTIME('%Y', _b) AS INTEGER) - CAST(STRFTIME('%Y', _a) AS INTEGER) "
            "- (STRFTIME('%m-%d', _b) < STRFTIME('%m-%d', _a))"
        ),
        "duckdb": "DATESUB('year', _a, _b)",
        "postgres": "EXTRACT(YEAR FROM AGE(_b, _a))",
        "mysql": "TIMESTAMPDIFF(YEAR, _a, _b)",
    },
}
"""Here `_a` and `_b` are the dates."""


def _text(texts: Texts, unit: str, context: Context) -> exp.Expr:
    if unit not in texts:
        raise NotExpressible(f"the unit {unit}")
    return pattern(texts[unit][context.dialect], context.dialect)


def _write_part(node: exp.Expr, context: Context) -> exp.Expr:
    unit = node.text("unit")
    if unit == "YEAR" and kind_of(node.this, context) == YEAR:
        return node.this.copy()
    return fill(_text(PARTS, unit, context), {"_d": as_date(node.this, context)})


def _write_trunc(node: exp.Expr, context: Context) -> exp.Expr:
    return fill(_text(TRUNCATED, node.text("unit"), context), {"_d": as_date(node.this, context)})


def _write_elapsed(node: exp.Expr, context: Context) -> exp.Expr:
    dates = {"_a": as_date(node.this, context), "_b": as_date(node.expression, context)}
    return fill(_text(ELAPSED, node.text("unit"), context), dates)


def _read(texts: Texts, node: exp.Expr, context: Context) -> tuple[str, Bound] | None:
    """Return the unit whose pattern a node has, and the columns in it."""
    for unit, by_dialect in texts.items():
        bound: Bound = {}
        text = by_dialect.get(context.dialect)
        if not text or type(node) is not type(pattern(text, context.dialect).unnest()):
            continue
        if match(context.rules.read_pattern(text, context.dialect), node, bound):
            return unit, bound
    return None


def _read_part(node: exp.Expr, context: Context) -> exp.Expr | None:
    found = _read(PARTS, node, context) or _read(MORE_PARTS, node, context)
    return None if found is None else DatePart(this=found[1]["_d"].copy(), unit=exp.var(found[0]))


def _read_trunc(node: exp.Expr, context: Context) -> exp.Expr | None:
    found = _read(TRUNCATED, node, context) or _read(MORE_TRUNCATED, node, context)
    if found is None:
        return None
    return Trunc(this=found[1]["_d"].copy(), unit=exp.Literal.string(found[0]))


def _read_elapsed(node: exp.Expr, context: Context) -> exp.Expr | None:
    found = _read(ELAPSED, node, context)
    if found is None:
        return None
    unit, dates = found
    return Elapsed(
        this=dates["_a"].copy(), expression=dates["_b"].copy(), unit=exp.Literal.string(unit)
    )


def _write_stored(node: exp.Expr, context: Context) -> exp.Expr:
    texts = AS_DATE.get(kind_of(node.this, context) or "", {})
    if context.dialect not in texts:
        return node.this.copy()
    return fill(pattern(texts[context.dialect], context.dialect), {"_x": node.this})


def _read_stored(node: exp.Expr, context: Context) -> exp.Expr | None:
    """Read what makes a date of a column that stores it in another way."""
    for kind, texts in AS_DATE.items():
        bound: Bound = {}
        text = texts.get(context.dialect)
        if text and match(pattern(text, context.dialect), node, bound):
            if kind_of(bound["_x"], context) == kind:
                return StoredDate(this=bound["_x"].copy())
    return None


def _write_text(node: exp.Expr, context: Context) -> exp.Expr:
    return exp.TimeToStr(this=as_date(node.this, context), format=node.args["format"].copy())


def _read_text(node: exp.Expr, context: Context) -> exp.Expr | None:
    # The format of the current time, or in another time zone, is no column's.
    if set(given_arguments(node)) != {"this", "format"}:
        return None
    dated = node.this.this if isinstance(node.this, StoredDate) else node.this
    return DateText(this=dated.copy(), format=node.args["format"].copy())


def _roots(*all_texts: Texts) -> tuple[type[exp.Expr], ...]:
    """Return the classes of the patterns' roots."""
    roots: dict[type[exp.Expr], None] = {}
    for texts in all_texts:
        for by_dialect in texts.values():
            for dialect, text in by_dialect.items():
                roots[type(pattern(text, dialect).unnest())] = None
    return tuple(roots)


DATES: tuple[Rule, ...] = (
    Rule(StoredDate, _roots(AS_DATE), _write_stored, _read_stored),
    Rule(Elapsed, _roots(ELAPSED), _write_elapsed, _read_elapsed),
    Rule(Trunc, _roots(TRUNCATED, MORE_TRUNCATED), _write_trunc, _read_trunc),
    Rule(DateText, (exp.TimeToStr,), _write_text, _read_text),
    Rule(DatePart, _roots(PARTS, MORE_PARTS), _write_part, _read_part),
)
