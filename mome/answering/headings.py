"""What the columns of a result are called. `mome ask` and the page name their rows by it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.forms.words.sentence import column_names
from mome.guard import GuardedQuery, read_sql

# Engines name such a column by the alias or by the column itself.
_NAMED = (exp.Alias, exp.Column, exp.Star)


def headings(query: GuardedQuery, columns: Sequence[str], catalog: Catalog) -> tuple[str, ...]:
    """Return what the columns of a query's result are called: `number of orders` in the place of
    `COUNT(*)`. Aliases and plain columns keep their names, and so does a query without a form.

    columns: their names as the engine gives them.
    """
    names = tuple(columns)
    tree = read_sql(query.sql, query.dialect)
    shown = tree.selects if isinstance(tree, exp.Query) else []
    # A star stands for several columns.
    if len(shown) != len(names) or all(isinstance(entry, _NAMED) for entry in shown):
        return names
    try:
        words = column_names(Forms(catalog).read(query.sql), catalog)
    except NotExpressible:
        return names
    found = []
    for name, entry, text in zip(names, shown, words, strict=True):
        found.append(name if isinstance(entry, _NAMED) else text)
    return tuple(found)
