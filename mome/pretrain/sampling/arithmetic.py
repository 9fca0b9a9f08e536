"""Numbers computed of columns: differences, ratios, days between dates, lengths of texts."""

from __future__ import annotations

from mome.pretrain.sampling.dimensions import by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, average, highest, listed, lowest, per, total
from mome.pretrain.sampling.naming import is_update, phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import measured_rows, read, select
from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import split_name


def difference(scene: Scene) -> SampleDraft | None:
    """Ask for the difference of two measures of each row."""
    subject = scene.measured_table()
    pair = _two_alike(scene, subject) if subject else None
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or pair is None or rows is None or not subject.names:
        return None
    first, second = pair
    form = f"{scene.ref(subject, first)} - {scene.ref(subject, second)}"
    words = f"difference between {phrase(subject, first)} and {phrase(subject, second)}"
    labels = [phrase(subject, column) for column in subject.names]
    names = ", ".join(scene.refs(subject, subject.names))
    noun = f"{listed(scene.rng, labels)} of {rows.many} and the {words}"
    wanted = Wanted(noun, is_plural=True)
    return draft(scene, f"SELECT {names}, {form}{rows.where}", wanted, is_relative=rows.is_relative)


def ratio(scene: Scene) -> SampleDraft | None:
    """Ask for one sum by another, or by the number of rows, rounded now and then."""
    subject = scene.measured_table()
    columns = scene.additive(subject) if subject else ()
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or not columns or rows is None:
        return None
    first = scene.rng.choice(columns)
    other = scene.pick([column for column in columns if column != first])
    top = f"SUM({scene.ref(subject, first)})"
    words = total(scene.rng, subject.amount(first))
    if other is not None and scene.chance(0.5):
        form = f"{top} / SUM({scene.ref(subject, other)})"
        said = f"ratio of the {words} to the {total(scene.rng, subject.amount(other))}"
        noun = f"{said} of {rows.many}"
    else:
        form = f"{top} / COUNT(*)"
        noun = f"{words} divided by the number of {rows.many}"
    tail = ""
    if scene.chance(0.4):
        digits = scene.rng.choice((0, 1, 2, 2))
        form = f"ROUND({form}, {digits})"
        places = "decimal" if digits == 1 else "decimals"
        tail = f", rounded to {digits} {places}"
    wanted = Wanted(noun, tail)
    return draft(scene, f"SELECT {form}{rows.where}", wanted, is_relative=rows.is_relative)


def rounded(scene: Scene) -> SampleDraft | None:
    """Ask for a rounded mean, often by groups."""
    drawn = measured_rows(scene)
    if drawn is None:
        return None
    rows, column = drawn
    subject = rows.subject
    digits = scene.rng.choice((0, 1, 2, 2))
    form = f"ROUND(AVG({scene.ref(subject, column)}), {digits})"
    groups = dimension(scene, rows, (column,)) if scene.chance(0.5) else None
    ending = "decimal" if digits == 1 else "decimals"
    end = scene.rng.choice((f", rounded to {digits} {ending}", f" rounded to {digits} {ending}"))
    noun = f"{average(scene.rng, subject.amount(column))} of {rows.many}"
    tail = per(scene.rng, groups.one) if groups else ""
    text = by_groups((groups,), (form,), read(scene, rows))
    return draft(scene, text, Wanted(noun, tail + end), is_relative=rows.is_relative)


def days_between(scene: Scene) -> SampleDraft | None:
    """Ask for the days between two dates of a row, or for their mean or extremes."""
    subject = scene.pick([one for one in scene.subjects if len(_two_dates(scene, one)) == 2])
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or rows is None:
        return None
    first, second = _two_dates(scene, subject)
    days = f"ELAPSED({scene.ref(subject, first)}, {scene.ref(subject, second)}, 'day')"
    words = f"between {phrase(subject, first)} and {phrase(subject, second)}"
    if scene.chance(0.3) and subject.label:
        labels = [phrase(subject, column) for column in subject.label]
        shown = ", ".join(scene.refs(subject, subject.label))
        noun = f"{listed(scene.rng, labels)} and the number of days {words} of {rows.many}"
        form = f"SELECT {shown}, {days}{rows.where}"
        return draft(scene, form, Wanted(noun, is_plural=True), is_relative=rows.is_relative)
    name, say = scene.rng.choice(
        (("AVG", average), ("AVG", average), ("MAX", highest), ("MIN", lowest))
    )
    noun = f"{say(scene.rng, 'number of days')} {words} of {rows.many}"
    form = f"SELECT {name}({days}){rows.where}"
    return draft(scene, form, Wanted(noun), is_relative=rows.is_relative)


def length_of_text(scene: Scene) -> SampleDraft | None:
    """Ask for the length of names, or for those longer than a number of letters."""
    subject = scene.named_table()
    if subject is None:
        return None
    column = subject.names[-1]
    ref = scene.ref(subject, column)
    words = phrase(subject, column)
    shown = ", ".join(scene.refs(subject, subject.names))
    labels = [phrase(subject, one) for one in subject.names]
    if scene.chance(0.4):
        noun = f"{listed(scene.rng, labels)} of {subject.many} and the length of the {words}"
        form = f"SELECT {shown}, LENGTH({ref})"
        return draft(scene, form, Wanted(noun, is_plural=True))
    texts = [value for value in scene.stored(subject, column) if isinstance(value, str)]
    text = scene.pick(texts)
    if text is None:
        return None
    sign, said = scene.rng.choice(((">", "more than"), ("<", "fewer than"), (">=", "at least")))
    condition = f"LENGTH({ref}) {sign} {len(text)}"
    letters = scene.rng.choice(("characters", "letters", "characters"))
    noun = f"{subject.many} whose {words} has {said} {len(text)} {letters}"
    if scene.chance(0.3):
        form = f"SELECT COUNT(*) WHERE {condition}"
        return draft(
            scene, form, Wanted(f"number of {noun}", questions=(f"how many {noun} are there",))
        )
    names = listed(scene.rng, [several(label) for label in labels])
    return draft(
        scene, f"SELECT {shown} WHERE {condition}", Wanted(f"{names} of {noun}", is_plural=True)
    )


def _two_alike(scene: Scene, subject: Subject) -> tuple[FullColumn, FullColumn] | None:
    """Return two measures of one kind, the larger first: the highest and the lowest salary."""
    measures = scene.measures(subject)
    pairs = [
        (first, second)
        for first in measures
        for second in measures
        if first != second and split_name(first.name)[-1] == split_name(second.name)[-1]
    ]
    pair = scene.pick(pairs)
    if pair is None:
        return None
    ordered = sorted(pair, key=lambda column: _size(column.max), reverse=True)
    return ordered[0], ordered[1]


def _size(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0


def _two_dates(scene: Scene, subject: Subject) -> list[FullColumn]:
    """Return the earlier and the later date of a row; fewer if it has not two."""
    dates = [column for column in scene.full_dates(subject) if not is_update(column)]
    return sorted(dates[:2], key=lambda column: (str(column.min), str(column.max)))
