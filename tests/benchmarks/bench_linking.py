"""Slice recall: the share of questions whose slice holds everything that the SQL needs.

Measured on databases as they are, among 1,000 unrelated tables, the same without embeddings, and
with names cut short (`customer_country` as `cstm_cntr`). Prints a table and writes a CSV.

`python tests/benchmarks/bench_linking.py` measures the verified pairs of the sample bookshop. With
`--data FOLDER --split NAME` it measures the questions in a folder of `db/NAME.sqlite` and
`questions.jsonl` ({"db", "question", "sql", "split"}).
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product
from pathlib import Path

import sqlglot
from rich.console import Console
from rich.table import Table as Grid

from mome.backbones.loading import load
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.names import name_words
from mome.linking.slice import Linker
from mome.linking.values import StoredValues, read_values
from schemas import collect_values, introspect, resolve_url, write_values
from training_data.sample.bookshop import create_sample, sample_verified
from training_data.sql.referenced_objects import objects_of

PADDING = 1000
"""Number of unrelated tables that a padded catalog has."""
THINGS = (
    "pump valve turbine boiler conveyor furnace compressor sensor gasket bearing reactor pipeline "
    "substation transformer feeder relay meter cable switchgear inverter crane hoist forklift "
    "pallet silo hopper kiln mixer dryer filter membrane"
).split()
EVENTS = (
    "inspection reading calibration alarm overhaul tender certificate permit shutdown startup "
    "lubrication vibration leak sample specification warranty drawing revision trip setpoint "
    "forecast quota batch recipe shift handover downtime spare supplier audit ledger note"
).split()
FIELDS = (
    "name",
    "status",
    "created_at",
    "amount",
    "unit",
    "location",
    "category",
    "code",
    "description",
    "priority",
)
"""Columns as in any database, so that the padding does not differ from the rest by them."""

Question = tuple[str, frozenset[str]]
"""A question, and the tables and columns that its SQL needs."""
Pairs = list[tuple[str, str]]
"""Questions with their SQL."""


def padded(catalog: Catalog) -> Catalog:
    """Return the catalog with `PADDING` more tables, those of an industrial plant."""
    taken = {table.key.lower() for table in catalog.tables}
    added = islice(_plant(taken), PADDING)
    return replace(catalog, tables=(*catalog.tables, *added))


def _plant(taken: set[str]) -> Iterator[Table]:
    """Yield tables with other names than `taken`.

    Each has a foreign key to its thing's first table, the one of the first event.
    """
    for number, (event, thing) in enumerate(product(EVENTS, THINGS)):
        name = f"{thing}_{event}"
        if name in taken:
            continue
        fields = [FIELDS[(number + step) % len(FIELDS)] for step in range(5)]
        columns = (
            Column(f"{name}_id", "INTEGER", "integer"),
            *(Column(field, "TEXT", "text") for field in fields),
        )
        keys: tuple[ForeignKey, ...] = ()
        if event != EVENTS[0]:
            first = f"{thing}_{EVENTS[0]}"
            keys = (ForeignKey((f"{name}_id",), first, (f"{first}_id",)),)
        yield Table(None, name, "table", None, 0, columns, (f"{name}_id",), foreign_keys=keys)


def cut_short(catalog: Catalog) -> tuple[Catalog, dict[str, str]]:
    """Return the catalog with short names, and the short name of each table and column."""
    tables = _short_names([table.key for table in catalog.tables])
    columns = {}
    renamed = dict(tables)
    for table in catalog.tables:
        columns[table.key] = _short_names([column.name for column in table.columns])
        for name, short in columns[table.key].items():
            renamed[f"{table.key}.{name}"] = f"{tables[table.key]}.{short}"
    short_tables = tuple(_short_table(table, tables, columns) for table in catalog.tables)
    return replace(catalog, tables=short_tables), renamed


def _short_table(
    table: Table, tables: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]
) -> Table:
    """Return the table with the short names of itself, its columns and its keys."""
    own = columns[table.key]
    keys = []
    for key in table.foreign_keys:
        other = columns[key.ref_table]
        keys.append(
            replace(
                key,
                columns=tuple(own[name] for name in key.columns),
                ref_table=tables[key.ref_table],
                ref_columns=tuple(other[name] for name in key.ref_columns),
            )
        )
    return replace(
        table,
        name=tables[table.key],
        columns=tuple(replace(column, name=own[column.name]) for column in table.columns),
        primary_key=tuple(own[name] for name in table.primary_key),
        foreign_keys=tuple(keys),
    )


def _short_names(names: Sequence[str]) -> dict[str, str]:
    """Return the short forms of names; a name stays if its short form is taken."""
    shortened: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        short = "_".join(map(_short, name_words(name)))
        shortened[name] = name if short.lower() in taken else short
        taken.add(shortened[name].lower())
    return shortened


def _short(word: str) -> str:
    """Return up to four consonants of a word, its first letter included; `cstm` of `customer`."""
    if len(word) < 5:
        return word
    consonants = "".join(letter for letter in word[1:] if letter not in "aeiou")
    return (word[0] + consonants)[:4]


def read_database(path: Path) -> tuple[Catalog, list]:
    """Return the catalog and the stored values of a database file, read as `mome tune` does."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        return Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl")


def measured(linker: Linker, questions: Sequence[Question]) -> tuple[int, list[float]]:
    """Return the number of slices that hold everything needed, and the ms that each took."""
    held = 0
    spent = []
    for question, needed in questions:
        start = time.perf_counter()
        slice_ = linker.slice(question)
        spent.append((time.perf_counter() - start) * 1000)
        names = {item.name for item in slice_.items if item.kind in ("table", "column")}
        held += needed <= names
    return held, spent


def read_questions(folder: Path, split: str) -> dict[Path, Pairs]:
    """Return the questions of a split with their SQL, for each database file."""
    databases: dict[Path, Pairs] = {}
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["split"] == split and isinstance(entry["sql"], str):
            path = folder / "db" / f"{entry['db']}.sqlite"
            databases.setdefault(path, []).append((entry["question"], entry["sql"]))
    return databases


def sample(folder: Path) -> dict[Path, Pairs]:
    """Write the sample bookshop and return its verified pairs."""
    create_sample(folder / "shop.sqlite")
    sample_verified(folder / "verified.jsonl")
    lines = (folder / "verified.jsonl").read_text("utf-8").splitlines()
    pairs = [json.loads(line) for line in lines]
    return {folder / "shop.sqlite": [(pair["question"], pair["sql"]) for pair in pairs]}


@dataclass
class Total:
    """The sums of one row of the table over all databases."""

    held: int = 0
    """Slices that hold everything needed."""
    spent: list[float] = field(default_factory=list)
    """Time of each slice in ms."""

    def add(self, linker: Linker, questions: Sequence[Question]) -> None:
        """Measure the questions of one database."""
        held, spent = measured(linker, questions)
        self.held += held
        self.spent += spent


def measure(databases: Mapping[Path, Pairs]) -> list[tuple[str, int, str, str]]:
    """Return a row for the databases as they are, and one for each way to make linking harder."""
    as_is, padded_, no_embeddings, short_names = Total(), Total(), Total(), Total()
    embed = load("bundled").word_vectors
    for path, pairs in databases.items():
        catalog, values = read_database(path)
        questions = []
        for question, sql in pairs:
            needed = objects_of(sqlglot.parse_one(sql, dialect="sqlite"), catalog)
            questions.append((question, needed))
        more_tables = padded(catalog)
        as_is.add(Linker(catalog, values).with_meanings(embed), questions)
        padded_.add(Linker(more_tables, values).with_meanings(embed), questions)
        no_embeddings.add(Linker(more_tables, values), questions)
        short, renamed = cut_short(catalog)
        stored = [_renamed_values(row, renamed) for row in values]
        short_questions = [
            (question, frozenset(renamed[name] for name in needed))
            for question, needed in questions
        ]
        short_names.add(Linker(short, stored).with_meanings(embed), short_questions)
    totals = {
        "as it stands": as_is,
        f"{PADDING} more tables": padded_,
        f"{PADDING} more tables, no embeddings": no_embeddings,
        "names cut short": short_names,
    }
    return [_row(name, total) for name, total in totals.items()]


def _renamed_values(row: StoredValues, renamed: Mapping[str, str]) -> StoredValues:
    """Return a column's stored values under its short name."""
    _, column = renamed[f"{row.table}.{row.column}"].split(".", 1)
    return row._replace(table=renamed[row.table], column=column)


def _row(name: str, total: Total) -> tuple[str, int, str, str]:
    """Return the row of one kind of database."""
    count = len(total.spent)
    return name, count, f"{total.held / count:.4f}", f"{statistics.median(total.spent):.2f}"


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_linking.csv"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.data:
            databases = read_questions(options.data, options.split)
        else:
            databases = sample(Path(folder))
        rows = measure(databases)
    head = ("database", "questions", "slice recall", "median ms")
    grid = Grid(*head)
    for row in rows:
        grid.add_row(*map(str, row))
    Console().print(grid)
    options.csv.parent.mkdir(parents=True, exist_ok=True)
    with open(options.csv, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    main()
