"""What a text contains, and its parts."""

from __future__ import annotations

from sqlglot import exp

from mome.errors import NotExpressible
from mome.forms.context import Context
from mome.forms.engine import Rule, Template
from mome.forms.nodes import TextEnds, TextHas, TextPart, TextStarts
from mome.forms.templates import Bound, fill, match, pattern

_FOLDING = frozenset({"sqlite", "mysql"})
"""Dialects whose LIKE finds letters of either case; the others have ILIKE for it."""
_SPECIAL = frozenset("%_\\!")
_MARK = "!"
"""Stands before a character that is meant itself. MySQL alone would read a backslash so."""
_EDGES = {TextHas: ("%", "%"), TextStarts: ("", "%"), TextEnds: ("%", "")}


def _write_like(node: exp.Expr, context: Context) -> exp.Expr:
    """Write a search for a text as LIKE."""
    wanted = node.expression
    if not isinstance(wanted, exp.Literal) or not wanted.is_string:
        raise NotExpressible("a search for something that is no text")
    before, after = _EDGES[type(node)]
    text = "".join(_MARK + c if c in _SPECIAL else c for c in wanted.this)
    kind = exp.Like if context.dialect in _FOLDING else exp.ILike
    like = kind(this=node.this.copy(), expression=exp.Literal.string(f"{before}{text}{after}"))
    if text == wanted.this:
        return like
    return exp.Escape(this=like, expression=exp.Literal.string(_MARK))


def _read_like(node: exp.Expr, context: Context) -> exp.Expr | None:
    mark = ""
    if isinstance(node, exp.Escape):
        node, mark = node.this, node.expression.name
    elif isinstance(node.parent, exp.Escape):
        return None
    kind = exp.Like if context.dialect in _FOLDING else exp.ILike
    wanted = node.expression
    if not isinstance(node, kind) or not isinstance(wanted, exp.Literal) or not wanted.is_string:
        return None
    for construct, (before, after) in _EDGES.items():
        text = _plain(wanted.this.removeprefix(before).removesuffix(after), mark)
        is_whole = wanted.this.startswith(before) and wanted.this.endswith(after)
        if is_whole and text:
            return construct(this=node.this.copy(), expression=exp.Literal.string(text))
    return None


def _plain(text: str, mark: str) -> str:
    """Return what a pattern without wildcards finds; empty if it has some."""
    plain, place = "", 0
    while place < len(text):
        if mark and text[place] == mark and place + 1 < len(text):
            place += 1
        elif text[place] in _SPECIAL:
            return ""
        plain += text[place]
        place += 1
    return plain


_FIRST = "SUBSTRING(_x || _s, 1, STR_POSITION(_x || _s, _s) - 1)"
_REST = "SUBSTRING(_x || _s, STR_POSITION(_x || _s, _s) + LENGTH(_s))"
_MOST_PARTS = 3
"""SQLite has no function for the parts of a text; the SQL doubles with each part."""


def _write_part(node: exp.Expr, context: Context) -> exp.Expr:
    """Write a part of a text; an empty one where there are fewer parts."""
    separator, place = node.args["separator"], node.args["place"]
    count = int(place.name) if place.name.isdigit() else 0
    if not 1 <= count <= _MOST_PARTS:
        raise NotExpressible(f"the part {place.name} of a text")
    bound = {"_x": node.this, "_s": separator, "_n": place}
    if context.dialect in ("duckdb", "postgres"):
        return fill(pattern("SPLIT_PART(_x, _s, _n)"), bound)
    for _ in range(count - 1):
        bound["_x"] = fill(pattern(_REST), bound)
    return fill(pattern(_FIRST), bound)


def _read_part(node: exp.Expr, context: Context) -> exp.Expr | None:
    bound: Bound = {}
    if match(pattern("SPLIT_PART(_x, _s, _n)"), node, bound):
        return TextPart(this=bound["_x"], separator=bound["_s"], place=bound["_n"])
    if not match(pattern(_FIRST), node, bound):
        return None
    text, count = bound["_x"], 1
    found: Bound = {}
    while match(pattern(_REST), text, found):
        text, count, found = found["_x"], count + 1, {}
    number = exp.Literal.number(count)
    return TextPart(this=text.copy(), separator=bound["_s"].copy(), place=number)


TEXTS: tuple[Rule | Template, ...] = (
    Rule(TextHas, (exp.Like, exp.ILike, exp.Escape), _write_like, _read_like),
    # The rule above reads all three.
    Rule(TextStarts, (), _write_like, _read_like),
    Rule(TextEnds, (), _write_like, _read_like),
    Rule(TextPart, (exp.SplitPart, exp.Substring), _write_part, _read_part),
    Template("EMPTY(_x)", "_x IS NULL"),
    Template("FILLED(_x)", "NOT EMPTY(_x)"),
)
