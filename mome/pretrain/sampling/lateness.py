"""Families about what is late: one day after another one, or none although it was due."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.asking import Told, as_told, ask_fulfilling
from mome.pretrain.sampling.dimensions import by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import event
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.manners import Wanted, number_of, per
from mome.pretrain.sampling.naming import is_update
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read, under
from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import participle, split_name

_DUE = frozenset(
    "due deadline expected eta planned promised required target scheduled estimated".split()
)
"""Words of a column with the day until which something should be done."""


@dataclass(frozen=True)
class Lateness:
    """Rows by when they were done, in a form and in words."""

    subject: Subject
    form: str
    said: tuple[str, ...]
    """What follows the noun: `paid late`."""
    days: str
    """The days between the two, in a form."""
    is_relative: bool = False
    """True if it depends on the day of the question."""
    front: str = ""
    """A word before the noun instead: `overdue`; empty for most."""

    def told(self, scene: Scene) -> Told:
        """Return one of the wordings, in both ways."""
        return as_told(scene.rng.choice(self.said))


def late_rows(scene: Scene) -> SampleDraft | None:
    """Ask for rows that were late or in time, or their number."""
    found = _lateness(scene)
    if found is None:
        return None
    rows = under(scene, found.subject, 0.2)
    told = found.told(scene)
    # The names of rows without one are asked for as their keys are.
    if not found.subject.names:
        return _count(scene, found, told)
    return ask_fulfilling(scene, rows, found.form, told, is_relative=found.is_relative)


def _count(scene: Scene, found: Lateness, told: Told) -> SampleDraft:
    """Ask for the number, or for the keys, of rows without a name."""
    subject = found.subject
    many = f"{subject.many} {told[0]}"
    if found.front and scene.chance(0.5):
        many = f"{found.front} {subject.many}"
    where = f" FROM {scene.source(subject)} WHERE {found.form}"
    if scene.chance(0.5) and subject.label:
        form = f"SELECT {', '.join(scene.refs(subject, subject.label))}{where}"
        wanted = Wanted(many, is_plural=True, questions=(f"which {many} are there",))
        return draft(scene, form, wanted, is_relative=found.is_relative)
    questions = (f"how many {many} are there", f"how many {many} do we have")
    wanted = Wanted(number_of(scene.rng, many), questions=questions, titles=(many,) * 2)
    return draft(scene, f"SELECT COUNT(*){where}", wanted, is_relative=found.is_relative)


def late_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for the number or amount of late rows of each group, or for their share."""
    found = _lateness(scene)
    rows = everything(found.subject) if found else None
    groups = dimension(scene, rows) if rows else None
    if found is None or rows is None or groups is None:
        return None
    # The months of a day that is compared say little.
    if groups.makes(found.form) or groups.is_time:
        return None
    words = scene.rng.choice(found.said)
    many = f"{rows.many} {words}"
    tail = per(scene.rng, groups.one)
    if scene.chance(0.35):
        form = by_groups((groups,), (f"PERCENT({found.form})",), read(scene, rows))
        share = scene.rng.choice(("percentage", "share in percent"))
        wanted = Wanted(f"{share} of {many}", tail)
        return draft(scene, form, wanted, is_relative=found.is_relative)
    if found.front and scene.chance(0.5):
        many = f"{found.front} {rows.many}"
    shown = amount(scene, rows, averages=False)
    form = by_groups((groups,), (shown.form,), f"{read(scene, rows)} WHERE {found.form}")
    titles = (many,) if shown.is_count else ()
    wanted = Wanted(shown.in_full(scene, many), tail, titles=titles)
    return draft(scene, form, wanted, is_relative=found.is_relative)


def delay(scene: Scene) -> SampleDraft | None:
    """Ask by how many days rows were late, on average or at most."""
    found = _lateness(scene)
    if found is None or "EMPTY" in found.form or "<=" in found.form:
        return None
    rows = everything(found.subject)
    by = dimension(scene, rows) if scene.chance(0.5) else None
    if by is not None and (by.makes(found.form) or by.is_time):
        by = None
    name, said = scene.rng.choice((("AVG", "average"), ("AVG", "average"), ("MAX", "longest")))
    source = f"{read(scene, rows)} WHERE {found.form}"
    form = by_groups((by,), (f"{name}({found.days})",), source)
    many = f"{rows.many} {scene.rng.choice(found.said)}"
    noun = scene.rng.choice((f"{said} delay in days of {many}", f"{said} days late of {many}"))
    return draft(scene, form, Wanted(noun, per(scene.rng, by.one) if by else ""))


def _lateness(scene: Scene) -> Lateness | None:
    """Return rows that are late, in time, or not yet done; None if no table has two such days."""
    pairs = [(subject, pair) for subject in scene.subjects for pair in _pairs(scene, subject)]
    drawn = scene.pick(pairs)
    if drawn is None:
        return None
    subject, (due, done) = drawn
    due_ref, done_ref = scene.ref(subject, due), scene.ref(subject, done)
    # A time on the day itself is not after the day.
    day = f"TRUNC({done_ref}, 'day')" if done.family == "datetime" else done_ref
    days = f"ELAPSED({due_ref}, {done_ref}, 'day')"
    verb = _verb(subject, done)
    until = _until(due)
    kind = scene.rng.choice(("late", "late", "late", "in time", "overdue"))
    if kind == "late":
        said = (f"{verb} late", f"that were {verb} late", f"{verb} after the {until}")
        said += (f"{verb} too late", f"{verb} later than the {until}", f"{verb} past the {until}")
        return Lateness(subject, f"{day} > {due_ref}", _of_verb(said, verb), days)
    if kind == "in time":
        said = (f"{verb} on time", f"{verb} in time", f"{verb} by the {until}")
        said += (f"{verb} no later than the {until}",)
        return Lateness(subject, f"{day} <= {due_ref}", _of_verb(said, verb), days)
    said = (f"that are overdue and not {verb} yet", f"past the {until} and not yet {verb}")
    said += ("that are overdue", f"that should have been {verb} by now")
    form = f"EMPTY({done_ref}) AND {due_ref} < CURRENT_DATE"
    return Lateness(subject, form, said, days, is_relative=True, front="overdue")


def _verb(subject: Subject, done: FullColumn) -> str:
    """Return what happens on the day when rows are done: `paid`; empty if nothing is known."""
    # Deliveries are delivered, which `event` does not repeat.
    return event(subject, done).removeprefix("that ") or participle(done.name)


def _until(due: FullColumn) -> str:
    """Return the words for a day until which something is done: `due date`, `deadline`."""
    words = [word for word in split_name(due.name) if word not in ("on", "at", "date")]
    is_noun = words[-1] in ("deadline", "eta", "end", "delivery", "arrival", "close")
    return " ".join(words if is_noun else [*words, "date"])


def _of_verb(said: tuple[str, ...], verb: str) -> tuple[str, ...]:
    """Return the wordings that fit: orders that arrived late, and not `were arrived late`."""
    if verb.split()[0] not in ("arrived", "ended", "finished"):
        return said
    return tuple(f"that {one}" for one in said if not one.startswith("that were"))


def _pairs(scene: Scene, subject: Subject) -> list[tuple[FullColumn, FullColumn]]:
    """Return a day until which rows should be done, and one on which they were."""
    dates = [one for one in scene.full_dates(subject) if not is_update(one)]
    due = [one for one in dates if _DUE & set(split_name(one.name))]
    done = [one for one in dates if one.nullable and one not in due and _verb(subject, one)]
    return [(due[0], done[0])] if len(due) == 1 and done else []


LATENESS = (late_rows, late_by_group, delay)
"""The families of this module."""
