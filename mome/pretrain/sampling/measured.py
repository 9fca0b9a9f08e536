"""Amounts of rows: their number, or the sum or average of a measure, in words and in a form."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.manners import average, number_of, total
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection


@dataclass(frozen=True)
class Amount:
    """An aggregate over rows."""

    form: str
    """`COUNT(*)` or `SUM(orders.total)`."""
    words: str
    """`number of orders placed in 2024` or `total amount of orders`."""
    kind: str
    """COUNT, SUM or AVG."""
    measured: str = ""
    """The name of the measure in a form; empty for a count."""

    def where(self, condition: str) -> str:
        """Return the aggregate over the rows that fulfil a condition, such as `COUNT_IF(...)`."""
        measured = f"{self.measured}, " if self.measured else ""
        return f"{self.kind}_IF({measured}{condition})"


def amount(scene: Scene, rows: Selection, *, averages: bool = True) -> Amount:
    """Return an amount of some rows: half of the time their number.

    `averages`: whether averages are among them, which cannot be added up.
    """
    subject = rows.subject
    column = scene.pick(scene.measures(subject))
    if column is None or column in rows.columns or scene.chance(0.4):
        return Amount("COUNT(*)", number_of(scene.rng, rows.many), "COUNT")
    of = f" of {rows.many}" if rows.condition or scene.chance(0.6) else ""
    ref, phrase = scene.ref(subject, column), subject.amount(column)
    if column in scene.additive(subject):
        words = f"{total(scene.rng, phrase)}{of}"
        return Amount(f"SUM({ref})", words, "SUM", ref)
    if not averages:
        return Amount("COUNT(*)", number_of(scene.rng, rows.many), "COUNT")
    return Amount(f"AVG({ref})", f"{average(scene.rng, phrase)}{of}", "AVG", ref)


def read(scene: Scene, rows: Selection) -> str:
    """Return the FROM and WHERE clauses that read some rows, with a space before them."""
    return f" FROM {scene.source(rows.subject)}{rows.where}"
