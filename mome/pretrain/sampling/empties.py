"""Families about missing values: customers without an email, orders not yet shipped.

Most databases of the corpus have no NULL at all, so that these may find nothing.
"""

from __future__ import annotations

from mome.pretrain.sampling.asking import as_told, ask_number, ask_rows
from mome.pretrain.sampling.dimensions import Dimension, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.manners import Wanted, per
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.restrictions import Restriction, nullable, on_missing
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, everything, read
from training_data.language.subjects import Subject
from training_data.language.words import with_article

_PERCENTS = ("percentage", "percentage", "share in percent")


def rows_with_missing(scene: Scene) -> SampleDraft | None:
    """Ask for rows without a value, or their number."""
    subject = scene.pick([one for one in scene.subjects if one.label])
    part = _missing(scene, subject) if subject else None
    if subject is None or part is None:
        return None
    told = as_told(part.said(scene))
    where = f" WHERE {part.form}"
    if scene.chance(0.4):
        form = f"SELECT COUNT(*){where}"
        return draft(scene, form, ask_number(scene, subject.many, told), is_relative=True)
    form = f"SELECT {', '.join(scene.refs(subject, subject.label))}{where}"
    return draft(scene, form, ask_rows(scene, subject, subject.many, told), is_relative=True)


def missing_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows without a value in each group, some of the time beside all."""
    drawn = _grouped(scene)
    if drawn is None:
        return None
    rows, part, groups = drawn
    many, words = rows.many, part.said(scene)
    tail = per(scene.rng, groups.one)
    if scene.chance(0.3):
        figures = ("COUNT(*)", f"COUNT_IF({part.form})")
        noun = f"number of {many} and number of {many} {words}"
        titles = (f"{many} in all and {many} {words}", noun)
        wanted = Wanted(noun, tail, is_plural=True, titles=titles)
        form = by_groups((groups,), figures, read(scene, rows))
        return draft(scene, form, wanted, is_relative=True)
    counted = ask_number(scene, many, as_told(words))
    # As every other count of rows by group: one question has one form.
    form = by_groups((groups,), ("COUNT(*)",), f"{read(scene, rows)} WHERE {part.form}")
    wanted = Wanted(counted.noun, tail, questions=counted.questions, titles=(counted.noun,))
    return draft(scene, form, wanted, is_relative=True)


def percent_missing(scene: Scene) -> SampleDraft | None:
    """Ask for the percentage of the rows without a value, mostly of each group."""
    drawn = _grouped(scene)
    if drawn is None:
        return None
    rows, part, groups = drawn
    many, words = rows.many, part.said(scene)
    by = groups if scene.chance(0.7) else None
    form = by_groups((by,), (f"PERCENT({part.form})",), read(scene, rows))
    word = scene.rng.choice(_PERCENTS)
    does = as_told(words)[1] or f"are {words}" * words.startswith("not ")
    each, owner = (f"for each {groups.one}, ", "its") if by else ("", "the")
    tail = per(scene.rng, groups.one) if by else ""
    questions = [f"{each}what {word} of {owner} {many} are those {words}"]
    if does:
        questions += [f"{each}what {word} of {owner} {many} {does}"] * 3
        questions += [f"{each}how many percent of {owner} {many} {does}"]
    wanted = Wanted(f"{word} of {many} {words}{tail}", questions=tuple(questions))
    return draft(scene, form, wanted, is_relative=True)


def _grouped(scene: Scene) -> tuple[Selection, Restriction, Dimension] | None:
    """Return rows, a restriction to those without a value, and groups."""
    subject = scene.table()
    part = _missing(scene, subject) if subject else None
    if subject is None or part is None:
        return None
    rows = everything(subject)
    groups = dimension(scene, rows, (part.column,) if part.column else ())
    if groups is None or groups.makes(part.form) or (groups.key and groups.key in part.form):
        return None
    return rows, part, groups


def _missing(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to rows without a value, without two, or without a parent."""
    kind = scene.rng.choice((on_missing, on_missing, _on_two, _on_parent))
    return kind(scene, subject) or on_missing(scene, subject)


def _on_two(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to rows with neither of two values, or with one of them alone."""
    columns = nullable(scene, subject)
    if len(columns) < 2:
        return None
    first, second = scene.rng.sample(columns, 2)
    one, other = phrase(subject, first), phrase(subject, second)
    refs = scene.refs(subject, (first, second))
    pronoun = who(subject)
    if scene.chance(0.3):
        form = f"FILLED({refs[0]}) AND EMPTY({refs[1]})"
        said = (
            f"with {with_article(one)} but no {other}",
            f"with {with_article(one)} but without {with_article(other)}",
            f"{pronoun} have {with_article(one)} but no {other}",
        )
        return Restriction(form, said, first, is_relative=True)
    form = f"EMPTY({refs[0]}) AND EMPTY({refs[1]})"
    said = (
        f"{pronoun} have neither {with_article(one)} nor {with_article(other)}",
        f"with neither {with_article(one)} nor {with_article(other)}",
        f"with no {one} and no {other}",
        f"without {with_article(one)} and without {with_article(other)}",
    )
    return Restriction(form, said, first, is_relative=True)


def _on_parent(scene: Scene, subject: Subject) -> Restriction | None:
    """Return a restriction to rows that refer to nothing: that belong to no store."""
    columns = {column.name: column for column in subject.table.columns if column.nullable}
    links = [
        link
        for link in scene.parents(subject)
        if len(link.key.columns) == 1 and link.key.columns[0] in columns
    ]
    link = scene.pick(links)
    if link is None:
        return None
    column, role, pronoun = columns[link.key.columns[0]], link.role, who(subject)
    ref = scene.ref(subject, column)
    if scene.chance(0.2):
        said = (
            f"{pronoun} belong to {with_article(role)}",
            f"{pronoun} have {with_article(role)}",
            f"with {with_article(role)}",
        )
        return Restriction(f"FILLED({ref})", said, column, is_relative=True)
    said = (
        f"{pronoun} belong to no {role}",
        f"{pronoun} do not belong to any {role}",
        f"without {with_article(role)}",
        f"with no {role}",
        f"{pronoun} have no {role}",
        f"not assigned to any {role}",
    )
    return Restriction(f"EMPTY({ref})", said, column, is_relative=True)


EMPTIES = (rows_with_missing, missing_by_group, percent_missing)
"""The families of this module."""
