"""Shapes that a question demands of its query: ranks, statistics, units of time, an order,
quantifiers, differences. The rules of `left_out` that read no values.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp

from mome.answering.examined import Examined
from mome.linking.demands import asked_order, demands, extreme
from mome.linking.names import all_stems, question_words, stem

_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_RANK = re.compile(
    rf"\b(?:({'|'.join(_ORDINALS)})|(\d+)(?:nd|rd|th))[ -]+"
    r"(?:most|least|[a-z]{2,}est|best|worst)\b"
)


def _ranks(said: Examined) -> list[str]:
    """Find `the second highest` where the query takes the first."""
    found = []
    for match in _RANK.finditer(said.question.lower()):
        rank = _ORDINALS.index(match[1]) + 2 if match[1] else int(match[2])
        # By a rank, an offset, or the highest below the highest.
        nested = any(
            node.find_ancestor(exp.Subquery) for node in said.tree.find_all(exp.Max, exp.Min)
        )
        skips = str(rank - 1) in said.literals and said.tree.find(exp.Offset)
        if not (said.tree.find(exp.Window) or skips or nested):
            found.append(repr(match[0]))
    return found


def _has(*kinds: type[exp.Expression]) -> Callable[[exp.Expr], bool]:
    return lambda tree: tree.find(*kinds) is not None


def _divides(tree: exp.Expr) -> bool:
    """Return whether a query computes a share: by a division, or as the mean of a condition."""
    means = tree.find_all(exp.Avg)
    return tree.find(exp.Div) is not None or any(mean.find(exp.Case, exp.If) for mean in means)


_QUANTILES = (exp.Median, exp.PercentileCont, exp.PercentileDisc, exp.Quantile)
_SPREADS = (exp.Stddev, exp.StddevPop, exp.StddevSamp, exp.Variance, exp.VariancePop, exp.Sqrt)
# What a query needs that computes the statistic; the first two are also what people store.
_STATISTICS = tuple(
    (re.compile(rf"\b(?:{words})\b"), is_computed)
    for words, is_computed in (
        ("average|mean|avg", _has(exp.Avg, exp.Div)),
        (r"(?<!\d )percent(?:age)?s?|share|ratio|proportion|fraction", _divides),
        ("medians?", _has(*_QUANTILES, exp.Window, exp.Offset)),
        ("month over month|year over year|growth", _has(exp.Window, exp.Sub, exp.Div)),
        (r"cumulative|running (?:total|sum|count|average)|(?:moving|rolling) average",
         _has(exp.Window)),
        ("standard deviation|variance", _has(*_SPREADS, exp.Mul, exp.Pow)),
    )
)  # fmt: skip


def _statistics(said: Examined) -> list[str]:
    found = []
    for pattern, is_computed in _STATISTICS:
        match = pattern.search(said.question.lower())
        # A column may hold it: `average_rating`.
        if match and not is_computed(said.tree) and not all_stems([match[0]]) & said.names:
            found.append(repr(match[0]))
    return found


_UNIT = re.compile(
    r"\b(?:per|by|(?:for |of |in )?(?:each|every)) (year|month|quarter|week|day|weekday)s?\b"
    r"|\b(yearly|annually|monthly|quarterly|weekly|daily)\b"
)
_UNIT_OF = {
    "yearly": "year",
    "annually": "year",
    "monthly": "month",
    "quarterly": "quarter",
    "weekly": "week",
    "daily": "day",
}
_PARTS_OF_DATES = (
    exp.Extract, exp.DateTrunc, exp.TimestampTrunc, exp.TimeToStr, exp.Substring, exp.Left,
    exp.Year, exp.Month, exp.Quarter, exp.Week, exp.Day, exp.DayOfWeek, exp.Date, exp.Anonymous,
)  # fmt: skip


def _units(said: Examined) -> list[str]:
    """Find units of time by which the query does not group, nor has a column of that name."""
    match = _UNIT.search(said.question.lower())
    if match is None or said.tree.find(*_PARTS_OF_DATES):
        return []
    unit = match[1] or _UNIT_OF[match[2]]
    # `hoursperweek` and `yearid` are one word each.
    is_named = any(unit in name for name in said.names)
    return [] if is_named or stem(f"{unit}ly") in said.names else [repr(match[0])]


def _order(said: Examined) -> list[str]:
    """Find an order of the rows that the query does not have."""
    words = asked_order(said.question)
    if not words or said.tree.find(exp.Order):
        return []
    # `The dishes ordered by Ann`, `the order placed by Ann`.
    is_named = words.startswith("order") and "order" in said.names
    return [] if is_named else [repr(words)]


_QUANTIFIERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b(?:all|every one) of (?:whose|which|their|its)\b",
        r"\b(?:which|whose|whom) (?:every|each|all)\b",
        r"\bwhose (?:\w+ ){1,3}(?:are|were|is|have) all\b",
        r"\b(?:have|has|had|having|with) (?:\w+ )?only\b(?! (?:one|once|an?|the|\d+|been)\b)",
        r"\bonly (?:have|has|had|ever)\b",
        r"\b(?:have|has|had|contains?|sells?|sold|buys?|used?)\b[^.?;]*\bonly(?= ?[.?;,]| ?$)",
        r"\b(?:exclusively|nothing but)\b",
    )
)
# `Only Metal` is no row of another kind, an extreme or a count that equals that of all.
_QUANTIFIED = (exp.NEQ, exp.Except, exp.Having, exp.Min, exp.Max, exp.Window)


def _quantifiers(said: Examined) -> list[str]:
    """Find `all of whose` and `only` where the query takes one row that fits."""
    question = said.question.lower().strip()
    # IS NOT NULL is about a value, and not about a row.
    negations = (node for node in said.tree.find_all(exp.Not) if not node.find(exp.Null))
    if "not only" in question or said.tree.find(*_QUANTIFIED) or any(negations):
        return []
    matches = (pattern.search(question) for pattern in _QUANTIFIERS)
    return [repr(match[0]) for match in matches if match][:1]


_DIFFERENCE = re.compile(
    r"\bby how much\b|\bdifferences? between\b"
    r"|\bhow (?:many|much) (?:more|fewer|less|higher|lower|longer|older|cheaper|larger)\b"
    r"(?=.*\bthan\b)"
)
# Functions of dates, such as julianday(), are anonymous.
_DIFFERENCES = (exp.Sub, exp.Abs, exp.Except, exp.Lag, exp.DateDiff, exp.Anonymous)


def _difference(said: Examined) -> list[str]:
    """Find a difference that the query does not compute."""
    match = _DIFFERENCE.search(said.question.lower())
    return [repr(match[0])] if match and not said.tree.find(*_DIFFERENCES) else []


_SEVERAL_ROWS = (exp.Join, exp.Subquery, exp.Exists, exp.In, exp.SetOperation, exp.Having)
_SAME = re.compile(r"\bsame (?:\w+ ){1,2}as\b")


def _same(said: Examined) -> list[str]:
    """Find `the same city as their boss` where the query reads one row at a time."""
    match = _SAME.search(said.question.lower())
    return [repr(match[0])] if match and not said.tree.find(*_SEVERAL_ROWS) else []


_OTHER = re.compile(r"\b(?:different|other|another) (?:\w+ ){1,2}(?:than|from) (?!the\b|all\b)")
_UNEQUAL = (exp.NEQ, exp.Not, exp.Except, exp.GT, exp.LT)


def _different(said: Examined) -> list[str]:
    """Find `in another city than their boss` where the query compares nothing."""
    match = _OTHER.search(said.question.lower())
    return [repr(match[0].strip())] if match and not said.tree.find(*_UNEQUAL) else []


_TIES = re.compile(r"\b(?:all of them|every such|all such|including ties|with ties|all ties)\b")


def _ties(said: Examined) -> list[str]:
    """Find `the highest ones, all of them` where the query takes one row."""
    match = _TIES.search(said.question.lower())
    if match is None or not _ENDS.search(said.question.lower()):
        return []
    return [repr(match[0])] if _limit(said.tree) == "1" else []


def _limit(tree: exp.Expr) -> str | None:
    """Return the number of rows that LIMIT or FETCH takes, as written; None without one."""
    limit = tree.args.get("limit")
    if limit is None:
        return None
    count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
    return "" if count is None else count.name


_WITHIN = re.compile(r"\b(?:for|of|in|from|within) (?:each|every)\b")


def _within_each(said: Examined) -> list[str]:
    """Find `the two latest for each customer` where the query takes two rows in all.

    All 594 of Spider's training questions that say so group, rank or have no limit.
    """
    match = _WITHIN.search(said.question.lower())
    limit = _limit(said.tree)
    if match is None or limit is None or said.tree.find(exp.Window, exp.Subquery):
        return []
    # With a number, such as `the two largest of each`, a group does not choose them.
    numbers = {word.number for word in question_words(said.question)} - {"1"}
    is_choice = limit in numbers and _ENDS.search(said.question.lower())
    return [repr(match[0])] if is_choice or not said.tree.find(exp.Group) else []


_COLUMNS = re.compile(
    r"\bin (two|2|three|3) (?:separate |different )?columns\b|\bside by side\b", re.I
)
_COUNTS = {"two": 2, "2": 2, "three": 3, "3": 3}


def _columns(said: Examined) -> list[str]:
    """Find columns that the query has fewer of."""
    match = _COLUMNS.search(said.question)
    if match is None or not isinstance(said.tree, exp.Select):
        return []
    wanted = _COUNTS[(match[1] or "two").lower()]
    return [repr(match[0])] if len(said.tree.expressions) < wanted else []


# Of Spider's 6,997 training queries 2 compare a number with the other sign than their question.
_NUMBER = r"\s+(?:the |age |year |\$)*(\d[\d,.]*\d|\d)"
_BELOW = re.compile(
    r"(?<!no )(?<!not )\b(?:(?:less|fewer|lower|smaller|lighter|shorter|cheaper|younger|earlier)"
    rf" than|below|under|at most|up to){_NUMBER}"
)
_ABOVE = re.compile(
    r"(?<!no )(?<!not )\b(?:(?:more|greater|higher|larger|heavier|longer|taller|older|bigger|later)"
    rf" than|above|over|at least|exceed(?:s|ing)?){_NUMBER}"
)


def _signs(said: Examined) -> list[str]:
    """Find numbers that the query compares with the other sign than the question."""
    question = said.question.lower()
    if demands(question).negated:
        return []
    below = {m[1]: m[0] for m in _BELOW.finditer(question)}
    above = {m[1]: m[0] for m in _ABOVE.finditer(question)}
    less = _compared(said.tree, exp.LT, exp.LTE)
    greater = _compared(said.tree, exp.GT, exp.GTE)
    found = []
    for asked, right, other in ((below, less, greater), (above, greater, less)):
        for number, words in asked.items():
            value = float(number.replace(",", "").rstrip("."))
            is_both = number in below and number in above
            if value in other and value not in right and not is_both:
                found.append(repr(words))
    return found


def _compared(tree: exp.Expr, *signs: type[exp.Expr]) -> set[float]:
    """Return the numbers on the right of comparisons."""
    sides = (node.expression for node in tree.find_all(*signs))
    literals = (side for side in sides if isinstance(side, exp.Literal) and not side.is_string)
    return {float(literal.name) for literal in literals}


_CHOICES = (exp.Order, exp.Max, exp.Min, exp.Window, exp.Having)
_LATEST = (
    r"\b(?:newest|oldest|youngest|latest|earliest)\b"
    r"|\b(?:first|last) (?!names?\b)(?:\w+(?:\(s\))? )?(?:who|to)\b"
)
_ENDS = re.compile(
    r"\b(?:most|highest|largest|biggest|greatest|priciest|dearest|least|fewest|lowest|smallest"
    rf"|cheapest|longest|shortest|tallest|heaviest)\b|{_LATEST}"
)


def _superlatives(said: Examined) -> list[str]:
    """Find `the highest` where the query takes no end of anything."""
    match = _ENDS.search(said.question.lower())
    if match is None or said.tree.find(*_CHOICES):
        return []
    # `From the lowest to the highest` is an order.
    if not extreme(said.question) and not re.search(_LATEST, match[0]):
        return []
    # A column may be named `highest_degree`.
    stems = all_stems([match[0]]) | {stem("high"), stem("max"), stem("low"), stem("min")}
    return [] if stems & said.names else [repr(match[0])]


SHAPE_RULES = (
    _signs,
    _superlatives,
    _ranks,
    _statistics,
    _units,
    _order,
    _quantifiers,
    _difference,
    _same,
    _different,
    _within_each,
    _ties,
    _columns,
)
"""Each returns what the query leaves out, quoted as the question has it."""
