"""What rows are grouped by: the row that they belong to, or a category of one of both."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.events import is_person
from mome.pretrain.sampling.scene import Scene
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_flag
from training_data.language.subjects import Subject
from training_data.language.words import plural


@dataclass(frozen=True)
class Group:
    """Columns to group by, with the words for one group."""

    by: tuple[str, ...]
    """Names of a form, for GROUP BY."""
    shown: tuple[str, ...]
    """Names of a form, for SELECT."""
    one: str
    """The noun for one group, such as `country`."""
    column: FullColumn | None = None
    """The category; None for the rows of another table."""
    source: str = ""
    """The FROM clause of the rows, with a space before it."""
    key: str | None = None
    """The column of the rows' own table that tells the groups apart; None if there is none."""
    is_person: bool = False
    """True if a group is a person, with whom rows are and not in whom."""

    @property
    def many(self) -> str:
        """Return the noun for several groups."""
        return plural(self.one)

    def clauses(self) -> str:
        """Return the FROM clause and GROUP BY, each with a space before it."""
        return f"{self.source} GROUP BY {', '.join(self.by)}"


def group(scene: Scene, subject: Subject, *, named: float = 0.5) -> Group | None:
    """Return something to group the rows of a table by; None if there is nothing.

    `named`: the probability that it is another table's rows, where both are possible.
    """
    parents = [link for link in scene.named_parents(subject) if link.parent is not subject]
    link = scene.pick(parents)
    own = [column for column in scene.categories(subject) if not is_flag(column)]
    source = f" FROM {scene.source(subject)}"
    if link is None or (own and not scene.chance(named)):
        column = scene.pick(own)
        if column is None:
            return None
        ref = (scene.ref(subject, column),)
        return Group(ref, ref, subject.phrase(column), column, source, ref[0])
    parent = link.parent
    theirs = [column for column in scene.categories(parent) if not is_flag(column)]
    if theirs and scene.chance(0.3):
        column = scene.rng.choice(theirs)
        ref = (scene.ref(parent, column),)
        one = f"{parent.one} {parent.phrase(column)}"
        return Group(ref, ref, one, None, source)
    shown = scene.refs(parent, parent.names)
    columns = link.key.columns
    key = scene.ref(subject, columns[0]) if len(columns) == 1 else None
    return Group(
        tuple(scene.group_by(parent)), tuple(shown), link.role, None, source, key, is_person(parent)
    )
