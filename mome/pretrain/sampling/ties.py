"""A table that refers to itself, as the families of `roles` and `role_comparisons` draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.asking import Told
from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.naming import is_said, literal, quoted
from mome.pretrain.sampling.role_words import RoleWords, Verb, role_words
from mome.pretrain.sampling.scene import Scene
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Link, Subject
from training_data.language.words import plural, split_name


@dataclass(frozen=True)
class Tie:
    """A key from a table to itself: `boss_id` of employees."""

    subject: Subject
    key: str
    """The referring column in a form."""
    words: RoleWords

    def far(self, column: FullColumn | str) -> str:
        """Return a column of the row that is referred to: `employee.boss_id.name`."""
        name = column if isinstance(column, str) else column.name
        return f"{self.key}.{quoted(name)}"

    @property
    def far_names(self) -> list[str]:
        """The columns that name the row that is referred to."""
        return [self.far(column) for column in self.subject.names]

    @property
    def by_referred(self) -> str:
        """The GROUP BY clause for one group for each row that is referred to."""
        return f"GROUP BY {', '.join(self.far(name) for name in self.subject.grouping())}"

    @property
    def pronoun(self) -> str:
        """`who` for people and `that` for things."""
        return who(self.subject)

    @property
    def anyone(self) -> str:
        """`anyone` for people, `any other team` for things."""
        return "anyone" if self.pronoun == "who" else f"any other {self.subject.one}"

    @property
    def someone(self) -> str:
        """`somebody` for people, `another team` for things."""
        return "somebody" if self.pronoun == "who" else f"another {self.subject.one}"

    def noun(self, scene: Scene) -> str:
        """Return a noun for the row that is referred to: `manager`."""
        return scene.rng.choice(self.words.nouns)

    def above(self, scene: Scene) -> Verb:
        """Return what a row does before the name of the one that it refers to: `report to`."""
        return scene.rng.choice(self.words.above)

    def below(self, scene: Scene) -> str:
        """Return a plural noun for rows as seen by the one they refer to: `direct reports`."""
        return plural(scene.rng.choice(self.words.below))

    def theirs(self, scene: Scene) -> str:
        """Return the words for the row that some rows refer to: `their manager`."""
        one = "person" if self.pronoun == "who" and scene.chance(0.4) else self.subject.one
        said = [f"their {noun}" for noun in self.words.nouns] * 2
        said += [f"the {one} they {verb[0]}" for verb in self.words.above[:1]]
        said += [f"the {one} {self.pronoun} {verb[1]} them" for verb in self.words.does[:1]]
        return scene.rng.choice(said)


def tie(scene: Scene) -> Tie | None:
    """Return a table of named rows that refers to itself, in a way that has words; else None."""
    found = []
    for subject in scene.subjects:
        own = [link for link in scene.database.parents(subject) if link.parent == subject]
        # With two such keys, HAS would not say which one is meant.
        if len(own) == 1 and subject.names and len(own[0].key.columns) == 1:
            found += _worded(scene, own[0])
    return scene.pick(found)


def _worded(scene: Scene, link: Link) -> list[Tie]:
    """Return the tie of a link, in a list; none if there are no words for its column."""
    subject, column = link.child, link.key.columns[0]
    words = role_words(" ".join(split_name(column)))
    if words is None:
        return []
    return [Tie(subject, scene.ref(subject, column), words.of(subject.one, subject.many))]


def named(scene: Scene, refs: Sequence[str], where: str = "") -> tuple[str, str] | None:
    """Return the condition that a name is that of a stored row, and this name.

    `refs`: the columns of the name. `where`: the WHERE clause of the rows, with a space before it.
    """
    row = scene.pick(scene.rows(f"SELECT {', '.join(refs)}{where}"))
    if row is None or not all(_is_name(part) for part in row):
        return None
    parts = zip(refs, row, strict=True)
    condition = " AND ".join(f"{ref} = {literal(part)}" for ref, part in parts)
    return condition, " ".join(row)


def _is_name(part: object) -> bool:
    return isinstance(part, str) and roles.is_short(part) and is_said(part)


def negated(verb: Verb) -> str:
    """Return `do not report to`, `did not recommend` or `were not invited by`."""
    first, _, rest = verb[0].partition(" ")
    if first in ("are", "were"):
        return f"{first} not {rest}"
    return f"did not {verb[2]}" if verb[0] == verb[1] else f"do not {verb[2]}"


def as_clause(pronoun: str, clause: str) -> Told:
    """Return a clause in both ways: `who report to Ann` and `report to Ann`."""
    return f"{pronoun} {clause}", clause
