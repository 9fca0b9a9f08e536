"""What the columns of a result are called on the page and what their numbers are. `rows_view` makes
them once for an answer; grid, charts, sentences and spreadsheets show by them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from sqlglot import exp

from app.labels import is_label, label_places
from app.units import Unit, unit_of, unit_of_name
from mome.catalog import Catalog, Column, Table
from mome.guard import GuardedQuery
from mome.linking.names import name_words
from mome.sql_tree import parsed, table_of

_CALL = re.compile(r"\w\s*\(|[*/+]|\b\w+\.\w+\b")
"""What a heading of the engine's has where nobody named the column."""
_PERIOD = re.compile(r"(year|quarter|month|week|day) of (.+)")
"""What a form calls a period of a date: `month of ordered on`."""
_PERIODS = {"%Y": "year", "%Y-%m": "month"}
"""Formats of texts that stand for a period."""
_THINGS = frozenset(("name", "title", "label"))
"""Columns that stand for the row: `genre.name` is a genre."""
_WORDS = {"sum": "total", "avg": "average", "min": "lowest", "max": "highest"}
_PICKS = (exp.Min, exp.Max, exp.Avg)


@dataclass(frozen=True)
class Shown:
    """A column as it is shown."""

    title: str
    """In words, without its unit."""
    unit: Unit = Unit()
    is_label: bool = False
    """Whether its numbers are years, ids or codes."""
    adds_up: bool = False
    """Whether the numbers of all groups add up to that of the whole."""

    @property
    def axis(self) -> str:
        """The title with its unit."""
        return f"{self.title} ({self.unit_name})" if self.unit_name else self.title

    @property
    def unit_name(self) -> str:
        """The unit in words; of money without a known currency, that it is money."""
        if self.unit.form in ("percent", "share"):
            return "" if "percent" in self.title else "%"
        if self.unit.form == "money":
            return self.unit.name or "money"
        return "" if self.unit.name in self.title.split() else self.unit.name


def named(names: Sequence[str], labels: Collection[int] | None = None) -> tuple[Shown, ...]:
    """Return columns of which only the names are known.

    labels: places of those whose numbers are years, ids or codes; None to go by their names.
    """
    found = []
    for place, name in enumerate(names):
        is_labelled = is_label(name) if labels is None else place in labels
        found.append(Shown(name, _unit_of_title(name), is_labelled))
    return tuple(found)


def shown_columns(
    query: GuardedQuery | None, names: Sequence[str], catalog: Catalog
) -> tuple[Shown, ...]:
    """Return the columns of a result.

    names: as `answers.run` gives them: in words where the query computes and has a form.
    """
    labels = label_places(query, names, catalog)
    selects = _selects(query, len(names))
    if selects is None:
        plain = [replace(one, title=words(one.title)) for one in named(names, labels)]
        return tuple(plain)
    found = []
    for place, (name, entry) in enumerate(zip(names, selects, strict=True)):
        found.append(_shown(name, entry, place in labels, catalog))
    return _told_apart(found, selects)


def value_text(value: object, column: Shown) -> str:
    """Return a number with its unit, for a sentence or a large figure."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or column.is_label:
        return str(value)
    number = float(value)
    match column.unit.form:
        case "share":
            return f"{number * 100:,.1f}%"
        case "percent":
            return f"{number:,.1f}%"
        case "money":
            return f"{number:,.2f} {column.unit.name}".rstrip()
    unit = "" if column.unit.name in column.title.split() else column.unit.name
    return f"{number_text(value)} {unit}".rstrip()


def number_text(value: int | float | Decimal) -> str:
    """Format a number with thousands separators and at most two decimals, or its leading digits if
    it is smaller.
    """
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(float(value)) >= 0.1 else f"{value:.3g}"


def words(name: str) -> str:
    """Return a name in words: `birth year` for `birth_year`; words stay as they are."""
    if (found := _PERIOD.match(name)) is not None:
        return f"{found[1]} ({found[2]})"
    if " " in name.strip():
        return name
    parts = [part if part.isupper() else part.lower() for part in name_words(name)]
    return " ".join(parts) or name


def _selects(query: GuardedQuery | None, width: int) -> list[exp.Expr] | None:
    """Return what a query shows; None where that is not one expression for each column."""
    tree = None if query is None else parsed(query.sql, query.dialect)
    found = tree.selects if isinstance(tree, exp.Query) else []
    is_plain = len(found) == width and not any(one.is_star for one in found)
    return found if is_plain else None


def _shown(name: str, entry: exp.Expr, is_labelled: bool, catalog: Catalog) -> Shown:
    inner = entry.unalias()
    title = _title(name, entry, inner, catalog)
    unit = Unit() if is_labelled else _unit(inner, title, catalog)
    return Shown(title, unit, is_labelled, _adds_up(inner))


def _title(name: str, entry: exp.Expr, inner: exp.Expr, catalog: Catalog) -> str:
    if isinstance(inner, exp.Column) and not isinstance(entry, exp.Alias):
        table = _owner(inner, catalog)
        is_thing = inner.name.lower() in _THINGS and table is not None
        return _singular(table.name) if is_thing and table is not None else words(inner.name)
    if isinstance(inner, exp.TimeToStr) and not isinstance(entry, exp.Alias):
        period = _PERIODS.get(inner.text("format"), "")
        column = inner.find(exp.Column)
        if period and column is not None:
            return f"{period} ({words(column.name)})"
    # An engine's own heading is the expression.
    if not isinstance(entry, exp.Alias) and _CALL.search(name):
        return _computed(inner)
    return words(name)


def _computed(inner: exp.Expr) -> str:
    """Return words for an expression that has no form."""
    columns = dict.fromkeys(words(column.name) for column in inner.find_all(exp.Column))
    about = " and ".join(columns)
    call = inner if isinstance(inner, exp.AggFunc) else inner.find(exp.AggFunc)
    if isinstance(call, exp.Count):
        return f"number of {about}" if about else "number of rows"
    verb = _WORDS.get(call.key, call.key.replace("_", " ")) if call is not None else ""
    return f"{verb} {about}".strip() or "value"


@lru_cache(maxsize=1024)
def _singular(name: str) -> str:
    """Return the words of a table's name in the singular."""
    said = words(name)
    if not said.endswith("s"):
        return said
    # Not at the top: it takes 0.2 s, and few tables are named in the plural.
    import inflect

    return str(inflect.engine().singular_noun(said) or said)


def _owner(column: exp.Column, catalog: Catalog) -> Table | None:
    """Return the table of a column; None where no single table of the query has it."""
    select = column.find_ancestor(exp.Select)
    found = []
    for node in select.find_all(exp.Table) if select is not None else ():
        table = table_of(node, catalog)
        is_named = column.table.lower() in ("", node.alias_or_name.lower())
        if table is not None and is_named and table.column(column.name) is not None:
            found.append(table)
    return found[0] if len(found) == 1 else None


def _column(column: exp.Column, catalog: Catalog) -> Column | None:
    table = _owner(column, catalog)
    return None if table is None else table.column(column.name)


def _unit(inner: exp.Expr, title: str, catalog: Catalog) -> Unit:
    said = _unit_of_title(title)
    if said.form in ("percent", "share"):
        return said
    if isinstance(inner, exp.Count):
        return Unit()
    known = [_column(column, catalog) for column in inner.find_all(exp.Column)]
    units = [unit_of(column) for column in known if column is not None]
    money = [unit for unit in units if unit.form == "money"]
    if money and not inner.find(exp.Count):
        return money[0]
    # A product or a ratio of two columns is in neither one's unit.
    if len(units) == 1 and not inner.find(exp.Count):
        return units[0]
    return said


def _unit_of_title(title: str) -> Unit:
    first = title.lower().split(" of ")[0]
    if "percent" in first:
        return Unit("percent")
    if first in ("share", "growth") or first.startswith(("share ", "change in share")):
        return Unit("share")
    return unit_of_name(title)


def _adds_up(inner: exp.Expr) -> bool:
    if isinstance(inner, exp.Paren | exp.Round):
        return _adds_up(inner.this)
    if isinstance(inner, exp.Count):
        return not isinstance(inner.this, exp.Distinct)
    return isinstance(inner, exp.Sum)


def _told_apart(found: Sequence[Shown], selects: Sequence[exp.Expr]) -> tuple[Shown, ...]:
    """Put the table before titles that two columns have."""
    times = Counter(one.title for one in found)
    told = []
    for one, entry in zip(found, selects, strict=True):
        inner = entry.unalias()
        title = one.title
        if times[title] > 1 and isinstance(inner, exp.Column) and inner.table:
            title = f"{words(inner.table)} {title}"
        told.append(replace(one, title=title))
    return tuple(told)
