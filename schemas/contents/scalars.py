"""Convert the values that a driver returns to what JSON can hold; `profile` calls it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from schemas.catalog import Scalar


def scalar(value: object, family: str) -> Scalar | None:
    """Return a value as JSON holds it, or None for NULL, binary data, NaN and infinity.

    Numbers and booleans that come as text are parsed. Text that does not parse, and values of
    other families, stay as the engine spells them.
    """
    if value is None or isinstance(value, bytes):
        return None
    if isinstance(value, str) and family in _PARSERS:
        try:
            value = _PARSERS[family](value)
        except ValueError:  # such as PostgreSQL's money, "$1.50"
            return value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) else str(value)


def _parse_boolean(text: str) -> bool | int:
    # MySQL's BOOLEAN is a TINYINT(1), which comes as a number.
    if text == "true":
        return True
    if text == "false":
        return False
    return int(text)


_PARSERS: Mapping[str, Callable[[str], Scalar]] = {
    "integer": int,
    "number": float,
    "boolean": _parse_boolean,
}
