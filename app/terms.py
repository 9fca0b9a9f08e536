"""Put a glossary's term in the place of the formula that it stands for, in explanations and
readings. `answer_view` asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from mome.catalog import Catalog
from mome.errors import NotExpressible
from mome.sql_tree import parsed


@dataclass(frozen=True)
class Terms:
    """What formulas are called in words, and by the glossary."""

    words: Mapping[str, str]
    """The formula in words -> its term."""

    def named(self, text: str) -> str:
        """Return a text with the terms in the place of their formulas."""
        # The longest first: one formula may hold another one.
        for formula in sorted(self.words, key=len, reverse=True):
            text = text.replace(formula, self.words[formula])
        return text


def terms_of(measures: Mapping[str, str], catalog: Catalog) -> Terms:
    """Return the terms of a glossary's measures (see `mome.answering.measures`)."""
    # Not at the top, as in `answers`.
    from mome.forms.forms import Forms
    from mome.forms.words.sentence import column_names

    forms, words = Forms(catalog), {}
    for formula, term in measures.items():
        query = _query(formula)
        if query is None:
            continue
        try:
            (said,) = column_names(forms.read(query.sql(catalog.dialect)), catalog)
        except NotExpressible:
            continue
        words[said] = term
    return Terms(words)


def _query(formula: str) -> exp.Select | None:
    """Return a query for a formula over one table; None for one over several."""
    tree = parsed(formula, "")
    tables = {column.table for column in tree.find_all(exp.Column)} if tree is not None else set()
    if tree is None or len(tables) != 1:
        return None
    return exp.select(tree).from_(exp.to_table(tables.pop()))
