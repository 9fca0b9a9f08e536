"""What a figure is given by: a category, a table that is referred to, or a part of a date.

The families that group rows, rank within groups or take shares of groups draw a `Dimension`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.events import event, is_main_date, is_person
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, select
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.join_paths import ancestors
from training_data.language.subjects import Link, Subject
from training_data.language.words import PLACES, plural, split_name


@dataclass(frozen=True)
class Dimension:
    """Groups of rows, in a form and in words."""

    one: str
    """The noun for a group: `country`, `customer`, `month`."""
    shown: tuple[str, ...]
    """The columns or calls that name a group."""
    grouped: tuple[str, ...]
    """The columns or calls that make the groups."""
    is_time: bool = False
    """True if the groups follow one another in time."""
    is_person: bool = False
    """True if a group is a person, of whom rows are and not in whom."""
    key: str = ""
    """The column of the rows' own table that tells the groups apart; empty if there is none."""

    @property
    def many(self) -> str:
        """The noun for several groups."""
        return plural(self.one)

    def makes(self, form: str) -> bool:
        """Return True if a figure or condition is of a column that makes the groups.

        Nobody asks for the average rating per rating.
        """
        return any(column in form for column in self.grouped)


Kind = Callable[[Scene, Subject, Sequence[FullColumn]], Dimension | None]
"""Draws a dimension of a table's rows; the columns are those that it must not be."""


def dimension(
    scene: Scene,
    rows: Selection,
    besides: Sequence[FullColumn] = (),
    kinds: Sequence[Kind] | None = None,
) -> Dimension | None:
    """Return a dimension of some rows that is not restricted; None if none was found.

    besides: columns that are no dimension, such as the one that a figure is of.
    kinds: `LASTING` or `KEYED`; all kinds if None.
    """
    kinds = kinds or _KINDS
    taken = (*rows.columns, *besides)
    for kind in scene.rng.sample(kinds, len(kinds)):
        found = kind(scene, rows.subject, taken)
        if found is not None and not _is_restricted(scene, rows, found):
            return found
    return None


def grouped_rows(scene: Scene) -> Selection | None:
    """Return rows to group: mostly all of a table, or those under one restriction."""
    subject = scene.table()
    # Two rows make no groups worth a question.
    if subject is None or (subject.table.rows or 0) < 3:
        return None
    return select(scene, subject, 0, 2 if scene.chance(0.3) else 1)


def by_groups(groups: Sequence[Dimension | None], figures: Sequence[str], source: str) -> str:
    """Return a form with some figures of each group, or of all rows if the groups are None.

    `source`: the FROM and WHERE clauses, with a space before them.
    """
    there = [one for one in groups if one is not None]
    shown = [column for one in there for column in one.shown]
    # Two dimensions may share a key.
    grouped = dict.fromkeys(column for one in there for column in one.grouped)
    by = f" GROUP BY {', '.join(grouped)}" if grouped else ""
    return f"SELECT {', '.join([*shown, *figures])}{source}{by}"


def _is_restricted(scene: Scene, rows: Selection, found: Dimension) -> bool:
    """Return True if the rows are restricted by the table that makes the groups.

    The orders of customers in France have one customer's country.
    """
    table = found.shown[0].rpartition(".")[0]
    return table != scene.source(rows.subject) and f"{table}." in rows.condition


def _of_date(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
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
    column = scene.pick([one for one in _categories(scene, subject) if one not in besides])
    if column is None:
        return None
    ref = scene.ref(subject, column)
    return Dimension(phrase(subject, column), (ref,), (ref,), key=ref)


def _of_flag(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
    flags = filter(roles.is_flag, scene.categories(subject))
    column = scene.pick([one for one in flags if one not in besides])
    if column is None:
        return None
    ref = scene.ref(subject, column)
    return Dimension(phrase(subject, column), (ref,), (ref,), key=ref)


def _of_parent(scene: Scene, subject: Subject, besides: Sequence[FullColumn]) -> Dimension | None:
    link = scene.pick(scene.named_parents(subject))
    if link is None:
        return None
    parent, columns = link.parent, link.key.columns
    return Dimension(
        link.role,
        tuple(scene.refs(parent, parent.names)),
        tuple(scene.group_by(parent)),
        is_person=is_person(parent),
        key=scene.ref(subject, columns[0]) if len(columns) == 1 else "",
    )


def _of_parents_category(
    scene: Scene, subject: Subject, besides: Sequence[FullColumn]
) -> Dimension | None:
    link = scene.pick(scene.parents(subject))
    column = scene.pick(_categories(scene, link.parent)) if link else None
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
    column = scene.pick(_categories(scene, ancestor))
    if column is not None and (scene.chance(0.5) or not ancestor.names):
        ref = scene.ref(ancestor, column)
        words = phrase(ancestor, column)
        said = words if words.startswith(ancestor.one) else f"{ancestor.one} {words}"
        return Dimension(said, (ref,), (ref,))
    if not ancestor.names:
        return None
    shown = tuple(scene.refs(ancestor, ancestor.names))
    grouped = tuple(scene.group_by(ancestor))
    return Dimension(ancestor.one, shown, grouped, is_person=is_person(ancestor))


def _categories(scene: Scene, subject: Subject) -> list[FullColumn]:
    """Return the categories without flags, whose two groups are seldom ranked or shared out."""
    return [column for column in scene.categories(subject) if not roles.is_flag(column)]


KEYED: tuple[Kind, ...] = (_of_category, _of_category, _of_parent, _of_parent, _of_parent)
"""Dimensions that a column of the rows' own table tells apart, the frequent ones several times."""
LASTING: tuple[Kind, ...] = (*KEYED, _of_parents_category, _of_ancestor)
"""Dimensions whose groups do not follow one another in time."""
_KINDS: tuple[Kind, ...] = (*LASTING, _of_flag, _of_date)
"""All kinds of dimensions."""
