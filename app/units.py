"""What the numbers of a column are: money, shares, percent, or an amount of some unit; by its
comment, its name and its type. `columns` asks for each column of a result.

Covered: units that a name ends with or a comment says, and money by the usual words. Not covered: a
currency that is in another column, and units that nothing in the catalog says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from mome.catalog import Column
from mome.linking.names import name_words

Form = Literal["money", "percent", "share", "number"]


@dataclass(frozen=True)
class Unit:
    """How a number is written, and what stands behind it."""

    form: Form = "number"
    """`share` is a part of 1, and `percent` a part of 100."""
    name: str = ""
    """Such as `EUR` or `minutes`; empty where nothing says it."""


CURRENCIES = {
    "eur": "EUR", "euro": "EUR", "euros": "EUR", "€": "EUR",
    "usd": "USD", "dollar": "USD", "dollars": "USD", "$": "USD",
    "gbp": "GBP", "pound sterling": "GBP", "£": "GBP",
    "chf": "CHF", "jpy": "JPY", "yen": "JPY", "¥": "JPY",
}  # fmt: skip
"""What names and comments call a currency -> its code (ISO 4217)."""
UNITS = {
    "ms": "ms", "millisecond": "ms", "milliseconds": "ms",
    "sec": "seconds", "secs": "seconds", "second": "seconds", "seconds": "seconds",
    "min": "minutes", "mins": "minutes", "minute": "minutes", "minutes": "minutes",
    "hour": "hours", "hours": "hours", "hrs": "hours", "day": "days", "days": "days",
    "week": "weeks", "weeks": "weeks", "month": "months", "months": "months",
    "km": "km", "kilometer": "km", "kilometers": "km", "kilometre": "km", "kilometres": "km",
    "meter": "m", "meters": "m", "metre": "m", "metres": "m", "cm": "cm", "mm": "mm",
    "mile": "miles", "miles": "miles", "feet": "feet", "ft": "feet", "inch": "inches",
    "inches": "inches", "kg": "kg", "kilogram": "kg", "kilograms": "kg", "gram": "g",
    "grams": "g", "lbs": "pounds", "lb": "pounds", "ton": "tonnes", "tons": "tonnes",
    "tonnes": "tonnes", "celsius": "°C", "fahrenheit": "°F", "mb": "MB", "gb": "GB",
    "bytes": "bytes", "kwh": "kWh", "litre": "l", "litres": "l", "liter": "l", "liters": "l",
}  # fmt: skip
_WHOLE_NAMES = {
    "age": Unit(name="years"),
    "mpg": Unit(name="miles per gallon"),
    "horsepower": Unit(name="hp"),
    "pages": Unit(name="pages"),
}
"""Last words of names that say their own unit."""
_MONEY = frozenset(
    "price prices cost costs salary salaries wage wages revenue revenues amount fee fees budget "
    "income earnings payment payments turnover profit profits spend spending msrp fare fares rent "
    "expense expenses sales".split()
)
_PERCENT = frozenset("percent percentage pct percents".split())
_SHARES = frozenset("share ratio proportion fraction discount".split())
_IN = re.compile(r"\b(?:in|unit:?|units:?|as)\s+(?:the\s+)?([a-z$€£¥°]+)", re.IGNORECASE)


def unit_of(column: Column) -> Unit:
    """Return the unit of a column of the catalog."""
    return _said(column.comment or "") or unit_of_name(column.name, column)


def unit_of_name(name: str, column: Column | None = None) -> Unit:
    """Return the unit that a name says. The column of that name, if there is one, tells shares from
    percents by its values, and amounts of things from amounts of money.
    """
    words = [word.lower() for word in name_words(name)]
    if not words:
        return Unit()
    last = words[-1]
    if last in CURRENCIES:
        return Unit("money", CURRENCIES[last])
    if _PERCENT.intersection(words):
        return Unit("percent")
    if len(words) > 1 and last in UNITS:
        return Unit(name=UNITS[last])
    if last in _WHOLE_NAMES:
        return _WHOLE_NAMES[last]
    if last in _SHARES and column is not None and _is_within_one(column):
        return Unit("share")
    # `number of payments` counts, and so does a column of whole sales.
    counts = words[0] in ("number", "count", "no", "num") or _is_count(last, column)
    return Unit() if counts or not _MONEY.intersection(words) else Unit("money")


def _is_count(last: str, column: Column | None) -> bool:
    return last in ("sales", "amount") and column is not None and column.family == "integer"


def _is_within_one(column: Column) -> bool:
    numbers = [value for value in column.values or (column.least, column.greatest)]
    known = [float(value) for value in numbers if isinstance(value, int | float)]
    return bool(known) and all(0 <= number <= 1 for number in known)


def _said(comment: str) -> Unit | None:
    """Return the unit that a comment says: `in euros`, `(km)`, `%`."""
    if not comment:
        return None
    bracketed = re.findall(r"[(\[]\s*([^)\]\s]+)\s*[)\]]", comment)
    for word in (*_IN.findall(comment), *bracketed):
        said = word.lower().strip(".,;")
        if said in CURRENCIES:
            return Unit("money", CURRENCIES[said])
        if said in _PERCENT or said == "%":
            return Unit("percent")
        if said in UNITS:
            return Unit(name=UNITS[said])
    return None
