"""Figures over a part of the rows beside others: COUNT_IF, SUM_IF and AVG_IF."""

from __future__ import annotations

from mome.pretrain.sampling.dimensions import Dimension, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, average, per, total
from mome.pretrain.sampling.parts import Parts, two_parts
from mome.pretrain.sampling.restrictions import Restriction, on_number, on_period, on_value
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject


def two_counts(scene: Scene) -> SampleDraft | None:
    """Ask how many rows are of one kind and how many of another."""
    subject = scene.table()
    parts = two_parts(scene, subject) if subject else None
    if subject is None or parts is None:
        return None
    form = f"SELECT {_counts(parts)}{read(scene, everything(subject))}"
    return draft(scene, form, _count_both(subject, parts, ""), is_relative=parts.is_relative)


def two_counts_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for two counts of each group, side by side."""
    drawn = _grouped_parts(scene, scene.table())
    if drawn is None:
        return None
    subject, parts, groups = drawn
    form = by_groups((groups,), (_counts(parts),), read(scene, everything(subject)))
    wanted = _count_both(subject, parts, groups.one)
    return draft(scene, form, wanted, is_relative=parts.is_relative)


def two_amounts_of_parts(scene: Scene) -> SampleDraft | None:
    """Ask for the sum or average of two parts of the rows."""
    subject = scene.measured_table()
    parts = two_parts(scene, subject) if subject else None
    if subject is None or parts is None:
        return None
    return _amounts(scene, subject, parts, None)


def two_amounts_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for the sum or average of two parts of the rows of each group."""
    drawn = _grouped_parts(scene, scene.measured_table())
    return _amounts(scene, *drawn) if drawn else None


def _counts(parts: Parts) -> str:
    return f"COUNT_IF({parts.first.form}), COUNT_IF({parts.second.form})"


def _grouped_parts(
    scene: Scene, subject: Subject | None
) -> tuple[Subject, Parts, Dimension] | None:
    """Return a table with two parts of its rows, and groups that the parts do not make."""
    parts = two_parts(scene, subject) if subject else None
    if subject is None or parts is None:
        return None
    besides = (parts.column,) if parts.column else ()
    groups = dimension(scene, everything(subject), besides)
    if groups is None or groups.makes(parts.first.form):
        return None
    # A customer has one state: to tell two states apart per customer says nothing.
    table = parts.first.form.partition(".")[0]
    # Of the orders in May, there are none in any other month.
    dated = parts.first.form.partition("(")[2].partition(",")[0]
    if dated and any(dated in made for made in groups.grouped):
        return None
    is_own = table.endswith(scene.source(subject))
    if not is_own and groups.shown[0].startswith(table):
        return None
    return subject, parts, groups


def _count_both(subject: Subject, parts: Parts, group: str) -> Wanted:
    """Return what is wanted for two counts, of each group if its noun is not empty."""
    many = subject.many
    first, second, those = parts.first.of(many), parts.second.of(many), parts.second.those
    tail, each = (f" per {group}", f"for each {group}, ") if group else ("", "")
    by = f", by {group}" if group else ""
    return Wanted(
        f"number of {first} and the number of {second}{tail}",
        is_plural=True,
        questions=(
            f"{each}how many {first} and how many {second} are there",
            f"{each}how many {first} are there, and how many {second}",
            f"how many {first} and how many of {those} are there{tail}",
        ),
        commands=(
            f"{each}count the {first} and {those} in two columns",
            f"count the {first} and {those} side by side{tail}",
            f"{each}show the number of {first} next to the number of {second}",
            f"count {first} and {those} separately{tail}",
        ),
        titles=(
            f"{first} and {second}, in two columns{by}",
            f"{first} next to {those}{tail}",
            f"{first} and {those}, side by side{tail}",
            f"number of {first} and number of {second}{tail}",
        ),
    )


def _amounts(
    scene: Scene, subject: Subject, parts: Parts, groups: Dimension | None
) -> SampleDraft | None:
    """Return the draft of the sums or averages of two parts."""
    column = scene.pick([one for one in scene.measures(subject) if one != parts.column])
    if column is None or (groups and groups.makes(scene.ref(subject, column))):
        return None
    is_sum = column in scene.additive(subject) and scene.chance(0.7)
    name, say = ("SUM", total) if is_sum else ("AVG", average)
    ref = scene.ref(subject, column)
    figures = [f"{name}_IF({ref}, {part.form})" for part in (parts.first, parts.second)]
    form = by_groups((groups,), figures, read(scene, everything(subject)))
    words = say(scene.rng, subject.amount(column))
    wanted = _amount_both(words, subject.many, parts, groups.one if groups else "")
    return draft(scene, form, wanted, is_relative=parts.is_relative)


def _amount_both(words: str, many: str, parts: Parts, group: str) -> Wanted:
    """Return what is wanted for one figure of two parts, `words`."""
    first, second = parts.first.of(many), parts.second.of(many)
    tail, each = (f" per {group}", f"for each {group}, ") if group else ("", "")
    row = f", one row per {group}" if group else ""
    return Wanted(
        f"{words} of {first} and of {second}{tail}",
        is_plural=True,
        questions=(
            f"{each}what is the {words} of {first} and that of {second}",
            f"what is the {words} of {first} next to the {words} of {second}{tail}",
        ),
        commands=(
            f"{each}show the {words} of {first} and of {parts.second.those} in two columns",
            f"show the {words} of {first} next to the {words} of {second}{tail}",
        ),
        titles=(
            f"{words} of {first} and of {second} in separate columns{row}",
            f"{words} of {first} next to the {words} of {second}{tail}",
            f"{words}: {first} and {second} side by side{tail}",
        ),
    )


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


CONDITIONAL = (
    two_counts,
    two_counts_by_group,
    two_amounts_of_parts,
    two_amounts_by_group,
    part_by_group,
)
"""The families of this module."""
