"""What the names of tables and columns say about keys that nobody declared; `inferred_keys` then asks the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from schemas.catalog import Column, Table
from schemas.names import split_identifier

Words = tuple[str, ...]
_SUFFIXES = frozenset(
    {"id", "code", "key", "no", "nr", "num", "number", "uuid", "guid", "fk", "ref", "sk"}
)
_PREFIXES = frozenset({"tbl", "dim", "fact", "t", "ref", "stg"})
_GENERIC = frozenset(
    "id code key no number name title type kind status state date year month day time value amount count total description comment rank "
    "order level position role category note text label sequence seq version url email phone address city country gender sex age".split()
)
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}
_OWN_ROLES = frozenset({"parent", "manager", "supervisor"})


@dataclass(frozen=True)
class Target:
    """A column that can be referred to: alone it identifies a row of its table."""

    table: Table
    column: Column
    declared: bool
    """True for a primary key or unique constraint; False where only the data is unique."""


@dataclass(frozen=True)
class Match:
    """A column that by its name refers to a target."""

    table: Table
    column: Column
    target: Target
    strength: int
    """3: the column is called after the table; 2: both columns bear one telling name; 1: as 3, behind a role (home_team_id)."""


@lru_cache(maxsize=50_000)
def words(name: str) -> Words:
    """The words of a name in lower case: HomeTeamID, home_team_id and `Home Team ID` are alike."""
    return tuple(split_identifier(name))


def root(found: Words) -> str:
    """What is left of words that differ only in number: city and cities, movie and movies, campus and campuses give the same."""
    return "".join(map(_root, found))


@lru_cache(maxsize=50_000)
def _root(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    word = (
        word[:-1]
        if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3
        else word
    )
    word = word[:-1] if word.endswith("e") and len(word) > 3 else word
    return word[:-1] + "i" if word.endswith("y") else word


def table_words(table: Table) -> Words:
    """The words of a table's name without prefixes such as dim_ and tbl_."""
    found = words(table.name)
    has_prefix = len(found) > 1 and found[0] in _PREFIXES and not found[1].isdigit()
    return found[1:] if has_prefix else found


def stem(name: str) -> Words:
    """The words of a column before its suffix: customer in customer_id, customerid and CustomerCode; none where there is no suffix."""
    found = words(name)
    if len(found) > 1 and found[-1] in _SUFFIXES:
        return found[:-1]
    if found and len(found[-1]) > 4 and found[-1].endswith("id"):
        return (*found[:-1], found[-1][:-2])
    return ()


def names_its_table(table: Table, column: Column) -> bool:
    """True for `id` and for customer_id in customers: a name that its own table's key would bear."""
    return words(column.name) in (("id",), ("key",), ("code",), ("uuid",)) or _same(
        stem(column.name), table_words(table)
    )


def targets(table: Table) -> Iterator[Target]:
    """The columns of a table that others may refer to."""
    if table.kind != "table":
        return
    declared = {names[0] for names in (table.primary_key, *table.unique) if len(names) == 1}
    for column in table.columns:
        if column.name in declared:
            yield Target(table, column, True)
        elif not table.primary_key and _identifies(table, column):
            yield Target(table, column, False)


def _identifies(table: Table, column: Column) -> bool:
    """True where the data is unique and the name says key, or, as in state.state_name, the table's own name."""
    is_unique = table.rows is not None and table.rows > 1 and column.distinct == table.rows
    return is_unique and (names_its_table(table, column) or _is_name_of(table, column))


def _is_name_of(table: Table, column: Column) -> bool:
    return _same(words(column.name), (*table_words(table), "name"))


def match(table: Table, column: Column, target: Target) -> Match | None:
    """How a column refers to a target by its name; None where it does not."""
    if table.key == target.table.key:
        own_role = (
            stem(column.name)
            and stem(column.name)[-1] in _OWN_ROLES
            and column.name != target.column.name
        )
        return (
            Match(table, column, target, 1)
            if own_role and names_its_table(table, target.column)
            else None
        )
    if names_its_table(table, column) and not _same(words(column.name), words(target.column.name)):
        return None
    strength = _strength(column, target)
    return (
        Match(table, column, target, strength)
        if strength and not _is_own_key(table, column, strength)
        else None
    )


def _strength(column: Column, target: Target) -> int:
    own, parent = stem(column.name) or words(column.name), table_words(target.table)
    if names_its_table(target.table, target.column) or target.table.primary_key == (
        target.column.name,
    ):
        if _same(own, parent):
            return 3
        if stem(column.name) and len(own) > len(parent) and _same(own[-len(parent) :], parent):
            return 1
    return 2 if is_telling(target) and _same(words(column.name), words(target.column.name)) else 0


def is_telling(target: Target) -> bool:
    """True where the target's name alone says what it identifies: customer_id and state.state_name do, id and name do not."""
    return not _is_generic(target.column.name) or _is_name_of(target.table, target.column)


def _is_own_key(table: Table, column: Column, strength: int) -> bool:
    """A key of its own table refers elsewhere only where it is called after the other table."""
    is_key = any(names == (column.name,) for names in (table.primary_key, *table.unique))
    return names_its_table(table, column) or (is_key and strength < 3)


def _is_generic(name: str) -> bool:
    found = words(name)
    return all(word in _GENERIC for word in found) and not stem(name)


def _same(left: Words, right: Words) -> bool:
    return bool(left) and root(left) == root(right)
