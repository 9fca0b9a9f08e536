"""Figures about rows: their number, and the sum, mean or extremes of a measure.

Families put a figure over all rows of a selection, or one for each group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.manners import average, highest, lowest, number_of, total
from mome.pretrain.sampling.scene import Scene, phrase, several
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, plural


@dataclass(frozen=True)
class Figure:
    """One number about rows."""

    form: str
    words: str
    """`total amount`; empty for the number of rows."""
    counted: str = ""
    """What is counted: `orders`, or `different customers`; empty for other figures."""
    compact: str = ""
    """The figure with the noun of its rows before the measure: `average book price`."""
    rows: str = ""
    """The plural noun of its rows; empty where there is no compact figure."""

    def of(self, scene: Scene, rows: str) -> str:
        """Return the figure of rows: `total amount of orders placed in 2024`."""
        if self.compact and rows == self.rows and scene.chance(0.4):
            return self.compact
        if self.words:
            return f"{self.words} of {rows}"
        return number_of(scene.rng, rows)


def count(subject: Subject) -> Figure:
    """Return the number of rows."""
    return Figure("COUNT(*)", "", subject.many)


def amount(subject: Subject, column: FullColumn) -> str:
    """Return the words for a measure: `price`, `number of pages`."""
    words = phrase(subject, column)
    return f"number of {words}" if is_plural(words) else words


def figure(scene: Scene, subject: Subject) -> Figure | None:
    """Return the number of rows or a figure of a measure."""
    if scene.chance(0.4):
        return count(subject)
    return measured(scene, subject)


def measured(scene: Scene, subject: Subject, rare: float = 0.1) -> Figure | None:
    """Return a figure of a measure; None if the table has none.

    `rare`: the probability of a median.
    """
    column = scene.pick(scene.measures(subject))
    if column is None:
        return None
    ref = scene.ref(subject, column)
    words = amount(subject, column)
    if scene.chance(rare):
        return Figure(f"MEDIAN({ref})", f"median {words}")
    names = ["AVG", "AVG", "MIN", "MAX"] + ["SUM"] * 3 * (column in scene.additive(subject))
    name = scene.rng.choice(names)
    say = {"AVG": average, "MIN": lowest, "MAX": highest, "SUM": total}[name]
    said = say(scene.rng, words)
    # "The average book price", but not "the average book number of pages".
    is_short = words == phrase(subject, column) and not words.startswith(subject.one)
    compact = f"{said.removesuffix(words)}{subject.one} {words}" if is_short else ""
    return Figure(f"{name}({ref})", said, compact=compact, rows=subject.many)


def different(scene: Scene, subject: Subject, besides: Sequence[FullColumn] = ()) -> Figure | None:
    """Return the number of different values of a category, or of different parents.

    `besides`: columns that are restricted already.
    """
    column = scene.pick([one for one in scene.categories(subject) if one not in besides])
    link = scene.pick(scene.parents(subject))
    start = scene.rng.choice(("different", "distinct", "unique", "different"))
    if link is not None and len(link.key.columns) == 1 and (column is None or scene.chance(0.5)):
        form = f"COUNT(DISTINCT {scene.ref(subject, link.key.columns[0])})"
        return Figure(form, "", f"{start} {plural(link.role)}")
    if column is None or roles.is_flag(column):
        return None
    form = f"COUNT(DISTINCT {scene.ref(subject, column)})"
    return Figure(form, "", f"{start} {several(phrase(subject, column))}")
