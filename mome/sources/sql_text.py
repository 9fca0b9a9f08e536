"""Names, texts and paths as DuckDB's SQL writes them."""

from __future__ import annotations

import re
from pathlib import Path


def identifier(name: str) -> str:
    """Return the quoted identifier of a name."""
    return '"' + name.replace('"', '""') + '"'


def string_literal(text: str) -> str:
    """Return the SQL string literal of a text."""
    return "'" + text.replace("'", "''") + "'"


def escaped_glob(file: Path) -> str:
    """Return the path with `?`, `*` and `[` escaped, for DuckDB's functions that read files.

    They take a path as a glob pattern, in which these characters stand for others.
    """
    return re.sub(r"[?*[]", r"[\g<0>]", str(file))
