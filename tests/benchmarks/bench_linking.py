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
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from pathlib import Path

import sqlglot
from rich.console import Console
from rich.table import Table as Grid

from mome.backbones.loading import load
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.names import name_words
from mome.linking.slice import Linker
from mome.linking.values import read_values
from schemas import collect_values, introspect, resolve_url, write_values
from training_data.sample.bookshop import create_sample, sample_verified
from training_data.sql.referenced_objects import objects_of

PADDING = 1000
"""Number of unrelated tables that a padded catalog has."""
THINGS = (
    "pump valve turbine boiler conveyor furnace compressor sensor gasket bearing reactor pipeline substation transformer feeder relay "
    "meter cable switchgear inverter crane hoist forklift pallet silo hopper kiln mixer dryer filter membrane"
).split()
EVENTS = (
    "inspection reading calibration alarm overhaul tender certificate permit shutdown startup lubrication vibration leak sample "
    "specification warranty drawing revision trip setpoint forecast quota batch recipe shift handover downtime spare supplier audit ledger "
    "note"
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


def padded(catalog: Catalog) -> Catalog:
    """Return the catalog with `PADDING` more tables, those of an industrial plant."""
    return replace(
        catalog,
        tables=(
            *catalog.tables,
            *islice(_plant({table.key.lower() for table in catalog.tables}), PADDING),
        ),
    )


def _plant(taken: set[str]) -> Iterator[Table]:
    """Yield tables with other names than `taken`.

    Each has a foreign key to its thing's first table, the one of the first event.
    """
    for number, (event, thing) in enumerate(product(EVENTS, THINGS)):
        name = f"{thing}_{event}"
        fields = [FIELDS[(number + step) % len(FIELDS)] for step in range(5)]
        columns = (
            Column(f"{name}_id", "INTEGER", "integer"),
            *(Column(field, "TEXT", "text") for field in fields),
        )
        keys = (
            (ForeignKey((f"{name}_id",), f"{thing}_{EVENTS[0]}", (f"{thing}_{EVENTS[0]}_id",)),)
            if event != EVENTS[0]
            else ()
        )
        if name not in taken:
            yield Table(None, name, "table", None, 0, columns, (f"{name}_id",), foreign_keys=keys)


def cut_short(catalog: Catalog) -> tuple[Catalog, dict[str, str]]:
    """Return the catalog with short names, and the short name of each table and column."""
    tables = _short_names([table.key for table in catalog.tables])
    columns = {
        table.key: _short_names([column.name for column in table.columns])
        for table in catalog.tables
    }
    called = dict(tables)
    for table in catalog.tables:
        called |= {
            f"{table.key}.{name}": f"{tables[table.key]}.{short}"
            for name, short in columns[table.key].items()
        }

    def renamed(table: Table) -> Table:
        own = columns[table.key]
        keys = tuple(
            replace(
                key,
                columns=tuple(own[name] for name in key.columns),
                ref_table=tables[key.ref_table],
                ref_columns=tuple(columns[key.ref_table][name] for name in key.ref_columns),
            )
            for key in table.foreign_keys
        )
        kept = tuple(replace(column, name=own[column.name]) for column in table.columns)
        return replace(
            table,
            name=tables[table.key],
            columns=kept,
            primary_key=tuple(own[n] for n in table.primary_key),
            foreign_keys=keys,
        )

    return replace(catalog, tables=tuple(map(renamed, catalog.tables))), called


def _short_names(names: Sequence[str]) -> dict[str, str]:
    """Return the short forms of names; a name stays if its short form is taken."""
    found: dict[str, str] = {}
    for name in names:
        short = "_".join(map(_short, name_words(name)))
        found[name] = name if short.lower() in map(str.lower, found.values()) else short
    return found


def _short(word: str) -> str:
    """Return up to four consonants of a word, its first letter included; `cstm` of `customer`."""
    return (
        word
        if len(word) < 5
        else (word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou"))[:4]
    )


def read_database(path: Path) -> tuple[Catalog, list]:
    """Return the catalog and the stored values of a database file, read as `mome tune` does."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as folder:
        full.write(Path(folder) / "catalog.json")
        write_values(Path(folder) / "values.jsonl", collect_values(source, full))
        return Catalog.load(Path(folder) / "catalog.json"), read_values(
            Path(folder) / "values.jsonl"
        )


def measured(linker: Linker, questions: Sequence[Question]) -> tuple[int, list[float]]:
    """Return the number of slices that hold everything needed, and the ms that each took."""
    held, spent = 0, []
    for question, needed in questions:
        start = time.perf_counter()
        slice_ = linker.slice(question)
        spent.append((time.perf_counter() - start) * 1000)
        held += needed <= {item.name for item in slice_.items if item.kind in ("table", "column")}
    return held, spent


def asked(folder: Path, split: str) -> dict[Path, list[tuple[str, str]]]:
    """The questions with their SQL of each database file."""
    found: dict[Path, list[tuple[str, str]]] = {}
    for line in (folder / "questions.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if entry["split"] == split and isinstance(entry["sql"], str):
            found.setdefault(folder / "db" / f"{entry['db']}.sqlite", []).append(
                (entry["question"], entry["sql"])
            )
    return found


def sample(folder: Path) -> dict[Path, list[tuple[str, str]]]:
    """Write the sample bookshop and return its verified pairs."""
    create_sample(folder / "shop.sqlite")
    sample_verified(folder / "verified.jsonl")
    pairs = [
        json.loads(line) for line in (folder / "verified.jsonl").read_text("utf-8").splitlines()
    ]
    return {folder / "shop.sqlite": [(pair["question"], pair["sql"]) for pair in pairs]}


def measure(databases: dict[Path, list[tuple[str, str]]]) -> list[tuple[str, int, str, str]]:
    """Return a row for the databases as they are, and one for each way to make linking harder."""
    names = (
        "as it stands",
        f"{PADDING} more tables",
        f"{PADDING} more tables, no embeddings",
        "names cut short",
    )
    totals: dict[str, list] = {name: [0, []] for name in names}
    embed = load("bundled").word_vectors
    for path, pairs in databases.items():
        catalog, values = read_database(path)
        questions = [
            (q, objects_of(sqlglot.parse_one(sql, dialect="sqlite"), catalog)) for q, sql in pairs
        ]
        short, called = cut_short(catalog)
        asked_short = [(q, frozenset(called[name] for name in needed)) for q, needed in questions]
        stored = [
            row._replace(
                table=called[row.table], column=called[f"{row.table}.{row.column}"].split(".", 1)[1]
            )
            for row in values
        ]
        many = padded(catalog)
        linkers = [
            Linker(catalog, values).with_meanings(embed),
            Linker(many, values).with_meanings(embed),
            Linker(many, values),
        ]
        linkers.append(Linker(short, stored).with_meanings(embed))
        for total, linker, wanted in zip(
            totals.values(), linkers, (questions, questions, questions, asked_short), strict=True
        ):
            held, spent = measured(linker, wanted)
            total[0] += held
            total[1] += spent
    return [
        (name, len(ms), f"{held / len(ms):.4f}", f"{statistics.median(ms):.2f}")
        for name, (held, ms) in totals.items()
    ]


def main() -> None:
    """Print the table and write it as CSV."""
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("--data", type=Path)
    words.add_argument("--split", default="dev")
    words.add_argument("--csv", type=Path, default=Path("build/bench_linking.csv"))
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(asked(given.data, given.split) if given.data else sample(Path(folder)))
    head = ("database", "questions", "slice recall", "median ms")
    grid = Grid(*head)
    for row in rows:
        grid.add_row(*map(str, row))
    Console().print(grid)
    given.csv.parent.mkdir(parents=True, exist_ok=True)
    with open(given.csv, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


if __name__ == "__main__":
    main()
