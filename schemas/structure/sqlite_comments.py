"""Comments in the text of a CREATE TABLE statement, which SQLite keeps as it was written.

`server_details` calls it. A comment at the end of a line is about the column that begins there, one
on a line of its own about the column below it. Of a line with several columns it is the last one,
unless the comment has a part for each (`qty, reserved_qty, -- on hand, reserved`).
Not covered: constraints, and comments before the statement, which SQLite does not keep.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<line> --[^\n]* )
    | (?P<block> /\*.*?(?:\*/|\Z) )
    | (?P<name> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] | [^\W\d]\w* )
    | (?P<string> '(?:[^']|'')*' )
    | (?P<break> \n )
    | (?P<space> [^\S\n]+ )
    | (?P<sign> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_CONSTRAINTS = frozenset("constraint primary foreign unique check exclude".split())
_CODE = re.compile(r";$|^\w+ (?:INTEGER|INT|TEXT|REAL|NUMERIC|BLOB|DATE\w*|(?:VAR)?CHAR)\b")
"""Pattern of a line of SQL that was commented out."""
_FRAGMENT = re.compile(r"(?:and|or|but|either|see|same|as above)\b", re.IGNORECASE)
"""Pattern of the beginning of a comment that continues another one."""


@dataclass(frozen=True)
class Comments:
    """What the statement of one table says in its comments."""

    table: str
    """Of the table itself; empty if there is none."""
    columns: dict[str, str]
    """By the column's name as the statement writes it."""


class _CommentReader:
    """Walks once through a statement and gathers the comments of each column."""

    def __init__(self) -> None:
        self.table: list[str] = []
        self.columns: dict[str, list[str]] = defaultdict(list)
        self._depth = 0
        self._is_new = True
        """Whether the next word begins a column."""
        self._column = ""
        self._begun: list[str] = []
        """Columns that begin on this line."""
        self._has_code = False
        self._above: list[str] = []
        """Comments on lines of their own, which wait for the next column."""

    def token(self, kind: str, text: str) -> None:
        if kind in ("line", "block"):
            self._comment(text.removeprefix("--").removeprefix("/*").removesuffix("*/"))
        elif kind == "break":
            self._begun, self._has_code = [], False
        elif kind != "space":
            self._has_code = True
            self._code(kind, text)

    def _code(self, kind: str, text: str) -> None:
        if text == "(":
            self._depth += 1
        elif text == ")":
            self._depth -= 1
        elif text == "," and self._depth == 1:
            self._is_new = True
        elif self._depth == 1 and self._is_new and kind in ("name", "string"):
            self._begin("" if text.lower() in _CONSTRAINTS else _unquoted(text))

    def _begin(self, column: str) -> None:
        self._is_new, self._column = False, column
        if column:
            self._begun.append(column)
            self.columns[column] += self._above
        self._above = []

    def _comment(self, text: str) -> None:
        text = " ".join(text.split()).strip("-=*# ")
        if not re.search(r"[^\W\d_]", text) or _CODE.search(text) or _FRAGMENT.match(text):
            return
        if not self._has_code and self._is_new:
            self._above.append(text)
        elif self._depth == 0 or (self._depth == 1 and not self._column and self._is_new):
            self.table.append(text)
        else:
            self._of_line(text)

    def _of_line(self, text: str) -> None:
        parts = [part.strip() for part in text.split(",")]
        if 1 < len(self._begun) == len(parts):
            for column, part in zip(self._begun, parts, strict=True):
                self.columns[column].append(part)
        elif self._begun or self._column:
            self.columns[self._begun[-1] if self._begun else self._column].append(text)


def read_comments(statement: str) -> Comments:
    """Return the comments in the text of a CREATE TABLE statement."""
    reader = _CommentReader()
    for match in _TOKEN.finditer(statement):
        reader.token(match.lastgroup or "", match.group())
    columns = {name: " ".join(found) for name, found in reader.columns.items() if found}
    return Comments(" ".join(reader.table), columns)


def _unquoted(name: str) -> str:
    if name[0] == "[":
        return name[1:-1]
    return name[1:-1].replace(name[0] * 2, name[0]) if name[0] in "\"'`" else name
