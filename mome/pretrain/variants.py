"""Variants of a database: some names written otherwise, or two databases joined into one.

`mome.pretrain.examples` makes them. A model that sees the same 200 schemas again and again learns
their names by heart; variants make it read the names.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mome.catalog import Catalog, Column, ForeignKey, Table
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


class _NewNames:
    """The new names of a catalog's tables and columns."""

    def __init__(self, catalog: Catalog, synonyms: Synonyms, rng: random.Random) -> None:
        self.tables = _renamed([table.key for table in catalog.tables], synonyms, rng)
        self._columns: dict[str, dict[str, str]] = {}
        for table in catalog.tables:
            names = [column.name for column in table.columns]
            self._columns[table.key] = _renamed(names, synonyms, rng)

    def table(self, key: str) -> str:
        """Return the new name of a table."""
        return self.tables.get(key, key)

    def column(self, key: str, name: str) -> str:
        """Return the new name of a column of the table `key`."""
        return self._columns.get(key, {}).get(name, name)

    def columns(self, key: str, names: Sequence[str]) -> tuple[str, ...]:
        """Return the new names of several columns of the table `key`."""
        return tuple(self.column(key, name) for name in names)


def vary(
    database: Database, other: Database | None, synonyms: Synonyms, rng: random.Random
) -> Variant:
    """Return a variant of `database`: some names written otherwise.

    `other`: a database whose tables are added first; None for none.
    """
    catalog, values = database if other is None else union(database, other)
    new = _NewNames(catalog, synonyms, rng)
    tables = tuple(_renamed_table(table, new) for table in catalog.tables)
    stored = [_renamed_values(StoredValues(*row), new) for row in values]
    names = {key: new.table(key) for key in new.tables}
    for table in catalog.tables:
        for column in table.columns:
            renamed = f"{new.table(table.key)}.{new.column(table.key, column.name)}"
            names[f"{table.key}.{column.name}"] = renamed
    return Variant((replace(catalog, tables=tables), stored), names)


def union(first: Database, second: Database) -> Database:
    """Return a database with the tables of both; of two tables of one name, the first's.

    Holds at most `LONGEST_UNION` tables, but always all of the first.
    """
    catalog, values = first
    other_catalog, other_values = second
    taken = {table.key.lower() for table in catalog.tables}
    room = max(0, LONGEST_UNION - len(catalog.tables))
    added = [table for table in other_catalog.tables if table.key.lower() not in taken][:room]
    kept = {table.key for table in added}
    tables = [*catalog.tables, *(_with_keys_to(kept, table) for table in added)]
    rows = [*values, *(row for row in other_values if row[0] in kept)]
    return replace(catalog, tables=tuple(tables)), rows


def _with_keys_to(kept: set[str], table: Table) -> Table:
    """Return the table without foreign keys to tables other than `kept`."""
    keys = tuple(key for key in table.foreign_keys if key.ref_table in kept)
    return replace(table, foreign_keys=keys)


class Synonyms:
    """Synonyms of nouns by their first sense in WordNet; false if WordNet is not installed."""

    def __init__(self, folder: Path = WORDNET) -> None:
        index = folder / "index.noun"
        self._index = dict(_first_senses(index)) if index.exists() else {}
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
    change = rng.choice((_synonym, _synonym, _shorten, _shorten, _keep))
    words[place] = change(words[place], synonyms, rng)
    join = rng.choice((_snake, _snake, _camel, _run_together))
    return join(words)


def _synonym(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    """Return a synonym; a word of up to three letters stays: WordNet takes `id` for Idaho."""
    others = synonyms.of(word) if len(word) > 3 else []
    return rng.choice(others or [word])


def _shorten(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    """Return `ctry` or `coun` for `country`; a word of up to four letters stays."""
    if len(word) < 5:
        return word
    consonants = word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
    start = word[: rng.choice((3, 4))]
    return rng.choice((start, consonants[:4], consonants))


def _keep(word: str, synonyms: Synonyms, rng: random.Random) -> str:
    """Return the word."""
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


def _renamed_table(table: Table, new: _NewNames) -> Table:
    """Return the table with new names of itself, its columns and its keys."""
    columns: tuple[Column, ...] = tuple(
        replace(column, name=new.column(table.key, column.name)) for column in table.columns
    )
    return replace(
        table,
        schema=None,
        name=new.table(table.key),
        columns=columns,
        primary_key=new.columns(table.key, table.primary_key),
        foreign_keys=tuple(_renamed_key(table, key, new) for key in table.foreign_keys),
    )


def _renamed_key(table: Table, key: ForeignKey, new: _NewNames) -> ForeignKey:
    """Return a foreign key of the table with new names on both sides."""
    return replace(
        key,
        columns=new.columns(table.key, key.columns),
        ref_table=new.table(key.ref_table),
        ref_columns=new.columns(key.ref_table, key.ref_columns),
    )


def _renamed_values(row: StoredValues, new: _NewNames) -> StoredValues:
    """Return a column's stored values under the new names."""
    return row._replace(table=new.table(row.table), column=new.column(row.table, row.column))
