"""Families about sums that nobody calls so: hours per client, the discount given in 2024."""

from __future__ import annotations

from mome.pretrain.sampling.bounds import compared, rounded
from mome.pretrain.sampling.dimensions import LASTING, Dimension, by_groups, dimension, grouped_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import Figure
from mome.pretrain.sampling.manners import Wanted, per
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, read, select
from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, split_name

_ADDED = frozenset("cost charge discount deductions fee fine fare rebate premium tax".split())
"""Words of amounts that are added up although `is_additive` is not sure of all of them."""
_NOT_ADDED = frozenset(
    "percent percentage rate price average balance rating score csat satisfaction stars "
    "probability limit capacity floors rooms lead reorder mileage odometer minimum maximum "
    "participants year area".split()
)
"""Words of numbers that are not."""
_DONE = {
    "hours": ("worked", "logged", "spent", "recorded"),
    "minutes": ("spent", "logged"),
    "discount": ("given", "granted"),
    "rebate": ("given", "granted"),
    "fee": ("charged",),
    "tax": ("charged",),
    "cost": ("incurred",),
    "refund amount": ("paid out",),
}
"""Words of a measure -> what follows them: hours worked."""


def plain_sum(scene: Scene) -> SampleDraft | None:
    """Ask for a sum over rows under a restriction: billable hours in March 2024."""
    subject = scene.measured_table()
    column = scene.pick(_added(scene, subject)) if subject else None
    rows = select(scene, subject, 0 if scene.chance(0.2) else 1, 2) if subject else None
    if subject is None or column is None or rows is None or column in rows.columns:
        return None
    shown = _sum(scene, rows, column)
    form = f"SELECT {shown.form}{read(scene, rows)}"
    return draft(scene, form, _wanted(shown, "", is_total=True), is_relative=rows.is_relative)


def plain_sum_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for a sum of each group: discount given by month."""
    drawn = _grouped(scene)
    if drawn is None:
        return None
    rows, shown, groups = drawn
    form = by_groups((groups,), (shown.form,), read(scene, rows))
    tail = per(scene.rng, groups.one)
    return draft(scene, form, _wanted(shown, tail), is_relative=rows.is_relative)


def plain_sum_by_two_groups(scene: Scene) -> SampleDraft | None:
    """Ask for a sum by two dimensions: hours per client and month."""
    drawn = _grouped(scene)
    second = dimension(scene, drawn[0]) if drawn else None
    if drawn is None or second is None:
        return None
    rows, shown, first = drawn
    is_once = not set(first.grouped) & set(second.grouped) and first.one != second.one
    if not is_once or (first.is_time and second.is_time) or second.makes(shown.form):
        return None
    form = by_groups((first, second), (shown.form,), read(scene, rows))
    tail = f"{per(scene.rng, first.one)} and {second.one}"
    return draft(scene, form, _wanted(shown, tail), is_relative=rows.is_relative)


def top_by_plain_sum(scene: Scene) -> SampleDraft | None:
    """Ask for the groups with the largest sum: top 5 clients by hours."""
    drawn = _grouped(scene)
    if drawn is None or drawn[2].is_time:
        return None
    rows, shown, groups = drawn
    number = scene.rng.choice((1, 1, 2, 3, 5, 5, 10))
    figures = (shown.form,) if scene.chance(0.5) else ()
    form = by_groups((groups,), figures, read(scene, rows))
    form = f"{form} ORDER BY {shown.form} DESC LIMIT {number}"
    said = groups.one if number == 1 else f"{number} {groups.many}"
    have, words = "has" if number == 1 else "have", shown.words
    also = f", with the {words}" if figures else ""
    most = "most" if is_plural(shown.measured) else "highest"
    titles = (f"top {said} by {words}{also}", f"{said} with the {most} {words}{also}")
    questions = [f"which {said} {have} the {most} {words}{also}"]
    if groups.is_person:
        questions.append(f"who {have} the {most} {words}{also}" if number == 1 else titles[0])
    wanted = Wanted(
        titles[number == 1],
        is_plural=number > 1,
        questions=tuple(questions),
        titles=titles[number == 1 :],
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def groups_with_plain_sum(scene: Scene) -> SampleDraft | None:
    """Ask for the groups whose sum is above or below a number: clients with over 100 hours."""
    drawn = _grouped(scene)
    if drawn is None or drawn[2].is_time:
        return None
    rows, shown, groups = drawn
    found = scene.rows(by_groups((groups,), (shown.form,), read(scene, rows)))
    numbers = sorted({row[-1] for row in found if isinstance(row[-1], (int, float))})
    if len(numbers) < 3:
        return None
    limit, sign = rounded(scene.rng.choice(numbers), 2), scene.rng.choice((">", ">", ">=", "<"))
    is_number = is_plural(shown.measured)
    than = scene.rng.choice(compared(sign, limit, counted=is_number))
    said = f"{than} {shown.words}" if is_number else f"{than} in {shown.words}"
    figures = (shown.form,) if scene.chance(0.3) else ()
    form = by_groups((groups,), figures, read(scene, rows))
    also = f", with the {shown.words}" if figures else ""
    wanted = Wanted(
        f"{groups.many} with {said}{also}",
        is_plural=True,
        questions=(f"which {groups.many} have {said}{also}",),
    )
    form = f"{form} HAVING {shown.form} {sign} {limit}"
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _added(scene: Scene, subject: Subject) -> list[FullColumn]:
    """Return the measures that are added up where nothing else is said."""
    sure = scene.additive(subject)
    return [
        column
        for column in scene.measures(subject)
        if column in sure or split_name(column.name)[-1] in _ADDED
        if not _NOT_ADDED & set(split_name(column.name))
    ]


def _grouped(scene: Scene) -> tuple[Selection, Figure, Dimension] | None:
    """Return rows, a sum over them and groups."""
    rows = grouped_rows(scene)
    column = scene.pick(_added(scene, rows.subject)) if rows else None
    if rows is None or column is None or column in rows.columns:
        return None
    groups = dimension(scene, rows, (column,), LASTING if scene.chance(0.4) else None)
    shown = _sum(scene, rows, column)
    return None if groups is None or groups.makes(shown.form) else (rows, shown, groups)


def _sum(scene: Scene, rows: Selection, column: FullColumn) -> Figure:
    """Return the sum of a measure in words that seldom say that it is one.

    `measured` of the figure holds the plain words, `words` all that is said.
    """
    subject = rows.subject
    plain = phrase(subject, column)
    words = scene.rng.choice(_ways(scene, subject, plain))
    if rows.front:
        # Billable hours, approved expense amount.
        words = f"{rows.front} {words.removesuffix(f' of {subject.many}')}"
    if rows.words.startswith(("of ", "for ")) or rows.period:
        words = f"{words} {rows.words}"
    elif rows.words:
        words = f"{words.removesuffix(f' of {subject.many}')} of {subject.many} {rows.words}"
    return Figure(f"SUM({scene.ref(subject, column)})", "SUM", plain, words)


def _ways(scene: Scene, subject: Subject, plain: str) -> list[str]:
    """Return the words for a measure, which name its rows if other tables have such a measure."""
    of_rows = [f"{plain} of {subject.many}"]
    if not plain.startswith(subject.one):
        of_rows.append(f"{subject.one} {plain}")
    alike = [one for one in scene.subjects for c in one.measures if phrase(one, c) == plain]
    if len(alike) > 1:
        return of_rows
    verbs = [f"{plain} {verb}" for verb in _DONE.get(plain, ())]
    return [plain] * 4 + verbs * 2 + of_rows


def _wanted(shown: Figure, tail: str, *, is_total: bool = False) -> Wanted:
    """Return what is wanted for a sum; without groups it is mostly called a total."""
    words = shown.words
    is_many = is_plural(shown.measured)
    questions = (f"what is the {words}", f"what was the {words}")
    if is_many:
        questions = (f"how many {words} were there", f"how many {words} are there")
    titles = (words, words, f"total {words}")
    noun = f"total {words}" if is_total else words
    return Wanted(noun, tail, is_plural=is_many, questions=questions, titles=titles)


PLAIN_SUMS = (
    plain_sum,
    plain_sum_by_group,
    plain_sum_by_two_groups,
    top_by_plain_sum,
    groups_with_plain_sum,
)
"""The families of this module."""
