"""Read examples of labels from a table of a database: `mome tune --labels URL --table NAME`.

The connection is the read-only one of introspection. Covered: the names of table and columns come
from the database's own catalog and are quoted, so that no text of a person is run. Not covered: a
view may call what its owner defined.
"""

from __future__ import annotations

from collections.abc import Sequence

from mome.classify.examples import (
    MOST_EXAMPLES,
    ExampleSet,
    LabelledText,
    LabelTune,
    checked_examples,
)
from mome.closed_set.rows import text_of
from mome.errors import TableError
from mome.execution.address import read_address
from schemas import Reader, open_reader, resolve_url
from schemas.catalog import FullTable
from schemas.names import find_name
from schemas.structure.reading import read_structure

SECONDS = 300.0
"""Time limit of the one statement that reads the rows."""
MOST_NAMED = 10
"""Number of tables that an error message names."""


def read_table(request: LabelTune) -> ExampleSet:
    """Read and check the rows of a table. Raises TableError and SchemaError, none of which shows a
    password.
    """
    # A server's password may be in DB_URL, if that names the same database.
    source = resolve_url(read_address(str(request.examples)).secret_text)
    place = f"{request.table} of {source.shown}"
    with open_reader(source) as reader:
        table = _table(reader, request.table, source.shown)
        columns = [_column(table, name) for name in (request.text_column, request.label_column)]
        rows = reader.rows(_statement(reader, table, columns), timeout_s=SECONDS)
    if len(rows) > MOST_EXAMPLES:
        raise TableError(
            f"{place} has more than {MOST_EXAMPLES:,} rows; make a view with a sample of them, and "
            "give it as --table"
        )
    # A table has no order, and one that changes from call to call would change the memory.
    pairs = sorted((text_of(text, place), text_of(label, place)) for text, label in rows)
    examples = (LabelledText(*pair, number) for number, pair in enumerate(pairs, 1))
    return checked_examples(examples, f"{place}, sorted by text,")


def _table(reader: Reader, name: str, shown: str) -> FullTable:
    tables = {table.key: table for table in read_structure(reader).tables}
    key = find_name(name, tables)
    if key is None:
        there = sorted(tables)
        more = f" and {len(there) - MOST_NAMED} more" if len(there) > MOST_NAMED else ""
        listed = ", ".join(there[:MOST_NAMED]) or "none"
        raise TableError(f"{shown} has no table {name}; its tables are: {listed}{more}")
    return tables[key]


def _column(table: FullTable, name: str) -> str:
    names = [column.name for column in table.columns]
    found = find_name(name, names)
    if found is None:
        raise TableError(
            f"table {table.key} has no column {name}; its columns are: {', '.join(names)}"
        )
    return found


def _statement(reader: Reader, table: FullTable, columns: Sequence[str]) -> str:
    quoted = ", ".join(map(reader.dialect.quote, columns))
    return f"SELECT {quoted} FROM {reader.dialect.table(table)} LIMIT {MOST_EXAMPLES + 1}"
