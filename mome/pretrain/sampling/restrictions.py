"""Restrictions of the rows that a question is about, each with several wordings.

A wording follows the noun: customers `in France`, orders `placed in May 2024`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.bounds import SIGNS, between_numbers, beyond, rounded
from mome.pretrain.sampling.naming import is_sayable, is_update, literal, phrase
from mome.pretrain.sampling.periods import dated, when
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.wordings import (
    TEXTS,
    adjective,
    flag_adjective,
    is_place,
    of_another_value,
    of_any_value,
    of_flag,
    of_no_value,
    of_value,
)
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, with_article


@dataclass(frozen=True)
class Restriction:
    """A condition on the rows of one table, with words that follow the table's noun."""

    form: str
    wordings: tuple[str, ...]
    column: FullColumn | None = None
    """The column that it is on; None if it is on another table."""
    is_relative: bool = False
    """True if no row may fulfil it: it depends on the day of the question, or on a NULL."""
    is_one_value: bool = False
    """True if all rows have the same value in the column, which then need not be shown."""
    adjective: str = ""
    """A value that can stand before the noun, as in `paid orders`; empty for most."""
    person: str = ""
    """The name that the restriction is to; empty for others."""

    def said(self, scene: Scene) -> str:
        """Return one of the wordings."""
        return scene.rng.choice(self.wordings)


def restriction(
    scene: Scene, subject: Subject, besides: tuple[FullColumn | None, ...] = ()
) -> Restriction | None:
    """Return a restriction of any kind on a column of the table; None if none was found.

    `besides`: columns that are restricted or grouped by already.
    """
    for kind in scene.rng.sample(_KINDS, len(_KINDS)):
        found = kind(scene, subject)
        if found is not None and found.column not in besides:
            return found
    return None


def on_value(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to one stored value of a category: with status paid."""
    flags = [column for column in subject.categories if roles.is_flag(column)]
    column = scene.pick([*scene.categories(subject), *flags])
    if column is None:
        return None
    value = scene.pick(scene.stored(subject, column))
    if value is None or len(roles.same_values(column, value)) > 1:
        return None
    ref = scene.ref(subject, column)
    if roles.is_flag(column):
        form = f"{ref} = {literal(value)}"
        said, front = of_flag(subject, column, value), flag_adjective(column, value)
        return Restriction(form, said, column, is_one_value=True, adjective=front)
    negated = scene.chance(0.2)
    sign = "<>" if negated else "="
    wordings = (
        of_another_value(subject, column, value) if negated else of_value(subject, column, value)
    )
    front = "" if negated else adjective(column, value)
    form = f"{ref} {sign} {literal(value)}"
    return Restriction(form, wordings, column, is_one_value=not negated, adjective=front)


def on_two_values(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to two stored values of a category: in France or Spain."""
    column = scene.pick(scene.categories(subject))
    if column is None or roles.is_flag(column) or not roles.is_consistent(column):
        return None
    values = scene.stored(subject, column)
    if len(values) < 3:
        return None
    first, second = scene.rng.sample(values, 2)
    ref = scene.ref(subject, column)
    listed = f"({literal(first)}, {literal(second)})"
    words = phrase(subject, column)
    verb = "are" if is_plural(words) else "is"
    if scene.chance(0.2):
        said = (
            f"whose {words} {verb} neither {first} nor {second}",
            f"with {with_article(words)} other than {first} and {second}",
        )
        return Restriction(f"{ref} NOT IN {listed}", said, column)
    said = (
        f"whose {words} {verb} {first} or {second}",
        f"with {words} {first} or {second}",
        f"whose {words} {verb} either {first} or {second}",
    )
    if is_place(column):
        said = (*said, f"in {first} or {second}", f"from {first} or {second}")
    return Restriction(f"{ref} IN {listed}", said, column)


def on_name(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to the row of a name: called Ann."""
    if len(subject.names) == 2 and scene.chance(0.6):
        return _on_full_name(scene, subject)
    column = scene.pick(subject.names[-1:])
    value = scene.pick(scene.stored(subject, column)) if column else None
    if column is None or not isinstance(value, str):
        return None
    words = phrase(subject, column)
    wordings = [f"whose {words} is {value}", f"with the {words} {value}"]
    if len(subject.names) == 1 and words in ("name", "full name", "title"):
        wordings += [f"named {value}", f"called {value}"]
    form = f"{scene.ref(subject, column)} = {literal(value)}"
    person = value if len(subject.names) == 1 else ""
    return Restriction(form, tuple(wordings), column, is_one_value=True, person=person)


def _on_full_name(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to a first and last name of one row."""
    first, last = scene.refs(subject, subject.names)
    pair = scene.pick(scene.rows(f"SELECT {first}, {last}"))
    if pair is None or not all(isinstance(part, str) and part.isalpha() for part in pair):
        return None
    name = " ".join(pair)
    form = f"{first} = {literal(pair[0])} AND {last} = {literal(pair[1])}"
    said = (f"named {name}", f"called {name}", f"with the name {name}", f"whose name is {name}")
    return Restriction(form, said, subject.names[-1], is_one_value=True, person=name)


def on_number(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction of a measure by a round number within its range."""
    column = scene.pick(scene.measures(subject))
    if column is None:
        return None
    numbers = [
        value
        for value in scene.stored(subject, column)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    if len(numbers) < 3:
        return None
    digits = scene.rng.choice((1, 1, 2))
    bounds = sorted({rounded(value, digits) for value in scene.rng.sample(numbers, 2)})
    ref = scene.ref(subject, column)
    if len(bounds) == 2 and scene.chance(0.2):
        low, high = bounds
        form = f"{ref} BETWEEN {low} AND {high}"
        return Restriction(form, between_numbers(subject, column, low, high), column)
    sign = scene.rng.choice(SIGNS)
    wordings = beyond(subject, column, sign, bounds[0])
    return Restriction(f"{ref} {sign} {bounds[0]}", wordings, column)


def on_period(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction of a date or year to a period."""
    column = scene.date(subject)
    found = when(scene, subject, column) if column else None
    if column is None or found is None:
        return None
    said = scene.rng.choice(found.said)
    wordings = dated(scene, subject, column, said)
    return Restriction(found.form, wordings, column, is_relative=found.is_relative)


def on_missing(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to rows with or without a value: without an end date.

    Few databases of the corpus have a NULL, and people ask for missing values where none is.
    """
    columns = nullable(scene, subject)
    with_nulls = [column for column in columns if scene.has_nulls(subject, column)]
    column = scene.pick(with_nulls or columns)
    if column is None:
        return None
    ref = scene.ref(subject, column)
    may_be_none = not with_nulls
    if scene.chance(0.7):
        form, said = f"EMPTY({ref})", of_no_value(subject, column)
        return Restriction(form, said, column, is_relative=may_be_none, is_one_value=True)
    form, said = f"FILLED({ref})", of_any_value(subject, column)
    return Restriction(form, said, column, is_relative=may_be_none)


def nullable(scene: Scene, subject: Subject) -> list[FullColumn]:
    """Return the columns of which a missing value is asked for."""
    named = (*subject.names, *subject.table.primary_key)
    return [
        column
        for column in subject.table.columns
        if column.nullable and is_sayable(column) and column not in named
        if not roles.is_key(subject.table, column)
        if not roles.is_flag(column) and not is_update(column)
    ]


def on_text(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction of a text by what it contains or how it starts or ends."""
    texts = [
        column
        for column in subject.table.columns
        if column.family == "text" and is_sayable(column)
        if not roles.is_key(subject.table, column)
    ]
    column = scene.pick([*subject.names, *texts])
    value = scene.pick(scene.stored(subject, column)) if column else None
    # Dates that are stored as texts are asked for by their period.
    if column is None or not isinstance(value, str) or not value[:1].isalpha() or len(value) < 4:
        return None
    words = phrase(subject, column)
    kind = scene.rng.choice(("CONTAINS", "STARTS", "ENDS"))
    part = _part(scene, kind, value)
    if not part:
        return None
    shown = f"'{part}'" if " " in part or scene.chance(0.6) else part
    parts = {"words": words, "part": shown, "article": with_article(words)}
    wordings = tuple(said.format(**parts) for said in TEXTS[kind])
    form = f"{kind}({scene.ref(subject, column)}, {literal(part)})"
    return Restriction(form, wordings, column)


_KINDS = (
    on_value,
    on_value,
    on_value,
    on_two_values,
    on_name,
    on_number,
    on_number,
    on_period,
    on_period,
    on_missing,
    on_text,
)
"""The kinds of restrictions, the frequent ones several times."""


def _part(scene: Scene, kind: str, value: str) -> str:
    """Return a word within a text, or its first or last letters."""
    words = [word for word in value.split() if word.isalnum() and len(word) > 2]
    if kind == "CONTAINS":
        return scene.rng.choice(words) if words else ""
    length = scene.rng.choice((1, 1, 2, 3))
    part = value[:length] if kind == "STARTS" else value[-max(length, 2) :]
    return part if part.isalnum() else ""
