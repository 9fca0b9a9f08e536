"""Rows, or their number, asked for by a condition that two wordings tell.

Lists and counts, and the families about related rows, comparisons and sets, ask in these ways.
"""

from __future__ import annotations

from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import is_person
from mome.pretrain.sampling.manners import Wanted, clause, number_of
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection
from training_data.language.subjects import Subject

Told = tuple[str, str]
"""What follows the noun of some rows, and what follows "which customers".

("without any orders", "have no orders"); the second is empty where nothing fits.
"""


def as_told(words: str) -> Told:
    """Return a restriction in both ways: `with a name` and `have a name`."""
    return words, clause(words)


def ask_rows(scene: Scene, subject: Subject, many: str, told: Told) -> Wanted:
    """Return what is wanted for the names of the rows that a condition selects.

    `many`: the noun for them, such as `paid orders`.
    """
    after, does = told
    rows = f"{many} {after}".strip()
    names = subject.labels_of(rows).removeprefix("the ")
    questions = [f"what are {subject.labels_of(f'the {rows}')}", f"which {rows} are there"]
    if does:
        questions += [f"which {many} {does}", f"which {many} {does}", f"what {many} {does}"]
    if is_person(subject):
        questions.append(f"who are the {rows}")
    return Wanted(
        scene.rng.choice((rows, names, names)),
        is_plural=True,
        questions=tuple(questions),
        commands=(f"list all {rows}", f"show all {rows}", f"find the {rows}", f"list {rows}"),
        titles=(rows, rows, f"all {rows}"),
    )


def ask_number(scene: Scene, many: str, told: Told) -> Wanted:
    """Return what is wanted for the number of the rows that a condition selects.

    `many`: the noun for them, such as `paid orders`.
    """
    after, does = told
    rows = f"{many} {after}".strip()
    questions = [f"how many {rows} are there", f"how many {rows} do we have"]
    questions += [f"how many {many} {does}"] * 4 if does else []
    return Wanted(
        number_of(scene.rng, rows),
        questions=tuple(questions),
        commands=(f"count the {rows}", f"count {rows}"),
        titles=(number_of(scene.rng, rows), f"{rows}, how many"),
    )


def ask_fulfilling(
    scene: Scene, rows: Selection, condition: str, told: Told, *, is_relative: bool = False
) -> SampleDraft:
    """Return the draft for the names of rows that fulfil a condition besides, or their number.

    `is_relative`: whether the condition depends on the day of the question.
    """
    subject = rows.subject
    if rows.words:
        told = (f"{rows.words} and {told[0]}", "")
    if rows.condition:
        condition = f"{rows.condition} AND {condition}"
        is_relative = is_relative or rows.is_relative
    if scene.chance(0.35):
        form = f"SELECT COUNT(*) FROM {scene.source(subject)} WHERE {condition}"
        wanted = ask_number(scene, rows.plain_many, told)
        return draft(scene, form, wanted, is_relative=is_relative)
    form = f"SELECT {', '.join(scene.refs(subject, subject.names))} WHERE {condition}"
    wanted = ask_rows(scene, subject, rows.plain_many, told)
    return draft(scene, form, wanted, is_relative=is_relative)
