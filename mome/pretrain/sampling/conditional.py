"""Figures over a part of the rows beside others: COUNT_IF, SUM_IF and AVG_IF."""

from __future__ import annotations

from mome.pretrain.sampling.dimensions import by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, average, per, total
from mome.pretrain.sampling.restrictions import Restriction, on_number, on_period, on_value
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject


def two_counts(scene: Scene) -> SampleDraft | None:
    """Ask how many rows are of one kind and how many of another."""
    subject = scene.table()
    if subject is None:
        return None
    first, second = _parts(scene, subject)
    if first is None or second is None:
        return None
    words = (first.said(scene), second.said(scene))
    form = f"SELECT COUNT_IF({first.form}), COUNT_IF({second.form})"
    many = subject.many
    wanted = Wanted(
        f"number of {many} {words[0]} and the number of {many} {words[1]}",
        is_plural=True,
        questions=(
            f"how many {many} {words[0]} and how many {many} {words[1]} are there",
            f"how many {many} are there {words[0]}, and how many {words[1]}",
        ),
    )
    return draft(scene, form, wanted, is_relative=first.is_relative or second.is_relative)


def part_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for the number or amount of a part beside that of all rows, for each group."""
    subject = scene.table()
    part = _part(scene, subject) if subject else None
    if subject is None or part is None or part.column is None:
        return None
    rows = everything(subject)
    groups = dimension(scene, rows, (part.column,))
    if groups is None:
        return None
    words = part.said(scene)
    forms, noun = _figures(scene, subject, part, words)
    form = by_groups((groups,), forms, read(scene, rows))
    wanted = Wanted(noun, per(scene.rng, groups.one), is_plural=True)
    return draft(scene, form, wanted, is_relative=part.is_relative)


def _figures(
    scene: Scene, subject: Subject, part: Restriction, words: str
) -> tuple[tuple[str, ...], str]:
    """Return the figures of all rows and of a part, and their words."""
    many = subject.many
    column = scene.pick(scene.measures(subject))
    if column is None or column == part.column or scene.chance(0.4):
        noun = f"number of {many} and the number of {many} {words}"
        return ("COUNT(*)", f"COUNT_IF({part.form})"), noun
    ref = scene.ref(subject, column)
    is_sum = roles.is_additive(column) and scene.chance(0.6)
    name, say = ("SUM", total) if is_sum else ("AVG", average)
    said = say(scene.rng, subject.amount(column))
    noun = f"{said} of all {many} and the {said} of {many} {words}"
    return (f"{name}({ref})", f"{name}_IF({ref}, {part.form})"), noun


def _part(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction by a value, a number or a period."""
    return scene.rng.choice((on_value, on_value, on_number, on_period))(scene, subject)


def _parts(scene: Scene, subject: Subject) -> tuple[Restriction | None, Restriction | None]:
    """Return two restrictions of one column."""
    kind = scene.rng.choice((on_value, on_value, on_number, on_period))
    first, second = kind(scene, subject), kind(scene, subject)
    if first is None or second is None or first.column != second.column:
        return None, None
    return (None, None) if first.form == second.form else (first, second)
