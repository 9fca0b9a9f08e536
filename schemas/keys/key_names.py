"""Candidates for foreign keys by the names of tables and columns.

`inferred_keys` checks the candidates against the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from schemas.catalog import FullColumn, FullTable
from schemas.names import split_identifier

Words = tuple[str, ...]

_SUFFIXES = frozenset(
    {"id", "code", "key", "no", "nr", "num", "number", "uuid", "guid", "fk", "ref", "sk"}
)
_PREFIXES = frozenset({"tbl", "dim", "fact", "t", "ref", "stg"})

# Names that columns of unrelated tables share: equal names are no evidence of a key.
_GENERIC = frozenset(
    "id code key no number name title type kind status state date year month day time value amount "
    "count total description comment rank order level position role category note text label "
    "sequence seq version url email phone address city country gender sex age".split()
)
_IRREGULAR = {"people": "person", "children": "child", "men": "man", "women": "woman"}

# The last word of a column that refers to another row of its own table.
_OWN_ROLES = frozenset({"parent", "manager", "supervisor"})

# Columns called by one of these identify a row of their own table.
_BARE_KEYS = (("id",), ("key",), ("code",), ("uuid",))


@dataclass(frozen=True)
class Target:
    """A column that can be referred to: its value alone identifies a row of its table."""

    table: FullTable
    column: FullColumn
    declared: bool
    """True for a primary key or unique constraint; False where only the data is unique."""


@dataclass(frozen=True)
class Match:
    """A column whose name allows a reference to a target."""

    table: FullTable
    column: FullColumn
    target: Target
    strength: int
    """How clear the name is.

    3: the column is named after the table, as customer_id after customers.
    2: both columns have the same telling name.
    1: as 3, after a role (home_team_id), or a role in the same table (manager_id).
    """


@lru_cache(maxsize=50_000)
def words(name: str) -> Words:
    """Return the lower-case words of a name, the same for HomeTeamID and home_team_id."""
    return tuple(split_identifier(name))


def root(name: Words) -> str:
    """Return the words as one text in which singular and plural are equal.

    city and cities give the same, so do movie and movies, campus and campuses. The text is no
    word: it only serves to compare names.
    """
    return "".join(map(_root, name))


@lru_cache(maxsize=50_000)
def _root(word: str) -> str:
    word = _IRREGULAR.get(word, word)
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        word = word[:-1]
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word


def table_words(table: FullTable) -> Words:
    """Return the words of a table's name without prefixes such as dim_ and tbl_."""
    name = words(table.name)
    # Digits alone name nothing: `t1` keeps both of its words.
    has_prefix = len(name) > 1 and name[0] in _PREFIXES and not name[1].isdigit()
    return name[1:] if has_prefix else name


def stem(name: str) -> Words:
    """Return the words of a column before its suffix; empty where it has no suffix.

    customer_id, customerid and CustomerCode all give customer.
    """
    own = words(name)
    if len(own) > 1 and own[-1] in _SUFFIXES:
        return own[:-1]
    # Shorter words in -id are no keys: paid, void.
    if own and len(own[-1]) > 4 and own[-1].endswith("id"):
        return (*own[:-1], own[-1][:-2])
    return ()


def names_its_table(table: FullTable, column: FullColumn) -> bool:
    """Return True if the column's name fits the key of its own table.

    It does for `id`, and for customer_id in customers.
    """
    is_bare = words(column.name) in _BARE_KEYS
    return is_bare or _same(stem(column.name), table_words(table))


def targets(table: FullTable) -> Iterator[Target]:
    """Yield the columns of a table that others may refer to."""
    if table.kind != "table":
        return
    declared = {names[0] for names in (table.primary_key, *table.unique) if len(names) == 1}
    for column in table.columns:
        if column.name in declared:
            yield Target(table, column, True)
        elif not table.primary_key and _identifies(table, column):
            yield Target(table, column, False)


def _identifies(table: FullTable, column: FullColumn) -> bool:
    """Return True if the data is unique and the name is that of a key or of the table.

    An example of the latter is state_name in the table state.
    """
    is_unique = table.rows is not None and table.rows > 1 and column.distinct == table.rows
    return is_unique and (names_its_table(table, column) or _is_name_of(table, column))


def _is_name_of(table: FullTable, column: FullColumn) -> bool:
    return _same(words(column.name), (*table_words(table), "name"))


def match(table: FullTable, column: FullColumn, target: Target) -> Match | None:
    """Return how a column's name refers to a target; None if it does not."""
    if table.key == target.table.key:
        return _match_in_own_table(table, column, target)
    has_same_name = _same(words(column.name), words(target.column.name))
    if names_its_table(table, column) and not has_same_name:
        return None
    strength = _strength(column, target)
    if not strength or _is_own_key(table, column, strength):
        return None
    return Match(table, column, target, strength)


def _match_in_own_table(table: FullTable, column: FullColumn, target: Target) -> Match | None:
    """Return the match of a column such as manager_id with the key of its own table."""
    role = stem(column.name)
    if not role or role[-1] not in _OWN_ROLES or column.name == target.column.name:
        return None
    return Match(table, column, target, 1) if names_its_table(table, target.column) else None


def _strength(column: FullColumn, target: Target) -> int:
    """Return the strength of a match, as in `Match.strength`; 0 if there is none."""
    own = stem(column.name) or words(column.name)
    parent = table_words(target.table)
    is_key = target.table.primary_key == (target.column.name,)
    if is_key or names_its_table(target.table, target.column):
        if _same(own, parent):
            return 3
        if stem(column.name) and len(own) > len(parent) and _same(own[-len(parent) :], parent):
            return 1
    return 2 if is_telling(target) and _same(words(column.name), words(target.column.name)) else 0


def is_telling(target: Target) -> bool:
    """Return True if the target's name alone says what it identifies.

    customer_id and state.state_name do; id and name do not.
    """
    return not _is_generic(target.column.name) or _is_name_of(target.table, target.column)


def _is_own_key(table: FullTable, column: FullColumn, strength: int) -> bool:
    """Return True if the column is a key of its own table rather than a reference.

    Such a key refers to another table only where it is named after that table.
    """
    is_key = any(names == (column.name,) for names in (table.primary_key, *table.unique))
    return names_its_table(table, column) or (is_key and strength < 3)


def _is_generic(name: str) -> bool:
    return all(word in _GENERIC for word in words(name)) and not stem(name)


def _same(left: Words, right: Words) -> bool:
    return bool(left) and root(left) == root(right)
