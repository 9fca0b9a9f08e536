"""Which of several keys between two tables a question means: home or away team, an employee's
department or the department's manager.

A backbone may join over any of these keys. `candidates` puts the join on the key whose role the
question names, and reports where the question names none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from mome.answering.sql_draft import SqlDraft
from mome.catalog import Catalog, ForeignKey, Table
from mome.linking.names import content_words, name_words, stem
from mome.sql_tree import parsed, tables_in

# Ends of a referring column's name that say nothing about the role: `home_team_id`, `created_by`.
_KEY_ENDS = frozenset("id ids key code no number fk ref uuid guid by".split())
# What people call the two ends of a trip, a message, a sale or a match. Words that also name other
# things, such as "end", are left out.
_SAME_ROLE = (
    "source src origin orig from depart departure departing leave leaving".split(),
    "destination dest target to arrive arrival arriving land landing".split(),
    "sender sent from".split(),
    "receiver recipient received to".split(),
    "seller vendor sold".split(),
    "buyer purchaser bought".split(),
    "home host hosting".split(),
    "away visitor visiting guest".split(),
)
# Stop words that name a role all the same: flights "from" Oslo "to" Bergen.
_ROLE_PREPOSITIONS = frozenset(["from", "to"])
# Nouns of agents: a `winner` wins, a `supervisor` supervises.
_AGENT_ENDS = ("er", "or", "ee")


@dataclass(frozen=True)
class KeyRole:
    """A key that another one resembles, or that refers to its own table."""

    table: str
    """The referring table's key."""
    column: str
    ref_table: str
    ref_column: str
    stems: frozenset[str]
    """Stems of the words that tell it from its siblings; empty for the key that needs no role."""

    def is_named_by(self, words: frozenset[str]) -> bool:
        """Return whether a question with these stems names the role."""
        return bool(self.stems & words)


@dataclass(frozen=True)
class RoleReading:
    """A query whose joins follow the roles that the question names."""

    draft: SqlDraft
    clear: bool = True
    """Whether the question says which keys are meant."""


class KeyRoles:
    """The keys of one catalog that only their roles tell apart."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._groups: list[tuple[KeyRole, ...]] = []
        for keys in _keys_between(catalog).values():
            if len(keys) > 1 or keys[0][0].key == keys[0][1].ref_table:
                self._groups.append(_with_stems(keys, catalog))

    def settle(self, draft: SqlDraft, question: str) -> RoleReading:
        """Join over the keys whose roles the question names."""
        if not self._groups or draft.tree is None:
            return RoleReading(draft)
        tree = draft.tree.copy()
        words = _said(question)
        clear, changed = True, False
        for group in self._groups:
            places = list(_columns(tree, self._catalog))
            wrong, right = _mistaken(group, places, words)
            if right is None:
                clear &= wrong is None
                continue
            assert wrong is not None, "a key is replaced by another one"
            _rejoin(wrong, right, places)
            changed = True
        if changed:
            draft = replace(draft, sql=tree.sql(dialect=draft.dialect))
        return RoleReading(draft, clear)

    def others(self, sql: str, question: str) -> list[str]:
        """Return the query over each other key that the question may as well mean."""
        tree = parsed(sql, self._catalog.dialect)
        found: list[str] = []
        if tree is None:
            return found
        for group in self._groups:
            wrong, right = _mistaken(group, list(_columns(tree, self._catalog)), _said(question))
            if wrong is None or right is not None:
                continue
            for key in group:
                if key is not wrong and _is_parallel(key, wrong):
                    other = tree.copy()
                    _rejoin(wrong, key, list(_columns(other, self._catalog)))
                    found.append(other.sql(dialect=self._catalog.dialect))
        return found


Place = tuple[exp.Column, str, str]
"""A column of a query with its table's key and its name in the catalog."""


def _said(question: str) -> frozenset[str]:
    said = set(re.findall(r"\w+", question.lower()))
    return content_words(question) | said & _ROLE_PREPOSITIONS


def _rejoin(wrong: KeyRole, right: KeyRole, places: list[Place]) -> None:
    """Join over another key."""
    for node in _joins_over(wrong, places):
        quoted = node.this.quoted
        node.set("this", exp.to_identifier(right.column, quoted=quoted or None))


def _mistaken(
    group: tuple[KeyRole, ...], places: list[Place], words: frozenset[str]
) -> tuple[KeyRole | None, KeyRole | None]:
    """Return a key that the query wrongly joins over, and the key that is meant.

    (None, None): nothing to settle. (key, None): the question does not say which key is meant.
    """
    read = {(table, column) for _, table, column in places}
    used = [key for key in group if (key.table, key.column) in read]
    joined = [key for key in used if _joins_over(key, places)]
    named = [key for key in group if key.is_named_by(words)]
    if len(group) == 1:
        # A table that refers to itself: a query without this key ignores "their supervisor".
        ignored = bool(named) and not used and group[0].table in {table for table, _ in read}
        return (
            (group[0], None) if ignored and not _said_otherwise(group[0], places) else (None, None)
        )
    if not joined or set(named) & set(used):
        return None, None
    # The key without a role of its own is meant where no role is named.
    if not named and not joined[0].stems:
        return None, None
    if len(named) == 1 and len(joined) == 1 and _is_parallel(named[0], joined[0]):
        return joined[0], named[0]
    return joined[0], None


def _said_otherwise(key: KeyRole, places: list[Place]) -> bool:
    """Return whether the query reads the role's word elsewhere, as a value or another name."""
    root = places[0][0].root()
    texts = [column for _, _, column in places]
    texts += [literal.this for literal in root.find_all(exp.Literal) if literal.is_string]
    return any(key.stems & _stems_of(text) for text in texts)


def _is_parallel(one: KeyRole, other: KeyRole) -> bool:
    """Return whether one column can take the place of the other in a join."""
    return (one.table, one.ref_table, one.ref_column) == (
        other.table,
        other.ref_table,
        other.ref_column,
    )


def _joins_over(key: KeyRole, places: list[Place]) -> list[exp.Column]:
    """Return the places where the referring column is compared with a column or a subquery, or is
    what a subquery returns.
    """
    found = []
    for node, table, column in places:
        if (table, column) != (key.table, key.column):
            continue
        parent = node.parent
        is_equal = isinstance(parent, exp.EQ) and all(
            isinstance(side, exp.Column) for side in (parent.this, parent.expression)
        )
        is_in = isinstance(parent, exp.In) and parent.args.get("query") is not None
        is_returned = isinstance(parent, exp.Select) and parent.parent_select is not None
        if is_equal or is_in or is_returned:
            found.append(node)
    return found


def _columns(tree: exp.Expr, catalog: Catalog) -> Iterator[Place]:
    for node in tree.find_all(exp.Column):
        owner = _owner(node, catalog)
        column = owner.column(node.name) if owner is not None else None
        if owner is not None and column is not None:
            yield node, owner.key, column.name


def _owner(column: exp.Column, catalog: Catalog) -> Table | None:
    """Return the table of the innermost enclosing query that has the column."""
    alias = column.table.lower()
    select = column.find_ancestor(exp.Select)
    while select is not None:
        for name, table in tables_in(select, catalog):
            if alias in ("", name) and table.column(column.name) is not None:
                return table
        select = select.parent_select
    return None


def _keys_between(catalog: Catalog) -> dict[frozenset[str], list[tuple[Table, ForeignKey]]]:
    """Return the keys of one column by the two tables that they link, each column once."""
    found: dict[frozenset[str], list[tuple[Table, ForeignKey]]] = {}
    for table in catalog.tables:
        seen: set[str] = set()
        for key in table.foreign_keys:
            if len(key.columns) != 1 or key.columns[0] in seen:
                continue
            # An engine may report a key to a table that was not read.
            if len(key.ref_columns) != 1 or catalog.table(key.ref_table) is None:
                continue
            seen.add(key.columns[0])
            found.setdefault(frozenset((table.key, key.ref_table)), []).append((table, key))
    return found


def _with_stems(keys: list[tuple[Table, ForeignKey]], catalog: Catalog) -> tuple[KeyRole, ...]:
    stems = []
    for _, key in keys:
        target = catalog.table(key.ref_table)
        assert target is not None, "_keys_between has looked it up"
        own = _stems_of(" ".join(_role_words(key.columns[0])))
        stems.append(_with_synonyms(own - _stems_of(target.name)))
    # A word that all siblings share tells none of them apart.
    shared = frozenset.intersection(*stems) if len(stems) > 1 else frozenset()
    roles = []
    for (table, key), own in zip(keys, stems, strict=True):
        roles.append(
            KeyRole(table.key, key.columns[0], key.ref_table, key.ref_columns[0], own - shared)
        )
    return tuple(roles)


def _with_synonyms(stems: frozenset[str]) -> frozenset[str]:
    """Return the stems and those of the words that mean the same role."""
    found = set(stems)
    for words in _SAME_ROLE:
        family = set(map(stem, words))
        if stems & family - _ROLE_PREPOSITIONS:
            found |= family
    return frozenset(found)


def _role_words(column: str) -> list[str]:
    return [word for word in name_words(column) if word.lower() not in _KEY_ENDS]


def _stems_of(name: str) -> frozenset[str]:
    """Return the stems of a name's words; of an agent that of the verb too: `winner` and `win`."""
    found = set()
    for word in name_words(name):
        word = word.lower()
        found.add(stem(word))
        for end in _AGENT_ENDS:
            verb = word.removesuffix(end)
            if verb != word and len(verb) >= 3:
                found.add(stem(verb))
                # A short verb doubles its last letter: win, winner.
                if verb[-1] == verb[-2]:
                    found.add(stem(verb[:-1]))
    return frozenset(found)
