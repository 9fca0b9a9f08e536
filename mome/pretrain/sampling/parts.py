"""Two parts of a table's rows beside one another: paid and open orders, before and since 2020.

The families about conditional aggregates count and add up such parts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mome.pretrain.sampling.bounds import rounded
from mome.pretrain.sampling.naming import literal, phrase
from mome.pretrain.sampling.pairs import Condition, two_periods
from mome.pretrain.sampling.periods import dated
from mome.pretrain.sampling.restrictions import Restriction, on_number, on_period, on_value
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.wordings import adjective, of_value
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, with_article


@dataclass(frozen=True)
class RowPart:
    """Rows that fulfil a condition, in a form and in words."""

    form: str
    words: str
    """What follows the noun: `placed in 2024`."""
    front: str = ""
    """What stands before the noun instead: `paid`; empty for most."""

    def of(self, many: str) -> str:
        """Return the rows: `orders placed in 2024`, `paid orders`."""
        return f"{self.front} {many}" if self.front else f"{many} {self.words}"

    @property
    def those(self) -> str:
        """The rows where their noun was said before: `those placed in 2024`."""
        return f"{self.front} ones" if self.front else f"those {self.words}"


@dataclass(frozen=True)
class Parts:
    """Two parts of a table's rows."""

    first: RowPart
    second: RowPart
    column: FullColumn | None = None
    """The column that tells them apart; None if it is of another table."""
    is_relative: bool = False
    """True if a part depends on the day of the question."""


def two_parts(scene: Scene, subject: Subject) -> Parts | None:
    """Return two parts of a table's rows; None if none was found."""
    for kind in scene.rng.sample(_KINDS, len(_KINDS)):
        found = kind(scene, subject)
        if found is not None:
            return found
    return None


def _of_values(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows with one value of a category and those with another one."""
    column = scene.pick([one for one in scene.categories(subject) if not roles.is_flag(one)])
    values = scene.stored(subject, column) if column else ()
    if column is None or len(values) < 2:
        return None
    first, second = scene.rng.sample(values, 2)
    number = len(of_value(subject, column, first))
    way = scene.rng.randrange(min(number, len(of_value(subject, column, second))))
    are_adjectives = adjective(column, first) and adjective(column, second) and scene.chance(0.5)
    parts = [
        RowPart(
            f"{scene.ref(subject, column)} = {literal(value)}",
            of_value(subject, column, value)[way],
            adjective(column, value) if are_adjectives else "",
        )
        for value in (first, second)
    ]
    return Parts(parts[0], parts[1], column)


def _of_parents(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows of one parent and those of another: tracks of Rock and of Metal."""
    link = scene.pick(scene.parents(subject))
    if link is None:
        return None
    parent = link.parent
    named = [*parent.names[-1:]] * (len(parent.names) == 1) * 2
    column = scene.pick([*named, *(c for c in scene.categories(parent) if not roles.is_flag(c))])
    values = scene.stored(parent, column) if column else ()
    if column is None or len(values) < 2:
        return None
    ref, words = scene.ref(parent, column), f"of the {link.role} {{}}"
    if column not in parent.names:
        words = f"whose {link.role} {phrase(parent, column)} is {{}}"
    said = scene.rng.choice((words, "of {}", "of {}")) if column in parent.names else words
    parts = [
        RowPart(f"{ref} = {literal(value)}", said.format(value))
        for value in scene.rng.sample(values, 2)
    ]
    return Parts(parts[0], parts[1])


def _of_number(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows below a number and the others."""
    column = scene.pick(scene.measures(subject))
    stored = scene.stored(subject, column) if column else ()
    numbers = sorted(value for value in stored if isinstance(value, (int, float)))
    if column is None or len(numbers) < 3:
        return None
    ref, words = scene.ref(subject, column), phrase(subject, column)
    if numbers[0] == 0 and is_plural(words) and scene.chance(0.7):
        pair = [(f"{ref} > 0", f"with {words}"), (f"{ref} = 0", f"without {words}")]
        return _paired(scene, pair, column)
    bound = rounded(scene.rng.choice(numbers[1:]), scene.rng.choice((1, 2)))
    thing = words if is_plural(words) else ""
    of = f"with {with_article(words)}" if not thing else "with"
    low = scene.rng.choice(("under", "below", "less than"))
    high = scene.rng.choice(("of {} or more", "of at least {}", "from {}", "not under {}"))
    high = high.format(bound) if not thing else f"at least {bound}"
    pair = [
        (f"{ref} < {bound}", f"{of} {low} {bound} {thing}".rstrip()),
        (f"{ref} >= {bound}", f"{of} {high} {thing}".rstrip()),
    ]
    if words.split()[-1] == "price" and scene.chance(0.5):
        pair = [(pair[0][0], f"cheaper than {bound}"), (pair[1][0], f"at {bound} or more")]
    return _paired(scene, pair, column)


def _of_year(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows before a year and those since then."""
    column = scene.date(subject)
    stored = scene.stored(subject, column) if column else ()
    starts = sorted({str(value)[:4] for value in stored})
    years = [start for start in starts[1:] if start.isdigit() and int(start) in roles.YEARS]
    year = scene.pick(years)
    if column is None or year is None:
        return None
    wordings = dated(scene, subject, column, "before {}")
    words = scene.rng.choice(wordings)
    # The words of a year column leave no room for `since`.
    if "before" not in words:
        return None
    since = scene.rng.choice(("since {}", "in {} or later", "from {} on"))
    ref = scene.ref(subject, column)
    pair = [
        (f"BEFORE({ref}, '{year}')", words.replace("before {}", f"before {year}")),
        (f"SINCE({ref}, '{year}')", words.replace("before {}", since.format(year))),
    ]
    return _paired(scene, pair, column)


def _of_periods(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows of one period and those of another."""
    pair = two_periods(scene, subject)
    return _paired(scene, list(pair), None) if pair else None


def _of_restrictions(scene: Scene, subject: Subject) -> Parts | None:
    """Return the rows under two restrictions of one column."""
    kind = scene.rng.choice((on_value, on_number, on_period))
    first, second = kind(scene, subject), kind(scene, subject)
    if first is None or second is None or first.column != second.column:
        return None
    if first.form == second.form:
        return None
    parts = [_as_part(scene, one) for one in (first, second)]
    return Parts(parts[0], parts[1], first.column, first.is_relative or second.is_relative)


def _as_part(scene: Scene, restricted: Restriction) -> RowPart:
    return RowPart(restricted.form, restricted.said(scene))


def _paired(scene: Scene, pair: list[Condition], column: FullColumn | None) -> Parts:
    """Return the parts of two conditions, seldom the second one first."""
    first, second = pair if scene.chance(0.7) else pair[::-1]
    return Parts(RowPart(*first), RowPart(*second), column)


_KINDS: tuple[Callable[[Scene, Subject], Parts | None], ...] = (
    _of_values,
    _of_values,
    _of_parents,
    _of_number,
    _of_number,
    _of_year,
    _of_periods,
    _of_restrictions,
)
"""The kinds of parts, the frequent ones several times."""
