"""What a figure is given by: a category, a table that is referred to, or a part of a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.events import event, is_main_date
from mome.pretrain.sampling.scene import Scene, phrase
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.join_paths import ancestors
from training_data.language.subjects import Link, Subject
from training_data.language.words import PLACES, plural, split_name


@dataclass(frozen=True)
class Dimension:
    """Groups of rows."""

    one: str
    """The noun for a group: `country`, `customer`, `month`."""
    shown: tuple[str, ...]
    """The columns or calls that name a group."""
    grouped: tuple[str, ...]
    """The columns or calls that make the groups."""
    is_time: bool = False
    """True if the groups follow one another in time."""

    @property
    def many(self) -> str:
        """The noun for several groups."""
        return plural(self.one)

    @property
    def group_by(self) -> str:
        """The GROUP BY clause with a space before it."""
        return f" GROUP BY {', '.join(self.grouped)}"


def dimension(
    scene: Scene, subject: Subject, besides: Sequence[FullColumn] = ()
) -> Dimension | None:
    """Return a dimension of a table's rows; None if none was found.

    `besides`: columns in which all rows have one value.
    """
    kinds = (
        _of_category,
        _of_category,
        _of_parent,
        _of_parent,
        _of_parents_category,
        _of_ancestor,
        of_date,
    )
    for kind in scene.rng.sample(kinds, len(kinds)):
        found = kind(scene, subject, besides)
        if found is not None:
            return found
    return None


def of_date(scene: Scene, subject: Subject, besides: Sequence[FullColumn] = ()) -> Dimension | None:
    """Return the years, quarters, months or weekdays of a date."""
    column = scene.date(subject)
    if column is None or column in besides:
        return None
    ref = scene.ref(subject, column)
    if roles.is_year(column):
        return Dimension(phrase(subject, column), (ref,), (ref,), is_time=True)
    name, call = scene.rng.choice(_PARTS)
    form = call.format(ref)
    happened = event(subject, column)
    # Of one date "per month" says enough; of several it must be said which.
    is_clear = is_main_date(subject, column) and (happened or scene.chance(0.5))
    of = "" if is_clear else f" of the {phrase(subject, column)}"
    return Dimension(f"{name}{of}", (form,), (form,), is_time=True)


_PARTS = (
    ("year", "YEAR({})"),
    ("year", "YEAR({})"),
    ("month", "TRUNC({}, 'month')"),
    ("month", "TRUNC({}, 'month')"),
    ("quarter", "TRUNC({}, 'quarter')"),
    ("calendar month", "MONTH({})"),
    ("month of the year", "MONTH({})"),
    ("day of the week", "WEEKDAY({})"),
    ("weekday", "WEEKDAY({})"),
)
"""Parts of a date, as people say them: a month is one of a year unless it is a calendar month."""


def of_parent(link: Link, words: str) -> str:
    """Return the words for a column of a parent: `customer country`."""
    is_said = words.split()[0] == link.role.split()[-1]
    return words if is_said else f"{link.role} {words}"


def _of_category(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
    column = scene.pick([one for one in scene.categories(subject) if one not in besides])
    if column is None:
        return None
    ref = scene.ref(subject, column)
    return Dimension(phrase(subject, column), (ref,), (ref,))


def _of_parent(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
    link = scene.pick(scene.named_parents(subject))
    if link is None:
        return None
    shown = tuple(scene.refs(link.parent, link.parent.names))
    return Dimension(link.role, shown, tuple(scene.group_by(link.parent)))


def _of_parents_category(
    scene: Scene, subject: Subject, besides: Sequence[FullColumn]
) -> Dimension | None:
    link = scene.pick(scene.parents(subject))
    column = scene.pick(scene.categories(link.parent)) if link else None
    if link is None or column is None:
        return None
    ref = scene.ref(link.parent, column)
    words = phrase(link.parent, column)
    is_place = split_name(column.name)[-1] in PLACES
    said = words if is_place and scene.chance(0.4) else of_parent(link, words)
    # A column of this name in the table itself would be meant by the name alone.
    if any(phrase(subject, own) == said for own in subject.table.columns):
        said = of_parent(link, words)
    return Dimension(said, (ref,), (ref,))


def _of_ancestor(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
    """Return a dimension two keys away: order lines per customer."""
    near = {link.parent.table.key for link in scene.parents(subject)}
    far = [
        one
        for one in ancestors(scene.database, subject, 2)
        if one.table.key not in near and one.table.rows
    ]
    ancestor = scene.pick(far)
    if ancestor is None:
        return None
    column = scene.pick(scene.categories(ancestor))
    if column is not None and (scene.chance(0.5) or not ancestor.names):
        ref = scene.ref(ancestor, column)
        words = phrase(ancestor, column)
        said = words if words.startswith(ancestor.one) else f"{ancestor.one} {words}"
        return Dimension(said, (ref,), (ref,))
    if not ancestor.names:
        return None
    shown = tuple(scene.refs(ancestor, ancestor.names))
    return Dimension(ancestor.one, shown, tuple(scene.group_by(ancestor)))
