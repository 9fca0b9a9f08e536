"""What the columns of a result are called. `mome ask` and the page name their rows by it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.answering.measures import NO_MEASURES, Measures, expression_key
from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.forms.words.sentence import column_names
from mome.guard import GuardedQuery, read_sql
from mome.sql_tree import parsed

# Engines name such a column by the alias or by the column itself.
_NAMED = (exp.Alias, exp.Column, exp.Star)


def headings(
    query: GuardedQuery,
    columns: Sequence[str],
    catalog: Catalog,
    measures: Measures = NO_MEASURES,
) -> tuple[str, ...]:
    """Return what the columns of a query's result are called: the glossary's term for what it
    defines, and `number of orders` in the place of `COUNT(*)`. Aliases and plain columns keep their
    names, and so does a query without a form.

    columns: their names as the engine gives them.
    """
    names = tuple(columns)
    tree = read_sql(query.sql, query.dialect)
    shown = tree.selects if isinstance(tree, exp.Query) else []
    # A star stands for several columns.
    if len(shown) != len(names) or all(isinstance(entry, _NAMED) for entry in shown):
        return names
    words = spoken_names(query.sql, catalog, measures)
    if not words:
        return names
    found = []
    for name, entry, text in zip(names, shown, words, strict=True):
        found.append(name if isinstance(entry, _NAMED) else text)
    return tuple(found)


def spoken_names(sql: str, catalog: Catalog, measures: Measures = NO_MEASURES) -> tuple[str, ...]:
    """Return in words what a query shows, one text for each entry of its SELECT: the glossary's
    term for what it defines, else the words of its form. Empty for a query without a form.
    """
    try:
        words = column_names(Forms(catalog).read(sql), catalog)
    except NotExpressible:
        return ()
    terms = _terms(sql, catalog, measures)
    return tuple(terms.get(place, text) for place, text in enumerate(words))


def _terms(sql: str, catalog: Catalog, measures: Measures) -> dict[int, str]:
    """Return the terms for the columns that are what a glossary defines, by their places."""
    # Not the guard's tree, in which functions have no classes.
    tree = parsed(sql, catalog.dialect) if measures else None
    if not isinstance(tree, exp.Query):
        return {}
    keys = [expression_key(entry, catalog) for entry in tree.selects]
    return {place: measures[key] for place, key in enumerate(keys) if key in measures}
