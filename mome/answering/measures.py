"""What a glossary calls an expression: `revenue` for SUM(quantity * unit_price). `headings` calls
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlglot import exp

from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.sql_tree import parsed, places

Measures = Mapping[str, str]
"""Terms by the expressions that they stand for, as `expression_key` writes these."""
NO_MEASURES: Measures = MappingProxyType({})


def measures_of(facts: Iterable[MemoryFact], catalog: Catalog) -> Measures:
    """Return the terms whose definition is an aggregate over columns; an expression with two terms
    has none.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for fact in facts:
        tree = parsed(fact.answer, catalog.dialect) if fact.kind == "glossary" else None
        # With a condition or a group the term is more than the expression.
        if not isinstance(tree, exp.Select) or tree.args.get("where") or len(tree.selects) != 1:
            continue
        (shown,) = tree.selects
        if shown.find(exp.AggFunc) and shown.find(exp.Column):
            found[expression_key(shown, catalog)].add(min(fact.wordings, key=len))
    return {key: terms.pop() for key, terms in found.items() if len(terms) == 1}


def expression_key(expression: exp.Expr, catalog: Catalog) -> str:
    """Return a text that is the same for expressions over the same columns, whatever the aliases of
    their tables.
    """
    columns = [places(column, catalog) for column in expression.find_all(exp.Column)]
    plain = expression.copy()
    for column, named in zip(list(plain.find_all(exp.Column)), columns, strict=True):
        table = named[0][0] if len(named) == 1 else ""
        column.replace(exp.column(column.name.lower(), table=table, quoted=True))
    return plain.sql()
