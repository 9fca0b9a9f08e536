"""Pairs of conditions on one column: two values, or two periods of one length."""

from __future__ import annotations

from mome.pretrain.sampling.naming import literal
from mome.pretrain.sampling.periods import dated, period
from mome.pretrain.sampling.scene import Scene
from training_data.language.column_roles import is_audit
from training_data.language.subjects import Subject

Condition = tuple[str, str]
"""A condition of a form and the words for it, which follow a noun."""


def two_conditions(scene: Scene, subject: Subject) -> tuple[Condition, Condition] | None:
    """Return two conditions on one column: two values, or two periods."""
    if scene.chance(0.5):
        return two_periods(scene, subject)
    return two_values(scene, subject)


def two_values(scene: Scene, subject: Subject) -> tuple[Condition, Condition] | None:
    """Return conditions on two values of a category; None if there are none."""
    column = scene.pick(scene.categories(subject))
    values = scene.stored(subject, column) if column else ()
    if column is None or len(values) < 2:
        return None
    ref, phrase = scene.ref(subject, column), subject.phrase(column)
    said = scene.rng.choice((f"with {phrase}", f"with {phrase}", f"whose {phrase} is"))
    first, second = scene.rng.sample(values, 2)
    return (
        (f"{ref} = {literal(first)}", f"{said} {first}"),
        (f"{ref} = {literal(second)}", f"{said} {second}"),
    )


def two_periods(scene: Scene, subject: Subject) -> tuple[Condition, Condition] | None:
    """Return conditions on two periods of one length, the earlier first; None if not drawn."""
    column = scene.pick([one for one in scene.dates(subject) if not is_audit(one)])
    drawn = [period(scene, subject, column) for _ in range(4)] if column else []
    times = {one.text: one for one in drawn if one is not None}
    alike = [text for text in sorted(times) if _length(text) == _length(min(times, key=len))]
    if column is None or len(alike) < 2:
        return None
    wordings = dated(scene, subject, column, "{}")
    words = wordings[scene.rng.randrange(len(wordings))]
    # Both periods are said in one way: "in May 2023" and "in June 2024".
    way = scene.rng.randrange(len(times[alike[0]].said))
    pair = []
    for text in alike[:2]:
        spoken = f"{times[text].preposition} {times[text].said[way]}"
        form = f"DURING({scene.ref(subject, column)}, {literal(text)})"
        pair.append((form, words.replace("{}", spoken)))
    return pair[0], pair[1]


def _length(period_text: str) -> str:
    """Return the unit of a period, such as `quarter` for 2024-Q2, as a pattern of its text."""
    return "".join("0" if letter.isdigit() else letter for letter in period_text)
