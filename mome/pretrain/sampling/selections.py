"""The rows that a question is about: a table with its restrictions, as words and as conditions.

Nearly every family starts from a `Selection`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.restrictions import Restriction, on_name, restriction
from mome.pretrain.sampling.scene import Scene
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_date, is_year
from training_data.language.subjects import Subject

_PERIODS = ("in ", "since ", "before ", "after ", "between ", "from ", "this ", "last ", "on ")


def is_period_column(column: FullColumn) -> bool:
    """Return True for a date or year."""
    return is_date(column) or is_year(column)


@dataclass(frozen=True)
class Selection:
    """Rows of a table that fulfil restrictions."""

    subject: Subject
    words: str
    """What follows the table's noun, such as `in France placed in 2024`; empty for all rows."""
    condition: str
    """The condition of the form; empty for all rows."""
    restrictions: tuple[Restriction, ...] = ()
    is_either: bool = False
    """True if one of the restrictions is enough."""
    front: str = ""
    """A value before the noun, as in `paid orders`; empty for most."""

    @property
    def many(self) -> str:
        """The rows, as in `orders placed in 2024`."""
        return f"{self.plain_many} {self.words}".strip()

    @property
    def plain_many(self) -> str:
        """The rows without what follows, as in `paid orders`."""
        return f"{self.front} {self.subject.many}".strip()

    @property
    def period(self) -> str:
        """The words, if they are a period that can follow anything: `in 2024`; else empty."""
        is_period = len(self.restrictions) == 1 and self.words.startswith(_PERIODS)
        dated = self.columns[:1]
        return self.words if is_period and dated and is_period_column(dated[0]) else ""

    @property
    def one(self) -> str:
        """One row, as in `order placed in 2024`."""
        return f"{self.front} {self.subject.one} {self.words}".strip()

    @property
    def where(self) -> str:
        """The WHERE clause with a space before it; empty for all rows."""
        return f" WHERE {self.condition}" if self.condition else ""

    @property
    def is_relative(self) -> bool:
        """Whether no row may fulfil the restrictions."""
        return any(one.is_relative for one in self.restrictions)

    @property
    def columns(self) -> tuple[FullColumn, ...]:
        """The table's own columns that are restricted."""
        return tuple(one.column for one in self.restrictions if one.column is not None)

    @property
    def constants(self) -> tuple[FullColumn, ...]:
        """The columns that have one value in all rows: to group by them says nothing."""
        found = [one for one in self.restrictions if one.is_one_value and not self.is_either]
        return tuple(one.column for one in found if one.column is not None)


def everything(subject: Subject) -> Selection:
    """Return all rows of a table."""
    return Selection(subject, "", "")


def under(
    scene: Scene, subject: Subject, probability: float, besides: tuple[FullColumn, ...] = ()
) -> Selection:
    """Return rows under a restriction of their own table, with this probability; else all rows.

    `besides`: columns that are not restricted.
    """
    found = restriction(scene, subject, besides) if scene.chance(probability) else None
    return _selection(scene, subject, [found] if found else [])


def read(scene: Scene, rows: Selection) -> str:
    """Return the FROM and WHERE clauses that read some rows, with a space before them."""
    return f" FROM {scene.source(rows.subject)}{rows.where}"


def measured_rows(scene: Scene) -> tuple[Selection, FullColumn] | None:
    """Return rows under at most one restriction, with a measure that it leaves free; None if none
    were found.
    """
    subject = scene.measured_table()
    column = scene.pick(scene.measures(subject)) if subject else None
    rows = select(scene, subject, 0, 1) if subject else None
    if rows is None or column is None or column in rows.columns:
        return None
    return rows, column


def select(scene: Scene, subject: Subject, fewest: int = 0, most: int = 2) -> Selection | None:
    """Return rows under `fewest` to `most` restrictions, fewer ones more often.

    None if the table has not enough columns to restrict.
    """
    number = min(scene.rng.randint(fewest, most), scene.rng.randint(fewest, most))
    found: list[Restriction] = []
    for _ in range(number):
        taken = tuple(one.column for one in found)
        next_one = _on_parent(scene, subject) if scene.chance(0.2) else None
        next_one = next_one or restriction(scene, subject, taken)
        if next_one is not None and next_one.column not in taken:
            found.append(next_one)
    if len(found) < fewest:
        return None
    # What follows "of customers in France" would be said of the customers.
    found.sort(key=lambda one: one.column is None)
    return _selection(scene, subject, found)


def _selection(scene: Scene, subject: Subject, found: Sequence[Restriction]) -> Selection:
    is_own = all(one.column is not None for one in found)
    is_either = len(found) > 1 and is_own and scene.chance(0.25)
    front = next((one for one in found if one.adjective), None)
    if front is not None and (is_either or scene.chance(0.6)):
        front = None
    said = [one.said(scene) for one in found if one is not front] or [""]
    # "called Ann born in 1990" needs no word in between, "in France that ..." does.
    is_short = scene.chance(0.3) and not said[-1].startswith(("that", "who"))
    link = " or " if is_either else " " if is_short else " and "
    sign = " OR " if is_either else " AND "
    condition = sign.join(_bracketed(one.form, is_either) for one in found)
    words = link.join(said)
    before = front.adjective if front else ""
    return Selection(subject, words, condition, tuple(found), is_either, before)


def _bracketed(condition: str, is_either: bool) -> str:
    """Return a condition that keeps its meaning beside OR."""
    return f"({condition})" if is_either and " AND " in condition else condition


def _on_parent(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction of the row that a row refers to: of customers in France."""
    link = scene.pick(scene.parents(subject))
    if link is None:
        return None
    parent = link.parent
    if scene.chance(0.35):
        named = on_name(scene, parent)
        if named is not None and named.person:
            name = named.person
            said = (f"of the {link.role} {name}", f"of {link.role} {name}", f"of {name}")
            return Restriction(named.form, (*said, f"for {name}", f"for the {link.role} {name}"))
    # Orders of customers of a region: the restriction is two keys away.
    found = _on_parent(scene, parent) if scene.chance(0.15) else restriction(scene, parent)
    if found is None or f"{scene.source(subject)}." in found.form:
        return None
    words = found.said(scene)
    said = (f"of {parent.many} {words}", f"that belong to {parent.many} {words}")
    return Restriction(found.form, said, is_relative=found.is_relative)
