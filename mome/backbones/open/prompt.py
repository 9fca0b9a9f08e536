"""The text that an open causal model reads: tables, then the question. It answers with a form.

Training and inference read the same text. Its first part, the schema, says nothing about the
question, so that its keys and values are computed once for all questions about a small database.
No chat template is applied: raw and instruct models read the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.forms.spelling import identifier, written_name
from mome.linking.slice import Slice, SliceTable

PLAIN_SQL = "SQL: "
"""What an answer starts with that is SQL in the database's dialect and no form."""
WHOLE_TABLES, WHOLE_COLUMNS = 12, 80
"""A catalog of at most so many tables and columns is shown whole, whatever the question. It takes
as many tokens as the slice of a large catalog.
"""
# A short complete list of short texts holds codes, which questions say in other words.
CODES, CODE_LENGTH = 5, 12
# Most columns are texts, so that these go without a type.
TYPES = {"text": "", "integer": " int"}
LONGEST_VALUE = 60
"""Maximum number of characters of a stored value in the prompt."""


def shown_tables(slice_: Slice, catalog: Catalog) -> tuple[SliceTable, ...]:
    """Return the tables of the prompt: all of a small catalog, or else those of the slice."""
    columns = sum(len(table.columns) for table in catalog.tables)
    if len(catalog.tables) <= WHOLE_TABLES and columns <= WHOLE_COLUMNS:
        return Slice.whole(catalog).tables
    return slice_.tables


def schema_text(tables: Sequence[SliceTable]) -> str:
    """Return the first part of the prompt: a line per table, then the keys between the tables."""
    lines = [_table_line(entry) for entry in tables]
    keys = list(_keys(tables))
    if keys:
        lines.append(f"keys: {', '.join(keys)}")
    return "\n".join(lines) + "\n"


def pairs_text(pairs: Sequence[tuple[str, str]]) -> str:
    """Return answered questions, each with its answer, as they follow the schema.

    They are written as the model's own question and answer are.
    """
    return "".join(f"{_question(question)}\n{answer}\n" for question, answer in pairs)


def question_text(slice_: Slice, tables: Sequence[SliceTable]) -> str:
    """Return the second part: what linking has found for the question, and the question.

    `tables`: those of the prompt, as `shown_tables` returns them.
    """
    lines = list(_said(slice_, _shown_columns(tables)))
    if slice_.periods:
        lines.append(f"periods: {', '.join(map(_quoted, slice_.periods))}")
    lines.append(_question(slice_.question))
    return "\n".join(lines) + "\n"


def _question(question: str) -> str:
    # A line break in a question would end it for the model.
    return f"question: {' '.join(question.split())}"


def _table_line(entry: SliceTable) -> str:
    columns = ", ".join(_column(one.column) for one in entry.columns)
    return f"{written_name(entry.table)}({columns})"


def _column(column: Column) -> str:
    """Return a column with its type and its codes."""
    name = identifier(column.name).sql() + TYPES.get(column.family, f" {column.family}")
    codes = _codes(column)
    return f"{name} [{', '.join(map(_quoted, codes))}]" if codes else name


def _codes(column: Column) -> list[str]:
    """Return all values of a column of codes; of another column none."""
    values = [str(value) for value in column.values or () if value not in (None, "")]
    if column.family != "text" or not column.values_complete or len(values) > CODES:
        return []
    return [] if any(len(value) > CODE_LENGTH for value in values) else values


def _keys(tables: Sequence[SliceTable]) -> Iterator[str]:
    """Yield the foreign keys whose columns are shown on both sides."""
    owners = {entry.table.key: entry.table for entry in tables}
    shown = _shown_columns(tables)
    for entry in tables:
        for key in entry.table.foreign_keys:
            ends = [(entry.table.key, name) for name in key.columns]
            ends += [(key.ref_table, name) for name in key.ref_columns]
            if all(end in shown for end in ends):
                yield _key(key, entry.table, owners[key.ref_table])


def _key(key: ForeignKey, table: Table, other: Table) -> str:
    pairs = zip(key.columns, key.ref_columns, strict=True)
    return " and ".join(
        f"{written_name(table, left)} = {written_name(other, right)}" for left, right in pairs
    )


def _shown_columns(tables: Sequence[SliceTable]) -> set[tuple[str, str]]:
    """Return the columns of the prompt, each with the key of its table."""
    return {(entry.table.key, one.column.name) for entry in tables for one in entry.columns}


def _said(slice_: Slice, shown: set[tuple[str, str]]) -> Iterator[str]:
    """Yield a line for what the question says of a table or column: values, or its comment."""
    for entry in slice_.tables:
        if entry.comment:
            yield f"{written_name(entry.table)}: {entry.comment}"
        for one in entry.columns:
            if (entry.table.key, one.column.name) not in shown:
                continue
            name = written_name(entry.table, one.column.name)
            if one.comment:
                yield f"{name}: {one.comment}"
            # Codes stand in the schema.
            if one.values and not _codes(one.column):
                yield f"{name} = {', '.join(map(_quoted, one.values))}"


def _quoted(text: str) -> str:
    """Return a text as a form writes it, in one line; of a long one the start."""
    line = " ".join(text.split())[:LONGEST_VALUE]
    return "'" + line.replace("'", "''") + "'"
