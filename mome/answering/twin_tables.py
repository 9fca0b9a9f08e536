"""Tables of one name in several schemas: whether a question says which of them is meant.

`translator` calls it for the answer that it is about to give.
"""

from __future__ import annotations

from collections.abc import Iterable

from mome.catalog import Catalog, Table
from mome.linking.names import content_words, name_stems


def is_undecided(
    question: str, tables: Iterable[str], columns: Iterable[str], catalog: Catalog
) -> bool:
    """Return True if another table could stand for one of `tables`, and the question names neither.

    tables: keys of the query's tables. columns: its columns, as table.column.
    A table of the default schema is what its plain name means. Another one is meant where the
    question says its schema, or where the query needs columns that only this one has.
    """
    used = list(tables)
    needed = list(columns)
    said = content_words(question)
    for key in used:
        table = catalog.table(key)
        if table is None or table.schema is None or name_stems(table.schema) & said:
            continue
        names = [name.removeprefix(f"{key}.") for name in needed if name.startswith(f"{key}.")]
        for other in catalog.tables:
            if other.key not in used and _could_be(other, table, names):
                return True
    return False


def _could_be(other: Table, table: Table, columns: list[str]) -> bool:
    is_twin = other.key != table.key and other.name.lower() == table.name.lower()
    return is_twin and all(other.column(name) for name in columns)
