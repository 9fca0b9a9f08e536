"""Repair of groups that are shown by a foreign key: `appointments per referring doctor` asks for
the doctors' names. `composed` lists it.

Covered: one SELECT that groups by a key of one column, which holds no text, and shows nothing but
figures beside it; the question says all words of the key's name, and asks for no key or number; the
table that it refers to has a column of names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from mome.answering.conditions import Stored, stored_of
from mome.answering.repairs.written_columns import alias_of, identifier, written_table
from mome.catalog import Catalog, Table
from mome.linking.names import abbreviates, all_stems, name_words, stem
from mome.linking.values import ValueIndex
from mome.sql_tree import sources, tables_in

# `Number of tickets` is a count.
_COUNT = re.compile(r"\b(?:numbers?|counts?) of\b")
_KEY = re.compile(
    r"\b(?:ids?|identifiers?|codes?|keys?|numbers?|no(?=[.,]|$| and\b| of\b))\b|#|[a-z]_id\b"
)
_KEY_END = re.compile(r"(?:_?ids?|_(?:key|no|number|code|fk)|(?<=[a-z])I[dD])$", re.ASCII)
_KEY_WORDS = frozenset("id ids key code no number fk by".split())
KEY_STEMS = frozenset(map(stem, _KEY_WORDS))
"""Stems of the words of keys' names that only say that they are keys."""
_FIRST = frozenset(["first", "given", "fore", "fname"])
_LAST = frozenset(["last", "sur", "family", "lname"])
_NAMES = ("name", "nm", "fullname", "title", "label", "username")
"""Last words of the names of columns by which people know a row, the best first."""
_EPITHETS = frozenset(["full", "display", "common"])


@dataclass(frozen=True)
class _Parent:
    """The row that a foreign key of a query's groups refers to."""

    node: exp.Column
    """The key as the query shows it."""
    table: Table
    key: str
    names: tuple[str, ...]
    alias: str


def show_parents(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex | None
) -> list[str]:
    """Show names in the place of the foreign keys by which a query groups."""
    asked = _COUNT.sub(" ", question.lower())
    if not isinstance(tree, exp.Select) or tree.args.get("group") is None:
        return []
    if asks_for_key(question):
        return []
    if len(list(tree.find_all(exp.Select))) > 1 or tree.args.get("distinct"):
        return []
    # A position counts the columns that are shown, which become more.
    order = tree.args.get("order")
    if order is not None and any(isinstance(one.this, exp.Literal) for one in order.expressions):
        return []
    parent = _parent_shown(tree, asked, catalog, values)
    if parent is None or len(list(tables_in(tree, catalog))) != len(sources(tree)):
        return []
    _qualify(tree, catalog)
    _join(tree, parent, catalog.dialect)
    return [f"{parent.table.key} are shown by name and not by key"]


def asks_for_key(question: str) -> bool:
    """Return whether a question asks for keys: ids, codes or numbers of rows."""
    return _KEY.search(_COUNT.sub(" ", question.lower())) is not None


def _parent_shown(
    select: exp.Select, question: str, catalog: Catalog, values: ValueIndex | None
) -> _Parent | None:
    """Return what the only key that a query shows refers to, if the question names it."""
    grouped = {node.name.lower() for node in select.args["group"].expressions}
    plain = [node for node in select.expressions if node.find(exp.Anonymous) is None]
    # Of several columns, the others may name the row already.
    if len(plain) != 1 or len(plain) == len(select.expressions):
        return None
    node = plain[0].unalias()
    if not isinstance(node, exp.Column) or node.name.lower() not in grouped:
        return None
    stored = stored_of(node, catalog, values)
    found = None if stored is None else _referred(stored, catalog)
    if stored is None or found is None or not _is_said(stored, question):
        return None
    table, key = found
    names, alias = names_of(table), _free_alias(select, stored, table)
    return _Parent(node, table, key, names, alias) if names and alias else None


def _referred(stored: Stored, catalog: Catalog) -> tuple[Table, str] | None:
    """Return table and key that a foreign key of one column refers to."""
    # A code is a text that people read, and the key of its own table names the row.
    is_key = stored.column.name in stored.table.primary_key
    if stored.column.family == "text" or is_key:
        return None
    for key in stored.table.foreign_keys:
        table = catalog.table(key.ref_table)
        if key.columns == (stored.column.name,) and table is not None:
            return table, key.ref_columns[0]
    return None


def _is_said(stored: Stored, question: str) -> bool:
    """Return whether a question says all words of the role: `referring doctor` of refDocId."""
    said, stems = re.findall("[a-z]+", question), all_stems([question])
    words = [word for word in name_words(stored.column.name) if word not in _KEY_WORDS]

    def is_word(part: str) -> bool:
        return stem(part) in stems or any(abbreviates(part, word) for word in said)

    return bool(words) and all(map(is_word, words))


def names_of(table: Table) -> tuple[str, ...]:
    """Return the column, or first and last name, by which people know a row; empty if none."""
    texts = [column.name for column in table.columns if column.family == "text"]
    own = set(name_words(table.name)) | {stem(word) for word in name_words(table.name)}
    by_words = {name: [w for w in name_words(name) if w not in own] for name in texts}
    first = [name for name, words in by_words.items() if _is_half(words, _FIRST)]
    last = [name for name, words in by_words.items() if _is_half(words, _LAST)]
    if len(first) == 1 and len(last) == 1:
        return (first[0], last[0])
    for end in _NAMES:
        whole = [name for name, words in by_words.items() if _is_name(words, end)]
        if len(whole) == 1:
            return (whole[0],)
    return ()


def _is_half(words: list[str], half: frozenset[str]) -> bool:
    text = "".join(words)
    return text in half or (text.endswith("name") and text.removesuffix("name") in half)


def _is_name(words: list[str], end: str) -> bool:
    return words[-1:] == [end] and set(words[:-1]) <= _EPITHETS


def _free_alias(select: exp.Select, stored: Stored, table: Table) -> str:
    """Return a name for the joined table that the query does not use; empty if there is none."""
    taken = {node.alias_or_name.lower() for node in sources(select)}
    role = _KEY_END.sub("", stored.column.name).strip("_")
    return next((name for name in (table.name, role) if name and name.lower() not in taken), "")


def _qualify(select: exp.Select, catalog: Catalog) -> None:
    """Write all columns with their tables, since another table joins them."""
    given = {shown.alias.lower() for shown in select.expressions if isinstance(shown, exp.Alias)}
    for node in list(select.find_all(exp.Column)):
        in_order = node.find_ancestor(exp.Order, exp.Having) is not None
        if node.table or (in_order and node.name.lower() in given):
            continue
        for alias, table in tables_in(select, catalog):
            if table.column(node.name) is not None:
                node.set("table", alias_of(select, alias))
                break


def _join(select: exp.Select, parent: _Parent, dialect: str) -> None:
    """Join the parent over its key, and put its columns in the place of the foreign key."""
    foreign = parent.node.copy()
    alias = identifier(parent.alias, dialect)

    def of_parent(name: str) -> exp.Column:
        return exp.Column(this=identifier(name, dialect), table=alias.copy())

    names = [of_parent(name) for name in parent.names]
    on = exp.EQ(this=foreign.copy(), expression=of_parent(parent.key))
    given = {node.alias for node in select.expressions if node.unalias() == foreign}
    shown: list[exp.Expr] = []
    for node in select.expressions:
        shown += [name.copy() for name in names] if node.unalias() == foreign else [node]
    select.set("expressions", shown)
    for part in ("group", "having", "order"):
        clause = select.args.get(part)
        for node in list(clause.find_all(exp.Column)) if clause is not None else ():
            if node == foreign or (not node.table and node.name in given):
                node.replace(of_parent(parent.key))
    group = dict.fromkeys([*select.args["group"].expressions, *names])
    select.set("group", exp.Group(expressions=[node.copy() for node in group]))
    table = written_table(parent.table, parent.alias, dialect)
    select.append("joins", exp.Join(this=table, on=on))
