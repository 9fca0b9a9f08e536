"""Spider, Spider-Syn, WikiSQL and generated facts as training examples.

`mome.pretrain.command` reads them.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from mome.backbones.bundled.plain_form import Token
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.sql_to_question import named_form
from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.errors import NotExpressible
from mome.linking.slice import Linker, Slice
from mome.pretrain.rewording import SWAPPED, perturb, swap_values
from mome.pretrain.variants import Database, Synonyms, vary
from training_data import Fact

VARIANTS = 3
"""Variants of every database about which there are questions over several tables."""
WORDINGS = 2
"""Wordings of every generated fact that become examples."""
VARIED = 0.55
"""Probability that a question is asked about a variant of its database."""

Names = Mapping[str, str]
"""`table` or `table.column` of a database -> the name in a variant; other names are unchanged."""
ColumnName = tuple[str, str]
"""A table and one of its columns."""


class Family:
    """A database and its variants; all examples about the database share one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.linker = Linker(*database)
        self._variants: list[tuple[Linker, Names]] = []

    def grow(self, other: Database, synonyms: Synonyms, rng: random.Random) -> None:
        """Add one variant; every second one holds the tables of `other` as well."""
        guest = other if len(self._variants) % 2 == 0 else None
        variant = vary(self.database, guest, synonyms, rng)
        self._variants.append((Linker(*variant.database), variant.names))

    def pick(self, rng: random.Random) -> tuple[Linker, Names]:
        """Return the linker of the database or of a variant, and the variant's names."""
        if self._variants and rng.random() < VARIED:
            return rng.choice(self._variants)
        return self.linker, {}


@dataclass(frozen=True)
class Drawn:
    """An example as the model sees it once."""

    linker: Linker
    slice_: Slice
    tokens: tuple[Token, ...]
    """The SQL; its pointers refer to items of the slice."""
    names: tuple[str, ...]
    """Tables and columns that the SQL needs."""


@dataclass(frozen=True)
class Example:
    """A question with the pointer form of its SQL over the whole catalog."""

    source: str
    """The data set."""
    question: str
    family: Family
    names: tuple[str, ...]
    """Tables and columns that the SQL needs."""
    form: tuple[Token, ...]
    """The SQL as `named_form` returns it: its pointers are names."""

    @property
    def linker(self) -> Linker:
        """Return the linker of the question's own database."""
        return self.family.linker

    def other_values(self, rng: random.Random) -> tuple[str, tuple[Token, ...]]:
        """Return the question and the form, with probability `SWAPPED` about other values."""
        if rng.random() < SWAPPED:
            return swap_values(self.question, self.form, self.linker.values, rng)
        return self.question, self.form

    def draw(self, rng: random.Random | None) -> Drawn:
        """Return the example as it is, or an augmented one if `rng` is given.

        Augmentation swaps values, rewords the question, takes a variant of the database and
        shuffles the tables of the slice.
        """
        if rng is None:
            return self._over(self.linker, {}, self.question, self.form)
        question, form = self.other_values(rng)
        literals = [token.strip("'%") for kind, token in form if kind == "string"]
        question = perturb(question, literals, rng)
        linker, renamed = self.family.pick(rng)
        return self._over(linker, renamed, question, form, rng)

    def _over(
        self,
        linker: Linker,
        renamed: Names,
        question: str,
        form: tuple[Token, ...],
        rng: random.Random | None = None,
    ) -> Drawn:
        """Return the example over a slice of the linker's catalog, shuffled if `rng` is given."""
        names = tuple(renamed.get(name, name) for name in self.names)
        # The linker may miss a name that the SQL needs; then there would be nothing to learn.
        slice_ = linker.slice(question, require=names)
        if rng is not None:
            tables = rng.sample(slice_.tables, len(slice_.tables))
            slice_ = replace(slice_, tables=tuple(tables))
        position = {
            item.name: index
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }
        tokens: list[Token] = []
        for kind, token in form:
            if kind == "pointer":
                token = f"i{position[renamed.get(token, token)]}"
            tokens.append((kind, token))
        return Drawn(linker, slice_, tuple(tokens), names)


class Encoder:
    """Makes the examples of one database, over a slice that holds its whole catalog."""

    def __init__(self, source: str, family: Family) -> None:
        catalog = family.linker.catalog
        self._source = source
        self._family = family
        self._form = PointerForm(catalog, Slice.whole(catalog), family.linker.graph)

    def example(self, question: str, sql: str) -> Example:
        """Return the example of a question; raises NotExpressible if the SQL has no form."""
        tokens = named_form(sql, self._form)
        pointers = (token for kind, token in tokens if kind == "pointer")
        return Example(self._source, question, self._family, tuple(dict.fromkeys(pointers)), tokens)


def _read_lines(path: Path) -> list[dict]:
    """Return the objects of a JSON Lines file."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def add_variants(examples: Iterable[Example], synonyms: Synonyms, rng: random.Random) -> None:
    """Add `VARIANTS` variants to every database of the examples."""
    families = list(dict.fromkeys(example.family for example in examples))
    for family in families:
        for _ in range(VARIANTS):
            family.grow(rng.choice(families).database, synonyms, rng)


def _encode_all(
    source: str, rows: Iterable[tuple[str, str, str]], read: Callable[[str], Database]
) -> list[Example]:
    """Return the examples of rows (database, question, SQL), without SQL that has no form.

    `read`: reads the database of a name; called once for each name.
    """
    encoders: dict[str, Encoder] = {}
    examples = []
    for name, question, sql in rows:
        if name not in encoders:
            encoders[name] = Encoder(source, Family(read(name)))
        try:
            examples.append(encoders[name].example(question, sql))
        except NotExpressible:
            continue
    return examples


def spider_examples(
    data: Path, splits: Sequence[str], read: Callable[[Path], Database], source: str = "spider"
) -> list[Example]:
    """Return the examples of some splits of Spider or Spider-Syn, whose databases have rows.

    `read`: reads a database file.
    """
    rows = [
        (entry["db"], entry["question"], entry["sql"])
        for entry in _read_lines(data / "spider/questions.jsonl")
        if entry["split"] in splits
    ]
    return _encode_all(source, rows, lambda name: read(_spider_file(data, name)))


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
    entries = _read_lines(data / "spider/questions.jsonl")
    names = {entry["db"] for entry in entries if entry["split"] == "train"}
    rows = []
    for name in sorted(names):
        for fact in facts(_spider_file(data, name)):
            wordings = rng.sample(fact.wordings, min(WORDINGS, len(fact.wordings)))
            rows += [(name, wording, fact.sql) for wording in wordings]
    return _encode_all("sampled", rows, lambda name: read(_spider_file(data, name)))


def _spider_file(data: Path, name: str) -> Path:
    """Return the file of one of Spider's databases."""
    return data / "spider/db" / f"{name}.sqlite"


def bird_examples(data: Path, rng: random.Random) -> list[Example]:
    """Return the examples of BIRD's training split, half of the questions with their hint.

    The databases come without rows, keys and types; these are guessed from the queries.
    """
    schemas = json.loads((data / "bird_train/schemas.json").read_text("utf-8"))
    entries = _read_lines(data / "bird_train/questions.jsonl")
    queries: dict[str, list[str]] = defaultdict(list)
    for entry in entries:
        queries[entry["db"]].append(entry["sql"])
    rows = [(entry["db"], _with_hint(entry, rng), entry["sql"]) for entry in entries]
    return _encode_all("bird", rows, lambda name: _guessed(name, schemas[name], queries[name]))


def _with_hint(entry: dict, rng: random.Random) -> str:
    """Return the question, half of the time followed by its hint."""
    hint = entry["evidence"] if rng.random() < 0.5 else ""
    return f"{entry['question']} {hint}".strip()


def _guessed(name: str, schema: dict[str, dict[str, str]], queries: Sequence[str]) -> Database:
    """Return a catalog with the schema's names, and keys, types and values from the queries."""
    usage = _Usage(schema)
    for sql in queries:
        usage.add(sql)
    keys = usage.foreign_keys()
    tables = []
    for table, names in schema.items():
        columns = tuple(usage.column(table, column) for column in names)
        foreign_keys = tuple(keys[table])
        tables.append(Table(None, table, "table", None, None, columns, foreign_keys=foreign_keys))
    values = [
        (table, column, sorted(texts)) for (table, column), texts in sorted(usage.literals.items())
    ]
    return Catalog("sqlite", "sqlite", name, name, tuple(tables)), values


class _Usage:
    """How queries use the columns of one database: joins, and comparisons with literals."""

    def __init__(self, schema: dict[str, dict[str, str]]) -> None:
        self.literals: dict[ColumnName, set[str]] = defaultdict(set)
        """Texts with which a column is compared; they stand in for stored values."""
        self._numeric: set[ColumnName] = set()
        self._joins: Counter[tuple[ColumnName, ColumnName]] = Counter()
        # SQL names are case-insensitive: lower-case names -> names as the schema spells them.
        self._spelled: dict[ColumnName, ColumnName] = {}
        for table, columns in schema.items():
            for column in columns:
                self._spelled[table.lower(), column.lower()] = (table, column)

    def add(self, sql: str) -> None:
        """Add the comparisons of one query; a query that cannot be parsed adds nothing."""
        try:
            tree = sqlglot.parse_one(sql, dialect="sqlite")
        except SqlglotError:
            return
        tables = {
            table.alias_or_name.lower(): table.name.lower() for table in tree.find_all(exp.Table)
        }
        for node in tree.find_all(exp.Binary):
            column = self._find(node.this, tables)
            if column is not None:
                self._add_comparison(column, node, tables)

    def _add_comparison(
        self, column: ColumnName, node: exp.Binary, tables: Mapping[str, str]
    ) -> None:
        """Add the comparison of a column with the right side of `node`."""
        right = node.expression
        if isinstance(right, exp.Literal):
            if right.is_string:
                self.literals[column].add(right.this.strip("%"))
            else:
                self._numeric.add(column)
        elif isinstance(node, exp.EQ):
            other = self._find(right, tables)
            if other is not None:
                left, right_ = sorted((column, other))
                self._joins[left, right_] += 1

    def _find(self, node: exp.Expression, tables: Mapping[str, str]) -> ColumnName | None:
        """Return the column that `node` names; None if it is none of the schema's.

        `tables`: the query's tables by their aliases, all in lower case.
        """
        if not isinstance(node, exp.Column):
            return None
        owners = [tables.get(node.table.lower(), "")] if node.table else tables.values()
        for owner in owners:
            if (owner, node.name.lower()) in self._spelled:
                return self._spelled[owner, node.name.lower()]
        return None

    def foreign_keys(self) -> dict[str, list[ForeignKey]]:
        """Return the foreign keys of each table: its columns that several queries join."""
        keys: dict[str, list[ForeignKey]] = defaultdict(list)
        for ((table, column), (other, other_column)), count in self._joins.most_common():
            # A pair of columns that only one query joins may be joined by mistake.
            if count > 1 and table != other:
                keys[table].append(ForeignKey((column,), other, (other_column,), True))
        return keys

    def column(self, table: str, name: str) -> Column:
        """Return a column with a type guessed from its literals, or else from its name."""
        if (table, name) in self.literals:
            family = "text"
        elif (table, name) in self._numeric or name.lower().endswith("id"):
            family = "integer"
        elif "date" in name.lower():
            family = "date"
        else:
            family = "text"
        return Column(name, "", family)


# WikiSQL writes aggregates without parentheses: SELECT MAX "notes" FROM data.
_AGGREGATE = re.compile(r'SELECT (MIN|MAX|COUNT|SUM|AVG) ("[^"]+")')
_COMPARISON = re.compile(r"\"([^\"]+)\" = '((?:[^']|'')*)'")


def wikisql_examples(data: Path, count: int, rng: random.Random) -> list[Example]:
    """Return the examples of `count` questions of WikiSQL's train split, each over one table.

    The tables come without rows; the literals of all queries stand in for stored values.
    """
    entries = _read_lines(data / "wikisql/questions.jsonl")
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
    return _encode_all("wikisql", rows, lambda name: _one_table(name, columns[name], values[name]))


def _one_table(name: str, names: Sequence[str], values: Mapping[str, set[str]]) -> Database:
    """Return a database of one table `data`, whose columns with text values are texts."""
    columns = tuple(
        Column(column, "", "text" if values.get(column) else "number") for column in names
    )
    table = Table(None, "data", "table", None, None, columns)
    stored = [("data", column, sorted(texts)) for column, texts in sorted(values.items())]
    return Catalog("sqlite", "sqlite", name, name, (table,)), stored
