"""Public text-to-SQL data sets as training examples; `mome.pretrain.command` reads them.

An example has the linker of its database and the pointer form of its SQL over the whole catalog.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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


class Family:
    """A database and its variants; all examples about the database share one."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.linker = Linker(*database)
        self._variants: list[tuple[Linker, Mapping[str, str]]] = []

    def grow(self, other: Database, synonyms: Synonyms, rng: random.Random) -> None:
        """Add one variant; every second one holds the tables of `other` as well."""
        variant = vary(
            self.database, other if len(self._variants) % 2 == 0 else None, synonyms, rng
        )
        self._variants.append((Linker(*variant.database), variant.names))

    def pick(self, rng: random.Random) -> tuple[Linker, Mapping[str, str]]:
        """Return the linker of the database or of a variant, and the variant's names."""
        return (
            rng.choice(self._variants)
            if self._variants and rng.random() < VARIED
            else (self.linker, {})
        )


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
        return (
            swap_values(self.question, self.form, self.linker.values, rng)
            if rng.random() < SWAPPED
            else (self.question, self.form)
        )

    def draw(self, rng: random.Random | None) -> Drawn:
        """Return the example as it is, or an augmented one if `rng` is given.

        Augmentation swaps values, rewords the question, takes a variant of the database and
        shuffles the tables of the slice.
        """
        question, form, linker, called = self.question, self.form, self.linker, {}
        if rng is not None:
            question, form = self.other_values(rng)
            question = perturb(
                question, [token.strip("'%") for kind, token in form if kind == "string"], rng
            )
            linker, called = self.family.pick(rng)
        names = tuple(called.get(name, name) for name in self.names)
        slice_ = linker.slice(question, require=names)
        if rng is not None:
            slice_ = replace(slice_, tables=tuple(rng.sample(slice_.tables, len(slice_.tables))))
        place = {
            item.name: index
            for index, item in enumerate(slice_.items)
            if item.kind in ("table", "column")
        }
        pointed = (
            (kind, f"i{place[called.get(token, token)]}" if kind == "pointer" else token)
            for kind, token in form
        )
        return Drawn(linker, slice_, tuple(pointed), names)


class Encoder:
    """Makes the examples of one database, over a slice that holds its whole catalog."""

    def __init__(self, source: str, family: Family) -> None:
        catalog = family.linker.catalog
        self._source, self._family = source, family
        self._form = PointerForm(catalog, Slice.whole(catalog), family.linker.graph)

    def example(self, question: str, sql: str) -> Example:
        """Return the example of a question; raises NotExpressible if the SQL has no form."""
        tokens = named_form(sql, self._form)
        names = tuple(dict.fromkeys(token for kind, token in tokens if kind == "pointer"))
        return Example(self._source, question, self._family, names, tokens)


def _lines(path: Path) -> list[dict]:
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def add_variants(examples: Iterable[Example], synonyms: Synonyms, rng: random.Random) -> None:
    """Add `VARIANTS` variants to every database of the examples."""
    families = list(dict.fromkeys(example.family for example in examples))
    for family in families:
        for _ in range(VARIANTS):
            family.grow(rng.choice(families).database, synonyms, rng)


def _encode_all(
    source: str, rows: Iterable[tuple[str, str, str]], database: Callable[[str], Database]
) -> list[Example]:
    """Return the examples of rows (database, question, SQL), without SQL that has no form.

    `read`: reads the database of a name; called once for each name.
    """
    encoders: dict[str, Encoder] = {}
    examples = []
    for name, question, sql in rows:
        if name not in encoders:
            encoders[name] = Encoder(source, Family(database(name)))
        try:
            examples.append(encoders[name].example(question, sql))
        except NotExpressible:
            continue
    return examples


def spider(
    data: Path, splits: Sequence[str], database: Callable[[Path], Database], source: str = "spider"
) -> list[Example]:
    """Spider and Spider-Syn, whose databases have rows."""
    rows = [
        (q["db"], q["question"], q["sql"])
        for q in _lines(data / "spider/questions.jsonl")
        if q["split"] in splits
    ]
    return _encode_all(source, rows, lambda name: database(data / "spider/db" / f"{name}.sqlite"))


def sampled(
    data: Path,
    database: Callable[[Path], Database],
    facts: Callable[[Path], Sequence[Fact]],
    rng: random.Random,
) -> list[Example]:
    """Generated facts about Spider's training databases, each in `WORDINGS` of its wordings."""
    names = sorted(
        {q["db"] for q in _lines(data / "spider/questions.jsonl") if q["split"] == "train"}
    )
    rows = [
        (name, wording, fact.sql)
        for name in names
        for fact in facts(data / "spider/db" / f"{name}.sqlite")
        for wording in rng.sample(fact.wordings, min(WORDINGS, len(fact.wordings)))
    ]
    return _encode_all(
        "sampled", rows, lambda name: database(data / "spider/db" / f"{name}.sqlite")
    )


def bird(data: Path, rng: random.Random) -> list[Example]:
    """BIRD: no rows, so literals of its queries stand in for stored values and its joins for keys; half the questions keep their hint."""
    schemas = json.loads((data / "bird_train/schemas.json").read_text("utf-8"))
    questions = _lines(data / "bird_train/questions.jsonl")
    queries: dict[str, list[str]] = defaultdict(list)
    for q in questions:
        queries[q["db"]].append(q["sql"])
    rows = [(q["db"], _with_hint(q, rng), q["sql"]) for q in questions]
    return _encode_all("bird", rows, lambda name: _described(name, schemas[name], queries[name]))


def _with_hint(question: dict, rng: random.Random) -> str:
    """Return the question, half of the time followed by its hint."""
    hint = question["evidence"] if rng.random() < 0.5 else ""
    return f"{question['question']} {hint}".strip()


def _described(name: str, schema: dict[str, dict[str, str]], queries: Sequence[str]) -> Database:
    """A catalog from table and column names, with keys, types and values as the queries use them."""
    places = {(t.lower(), c.lower()): (t, c) for t, columns in schema.items() for c in columns}
    joins: Counter[tuple[tuple[str, str], tuple[str, str]]] = Counter()
    literals: dict[tuple[str, str], set[str]] = defaultdict(set)
    numeric: set[tuple[str, str]] = set()
    for sql in queries:
        for kind, column, other in _comparisons(sql, places):
            if kind == "join":
                joins[tuple(sorted((column, other)))] += 1
            elif kind == "text":
                literals[column].add(other)
            else:
                numeric.add(column)
    keys = defaultdict(list)
    for (left, right), count in joins.most_common():
        if count > 1 and left[0] != right[0]:
            keys[left[0]].append(ForeignKey((left[1],), right[0], (right[1],), True))

    def table(t: str, columns: Iterable[str]) -> Table:
        guessed = tuple(_guess_column(t, c, literals, numeric) for c in columns)
        return Table(None, t, "table", None, None, guessed, foreign_keys=tuple(keys[t]))

    tables = tuple(table(t, columns) for t, columns in schema.items())
    values = [(t, c, sorted(texts)) for (t, c), texts in sorted(literals.items())]
    return Catalog("sqlite", "sqlite", name, name, tables), values


def _guess_column(table: str, name: str, literals: dict, numeric: set) -> Column:
    family = (
        "integer"
        if (table, name) in numeric or name.lower().endswith("id")
        else "date"
        if "date" in name.lower()
        else "text"
    )
    return Column(name, "", "text" if (table, name) in literals else family)


def _comparisons(sql: str, places: dict) -> Iterator[tuple[str, tuple[str, str], object]]:
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except SqlglotError:
        return
    tables = {t.alias_or_name.lower(): t.name.lower() for t in tree.find_all(exp.Table)}

    def place(column: exp.Expression) -> tuple[str, str] | None:
        owners = [tables.get(column.table.lower(), "")] if column.table else tables.values()
        return next(
            (places[o, column.name.lower()] for o in owners if (o, column.name.lower()) in places),
            None,
        )

    for node in tree.find_all(exp.Binary):
        left, right = node.this, node.expression
        if isinstance(left, exp.Column) and (here := place(left)):
            if (
                isinstance(right, exp.Column)
                and isinstance(node, exp.EQ)
                and (there := place(right))
            ):
                yield "join", here, there
            elif isinstance(right, exp.Literal):
                yield ("text" if right.is_string else "number"), here, right.this.strip("%")


# WikiSQL writes aggregates without parentheses: SELECT MAX "notes" FROM data.
_AGGREGATE = re.compile(r'SELECT (MIN|MAX|COUNT|SUM|AVG) ("[^"]+")')


def wikisql(data: Path, count: int, rng: random.Random) -> list[Example]:
    """`count` questions of WikiSQL's train split over their single tables; the literals asked for stand in for stored values."""
    questions = [q for q in _lines(data / "wikisql/questions.jsonl") if q["split"] == "train"]
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for q in questions:
        for column, value in re.findall(r"\"([^\"]+)\" = '((?:[^']|'')*)'", q["sql"]):
            values[q["table"]][column].add(value.replace("''", "'"))
    chosen = {q["id"]: q for q in rng.sample(questions, min(count, len(questions)))}
    by_table = {q["table"]: q for q in chosen.values()}
    rows = [
        (q["table"], q["question"], _AGGREGATE.sub(r"SELECT \1(\2)", q["sql"]))
        for q in chosen.values()
    ]

    def database(name: str) -> Database:
        columns = tuple(
            Column(c, "", "text" if values[name].get(c) else "number")
            for c in by_table[name]["columns"]
        )
        stored = [("data", c, sorted(texts)) for c, texts in sorted(values[name].items())]
        return Catalog(
            "sqlite", "sqlite", name, name, (Table(None, "data", "table", None, None, columns),)
        ), stored

    return _encode_all("wikisql", rows, database)
