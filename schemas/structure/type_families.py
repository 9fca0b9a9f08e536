"""Map an engine's spelling of a type to one of nine families; both structure readers call it."""

from __future__ import annotations

import re

FAMILIES = ("text", "integer", "number", "date", "datetime", "time", "boolean", "binary", "other")

# First match wins, on the spelling in lower case without what stands in parentheses.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (family, re.compile(pattern))
    for family, pattern in (
        (
            "other",
            r"\[|^(struct|map|union|list|array|int\d*range|interval|json|uuid|xml|geom|point|polygon|line|bit\b)",
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
)


def family(spelling: str) -> str:
    """Return the family of a type's spelling; `other` if no pattern matches."""
    whole = spelling.strip().lower()
    if whole == "tinyint(1)":
        return "boolean"
    bare = re.sub(r"\(.*\)", "", whole).strip()
    return next((name for name, pattern in _RULES if pattern.search(bare)), "other")
