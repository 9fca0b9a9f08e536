"""Map an engine's spelling of a type to one of nine families; both structure readers call it."""

from __future__ import annotations

import re

from schemas.catalog import FullColumn

FAMILIES = ("text", "integer", "number", "date", "datetime", "time", "boolean", "binary", "other")

# The first pattern that matches decides. Patterns see the spelling in lower case, without
# anything in parentheses. The order matters: `int4range` is no integer, `timestamp` is no time.
_PATTERNS = (
    (
        "other",
        r"\[|^(struct|map|union|list|array|int\d*(multi)?range|interval|json|uuid|xml"
        r"|geom|point|polygon|line|bit\b)",
    ),
    ("boolean", r"^bool"),
    ("datetime", r"^(datetime|timestamp|smalldatetime)"),
    ("date", r"^date$"),
    ("time", r"^time"),
    ("binary", r"blob|binary|bytea|^image"),
    (
        "integer",
        r"^(unsigned )?u?(tiny|small|medium|big|huge)?int|^(big|small)?serial|^year|^oid$|^long$",
    ),
    (
        "number",
        r"^(real|double|float|decimal|dec$|numeric|number|fixed|money|bignum|smallmoney)",
    ),
    ("text", r"char|text|clob|^string|^enum|^set$|^name$|^citext"),
)
_RULES = tuple((name, re.compile(pattern)) for name, pattern in _PATTERNS)


def family(spelling: str) -> str:
    """Return the family of a type's spelling; `other` if no pattern matches."""
    lowered = spelling.strip().lower()
    # MySQL's BOOLEAN is a synonym of TINYINT(1).
    if lowered == "tinyint(1)":
        return "boolean"
    bare = re.sub(r"\(.*\)", "", lowered).strip()
    return next((name for name, pattern in _RULES if pattern.search(bare)), "other")


def is_uuid(column: FullColumn) -> bool:
    """Return True for a type that holds keys alone: its values are counted, but never listed."""
    return column.type.strip().lower() in ("uuid", "uniqueidentifier")
