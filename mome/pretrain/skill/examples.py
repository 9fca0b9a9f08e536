"""Groups of questions over one schema, with the prompt's text and the answers.

Questions of a group share the schema's keys and values, which are computed once for all of them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mome.backbones.open.prompt import pairs_text, question_text, schema_text, shown_tables
from mome.catalog import Catalog, Table
from mome.errors import BackboneError, NotExpressible
from mome.grammar.form_grammar import NONE
from mome.linking.slice import Linker, SliceTable
from mome.pretrain.batches import without_column
from mome.pretrain.examples import Drawn, Example, Family, Names
from mome.pretrain.skill.named_answer import named_answer

# A run on a CPU sees a third of an epoch: people's questions come first, then those of constructs
# that people's sets lack.
SHARES = {
    "spider": 1.0,
    "syn": 0.3,
    "bird": 1.0,
    "sede": 1.0,
    "forms": 0.35,
    "business": 0.35,
    "wikisql": 0.15,
    "generated": 0.05,
}
"""For each data set the probability that an epoch visits an example."""
GROUP = 8
"""Maximum number of questions of a group."""
SORTED = 4
"""Number of groups whose questions are sorted by length together, so that little is padded."""
STRANGE = 0.03
"""Probability that a question is replaced by one about another database, which has no answer."""
LACKING = 0.12
"""Probability that the schema of a full group lacks a column that one of its questions needs. About
two of eight questions need it, so that this makes as many of them unanswerable as `STRANGE`.
"""

PAIRED = 0.25
"""Probability that the prompt of a group shows answered questions about the same database."""
PAIRS = 3
"""Number of answered questions in such a prompt."""
CONSIDERED = 12
"""Number of questions of which the most similar ones are shown: at inference, too, similar ones
are chosen.
"""


@dataclass(frozen=True)
class GroupQuestion:
    """A question of a group."""

    text: str
    """The second part of the prompt."""
    answer: str


@dataclass(frozen=True)
class Group:
    """Questions over one schema."""

    schema: str
    """The first part of the prompt."""
    asked: tuple[GroupQuestion, ...]


class GroupDrawer:
    """Draws groups from examples."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self.examples = examples
        self._families: dict[Family, list[Example]] = defaultdict(list)
        for example in examples:
            self._families[example.family].append(example)

    def groups(self, seed: int) -> Iterator[Group]:
        """Yield groups without end; each epoch visits `SHARES` of the data sets in a new order.

        Raises BackboneError if there are no examples.
        """
        if not self.examples:
            raise BackboneError("there is no question to learn from")
        rng = random.Random(seed)
        while True:
            epoch = [example for example in self.examples if rng.random() < SHARES[example.source]]
            for chunk in _chunks(epoch, rng):
                yield self.group(chunk, rng)

    def held_out(self) -> Iterator[Group]:
        """Yield groups of all examples as they are, once."""
        for chunk in _chunks(self.examples, random.Random(0)):
            yield self.group(chunk, None)

    def group(self, chunk: Sequence[Example], rng: random.Random | None) -> Group:
        """Return the group of examples of one family, augmented if `rng` is given."""
        family = chunk[0].family
        linker, renamed = family.pick(rng) if rng else (family.linker, {})
        drawn = [example.draw_over(linker, renamed, rng) for example in chunk]
        # All questions read one schema, which must hold what each of them needs.
        needed = [name for one in drawn for name in one.names]
        slice_ = linker.slice(drawn[0].slice_.question, require=needed)
        tables = shown_tables(slice_, linker.catalog)
        lacking = None
        if rng is not None:
            tables = tuple(rng.sample(tables, len(tables)))
            lacking = _lacking(drawn, linker.catalog, rng)
        if lacking is not None:
            tables = tuple(without_column(table, lacking) for table in tables)
        found = [self._asked(one, family, tables, lacking, rng) for one in drawn]
        shown = schema_text(tables)
        # Without the lacking column, an answered question could need what is not there.
        if rng is not None and lacking is None and rng.random() < PAIRED:
            shown += pairs_text(self._pairs(chunk, linker, renamed, rng))
        return Group(shown, tuple(one for one in found if one))

    def _pairs(
        self, chunk: Sequence[Example], linker: Linker, renamed: Names, rng: random.Random
    ) -> list[tuple[str, str]]:
        """Return answered questions about the database of a chunk that resemble its questions."""
        asked = {example.question for example in chunk}
        others = [one for one in self._families[chunk[0].family] if one.question not in asked]
        words = {word for question in asked for word in question.lower().split()}
        drawn = rng.sample(others, min(CONSIDERED, len(others)))
        drawn.sort(key=lambda one: -len(words & set(one.question.lower().split())))
        pairs = []
        for one in drawn[:PAIRS]:
            try:
                answer = named_answer(one.draw_over(linker, renamed, None))
            except NotExpressible:
                continue
            pairs.append((one.question, answer))
        return pairs

    def _asked(
        self,
        drawn: Drawn,
        family: Family,
        tables: Sequence[SliceTable],
        lacking: str | None,
        rng: random.Random | None,
    ) -> GroupQuestion | None:
        """Return the question over the tables of its prompt, or a strange one in its place.

        `lacking`: a column that the tables lack. None if the question has no answer in text.
        """
        if rng is not None and rng.random() < STRANGE:
            return self._strange(drawn, family, tables, rng)
        text = question_text(drawn.slice_, tables)
        if lacking in drawn.names:
            return GroupQuestion(text, NONE)
        try:
            return GroupQuestion(text, named_answer(drawn))
        except NotExpressible:
            return None

    def _strange(
        self, drawn: Drawn, family: Family, tables: Sequence[SliceTable], rng: random.Random
    ) -> GroupQuestion | None:
        """Return a question about another database; None if the one drawn is about this one."""
        other = rng.choice(self.examples)
        # Data sets about one database share what was read of it, and not the family.
        if other.family.database is family.database:
            return None
        return GroupQuestion(question_text(drawn.linker.slice(other.question), tables), NONE)


def _chunks(examples: Sequence[Example], rng: random.Random) -> list[list[Example]]:
    """Return the examples in chunks of one family each, in random order."""
    families: dict[Family, list[Example]] = defaultdict(list)
    for example in rng.sample(examples, len(examples)):
        families[example.family].append(example)
    chunks = []
    for members in families.values():
        for start in range(0, len(members), GROUP * SORTED):
            block = sorted(members[start : start + GROUP * SORTED], key=_length)
            chunks += [block[i : i + GROUP] for i in range(0, len(block), GROUP)]
    return rng.sample(chunks, len(chunks))


def _length(example: Example) -> int:
    return len(example.form)


def _lacking(drawn: Sequence[Drawn], catalog: Catalog, rng: random.Random) -> str | None:
    """Return, with probability `LACKING` for a full group, a column that a question needs.

    Keys stay, because the joins of other questions rest on them.
    """
    if rng.random() >= LACKING * len(drawn) / GROUP:
        return None
    keys = {f"{table.key}.{name}" for table in catalog.tables for name in _key_columns(table)}
    names = dict.fromkeys(name for one in drawn for name in one.names)
    columns = [name for name in names if name not in keys and catalog.table(name) is None]
    return rng.choice(columns) if columns else None


def _key_columns(table: Table) -> Iterator[str]:
    """Yield the columns of a table's keys, one column perhaps several times."""
    yield from table.primary_key
    for key in table.foreign_keys:
        yield from key.columns
