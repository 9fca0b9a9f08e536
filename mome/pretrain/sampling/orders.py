"""Rows in an order, and the first of them: the most expensive, the three latest."""

from __future__ import annotations

from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import event
from mome.pretrain.sampling.extremes import extreme, superlative
from mome.pretrain.sampling.manners import Wanted, listed
from mome.pretrain.sampling.naming import phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import select
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject


def first_rows(scene: Scene) -> SampleDraft | None:
    """Ask for the rows with the highest or lowest value: the five cheapest products."""
    subject = scene.table()
    column = _sorting(scene, subject) if subject else None
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or column is None or rows is None or column in rows.columns:
        return None
    is_top = scene.chance(0.65)
    ref = scene.ref(subject, column)
    # NULLs come first in ascending order, and nobody asks for them.
    if not is_top and scene.has_nulls(subject, column):
        return None
    number = scene.rng.choice((1, 1, 1, 2, 3, 5, 5, 10))
    noun = rows.one if number == 1 else rows.many
    count = "" if number == 1 else f"{number} "
    shown = _shown(scene, subject, column)
    if not shown:
        return None
    form = f"SELECT {', '.join(scene.refs(subject, shown))}{rows.where}"
    form = f"{form} ORDER BY {ref} {'DESC' if is_top else 'ASC'} LIMIT {number}"
    which = _which(scene, subject, column, noun, count, is_top=is_top)
    words = [phrase(subject, one) for one in shown]
    if number > 1:
        words = [several(one) for one in words]
    said = f"{listed(scene.rng, words)} of {which}"
    questions = ()
    if shown == list(subject.names):
        have = "is" if number == 1 else "are"
        questions = (f"which {have} {which}",)
    wanted = Wanted(said, is_plural=number > 1 or len(shown) > 1, questions=questions)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def sorted_rows(scene: Scene) -> SampleDraft | None:
    """Ask for rows in an order."""
    subject = scene.table()
    column = _sorting(scene, subject, *(subject.names if subject else ())) if subject else None
    rows = select(scene, subject, 0, 2) if subject else None
    if subject is None or column is None or rows is None or column in rows.constants:
        return None
    columns = scene.shown(subject, rows.constants)
    if not columns:
        return None
    is_down = scene.chance(0.4)
    form = f"SELECT {', '.join(scene.refs(subject, columns))}{rows.where}"
    form = f"{form} ORDER BY {scene.ref(subject, column)} {'DESC' if is_down else 'ASC'}"
    phrases = [phrase(subject, one) for one in columns]
    if len(phrases) == 1:
        phrases = [several(phrases[0])]
    noun = f"{listed(scene.rng, phrases)} of {rows.many}"
    tail = _sorted_by(scene, subject, column, is_down=is_down)
    return draft(scene, form, Wanted(noun, tail, is_plural=True), is_relative=rows.is_relative)


def _sorting(scene: Scene, subject: Subject, *others: FullColumn) -> FullColumn | None:
    """Return a column that puts rows into an order."""
    date = scene.date(subject)
    return scene.pick([*scene.measures(subject), *([date] if date else []), *others[-1:]])


def _shown(scene: Scene, subject: Subject, column: FullColumn) -> list[FullColumn]:
    """Return the names of rows, and now and then the value by which they are sorted."""
    shown = list(subject.names) or scene.shown(subject)[:3]
    return [*shown, column] if scene.chance(0.3) and column not in shown else shown


def _which(
    scene: Scene, subject: Subject, column: FullColumn, noun: str, count: str, *, is_top: bool
) -> str:
    """Return the words for the first rows: `the 3 most expensive books in English`."""
    words = phrase(subject, column)
    if not roles.is_measure(subject.table, column):
        end = scene.rng.choice(("latest", "most recent") if is_top else ("earliest", "first"))
        happened = event(subject, column)
        if happened and len(happened.split()) == 1 and noun in (subject.one, subject.many):
            most = "most recently" if is_top else "first"
            return scene.rng.choice(
                (
                    f"the {count}{noun} {happened} {most}",
                    f"the {count}{noun} with the {end} {words}",
                )
            )
        return f"the {count}{noun} with the {end} {words}"
    adjective = extreme(subject, column, highest=is_top)
    if adjective and scene.chance(0.6):
        return f"the {count}{adjective} {noun}"
    end = scene.rng.choice(superlative(subject, column, highest=is_top))
    return f"the {count}{noun} with the {end}"


def _sorted_by(scene: Scene, subject: Subject, column: FullColumn, *, is_down: bool) -> str:
    """Return the words for an order: `, sorted by price, highest first`."""
    words = phrase(subject, column)
    verb = scene.rng.choice(("sorted by", "ordered by", "in order of"))
    if column in subject.names:
        ways = ("from Z to A", "in reverse alphabetical order") if is_down else ("", "from A to Z")
    elif roles.is_measure(subject.table, column):
        ways = ("highest first", "from high to low", "in descending order")
        ways = ways if is_down else ("lowest first", "from low to high", "in ascending order", "")
    else:
        ways = ("latest first", "newest first", "most recent first")
        ways = ways if is_down else ("earliest first", "oldest first", "from old to new")
    way = scene.rng.choice(ways)
    return f", {verb} {words}" + (f", {way}" if way else "")
