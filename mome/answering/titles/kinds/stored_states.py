"""Look up stored values for words that a question does not write as they are stored: the state that
a noun means, and what the comment of a column says of its codes. The kinds call it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from mome.answering.titles.restrictions import NamedValue
from mome.catalog import Catalog
from mome.linking.code_meanings import explained, spoken
from mome.linking.values import ValueMatch, normalise


def stored_states(states: Collection[str], catalog: Catalog) -> Iterator[NamedValue]:
    """Yield the stored values that are such a state, or that mean it by a comment."""
    for table in catalog.tables:
        for column in table.columns:
            values = column.values if column.family == "text" else ()
            for value in map(str, values or ()):
                said = set(map(normalise, spoken(column, value)))
                for state in said.intersection(states):
                    yield _named(state, table.key, column.name, value)


def meant_states(words: Collection[str], catalog: Catalog) -> Iterator[NamedValue]:
    """Yield the codes that mean one of the words by a comment, also where the word is in a name, or
    where the comment says more: `returned to sender`.
    """
    for table in catalog.tables:
        for column in table.columns:
            if column.family != "text" or not column.comment:
                continue
            meanings = {code: normalise(text) for code, text in explained(column).items()}
            for code, meaning in meanings.items():
                first = meaning.split(" ")[0]
                is_one = sum(one.split(" ")[0] == first for one in meanings.values()) == 1
                said = meaning if meaning in words else first
                if said in words and (said == meaning or is_one):
                    yield _named(said, table.key, column.name, code)


def with_stored(values: Sequence[NamedValue], more: Iterable[NamedValue]) -> tuple[NamedValue, ...]:
    """Return named values with those that they lack."""
    known = {(said, one.table, one.column) for said, one in values}
    return (
        *values,
        *(pair for pair in more if (pair[0], pair[1].table, pair[1].column) not in known),
    )


def _named(state: str, table: str, column: str, value: str) -> NamedValue:
    return tuple(state.split()), ValueMatch(table, column, value, 0, 0, 1.0)
