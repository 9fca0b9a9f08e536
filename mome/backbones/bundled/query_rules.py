"""Which tokens fit the query that is being written. `grammar` masks all others.

`literal_rules` looks at one condition; these rules look at the whole innermost query:

- no item of SELECT, GROUP BY or ORDER BY is repeated;
- columns beside a count, a sum or an average need a GROUP BY;
- keys connect the tables of a query;
- a key leads to another row of its own table only if the question speaks of such a row.

Not covered: SQL that is written token by token behind `<raw>`. Refused though it could be meant: a
column and behind it an expression that starts with the same column.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mome.backbones.bundled.grammar_state import AGGREGATES, CLAUSES, SET_WORDS, State
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import OutputVocabulary
from mome.linking.names import stem

_LISTS = ("SELECT", "GROUP BY", "ORDER BY")
_NO_ITEM = frozenset({"DISTINCT", "ASC", "DESC", "NULLS FIRST", "NULLS LAST"})
"""Words of these clauses that are no part of an item."""
_GROUPED = frozenset("COUNT(*) COUNT SUM AVG MEDIAN PERCENTILE COUNT_IF SUM_IF AVG_IF".split())
"""What makes one row of many. MIN and MAX are left out: SQLite shows their row's other columns."""
_AGGREGATED = _GROUPED | AGGREGATES | frozenset("SHARE PERCENT PER GROUP_CONCAT STDDEV".split())
_GROUPS = frozenset({"FROM", "WHERE", "GROUP BY"})
"""Clauses that stand before GROUP BY, and GROUP BY."""
_QUERY = -1
"""Stands for a finished query within parentheses."""

_ROLE_STEMS = frozenset(
    map(
        stem,
        "manager boss supervisor superior subordinate report works leader leads chief head mentor "
        "coach trainer trains deputy represents parent child children belongs part below contains "
        "predecessor previous follows after precedes successor next replaced succeeded original "
        "source based derived prerequisite required requires depends dependent owner owns "
        "subsidiary same another other each themselves himself herself itself hierarchy".split(),
    )
)
"""Stems of words that speak of a row in a role: who reports to whom, the parent category."""
_SHORTEST_NAME = 4
"""Letters of a word that is looked for within a key's name, such as `recommend`."""

Item = tuple[int, ...]
"""The tokens of an item of a list."""


@dataclass(frozen=True)
class QueryPart:
    """What the rules read of the innermost query."""

    item: Item = ()
    """The item being written, if a list is; else empty."""
    earlier: frozenset[Item] = frozenset()
    """The items before it in the same list."""
    component: int = -1
    """Number of the connected tables that the query reads; -1 if it reads none yet."""
    is_ungrouped: bool = False
    """Whether an item is finished, and columns stand beside aggregates without GROUP BY."""
    is_silent_key: bool = False
    """Whether the last token is a key to the own table of which the question says nothing."""


@dataclass
class _Lists:
    """The lists of one query, and where its tokens end."""

    items: dict[str, list[Item]] = field(default_factory=dict)
    clause: str = ""
    depth: int = 0
    """Number of open parentheses and CASEs."""


class QueryRules:
    """The rules over one slice."""

    def __init__(self, vocabulary: OutputVocabulary, form: PointerForm) -> None:
        self._vocabulary = vocabulary
        self._components = _components(form)
        self._connected = frozenset(
            self._components[table.key]
            for table in form.catalog.tables
            if any(True for _ in form.graph.neighbours(table.key))
        )
        """Numbers of the components with more than one table."""
        self._tables = {
            vocabulary.size + index: item.table
            for index, item in enumerate(form.slice.items)
            if item.kind in ("table", "column")
        }
        self._keys = _key_tokens(vocabulary, form)
        self._silent_keys = _silent_keys(vocabulary, form, self._keys)

    def part(self, state: State, written: Sequence[int]) -> QueryPart | None:
        """Return what the rules read; None where they do not apply."""
        if state.literal:
            return None
        query = self._innermost(written)
        lists = self._lists(query)
        items = lists.items.get(lists.clause, [()])
        is_ungrouped = lists.depth == 0 and self._is_ungrouped(lists.items)
        is_silent_key = bool(written) and written[-1] in self._silent_keys
        component = self._component(query)
        return QueryPart(items[-1], frozenset(items[:-1]), component, is_ungrouped, is_silent_key)

    def refused(self, part: QueryPart, tokens: Iterable[int]) -> list[int]:
        """Return those of `tokens` that do not fit."""
        return [token for token in tokens if not self._fits(part, token)]

    def _fits(self, part: QueryPart, token: int) -> bool:
        table = self._tables.get(token)
        if table is None:
            if part.is_silent_key and self._name(token) == ".":
                return False
            return not (part.is_ungrouped and self._name(token) in _ENDS)
        if not self._connects(part, table):
            return False
        # A column of the table that the key refers to may follow.
        return token in self._keys or not self._repeats(part, token)

    def _connects(self, part: QueryPart, table: str) -> bool:
        """Return whether a table can be joined to those that the query reads.

        Tables without any key are joined on whatever the query says.
        """
        component = self._components[table]
        if part.component in (-1, component):
            return True
        return self._connected.isdisjoint((component, part.component))

    def _repeats(self, part: QueryPart, token: int) -> bool:
        """Return whether the token completes an item that stands in the list already."""
        item = (*part.item, token)
        closed = (*item, self._vocabulary.names.index(")"))
        return item in part.earlier or closed in part.earlier

    def _innermost(self, written: Sequence[int]) -> list[int]:
        """Return the tokens of the innermost query, without those of finished queries in it."""
        groups: list[list[int]] = [[]]
        for token in written:
            name = self._name(token)
            if name == ")":
                closed = groups.pop()
                groups[-1] += [_QUERY] if self._is_query(closed) else closed
            if name in SET_WORDS:
                groups[-1] = []
            else:
                groups[-1].append(token)
            if name == "(":
                groups.append([])
        found: list[int] = []
        for group in reversed(groups):
            found = group + found
            if self._is_query(group):
                break
        return found

    def _is_query(self, group: Sequence[int]) -> bool:
        return bool(group) and self._name(group[0]) == "SELECT"

    def _lists(self, query: Sequence[int]) -> _Lists:
        """Return the items of the query's SELECT, GROUP BY and ORDER BY."""
        lists = _Lists()
        for token in query:
            name = self._name(token)
            if lists.depth == 0 and name in CLAUSES:
                lists.clause = name
                lists.items[name] = [()]
                continue
            lists.depth += (name in ("(", "CASE")) - (name in (")", "END"))
            items = lists.items.get(lists.clause)
            if items is None:
                continue
            if name == "," and lists.depth == 0:
                items.append(())
            elif lists.depth > 0 or name not in _NO_ITEM:
                items[-1] = (*items[-1], token)
        if lists.clause not in _LISTS:
            lists.items[lists.clause] = [()]
        return lists

    def _is_ungrouped(self, items: dict[str, list[Item]]) -> bool:
        if "GROUP BY" in items:
            return False
        selected = items.get("SELECT", [])
        has_groups = any(self._name(item[0]) in _GROUPED for item in selected if item)
        return has_groups and any(self._is_plain(item) for item in selected)

    def _is_plain(self, item: Item) -> bool:
        """Return whether an item reads a column and aggregates none."""
        names = {self._name(token) for token in item}
        return names.isdisjoint(_AGGREGATED) and any(token in self._tables for token in item)

    def _component(self, query: Sequence[int]) -> int:
        for token in query:
            if token in self._tables:
                return self._components[self._tables[token]]
        return -1

    def _name(self, token: int) -> str:
        """Return the word of a token; empty for pointers, word pieces and finished queries."""
        if not 0 <= token < self._vocabulary.first_piece:
            return ""
        return self._vocabulary.names[token]


_ENDS = SET_WORDS | (frozenset(CLAUSES) - _GROUPS) | {"</s>", ")"}
"""What ends a query, or the clauses in which its groups could be named."""


def _components(form: PointerForm) -> dict[str, int]:
    """Return for each table of the catalog the number of its connected component."""
    found: dict[str, int] = {}
    for number, table in enumerate(form.catalog.tables):
        open_tables = [table.key]
        while open_tables:
            here = open_tables.pop()
            if here not in found:
                found[here] = number
                open_tables += form.graph.neighbours(here)
    return found


def _key_tokens(vocabulary: OutputVocabulary, form: PointerForm) -> dict[int, bool]:
    """Return the pointers at columns that refer to another row, and whether to one of their own
    table.
    """
    found = {}
    for index, item in enumerate(form.slice.items):
        if item.kind != "column":
            continue
        keys = form.catalog.table(item.table).foreign_keys
        led_to = [key.ref_table for key in keys if item.column in key.columns]
        if led_to:
            found[vocabulary.size + index] = item.table in led_to
    return found


def _silent_keys(
    vocabulary: OutputVocabulary, form: PointerForm, keys: dict[int, bool]
) -> frozenset[int]:
    """Return the keys to the own table of which the question says nothing: no word of their names,
    and none that speaks of a row in a role.
    """
    stems = {stem(word.text) for word in form.slice.words}
    if stems & _ROLE_STEMS:
        return frozenset()
    said = [word for word in stems if len(word) >= _SHORTEST_NAME]
    found = set()
    for token, is_own in keys.items():
        name = form.slice.items[token - vocabulary.size].column.lower()
        if is_own and not any(word in name for word in said):
            found.add(token)
    return frozenset(found)
