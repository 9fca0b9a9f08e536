"""Spider, Spider-Syn, WikiSQL, generated facts and sampled questions as training examples.

`mome.pretrain.command` reads them.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mome.catalog import Catalog, Column, Table
from mome.pretrain.examples import Example, encode_all, read_lines
from mome.pretrain.variants import Database
from training_data import Fact

KEPT = frozenset(
    "bike_1 company_office customers_and_invoices department_store film_rank flight_4 hospital_1 "
    "inn_1 loan_1 music_2 school_player small_bank_1 store_1 tracking_orders wine_1".split()
)
"""Training databases of Spider that are kept from training: what is fitted to a trained model, such
as its confidence, needs questions about databases that are new to it.
"""
WORDINGS = 2
"""Wordings of every generated fact that become examples."""
BUSINESSES = 0.64
"""Made-up business databases for each of Spider's training databases: 80 for all 125."""


def spider_examples(
    data: Path, splits: Sequence[str], read: Callable[[Path], Database], source: str = "spider"
) -> list[Example]:
    """Return the examples of some splits of Spider or Spider-Syn, whose databases have rows.

    `read`: reads a database file.
    """
    return _spider(data, lambda entry: _is_free(entry) and entry["split"] in splits, read, source)


def kept_examples(data: Path, read: Callable[[Path], Database]) -> list[Example]:
    """Return the examples about the databases that are kept from training."""
    return _spider(
        data, lambda entry: not _is_free(entry) and entry["split"] == "train", read, "spider"
    )


def _is_free(entry: Mapping[str, str]) -> bool:
    """Return whether an entry's database may be trained on."""
    return entry["db"] not in KEPT


def _spider(
    data: Path,
    takes: Callable[[Mapping[str, str]], bool],
    read: Callable[[Path], Database],
    source: str,
) -> list[Example]:
    """Return the examples of the entries that `takes` accepts."""
    rows = [
        (entry["db"], entry["question"], entry["sql"])
        for entry in read_lines(data / "spider/questions.jsonl")
        if takes(entry)
    ]
    return encode_all(source, rows, lambda name: read(_spider_file(data, name)))


def generated_examples(
    data: Path,
    read: Callable[[Path], Database],
    facts: Callable[[Path], Sequence[Fact]],
    rng: random.Random,
) -> list[Example]:
    """Return examples of generated facts about Spider's training databases.

    Each fact gives up to `WORDINGS` examples.
    `read`: reads a database file.
    `facts`: generates the facts about a database file.
    """
    rows = []
    for name in _training_names(data):
        for fact in facts(_spider_file(data, name)):
            wordings = rng.sample(fact.wordings, min(WORDINGS, len(fact.wordings)))
            rows += [(name, wording, fact.sql) for wording in wordings]
    return encode_all("generated", rows, lambda name: read(_spider_file(data, name)))


def sampled_examples(
    data: Path,
    read: Callable[[Path], Database],
    sample: Callable[[Path], Sequence[tuple[str, str]]],
) -> list[Example]:
    """Return examples of questions and SQL that are sampled over Spider's training databases.

    `read`: reads a database file.
    `sample`: draws questions with their SQL about a database file.
    """
    rows = []
    for name in _training_names(data):
        rows += [(name, *pair) for pair in sample(_spider_file(data, name))]
    return encode_all("forms", rows, lambda name: read(_spider_file(data, name)))


def self_join_examples(
    data: Path,
    read: Callable[[Path], Database],
    sample: Callable[[Path, Path], tuple[Path, Sequence[tuple[str, str]]] | None],
) -> list[Example]:
    """Return examples over copies of Spider's training databases with a self-referring table.

    `read`: reads a database file.
    `sample`: writes the copy of a file into a folder and returns it with questions and their SQL;
    None if it makes no copy.
    """
    examples = []
    for name in _training_names(data):
        # A copy is read while its folder is there; 124 copies at once would take 30 MB.
        with tempfile.TemporaryDirectory() as folder:
            found = sample(_spider_file(data, name), Path(folder))
            if found is not None:
                examples += _encoded_copy(*found, read)
    return examples


def business_examples(
    data: Path,
    read: Callable[[Path], Database],
    sample: Callable[[int, Path], tuple[Path, Sequence[tuple[str, str]]]],
) -> list[Example]:
    """Return examples over made-up business databases, `BUSINESSES` for each of Spider's.

    `read`: reads a database file.
    `sample`: writes the database of a number into a folder and returns it with questions and their
    SQL.
    """
    examples = []
    for number in range(max(1, round(BUSINESSES * len(_training_names(data))))):
        with tempfile.TemporaryDirectory() as folder:
            examples += _encoded_copy(*sample(number, Path(folder)), read, "business")
    return examples


def _encoded_copy(
    copy: Path,
    pairs: Sequence[tuple[str, str]],
    read: Callable[[Path], Database],
    source: str = "forms",
) -> list[Example]:
    """Return the examples of questions with SQL about a file."""
    rows = [(copy.stem, *pair) for pair in pairs]
    return encode_all(source, rows, lambda name: read(copy))


def _training_names(data: Path) -> list[str]:
    """Return the names of Spider's training databases."""
    entries = read_lines(data / "spider/questions.jsonl")
    names = {entry["db"] for entry in entries if entry["split"] == "train"}
    return sorted(names - KEPT)


def _spider_file(data: Path, name: str) -> Path:
    """Return the file of one of Spider's databases."""
    return data / "spider/db" / f"{name}.sqlite"


# WikiSQL writes aggregates without parentheses: SELECT MAX "notes" FROM data.
_AGGREGATE = re.compile(r'SELECT (MIN|MAX|COUNT|SUM|AVG) ("[^"]+")')
_COMPARISON = re.compile(r"\"([^\"]+)\" = '((?:[^']|'')*)'")


def wikisql_examples(data: Path, count: int, rng: random.Random) -> list[Example]:
    """Return the examples of `count` questions of WikiSQL's train split, each over one table.

    The tables come without rows; the literals of all queries stand in for stored values.
    """
    entries = read_lines(data / "wikisql/questions.jsonl")
    questions = [entry for entry in entries if entry["split"] == "train"]
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for entry in questions:
        for column, literal in _COMPARISON.findall(entry["sql"]):
            values[entry["table"]][column].add(literal.replace("''", "'"))
    sample = rng.sample(questions, min(count, len(questions)))
    chosen = {entry["id"]: entry for entry in sample}
    columns = {entry["table"]: entry["columns"] for entry in chosen.values()}
    rows = [
        (entry["table"], entry["question"], _AGGREGATE.sub(r"SELECT \1(\2)", entry["sql"]))
        for entry in chosen.values()
    ]
    return encode_all("wikisql", rows, lambda name: _one_table(name, columns[name], values[name]))


def _one_table(name: str, names: Sequence[str], values: Mapping[str, set[str]]) -> Database:
    """Return a database of one table `data`, whose columns with text values are texts."""
    columns = tuple(
        Column(column, "", "text" if values.get(column) else "number") for column in names
    )
    table = Table(None, "data", "table", None, None, columns)
    stored = [("data", column, sorted(texts)) for column, texts in sorted(values.items())]
    return Catalog("sqlite", "sqlite", name, name, (table,)), stored
