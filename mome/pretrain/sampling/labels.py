"""Families about labels: rows called `low` or `high` by a bound, one by one or counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mome.pretrain.sampling.bounds import compared, rounded
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import event
from mome.pretrain.sampling.label_words import (
    labels_of_date,
    labels_of_measure,
    labels_of_value,
)
from mome.pretrain.sampling.manners import Wanted, listed
from mome.pretrain.sampling.naming import literal, phrase
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, read, under
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import is_plural, with_article

_ITS = ("the", "the", "its")


@dataclass(frozen=True)
class _Classes:
    """Labels of rows by a condition each, in a form and in words."""

    case: str
    """The CASE of the form."""
    labels: tuple[str, ...]
    """The labels as the question writes them."""
    tests: tuple[str, ...]
    """What is said of all labels but the last: `the price is under 10`."""
    spans: tuple[str, ...]
    """What is said of each label behind it: `under 10`, `the rest`."""
    subject: Subject
    column: FullColumn

    @property
    def by(self) -> str:
        """The words for what decides: `price`."""
        return phrase(self.subject, self.column)

    def of_several(self) -> _Classes:
        """Return the labels as they are said of several rows: `their price is under 10`."""
        tests = (test.replace("its ", "their ", 1) for test in self.tests)
        plural = (test.replace("it was", "they were", 1) for test in tests)
        return replace(self, tests=tuple(test.replace("it ", "they ", 1) for test in plural))

    def in_clauses(self, scene: Scene) -> str:
        """Return `'low' if the price is under 10 and 'high' otherwise`."""
        start, end = scene.rng.choice(
            (
                (" if ", "and {} otherwise"),
                (" when ", "else {}"),
                (" where ", "and {} for the rest"),
            )
        )
        said = [
            f"{label}{start}{test}" for label, test in zip(self.labels, self.tests, strict=False)
        ]
        comma = "," if len(said) > 1 or end.startswith("else") else ""
        return f"{', '.join(said)}{comma} {end.format(self.labels[-1])}"

    def in_brackets(self, last: str) -> str:
        """Return `'low' (price under 10) and 'high' (10 and more)`."""
        spans = (f"{self.by} {self.spans[0]}", *self.spans[1:])
        said = [f"{label} ({span})" for label, span in zip(self.labels, spans, strict=True)]
        return f"{', '.join(said[:-1])} {last} {said[-1]}"

    def in_spans(self, scene: Scene) -> str:
        """Return `'low' under 10, 'high' from 10`."""
        both = list(zip(self.labels, self.spans, strict=True))
        way = scene.rng.choice(("{0} {1}", "{0} {1}", "{1} {0}", "{0}: {1}", "{1} is {0}"))
        said = [way.format(label, span) for label, span in both]
        return ", ".join(said) if ":" in way else listed(scene.rng, said)


def labelled_rows(scene: Scene) -> SampleDraft | None:
    """Ask for rows, each with its label."""
    classes = _classes(scene, [one for one in scene.subjects if one.label])
    if classes is None:
        return None
    subject = classes.subject
    rows = under(scene, subject, 0.2, (classes.column, *subject.names))
    shows_value = scene.chance(0.4) and classes.column not in subject.label
    columns = [*subject.label, *([classes.column] if shows_value else [])]
    form = f"SELECT {', '.join([*scene.refs(subject, columns), classes.case])}{rows.where}"
    if scene.chance(0.5):
        wanted = _label_each(scene, rows, classes, shows_value=shows_value)
        return draft(scene, form, wanted, is_relative=rows.is_relative)
    names = subject.label_phrase() + (f" and {classes.by}" if shows_value else "")
    text = scene.rng.choice(_listing(scene, rows, classes, names))
    return SampleDraft(text[:1].upper() + text[1:], form, rows.is_relative)


def _label_each(scene: Scene, rows: Selection, classes: _Classes, *, shows_value: bool) -> Wanted:
    """Return what is wanted for rows with labels, with or without a list of what is shown."""
    said, either = classes.in_clauses(scene), classes.in_brackets("or")
    names = rows.subject.label_phrase()
    word = scene.rng.choice(("label", "class", "the label"))
    label = scene.rng.choice(("label", "mark", "classify", "tag"))
    return Wanted(
        f"{names} of {rows.many}, labelled {said}",
        commands=(f"{label} {_each(rows)} as {scene.rng.choice((said, either))}",),
        questions=(f"which of the {rows.many} are {either}",),
        shown=(names, classes.by, word) if shows_value else (names, word) * scene.chance(0.5),
    )


def _listing(scene: Scene, rows: Selection, classes: _Classes, names: str) -> list[str]:
    """Return commands for the names of rows and their labels."""
    said, either, each = classes.in_clauses(scene), classes.in_brackets("or"), _each(rows)
    commands = [
        f"show the {names} of {rows.many} and {said}",
        f"for {each}, show the {names} and {said}",
        f"for {each}, give the {names} and whether it is {either}",
        f"list {rows.many} with {names}, and say {said}",
    ]
    if len(classes.tests) == 1:
        first, second = classes.labels
        whether = f"as {first} or {second} depending on whether {classes.tests[0]}"
        commands += [f"label {each} {whether}; show the {names} and the label"] * 2
    return commands


def _each(rows: Selection) -> str:
    return f"each of the {rows.many}" if rows.words else f"each {rows.one}"


def counted_labels(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows of each label."""
    classes = _classes(scene, scene.subjects)
    if classes is None:
        return None
    subject = classes.subject
    rows = under(scene, subject, 0.25, (classes.column, *subject.names))
    form = f"SELECT {classes.case}, COUNT(*){read(scene, rows)} GROUP BY {classes.case}"
    wanted = _count_labels(scene, rows.many, classes.of_several())
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _count_labels(scene: Scene, many: str, classes: _Classes) -> Wanted:
    """Return what is wanted for the number of rows of each label."""
    spans, brackets = classes.in_spans(scene), classes.in_brackets("and")
    clauses = classes.in_clauses(scene)
    words = ["class", "class", "category", "group"]
    # A price lies in a band or on a level, a country does not.
    words += ["band", "level"] if classes.column in classes.subject.measures else []
    word = scene.rng.choice(words)
    by = f"{classes.by} {word}"
    how_many = f"How many {many} are there in each {word}"
    return Wanted(
        f"number of {many} by {by}: {spans}",
        questions=(
            f"how many {many} are {brackets}",
            f"how many {many} are {brackets}",
            f"how many {many} are {clauses}",
            f"call {many} {clauses}. {how_many}",
            f"call {many} with {with_article(classes.by)} {spans}. {how_many}"
            if spans.startswith(classes.spans[0])
            else f"{many} are {clauses}. {how_many}",
        ),
        commands=(
            f"count {many} by {by}: {spans}",
            f"count the {many} that are {brackets}",
            f"count the {many} as {clauses}",
            f"label {many} as {clauses}, and count them per label",
        ),
        titles=(f"{many} by {by}: {spans}", f"number of {many} per {by} ({spans})"),
    )


def _classes(scene: Scene, subjects: Sequence[Subject]) -> _Classes | None:
    """Return labels by a number, a date or a value of one of the tables."""
    kind = scene.rng.choice((_by_number, _by_number, _by_number, _by_date, _by_value))
    found = [kind(scene, one) for one in scene.rng.sample(subjects, min(4, len(subjects)))]
    return next((one for one in found if one is not None), None)


def _by_number(scene: Scene, subject: Subject) -> _Classes | None:
    """Return two or three labels by the bounds of a measure."""
    column = scene.pick(scene.measures(subject))
    bounds = _bounds(scene, subject, column) if column else []
    if column is None or not bounds:
        return None
    words, ref = phrase(subject, column), scene.ref(subject, column)
    labels = labels_of_measure(scene, words.split()[-1], len(bounds) + 1)
    if scene.chance(0.3):
        labels, sign = labels[::-1], scene.rng.choice((">", ">="))
        conditions = [f"{ref} {sign} {bound}" for bound in bounds[::-1]]
        spans = _falling(scene, sign, bounds[::-1])
    else:
        conditions = [f"{ref} < {bound}" for bound in bounds]
        spans = _rising(scene, bounds)
    verb = "are" if is_plural(words) else "is"
    tests = tuple(f"{scene.rng.choice(_ITS)} {words} {verb} {span}" for span in spans[:-1])
    case = _case(conditions, labels)
    return _Classes(case, _quoted(scene, labels), tests, tuple(spans), subject, column)


def _rising(scene: Scene, bounds: Sequence[float]) -> list[str]:
    """Return words for the parts below each bound, and for the rest."""
    first, last = bounds[0], bounds[-1]
    spans = [scene.rng.choice((f"under {first}", f"below {first}", f"less than {first}"))]
    if len(bounds) > 1:
        ways = (
            f"from {first} to under {last}",
            f"{first} to under {last}",
            f"at least {first} but under {last}",
            f"from {first} to less than {last}",
        )
        spans.append(scene.rng.choice(ways))
    rest = (f"from {last}", f"{last} and more", f"{last} or more", f"at least {last}", "the rest")
    return [*spans, scene.rng.choice(rest)]


def _falling(scene: Scene, sign: str, bounds: Sequence[float]) -> list[str]:
    """Return words for the parts above each bound, the highest first, and for the rest."""
    first, *others = (scene.rng.choice(compared(sign, bound)) for bound in bounds)
    return [first, *(f"otherwise {other}" for other in others), "the rest"]


def _bounds(scene: Scene, subject: Subject, column: FullColumn) -> list[float]:
    """Return one or two round numbers within the range of a measure; none if it is too narrow."""
    stored = [value for value in scene.stored(subject, column) if isinstance(value, (int, float))]
    if len(stored) < 4:
        return []
    # The ends of the range would leave a label without rows.
    inner = sorted(stored)[len(stored) // 5 : -max(1, len(stored) // 5)]
    drawn = scene.rng.sample(inner, min(len(inner), scene.rng.choice((1, 1, 2, 2))))
    bounds = sorted({rounded(value, scene.rng.choice((1, 2))) for value in drawn})
    return [bound for bound in bounds if min(stored) < bound <= max(stored)]


def _by_date(scene: Scene, subject: Subject) -> _Classes | None:
    """Return two labels by the year of a date."""
    column = scene.date(subject)
    years = _years(scene, subject, column) if column else []
    if column is None or len(years) < 2:
        return None
    year = scene.rng.choice(years[1:])
    words, happened = phrase(subject, column), event(subject, column)
    labels = labels_of_date(scene)
    form, said, rest = "BEFORE", f"before {year}", scene.rng.choice((f"since {year}", "the rest"))
    if scene.chance(0.3):
        form, rest, labels = "SINCE", f"before {year}", labels[::-1]
        said = scene.rng.choice((f"from {year} on", f"in {year} or later", f"since {year}"))
    test = f"the {words} is {said}"
    if happened:
        plain = happened.removeprefix("that ").removeprefix("who ")
        test = f"it {plain} {said}" if plain != happened else f"it was {happened} {said}"
    case = _case([f"{form}({scene.ref(subject, column)}, '{year}')"], labels)
    return _Classes(case, _quoted(scene, labels), (test,), (said, rest), subject, column)


def _years(scene: Scene, subject: Subject, column: FullColumn) -> list[int]:
    """Return the years of stored dates in their order."""
    starts = {str(value)[:4] for value in scene.stored(subject, column)}
    years = {int(start) for start in starts if start.isdigit()}
    return sorted(year for year in years if year in roles.YEARS)


def _by_value(scene: Scene, subject: Subject) -> _Classes | None:
    """Return two labels, one for a value of a category."""
    column = scene.pick([one for one in scene.categories(subject) if not roles.is_flag(one)])
    value = scene.pick(scene.stored(subject, column)) if column else None
    if column is None or value is None or len(roles.same_values(column, value)) > 1:
        return None
    words = phrase(subject, column)
    labels = labels_of_value(scene, words)
    test = f"the {words} {'are' if is_plural(words) else 'is'} {value}"
    case = _case([f"{scene.ref(subject, column)} = {literal(value)}"], labels)
    rest = scene.rng.choice(("the rest", "all others", "any other"))
    return _Classes(case, _quoted(scene, labels), (test,), (f"{value}", rest), subject, column)


def _case(conditions: Sequence[str], labels: Sequence[str]) -> str:
    """Return the CASE with a label for each condition, and the last one for all other rows."""
    pairs = zip(conditions, labels, strict=False)
    whens = " ".join(f"WHEN {condition} THEN '{label}'" for condition, label in pairs)
    return f"CASE {whens} ELSE '{labels[-1]}' END"


def _quoted(scene: Scene, labels: Sequence[str]) -> tuple[str, ...]:
    """Return the labels as a question writes them: some people quote them."""
    quote = scene.rng.choice(("'", "'", "'", '"', "", ""))
    return tuple(f"{quote}{label}{quote}" for label in labels)


LABELS = (labelled_rows, counted_labels)
"""The families of this module."""
