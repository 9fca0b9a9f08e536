"""Schemas of business databases, drawn from the templates; `writing` fills them with rows."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.business.domains import DOMAINS
from mome.pretrain.business.manners import Manners
from mome.pretrain.business.templates import ColumnTemplate, TableTemplate

LEFT_OUT = 0.15
"""Share of the columns that a database leaves out."""
FEWEST_TABLES = 3
_DISTRACTORS = (
    ColumnTemplate(("created_by", "entered_by"), "login"),
    ColumnTemplate(("updated_at", "modified_at", "last_modified"), "stamp"),
    ColumnTemplate(("notes", "remarks", "comment", "internal_notes"), "prose"),
    ColumnTemplate(("external_ref", "legacy_code", "import_key"), "code", ("X",)),
)
"""Columns about which hardly anybody asks, and which must not be taken for others."""


@dataclass(frozen=True)
class DrawnColumn:
    """A column of a drawn table."""

    name: str
    type: str
    """The declared type."""
    role: str
    """As in the template; `key` for a reference."""
    details: tuple[str, ...] = ()
    stored: tuple[object, ...] = ()
    """What stands for the kinds, or for no and yes."""
    refers: str = ""
    """The name of the table that it refers to; empty for most."""
    may_be_null: bool = False


@dataclass(frozen=True)
class DrawnTable:
    """A table of a drawn database; its key is an integer."""

    name: str
    key: str
    columns: tuple[DrawnColumn, ...]
    is_fact: bool
    """Whether it gets many rows."""


@dataclass(frozen=True)
class DrawnDatabase:
    """A schema with the manners in which it is written."""

    tables: tuple[DrawnTable, ...]
    manners: Manners


def draw_database(seed: int) -> DrawnDatabase:
    """Return the schema of a seed; the domains take turns."""
    rng = random.Random(f"business {seed}")
    manners = Manners.drawn(rng)
    templates = _some_tables(DOMAINS[seed % len(DOMAINS)], rng)
    names = _table_names(templates, rng)
    tables = tuple(_drawn_table(one, names, manners, rng) for one in templates)
    return DrawnDatabase(tables, manners)


def _some_tables(domain: Sequence[TableTemplate], rng: random.Random) -> list[TableTemplate]:
    """Return the tables of a domain without some to which none of the others refers."""
    kept = list(domain)
    for table in reversed(domain):
        is_used = any(table.names[0] in other.parents for other in kept)
        if not is_used and len(kept) > FEWEST_TABLES and rng.random() < 0.3:
            kept.remove(table)
    return kept


def _table_names(templates: Sequence[TableTemplate], rng: random.Random) -> dict[str, str]:
    """Return the first name of each table -> the words that it is called by, all different."""
    names: dict[str, str] = {}
    for table in templates:
        free = [name for name in table.names if name not in names.values()]
        # The plainest name is the usual one.
        names[table.names[0]] = free[0] if rng.random() < 0.35 else rng.choice(free)
    return names


def _drawn_table(
    template: TableTemplate, names: dict[str, str], manners: Manners, rng: random.Random
) -> DrawnTable:
    """Return a table with its keys first, most of its columns, and a distractor or two."""
    noun = names[template.names[0]]
    columns: list[DrawnColumn] = []
    for parent in template.parents:
        if parent in names and (not columns or rng.random() > LEFT_OUT):
            name = manners.reference(names[parent])
            refers = manners.table(names[parent])
            columns.append(DrawnColumn(name, "INTEGER", "key", refers=refers))
    first, *others = template.columns
    chosen = [first, *(one for one in others if rng.random() > LEFT_OUT)]
    chosen += [one for one in _DISTRACTORS if rng.random() < 0.2]
    taken = {column.name.lower() for column in columns} | {manners.key(noun).lower()}
    for one in chosen:
        column = _drawn_column(one, noun, manners, rng)
        if column.name.lower() not in taken:
            taken.add(column.name.lower())
            columns.append(column)
    return DrawnTable(manners.table(noun), manners.key(noun), tuple(columns), template.is_fact)


def _drawn_column(
    template: ColumnTemplate, table: str, manners: Manners, rng: random.Random
) -> DrawnColumn:
    """Return a column in the manners of the database."""
    plain, role = template.names[0], template.role
    words = plain if rng.random() < 0.35 else rng.choice(template.names)
    name = manners.column(table, words)
    if role == "kind":
        stored = manners.kinds(template.details, rng)
        return DrawnColumn(name, _text(rng), role, template.details, stored)
    if role == "flag":
        declared, values = manners.flags()
        return DrawnColumn(name, declared, role, (), values)
    if role in ("start", "due", "done", "birth", "stamp"):
        declared = "DATE" if role in ("due", "birth") and manners.date != "TEXT" else manners.date
        return DrawnColumn(name, declared, role, template.details, may_be_null=role == "done")
    declared = _NUMBERS.get(role) or _text(rng)
    if role == "money" and rng.random() < 0.4:
        declared = rng.choice(("DECIMAL(10,2)", "NUMERIC", "INTEGER"))
    may_be_null = role in ("email", "phone", "city", "prose") or rng.random() < 0.08
    return DrawnColumn(name, declared, role, template.details, may_be_null=may_be_null)


_NUMBERS = {"money": "REAL", "hours": "REAL", "count": "INTEGER", "percent": "REAL"}
_NUMBERS["year"] = "INTEGER"


def _text(rng: random.Random) -> str:
    return rng.choice(("TEXT", "TEXT", "VARCHAR(80)"))
