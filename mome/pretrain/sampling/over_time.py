"""Constructs over time in forms and words: running totals, moving averages, changes and growth.

`series` asks for them, alone or beside the amount itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.figures import Figure
from mome.pretrain.sampling.scene import Scene
from training_data.language.words import plural

ADVERBS = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "quarter": "quarterly",
    "year": "yearly",
}
"""Unit of time -> the adverb for a figure of each."""


@dataclass(frozen=True)
class OverTime:
    """A construct over time, in a form and in words."""

    construct: str
    nouns: tuple[str, ...]
    """Nouns for it that say the period: `running total of the sales per month`."""
    beside: tuple[str, ...]
    """What is said of it behind the amount itself: `and the total so far`."""
    short: tuple[str, ...]
    """Its name in a list of columns: `total so far`."""
    questions: tuple[str, ...] = ()


def running(scene: Scene, value: Figure, words: str, unit: str) -> OverTime:
    """Tell the sum of all periods up to each one."""
    per = each_unit(scene, unit)
    # "Cumulative" says the total already.
    words = words.removeprefix("total ").removeprefix("overall ")
    nouns = (
        f"running total of the {words} {per}",
        f"cumulative {words} {per}",
        f"running {words} {per}",
        f"cumulative total of the {words} {per}",
        f"{unit} by {unit} cumulative {words}",
        f"total {words} up to and including each {unit}",
    )
    beside = (
        "and the total so far",
        "with the running total",
        "and the cumulative total",
        f"and the total up to that {unit}",
        "together with the running sum",
    )
    return OverTime(
        f"RUNNING({value.form})",
        nouns,
        beside,
        ("total so far", "running total", "cumulative total", "the total so far"),
        (f"how does the {words} add up over the {plural(unit)}",),
    )


def moving(scene: Scene, value: Figure, words: str, unit: str) -> OverTime:
    """Tell the average over each period and the ones before it."""
    number = scene.rng.choice((2, 3, 3, 3, 4, 6, 7, 12))
    units = plural(unit)
    nouns = (
        f"{number}-{unit} moving average of the {words}",
        f"moving average of the {words} over {number} {units}",
        f"rolling {number}-{unit} average of the {words}",
        f"moving {number} {unit} average of the {words} by {unit}",
        f"average of the last {number} {units} for the {words} per {unit}",
    )
    beside = (
        f"and the {number}-{unit} moving average",
        f"with the average over the last {number} {units}",
        f"and its rolling average over {number} {units}",
    )
    return OverTime(
        f"MOVING({value.form}, {number})", nouns, beside, (f"{number}-{unit} moving average",)
    )


def changed(scene: Scene, value: Figure, words: str, unit: str) -> OverTime:
    """Tell the difference to the period before, or its value."""
    if scene.chance(0.3):
        return _previous(scene, value, words, unit)
    nouns = (
        f"change in the {words} from {unit} to {unit}",
        f"{unit}-over-{unit} change in the {words}",
        f"difference in the {words} from the previous {unit}, {each_unit(scene, unit)}",
        f"{unit} to {unit} change of the {words}",
        f"absolute change of the {words} against the previous {unit}, by {unit}",
    )
    beside = (
        f"and how it changed against the {unit} before",
        f"and the difference to the previous {unit}",
        f"with the change from the previous {unit}",
        f"and its change compared with the {unit} before",
        f"and how much more or less that is than in the {unit} before",
    )
    short = (f"change from the previous {unit}", f"difference to the previous {unit}", "change")
    asked = (f"by how much did the {words} change from {unit} to {unit}",)
    return OverTime(f"CHANGE({value.form})", nouns, beside, short, asked)


def _previous(scene: Scene, value: Figure, words: str, unit: str) -> OverTime:
    nouns = (
        f"{words} of the previous {unit} for each {unit}",
        f"{words} in the {unit} before, {each_unit(scene, unit)}",
        f"previous {unit}'s {words} for each {unit}",
    )
    beside = (
        f"next to that of the previous {unit}",
        f"and that of the {unit} before",
        f"beside the one of the previous {unit}",
        f"with the figure of the {unit} before",
    )
    short = (f"previous {unit}", f"{words} of the {unit} before")
    return OverTime(f"PREVIOUS({value.form})", nouns, beside, short)


def grown(scene: Scene, value: Figure, words: str, unit: str) -> OverTime:
    """Tell the growth since the period before, as a fraction or in percent."""
    asked = (f"how did the {words} grow {unit} over {unit}",)
    if scene.chance(0.5):
        nouns = (
            f"percentage growth of the {words} {unit} over {unit}",
            f"percent change of the {words} from {unit} to {unit}",
            f"{unit}-over-{unit} growth of the {words} in percent",
            f"growth of the {words} per {unit} in percent",
        )
        beside = (
            f"with the change from the previous {unit} in percent",
            f"and the percent change against the {unit} before",
            f"and by how many percent it changed from the {unit} before",
            f"with its growth over the previous {unit} in percent",
        )
        short = ("percent change", f"growth over the previous {unit} in percent", "growth in %")
        # A question that leaves out the percent asks for the fraction.
        return OverTime(f"100 * GROWTH({value.form})", nouns, beside, short)
    nouns = (
        f"growth of the {words} {unit} over {unit}",
        f"{unit}-over-{unit} growth of the {words}",
        f"growth rate of the {words} by {unit}",
        f"relative change of the {words} from {unit} to {unit}",
        f"{ADVERBS[unit]} growth of the {words}",
    )
    beside = (
        f"and its growth over the previous {unit}",
        f"with the growth rate against the {unit} before",
        f"and the relative change from the {unit} before",
    )
    return OverTime(f"GROWTH({value.form})", nouns, beside, ("growth", "growth rate"), asked)


def each_unit(scene: Scene, unit: str) -> str:
    """Return `per month` or `for each month`."""
    return scene.rng.choice((f"per {unit}", f"by {unit}", f"for each {unit}", f"each {unit}"))
