"""Families that compare a row with the one it refers to: who earns more than their manager."""

from __future__ import annotations

from dataclasses import dataclass

from mome.pretrain.sampling.asking import Told, ask_fulfilling, ask_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import event
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.naming import phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything
from mome.pretrain.sampling.ties import Tie, as_clause, tie
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.words import is_plural, split_name

_EARNINGS = frozenset("salary wage income pay earnings".split())
_ADJECTIVES = {
    "age": ("older", "younger"),
    "height": ("taller", "shorter"),
    "weight": ("heavier", "lighter"),
    "length": ("longer", "shorter"),
    "area": ("larger", "smaller"),
    "size": ("larger", "smaller"),
}
"""Last word of a measure -> what a row is whose measure is higher, and lower."""
_FACTORS = (
    ("<", "{percent} percent of", (0.5, 0.6, 0.75, 0.8, 0.9), "less than "),
    (">", "{percent} percent of", (0.5, 0.6, 0.75, 0.8, 0.9, 1.2, 1.5), "more than "),
    ("<", "{percent}% of", (0.5, 0.6, 0.75, 0.8, 0.9), "less than "),
    (">", "twice", (2,), "more than "),
    ("<", "half", (0.5,), "less than "),
    (">=", "{percent}% of", (0.5, 0.8, 0.9), "at least "),
)
"""Comparison with a part of the other row's value: its sign, words, factors and start."""


@dataclass(frozen=True)
class _Side:
    """A measure of both rows."""

    tie: Tie
    column: FullColumn
    own: str
    """The measure of the row."""
    far: str
    """The measure of the row that it refers to."""
    words: str
    """`salary`, or `number of pages`."""

    @property
    def last(self) -> str:
        """The last word of the column's name."""
        return split_name(self.column.name)[-1]


def _measured(scene: Scene) -> _Side | None:
    """Return a measure of a table that refers to itself; None if there is none."""
    found = tie(scene)
    column = scene.pick(scene.measures(found.subject)) if found else None
    if found is None or column is None:
        return None
    own = scene.ref(found.subject, column)
    return _Side(found, column, own, found.far(column), found.subject.amount(column))


def more_than_referred(scene: Scene) -> SampleDraft | None:
    """Ask for rows with a higher or lower value than the row they refer to."""
    side = _measured(scene)
    if side is None:
        return None
    if scene.chance(0.4):
        sign, words, factors, start = scene.rng.choice(_FACTORS)
        factor = scene.rng.choice(factors)
        part = start + words.format(percent=f"{factor * 100:g}")
        told = scene.rng.choice(_part_of(scene, side, part))
        return _compared(scene, side, f"{side.own} {sign} {factor} * {side.far}", told)
    sign = scene.rng.choice((">", ">", "<"))
    told = scene.rng.choice(_beyond(scene, side, is_more=sign == ">"))
    return _compared(scene, side, f"{side.own} {sign} {side.far}", told)


def _beyond(scene: Scene, side: _Side, *, is_more: bool) -> list[Told]:
    """Return wordings of a value above or below that of the row that is referred to."""
    found, words, theirs = side.tie, side.words, side.tie.theirs(scene)
    high = scene.rng.choice(("higher", "larger", "greater") if is_more else ("lower", "smaller"))
    more = "more" if is_more else "less"
    told: list[Told] = [
        (f"whose {words} is {high} than that of {theirs}", f"have a {high} {words} than {theirs}"),
        (f"with a {high} {words} than {theirs}", f"have a {high} {words} than {theirs}"),
    ]
    if side.last in _EARNINGS:
        told += [as_clause(found.pronoun, f"earn {more} than {theirs}")] * 4
    elif side.last in ("price", "cost"):
        told += [as_clause(found.pronoun, f"cost {more} than {theirs}")] * 3
    elif is_plural(phrase(found.subject, side.column)):
        fewer = "more" if is_more else "fewer"
        plain = phrase(found.subject, side.column)
        told += [as_clause(found.pronoun, f"have {fewer} {plain} than {theirs}")] * 3
    if side.last in _ADJECTIVES:
        adjective = _ADJECTIVES[side.last][0 if is_more else 1]
        told += [as_clause(found.pronoun, f"are {adjective} than {theirs}")] * 4
    return told


def _part_of(scene: Scene, side: _Side, part: str) -> list[Told]:
    """Return wordings of a value above or below a part of the other: less than half of."""
    found, words, theirs = side.tie, side.words, side.tie.theirs(scene)
    told: list[Told] = [
        (f"whose {words} is {part} that of {theirs}", f"have {part} the {words} of {theirs}"),
        (f"with {part} the {words} of {theirs}", f"have {part} the {words} of {theirs}"),
    ]
    if side.last in _EARNINGS:
        noun = found.noun(scene)
        told += [as_clause(found.pronoun, f"earn {part} what their {noun} earns")] * 3
    return told


def _compared(scene: Scene, side: _Side, condition: str, told: Told) -> SampleDraft:
    """Return the draft for the rows of a comparison: names, names and both values, or a number."""
    found = side.tie
    subject, noun = found.subject, found.noun(scene)
    if scene.chance(0.65):
        return ask_fulfilling(scene, everything(subject), condition, told)
    names, labels = scene.refs(subject, subject.names), subject.label_phrase()
    form = f"SELECT {', '.join([*names, side.own, side.far])} WHERE {condition}"
    wanted = ask_rows(scene, subject, subject.many, told)
    tail = scene.rng.choice(
        (
            f", with {labels}, {side.words} and the {noun}'s {side.words}",
            f", showing the {labels}, the {side.words} and the {noun}'s {side.words}",
            f", with both {several(side.words)}",
            f": {labels}, {side.words} and the {side.words} of the {noun}",
        )
    )
    rows = f"{subject.many} {told[0]}"
    return draft(
        scene,
        form,
        Wanted(rows, tail, is_plural=True, questions=wanted.questions, commands=wanted.commands),
    )


def earlier_than_referred(scene: Scene) -> SampleDraft | None:
    """Ask for rows whose date is before or after that of the row they refer to."""
    found = tie(scene)
    column = scene.pick(scene.full_dates(found.subject)) if found else None
    if found is None or column is None:
        return None
    is_before = scene.chance(0.5)
    theirs, noun = found.theirs(scene), found.noun(scene)
    words, happened = phrase(found.subject, column), event(found.subject, column)
    when = "before" if is_before else "after"
    told: list[Told] = [
        (f"whose {words} is {when} that of {theirs}", ""),
        (f"with {'an earlier' if is_before else 'a later'} {words} than {theirs}", ""),
    ]
    if happened == "born":
        age = "older" if is_before else "younger"
        told += [as_clause(found.pronoun, f"are {age} than {theirs}")] * 4
        told += [as_clause(found.pronoun, f"were born {when} {theirs}")]
    elif happened and " " not in happened:
        told += [as_clause(found.pronoun, f"were {happened} {when} {theirs}")] * 3
        told += [as_clause(found.pronoun, f"were {happened} {when} their {noun}")]
    sign = "<" if is_before else ">"
    condition = f"{scene.ref(found.subject, column)} {sign} {found.far(column)}"
    return ask_fulfilling(scene, everything(found.subject), condition, scene.rng.choice(told))


def difference_to_referred(scene: Scene) -> SampleDraft | None:
    """Ask for both values of each row and the row it refers to, or for their difference."""
    side = _measured(scene)
    if side is None:
        return None
    found, words = side.tie, side.words
    subject, theirs, noun = found.subject, found.theirs(scene), found.noun(scene)
    names, one = ", ".join(scene.refs(subject, subject.names)), subject.one
    if scene.chance(0.45):
        form = f"SELECT {names}, {side.own}, {side.far}"
        nouns = (
            f"{words} of each {one} and of {theirs}",
            f"{several(words)} of the {subject.many} next to the {words} of {theirs}",
            f"{words} of every {one} beside the {noun}'s {words}",
        )
        return draft(scene, form, Wanted(scene.rng.choice(nouns), is_plural=True))
    nouns = (
        f"difference between the {words} of each {one} and that of {theirs}",
        f"difference in {words} between each {one} and {theirs}",
    )
    questions = [f"how much higher is the {words} of each {one} than that of {theirs}"]
    if side.last in _EARNINGS:
        questions += [f"how much more does each {one} earn than {theirs}"] * 2
    form = f"SELECT {names}, {side.own} - {side.far}"
    return draft(scene, form, Wanted(scene.rng.choice(nouns), questions=tuple(questions)))


def same_as_referred(scene: Scene) -> SampleDraft | None:
    """Ask for rows with the value of the row they refer to, or another: in the same city."""
    found = tie(scene)
    if found is None:
        return None
    links = [link for link in scene.parents(found.subject) if len(link.key.columns) == 1]
    link = scene.pick(links) if scene.chance(0.4) else None
    categories = [one for one in scene.categories(found.subject) if not roles.is_flag(one)]
    column = scene.pick(categories)
    if link is not None:
        name, words = link.key.columns[0], link.role
    elif column is not None:
        name, words = column.name, phrase(found.subject, column)
    else:
        return None
    is_same = scene.chance(0.6)
    theirs = found.theirs(scene)
    how = "the same" if is_same else scene.rng.choice(("another", "a different"))
    than = "as" if is_same else "than"
    told: list[Told] = [
        (f"with {how} {words} {than} {theirs}", f"have {how} {words} {than} {theirs}"),
        as_clause(found.pronoun, f"have {how} {words} {than} {theirs}"),
    ]
    if words.split()[-1] in ("department", "city", "country", "region", "team", "store", "office"):
        told.append(as_clause(found.pronoun, f"are in {how} {words} {than} {theirs}"))
    sign = "=" if is_same else "<>"
    condition = f"{scene.ref(found.subject, name)} {sign} {found.far(name)}"
    return ask_fulfilling(scene, everything(found.subject), condition, scene.rng.choice(told))


ROLE_COMPARISONS = (
    more_than_referred,
    earlier_than_referred,
    difference_to_referred,
    same_as_referred,
)
"""The families of this module."""
