"""Variants of a database: some names written otherwise, or two databases joined into one.

`mome.pretrain.corpus` makes them. A model that sees the same 200 schemas again and again learns
their names by heart; variants make it read the names.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mome.catalog import Catalog, Column, Table
from mome.linking.names import name_words
from mome.linking.values import StoredValues

WORDNET = Path("/usr/share/wordnet")
"""Folder into which Debian's wordnet-base installs WordNet 3.0."""
RENAMED = 0.2
"""Probability that a name of a variant is written otherwise."""
LONGEST_UNION = 40
"""Maximum number of tables in a union."""

Database = tuple[Catalog, Sequence[tuple]]
"""A catalog and the stored values of its columns."""


@dataclass(frozen=True)
class Variant:
    """A database made from another, and the names of that one's tables and columns in it."""

    database: Database
    names: Mapping[str, str]
    """`table` or `table.column` of the original -> the same of the variant.

    A name that is not in the mapping is unchanged.
    """


def vary(
    database: Database, other: Database | None, synonyms: Synonyms, rng: random.Random
) -> Variant:
    """Return a variant of `database`: some names written otherwise.

    `other`: a database whose tables are added first; None for none.
    """
    catalog, values = database if other is None else union(database, other)
    tables = _renamed([table.key for table in catalog.tables], synonyms, rng)
    columns = {
        table.key: _renamed([column.name for column in table.columns], synonyms, rng)
        for table in catalog.tables
    }

    def table_of(key: str) -> str:
        return tables.get(key, key)

    def column_of(key: str, name: str) -> str:
        return columns.get(key, {}).get(name, name)

    renamed = replace(
        catalog,
        tables=tuple(_renamed_table(table, table_of, column_of) for table in catalog.tables),
    )
    stored = [_renamed_values(StoredValues(*row), table_of, column_of) for row in values]
    names = {key: table_of(key) for key in tables}
    names |= {
        f"{t.key}.{c.name}": f"{table_of(t.key)}.{column_of(t.key, c.name)}"
        for t in catalog.tables
        for c in t.columns
    }
    return Variant((renamed, stored), names)


def union(one: Database, other: Database) -> Database:
    """Return a database with the tables of both; of two tables of one name, the first's.

    Holds at most `LONGEST_UNION` tables, but always all of the first.
    """
    (catalog, values), (guests, more) = one, other
    taken = {table.key.lower() for table in catalog.tables}
    added = [table for table in guests.tables if table.key.lower() not in taken][
        : max(0, LONGEST_UNION - len(catalog.tables))
    ]
    kept = {table.key for table in added}
    added = [
        replace(t, foreign_keys=tuple(key for key in t.foreign_keys if key.ref_table in kept))
        for t in added
    ]
    rows = [*values, *(row for row in more if row[0] in kept)]
    return replace(catalog, tables=(*catalog.tables, *added)), rows


class Synonyms:
    """Synonyms of nouns by their first sense in WordNet; false if WordNet is not installed."""

    def __init__(self, folder: Path = WORDNET) -> None:
        self._index = (
            dict(_first_senses(folder / "index.noun")) if (folder / "index.noun").exists() else {}
        )
        self._data = (folder / "data.noun").read_bytes() if self._index else b""

    def __bool__(self) -> bool:
        return bool(self._index)

    def of(self, noun: str) -> list[str]:
        """Return the synonyms of a noun that are single words, in lower case."""
        offset = self._index.get(noun)
        if offset is None:
            return []
        # A line of data.noun: offset, file, type, number of words in hexadecimal, then each word
        # with an identifier (wndb(5WN)).
        fields = self._data[offset : self._data.index(b"\n", offset)].decode().split(" ")
        words = fields[4 : 4 + 2 * int(fields[3], 16) : 2]
        return [word.lower() for word in words if word.isalpha() and word.lower() != noun]


def _first_senses(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each noun of index.noun with the offset of its first sense in data.noun."""
    for line in path.read_text("utf-8").splitlines():
        # Lines of the licence at the top start with a space.
        if not line.startswith(" "):
            fields = line.split()
            # Field 3 is the number of pointer symbols, which stand before the offsets.
            yield fields[0], int(fields[6 + int(fields[3])])


def _rename(name: str, synonyms: Synonyms, rng: random.Random) -> str:
    """Return the name with one word changed and its words joined in another way."""
    words = list(name_words(name))
    place = rng.randrange(len(words))
    change = rng.choice((_synonym, _synonym, _shortened, _shortened, _as_is))
    words[place] = change(words[place], synonyms, rng)
    return rng.choice((_snake, _snake, _camel, _run_together))(words)


def _synonym(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    """Return a synonym; a word of up to three letters stays: WordNet takes `id` for Idaho."""
    return rng.choice((len(word) > 3 and synonyms.of(word)) or [word])


def _shortened(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    """`country` as `ctry` or `coun`; a word of up to four letters stays."""
    if len(word) < 5:
        return word
    bare = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
    return rng.choice((word[: rng.choice((3, 4))], bare[:4], bare))


def _as_is(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    return word


def _snake(words: Sequence[str]) -> str:
    """Join the words as in snake_case."""
    return "_".join(words)


def _camel(words: Sequence[str]) -> str:
    """Join the words as in camelCase."""
    return words[0] + "".join(word.title() for word in words[1:])


def _run_together(words: Sequence[str]) -> str:
    """Join the words with nothing between."""
    return "".join(words)


def _renamed(names: Sequence[str], synonyms: Synonyms, rng: random.Random) -> dict[str, str]:
    """Return new names for some of the names; no two names are equal, whatever their case."""
    taken = {name.lower() for name in names}
    renamed: dict[str, str] = {}
    for name in names:
        new = _rename(name, synonyms, rng) if rng.random() < RENAMED else name
        if new.lower() not in taken:
            taken.add(new.lower())
            renamed[name] = new
    return renamed


def _renamed_table(
    table: Table, table_of: Callable[[str], str], column_of: Callable[[str, str], str]
) -> Table:
    """Return the table with new names of itself, its columns and its keys."""

    def own(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(column_of(table.key, name) for name in names)

    keys = tuple(
        replace(
            key,
            columns=own(key.columns),
            ref_table=table_of(key.ref_table),
            ref_columns=tuple(column_of(key.ref_table, name) for name in key.ref_columns),
        )
        for key in table.foreign_keys
    )
    columns: tuple[Column, ...] = tuple(
        replace(column, name=column_of(table.key, column.name)) for column in table.columns
    )
    name = table_of(table.key)
    return replace(
        table,
        schema=None,
        name=name,
        columns=columns,
        primary_key=own(table.primary_key),
        foreign_keys=keys,
    )


def _renamed_values(
    row: StoredValues, table_of: Callable[[str], str], column_of: Callable[[str, str], str]
) -> StoredValues:
    """Return a column's stored values under the new names."""
    return row._replace(table=table_of(row.table), column=column_of(row.table, row.column))
