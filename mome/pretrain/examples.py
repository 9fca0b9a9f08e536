"""Training examples of the pretraining, and the databases that they are about.

`mome.pretrain.corpus` and `mome.pretrain.bird` make examples of data sets;
`mome.pretrain.batches` draws rows from them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mome.backbones.bundled.plain_form import Token
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.sql_to_question import named_form
from mome.errors import NotExpressible
from mome.linking.said_periods import said_periods
from mome.linking.slice import Linker, Slice
from mome.pretrain.rewording import SWAPPED, perturb, swap_values
from mome.pretrain.variants import Database, Synonyms, vary

VARIANTS = 3
"""Variants of every database about which there are questions over several tables."""
VARIED = 0.55
"""Probability that a question is asked about a variant of its database."""

Names = Mapping[str, str]
"""`table` or `table.column` of a database -> the name in a variant; other names are unchanged."""


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
            return self.draw_over(self.linker, {}, None)
        return self.draw_over(*self.family.pick(rng), rng)

    def draw_over(self, linker: Linker, renamed: Names, rng: random.Random | None) -> Drawn:
        """Return the example over the database or a variant, as `Family.pick` returns them.

        `rng`: augments the question and shuffles the tables; None for the example as it is.
        """
        if rng is None:
            return self._over(linker, renamed, self.question, self.form)
        question, form = self.other_values(rng)
        literals = [token.strip("'%") for kind, token in form if kind in ("string", "text")]
        reworded = perturb(question, literals, rng)
        # A typing error in `May 2024` would take away the period that the form points at.
        if said_periods(reworded) == said_periods(question):
            question = reworded
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


class ExampleEncoder:
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


def add_variants(examples: Iterable[Example], synonyms: Synonyms, rng: random.Random) -> None:
    """Add `VARIANTS` variants to every database of the examples."""
    families = list(dict.fromkeys(example.family for example in examples))
    for family in families:
        for _ in range(VARIANTS):
            family.grow(rng.choice(families).database, synonyms, rng)


def read_lines(path: Path) -> list[dict]:
    """Return the objects of a JSON Lines file."""
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def encode_all(
    source: str, rows: Iterable[tuple[str, str, str]], read: Callable[[str], Database]
) -> list[Example]:
    """Return the examples of rows (database, question, SQL), without SQL that has no form.

    `read`: reads the database of a name; called once for each name.
    """
    encoders: dict[str, ExampleEncoder] = {}
    examples = []
    for name, question, sql in rows:
        if name not in encoders:
            encoders[name] = ExampleEncoder(source, Family(read(name)))
        try:
            examples.append(encoders[name].example(question, sql))
        except NotExpressible:
            continue
    return examples
