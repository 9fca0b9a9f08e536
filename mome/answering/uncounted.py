"""Tables whose rows a question counts and a query does not read.

"Template types and the number of documents of each" is no count of templates. Covered: tables that
refer to one that the query reads, behind words of counting. Of Spider's 6,997 training queries the
rule finds something in 6, which count rows of another table that stand for the same.
`candidates` ranks a query lower for each and shows the sentences as notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from mome.catalog import Catalog, Table
from mome.linking.names import all_stems, name_stems, stem
from mome.sql_tree import tables_in

_COUNTED = re.compile(
    r"\b(?:(?:total |different |distinct )?(?:numbers?|count|amount) of|how many|most|fewest|least"
    r"|(?:more|fewer|less) than \w+|at (?:least|most) \w+|\w+ or more|any|no|without(?: any)?) "
    r"((?:[a-z-]+ ){0,2}[a-z-]+)"
)


def uncounted(question: str, tree: exp.Expr, catalog: Catalog) -> list[str]:
    """Return a sentence for each table whose rows the question counts and the query does not."""
    if tree.find(exp.Count) is None:
        return []
    read = {
        table.key for select in tree.find_all(exp.Select) for _, table in tables_in(select, catalog)
    }
    said = _stems_of(tree)
    found = []
    for match in _COUNTED.finditer(question.lower()):
        for table in _named(match[1], catalog):
            is_said = table.key in read or bool(name_stems(table.name) & said)
            if (
                not is_said
                and _refers_to(table, read)
                and not _is_referred_to(table, read, catalog)
            ):
                found.append(repr(f"{match[0][: -len(match[1])]}{match[1].split()[0]}"))
    return [f"nothing in this query says {part}" for part in dict.fromkeys(found)]


def _stems_of(tree: exp.Expr) -> set[str]:
    """Return the stems of the words in a query's names and literals."""
    names = (node.name for node in tree.find_all(exp.Column, exp.Table))
    texts = (literal.name for literal in tree.find_all(exp.Literal))
    return set().union(*map(name_stems, names)) | all_stems(texts)


def _named(phrase: str, catalog: Catalog) -> Iterator[Table]:
    """Yield the tables whose names begin a phrase."""
    stems = [stem(word) for word in phrase.split()]
    for table in catalog.tables:
        name = name_stems(table.name)
        if name and set(stems[: len(name)]) == name:
            yield table


def _refers_to(table: Table, read: set[str]) -> bool:
    return any(key.ref_table in read for key in table.foreign_keys)


def _is_referred_to(table: Table, read: set[str], catalog: Catalog) -> bool:
    """Return whether a table that is read refers to another one, whose rows it may stand for."""
    keys = (key for other in catalog.tables if other.key in read for key in other.foreign_keys)
    return any(key.ref_table == table.key for key in keys)
