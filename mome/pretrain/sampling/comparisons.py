"""The family that compares an amount between two periods or two values of a column."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.dimensions import LASTING, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.manners import Wanted, clause, per
from mome.pretrain.sampling.pairs import two_periods, two_values
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read
from training_data.language.subjects import Subject


@dataclass(frozen=True)
class Sides:
    """An amount of two kinds of rows."""

    many: str
    """The noun for the rows."""
    what: str
    """The words for the amount, such as `number of orders`."""
    is_count: bool
    """True if the amount is the number of rows."""
    before: str
    """The amount of the first rows in a form."""
    said: str
    """What follows the noun of the first rows: `placed in 2023`."""
    after: str
    """The amount of the second rows in a form."""
    also: str
    """What follows the noun of the second rows."""

    @property
    def apart(self) -> tuple[str, str]:
        """Return what differs in the words of both: `in 2023`, `in 2024`."""
        first, second = self.said.split(" "), self.also.split(" ")
        same = 0
        while same < min(len(first), len(second)) - 1 and first[same] == second[same]:
            same += 1
        # "In" and "on" belong to what follows them.
        if same and first[same - 1] in ("in", "on"):
            same -= 1
        return " ".join(first[same:]), " ".join(second[same:])


Compared = tuple[str, str, tuple[str, ...]]
"""A comparison in a form, its noun, and whole questions for it."""


def two_compared(scene: Scene) -> SampleDraft | None:
    """Ask for the growth, difference or ratio of an amount, or for both beside each other."""
    sides = _sides(scene)
    if sides is None:
        return None
    subject, compared = sides
    tell = scene.rng.choice((_growth, _difference, _difference, _ratio, _side_by_side))
    form, noun, questions = tell(scene, compared)
    rows = everything(subject)
    by = dimension(scene, rows, (), LASTING) if scene.chance(0.25) else None
    # Orders with one status have one group by status.
    if by is not None and by.makes(compared.before):
        by = None
    wanted = Wanted(
        noun,
        per(scene.rng, by.one) if by else "",
        is_plural=tell is _side_by_side,
        questions=questions,
    )
    return draft(scene, by_groups((by,), (form,), read(scene, rows)), wanted)


def _sides(scene: Scene) -> tuple[Subject, Sides] | None:
    """Return a table and an amount of two kinds of its rows; None if it has no such two."""
    subject = scene.dated_table() if scene.chance(0.6) else scene.table()
    if subject is None:
        return None
    pair = two_periods(scene, subject) if scene.chance(0.6) else two_values(scene, subject)
    if pair is None:
        return None
    (first, said), (second, also) = pair
    value = amount(scene, everything(subject))
    # The average rating of reviews with rating 5 is 5.
    if value.measured and value.measured in first:
        return None
    what = value.in_full(scene, subject.many)
    before, after = value.where(first), value.where(second)
    return subject, Sides(subject.many, what, value.is_count, before, said, after, also)


def _growth(scene: Scene, sides: Sides) -> Compared:
    """Ask for the growth from the first to the second side."""
    percent = scene.chance(0.4)
    how = " in percent" if percent else ""
    rate = scene.rng.choice(("growth", "growth rate", "relative change"))
    before, after = sides.apart
    nouns = [
        f"{rate} of the {sides.what} from those {sides.said} to those {sides.also}{how}",
        f"{rate} of the {sides.what} {sides.also} compared with {before}{how}",
    ]
    questions: tuple[str, ...] = ()
    # Only periods alone can be run through: from 2023 to 2024.
    if sides.said.startswith("in "):
        start, end = before.removeprefix("in "), after.removeprefix("in ")
        nouns += [f"{rate} of the {sides.what} from {start} to {end}{how}"] * 4
        questions = (f"by how much did the {sides.what} grow from {start} to {end}{how}",)
    form = f"GROWTH({sides.after}, {sides.before})"
    return f"{'100 * ' if percent else ''}{form}", scene.rng.choice(nouns), questions


def _difference(scene: Scene, sides: Sides) -> Compared:
    """Ask for the second side less the first."""
    many, what = sides.many, sides.what
    before = sides.apart[0]
    noun = f"difference between the {what} {sides.also} and {before}"
    questions = [f"how much higher is the {what} {sides.also} than {before}", f"what is the {noun}"]
    if sides.is_count:
        questions = [f"how many more {many} {sides.also} are there than {before}"]
        does = clause(sides.also)
        questions += [f"how many more {many} {does} than {before}"] * 2 if does else []
    return f"{sides.after} - {sides.before}", noun, tuple(questions)


def _ratio(scene: Scene, sides: Sides) -> Compared:
    """Ask for the second side divided by the first."""
    before = sides.apart[0]
    noun = f"ratio of the {sides.what} {sides.also} to {before}"
    other = f"ratio of the {sides.what} {sides.also} to those {sides.said}"
    question = f"how many times the {sides.what} {sides.said} is the one {sides.also}"
    form = f"{sides.after} / {sides.before}"
    return form, scene.rng.choice((noun, other)), (f"what is the {noun}", question)


def _side_by_side(scene: Scene, sides: Sides) -> Compared:
    """Ask for both sides beside each other."""
    what = sides.what
    noun = scene.rng.choice(
        (
            f"{what} {sides.said} and {sides.apart[1]} side by side",
            f"{what} {sides.said} compared to {sides.apart[1]}, each in a column",
            f"{what} {sides.said} and {sides.apart[1]}, each in its own column",
        )
    )
    return f"{sides.before}, {sides.after}", noun, ()


COMPARISONS = (two_compared,)
"""The families of this module."""
