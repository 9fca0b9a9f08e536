"""Figures about rows: their number, and the sum, mean or extremes of a measure.

Families put a figure over all rows of a selection, one for each group, or one for each period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.manners import average, highest, lowest, number_of, total
from mome.pretrain.sampling.naming import phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import plural

_SAY = {"AVG": average, "MIN": lowest, "MAX": highest, "SUM": total}
"""Aggregate -> how it is said of a measure; a median has one wording only."""


@dataclass(frozen=True)
class Figure:
    """An aggregate over rows, in a form and in words."""

    form: str
    """`COUNT(*)` or `SUM(orders.total)`."""
    kind: str = "COUNT"
    """COUNT, SUM, AVG, MIN, MAX or MEDIAN."""
    measured: str = ""
    """The name of the measure in a form; empty for a count."""
    words: str = ""
    """`total amount`; empty for a count."""
    counted: str = ""
    """What is counted: `orders`, or `different customers`; empty for other figures."""
    rows: str = ""
    """The plural noun of its rows."""
    short: tuple[str, ...] = ()
    """Words that say the rows too: `average book price`, or `average price` where all others have
    none.
    """

    @property
    def is_count(self) -> bool:
        """Whether it is the number of rows."""
        return not self.words

    def of(self, scene: Scene, rows: str) -> str:
        """Return the figure of rows: `total amount of orders placed in 2024`.

        Of all rows of a table it may be said in short.
        """
        if self.short and rows == self.rows and scene.chance(0.4):
            return scene.rng.choice(self.short)
        return self.in_full(scene, rows)

    def in_full(self, scene: Scene, rows: str) -> str:
        """Return the figure with the noun of its rows."""
        return f"{self.words} of {rows}" if self.words else number_of(scene.rng, rows)

    def where(self, condition: str) -> str:
        """Return the aggregate over the rows that fulfil a condition, such as `COUNT_IF(...)`."""
        measured = f"{self.measured}, " if self.measured else ""
        return f"{self.kind}_IF({measured}{condition})"


def count(subject: Subject) -> Figure:
    """Return the number of rows."""
    return Figure("COUNT(*)", counted=subject.many, rows=subject.many)


def figure(scene: Scene, subject: Subject) -> Figure | None:
    """Return the number of rows or a figure of a measure."""
    if scene.chance(0.4):
        return count(subject)
    return measured(scene, subject)


def amount(scene: Scene, rows: Selection, *, averages: bool = True) -> Figure:
    """Return a number, sum or average of rows, of which shares and changes are asked.

    `averages`: whether averages are among them, which cannot be added up.
    """
    subject = rows.subject
    column = scene.pick([one for one in scene.measures(subject) if one not in rows.columns])
    if column is None or scene.chance(0.4):
        return count(subject)
    # Sums are what people watch; the average of what can be summed up is asked for less.
    if column in scene.additive(subject) and (not averages or scene.chance(0.75)):
        return _of_measure(scene, subject, column, "SUM")
    return _of_measure(scene, subject, column, "AVG") if averages else count(subject)


def measured(scene: Scene, subject: Subject, rare: float = 0.1) -> Figure | None:
    """Return a figure of a measure; None if the table has none.

    `rare`: the probability of a median.
    """
    column = scene.pick(scene.measures(subject))
    if column is None:
        return None
    if scene.chance(rare):
        return _of_measure(scene, subject, column, "MEDIAN")
    kinds = ["AVG", "AVG", "MIN", "MAX"] + ["SUM"] * 3 * (column in scene.additive(subject))
    return _of_measure(scene, subject, column, scene.rng.choice(kinds))


def _of_measure(scene: Scene, subject: Subject, column: FullColumn, kind: str) -> Figure:
    """Return a figure of one measure."""
    ref, words = scene.ref(subject, column), subject.amount(column)
    said = _SAY[kind](scene.rng, words) if kind in _SAY else f"median {words}"
    short = []
    # "The average book price", but not "the average book number of pages".
    if words == phrase(subject, column) and not words.startswith(subject.one):
        short.append(f"{said.removesuffix(words)}{subject.one} {words}")
    # "The average price" says which one in a database with one price.
    alike = [one for one in scene.subjects for other in one.measures if one.amount(other) == words]
    if len(alike) == 1:
        short.append(said)
    return Figure(f"{kind}({ref})", kind, ref, said, rows=subject.many, short=tuple(short))


def different(scene: Scene, subject: Subject, besides: Sequence[FullColumn] = ()) -> Figure | None:
    """Return the number of different values of a category, or of different parents.

    `besides`: columns that are restricted already.
    """
    column = scene.pick([one for one in scene.categories(subject) if one not in besides])
    link = scene.pick(scene.parents(subject))
    start = scene.rng.choice(("different", "distinct", "unique", "different"))
    if link is not None and len(link.key.columns) == 1 and (column is None or scene.chance(0.5)):
        form = f"COUNT(DISTINCT {scene.ref(subject, link.key.columns[0])})"
        return Figure(form, counted=f"{start} {plural(link.role)}")
    if column is None or roles.is_flag(column):
        return None
    form = f"COUNT(DISTINCT {scene.ref(subject, column)})"
    return Figure(form, counted=f"{start} {several(phrase(subject, column))}")
