"""Figures about rows: their number, and the sum, mean or extremes of a measure.

Families put a figure over all rows of a selection, one for each group, or one for each period.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mome.pretrain.sampling.manners import average, highest, listed, lowest, number_of, total
from mome.pretrain.sampling.naming import is_update, phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import listing, plural

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
    if kind == "SUM":
        short += _implied_sum(subject, words)
    return Figure(f"{kind}({ref})", kind, ref, said, rows=subject.many, short=tuple(short))


def _implied_sum(subject: Subject, words: str) -> list[str]:
    """Return words for a sum that leave out the total: `revenue`, `invoice amounts`."""
    last, rows = words.split()[-1], subject.one.split()[-1]
    if rows in _SOLD and last in _UNITS:
        return ["units sold", f"{words} sold", words]
    if last not in _MONEY:
        return []
    said = [words if words.startswith(subject.one) else f"{subject.one} {words}"]
    said += [plural(said[0])] * 2
    return [*said, "revenue", "revenue"] if rows in _EARNING else said


_MONEY = frozenset("amount total paid payment revenue sales".split())
"""Last words of amounts of money, which are summed up wherever nothing else is said."""
_UNITS = frozenset("quantity qty units".split())
_SOLD = frozenset("line item sale detail purchase".split())
"""Last words of tables whose quantities are sold."""
_EARNING = frozenset("invoice order sale receipt bill".split())
"""Last words of tables whose amounts of money are the revenue."""


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


@dataclass(frozen=True)
class SaidFigures:
    """One figure, or the lowest and the highest value, in a form and in words."""

    forms: tuple[str, ...]
    words: str
    counted: str = ""
    """What is counted, to be asked for with "how many"; empty for other figures."""


def several_figures(scene: Scene, rows: Selection, most: int = 3) -> list[SaidFigures]:
    """Return two or more different figures of some rows; fewer if the table has not enough."""
    kinds = scene.rng.sample(_FIGURES, len(_FIGURES))
    found = []
    number = scene.rng.randint(2, most)
    if scene.chance(0.6):
        found.append(SaidFigures(("COUNT(*)",), f"number of {rows.many}", rows.many))
    for kind in kinds:
        one = kind(scene, rows)
        shown = {form for other in found for form in other.forms}
        if one is not None and len(found) < number and not shown & set(one.forms):
            found.append(one)
    return found


def all_said(scene: Scene, figures: Sequence[SaidFigures], many: str) -> str:
    """Return the noun of several figures of rows, such as `number of orders and lowest total`."""
    said = listed(scene.rng, [one.words for one in figures])
    # The number of the rows names them already.
    return said if figures[0].counted == many else f"{said} of {many}"


def asked_together(figures: Sequence[SaidFigures], many: str) -> tuple[str, ...]:
    """Return questions for several figures that begin with a number of rows."""
    first, *others = figures
    if first.counted != many:
        return ()
    counted = [one.counted for one in others if one.counted]
    if len(counted) == len(others):
        return (f"how many {many} are there, and how many {' and how many '.join(counted)}",)
    said = listing([one.words for one in others])
    verb = "are" if len(others) > 1 or len(others[0].forms) > 1 else "is"
    return (
        f"how many {many} are there, and what {verb} their {said}",
        f"how many {many} are there and what {verb} the {said}",
    )


def _one_measure(scene: Scene, rows: Selection) -> SaidFigures | None:
    one = measured(scene, rows.subject, rare=0.05)
    if one is None or any(scene.ref(rows.subject, column) in one.form for column in rows.columns):
        return None
    return SaidFigures((one.form,), one.words)


def _range_of_measure(scene: Scene, rows: Selection) -> SaidFigures | None:
    """Return the lowest and the highest value of a measure."""
    free = [one for one in scene.measures(rows.subject) if one not in rows.columns]
    column = scene.pick(free)
    if column is None:
        return None
    ref, words = scene.ref(rows.subject, column), rows.subject.amount(column)
    low, high = scene.rng.choice((("lowest", "highest"), ("smallest", "largest"), ("min", "max")))
    said = scene.rng.choice((f"{low} and {high} {words}", f"{low} {words} and {high} {words}"))
    return SaidFigures((f"MIN({ref})", f"MAX({ref})"), said)


def _range_of_date(scene: Scene, rows: Selection) -> SaidFigures | None:
    """Return the earliest and the latest date."""
    dates = [one for one in scene.full_dates(rows.subject) if not is_update(one)]
    column = scene.pick([one for one in dates if one not in rows.columns])
    if column is None:
        return None
    ref, words = scene.ref(rows.subject, column), phrase(rows.subject, column)
    low, high = scene.rng.choice((("earliest", "latest"), ("first", "last")))
    low_form, high_form = f"MIN({ref})", f"MAX({ref})"
    if scene.chance(0.3):
        form, end = scene.rng.choice(((low_form, low), (high_form, high)))
        return SaidFigures((form,), f"{end} {words}")
    return SaidFigures((low_form, high_form), f"{low} and {high} {words}")


def _number_of_different(scene: Scene, rows: Selection) -> SaidFigures | None:
    one = different(scene, rows.subject, rows.columns)
    return SaidFigures((one.form,), f"number of {one.counted}", one.counted) if one else None


_FIGURES = (
    _one_measure,
    _one_measure,
    _range_of_measure,
    _range_of_date,
    _number_of_different,
)
"""The kinds of figures that are asked for together, the frequent ones several times."""
