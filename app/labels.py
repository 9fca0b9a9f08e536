"""Which columns hold labels rather than amounts: years, ids and codes. A label has no thousands
separator, and no chart measures it. `rows_view` and `charts` ask.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard import GuardedQuery, read_sql

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Last words of names whose numbers are labels.
_LABELS = frozenset(
    "id ids uuid guid key code postcode zipcode barcode zip postal phone fax isbn issn ean sku "
    "iban no nr number year yr".split()
)
# Functions whose result is one of the values, so that the greatest id is an id; and functions whose
# result is an amount, whatever they are given. All others are judged by the column's name.
_PICKS = frozenset("min max any_value first last first_value last_value coalesce ifnull".split())
_AMOUNTS = frozenset("count sum total avg round stddev variance row_number rank".split())


def is_label(name: str) -> bool:
    """Return whether the name of a column says that its numbers are labels."""
    words = [word.lower() for word in _WORDS.findall(name)]
    return bool(words) and (words[-1] in _LABELS or "year" in words or words == ["y"])


def label_places(
    query: GuardedQuery | None, columns: Sequence[str], catalog: Catalog
) -> frozenset[int]:
    """Return the places of the columns of a result that hold labels, by their names, by what the
    query selects there, and by the catalog's keys.
    """
    sources = _sources(query, len(columns))
    keys = _keys(query, catalog)
    found = set()
    for place, (name, source) in enumerate(zip(columns, sources, strict=True)):
        # What a column is called says less than what it is: COUNT(*) AS number counts.
        named = is_label(name) if source is None else is_label(source) or source.lower() in keys
        if named:
            found.add(place)
    return frozenset(found)


def _sources(query: GuardedQuery | None, width: int) -> list[str | None]:
    """Return the name of the column that each place shows; "" for an amount that is computed, None
    where that is unknown.
    """
    unknown: list[str | None] = [None] * width
    if query is None:
        return unknown
    try:
        tree = read_sql(query.sql, query.dialect)
    except (Refused, RecursionError):
        return unknown
    selects = tree.selects if isinstance(tree, exp.Query) else []
    if len(selects) != width or any(select.is_star for select in selects):
        return unknown
    return [_source(select) for select in selects]


def _source(shown: exp.Expr) -> str | None:
    match shown.unalias():
        case exp.Column() as column:
            return column.name
        case exp.Extract() as part:
            return part.name
        case exp.Binary():
            return ""
        case exp.Paren() | exp.Cast() | exp.Filter() | exp.Window() as around:
            return _source(around.this)
        case exp.Anonymous() as call:
            return _source_of_call(call)
    return None


def _source_of_call(call: exp.Anonymous) -> str | None:
    name = call.name.lower()
    if name in _AMOUNTS:
        return ""
    if name == "year":
        return name
    return _source(call.expressions[0]) if name in _PICKS and call.expressions else None


def _keys(query: GuardedQuery | None, catalog: Catalog) -> set[str]:
    """Return the names, in lower case, of the key columns of the tables that a query reads."""
    keys: set[str] = set()
    for name in query.tables if query is not None else ():
        table = catalog.table(name)
        if table is not None:
            keys.update(column.lower() for column in table.primary_key)
            for key in table.foreign_keys:
                keys.update(column.lower() for column in key.columns)
    return keys
