"""Families of which the question says what is to be shown, in which order, ids included."""

from __future__ import annotations

from dataclasses import replace

from mome.pretrain.sampling.asking import as_told, ask_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.extremes import superlative
from mome.pretrain.sampling.figures import figure
from mome.pretrain.sampling.manners import Wanted, per
from mome.pretrain.sampling.naming import phrase
from mome.pretrain.sampling.scene import MOST_SHOWN, Scene
from mome.pretrain.sampling.selections import Selection, read, select
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Link, Subject

_Shown = tuple[str, str]
"""What is shown: its form, and its words."""


def shown_rows(scene: Scene) -> SampleDraft | None:
    """Ask for rows and say which columns are shown, often in an order."""
    subject = scene.table()
    rows = select(scene, subject, 0, 2) if subject else None
    shown = _columns(scene, rows) if rows else []
    if subject is None or rows is None or not shown:
        return None
    order, ordered = _order(scene, shown) if scene.chance(0.4) else ("", "")
    form = f"SELECT {', '.join(form for form, _ in shown)}{read(scene, rows)}{order}"
    words = [words for _, words in shown]
    asked = replace(ask_rows(scene, subject, rows.plain_many, as_told(rows.words)), noun=rows.many)
    if ordered and scene.chance(0.5):
        wanted = replace(asked, tail=ordered, shown=tuple(words))
    else:
        wanted = replace(asked, shown=(*words[:-1], words[-1] + ordered))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def shown_first_rows(scene: Scene) -> SampleDraft | None:
    """Ask for the first rows by a measure and say which columns are shown."""
    subject = scene.measured_table()
    column = scene.pick(scene.measures(subject)) if subject else None
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or column is None or rows is None or column in rows.columns:
        return None
    is_top = scene.chance(0.7)
    # NULLs come first in ascending order, and nobody asks for them.
    if not is_top and scene.has_nulls(subject, column):
        return None
    shown = _columns(scene, rows)
    ref, words = scene.ref(subject, column), phrase(subject, column)
    if ref not in {form for form, _ in shown}:
        shown.append((ref, words))
    number = scene.rng.choice((1, 3, 5, 10))
    forms = ", ".join(form for form, _ in shown)
    way = f"{'DESC' if is_top else 'ASC'} LIMIT {number}"
    form = f"SELECT {forms}{read(scene, rows)} ORDER BY {ref} {way}"
    most = scene.rng.choice(superlative(subject, column, highest=is_top))
    noun = f"{number} {rows.many}" if number > 1 else rows.one
    first = f"{noun} with the {most}"
    wanted = Wanted(
        first,
        is_plural=number > 1,
        questions=(f"which {noun} {'have' if number > 1 else 'has'} the {most}",),
        shown=tuple(words for _, words in shown),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def figure_by_id(scene: Scene) -> SampleDraft | None:
    """Ask for a figure of each row that others refer to, which its id stands for."""
    link = _keyed_link(scene)
    rows = select(scene, link.child, 0, 1) if link else None
    value = figure(scene, rows.subject) if rows else None
    if link is None or rows is None or value is None:
        return None
    ref = scene.ref(link.child, link.key.columns[0])
    if ref in rows.condition:
        return None
    one = _id_words(link)
    words = value.in_full(scene, rows.many)
    shown = [(ref, one), (value.form, value.words or f"number of {rows.subject.many}")]
    order, ordered = _order(scene, shown) if scene.chance(0.5) else ("", "")
    form = f"SELECT {ref}, {value.form}{read(scene, rows)} GROUP BY {ref}{order}"
    said = tuple(words for _, words in shown)
    wanted = Wanted(
        words,
        per(scene.rng, one) + ordered,
        questions=(f"how many {rows.many} are there",) if value.is_count else (),
    )
    if scene.chance(0.4):
        wanted = Wanted(words, per(scene.rng, link.role) + ordered, shown=said)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _ask(scene: Scene, subject: Subject, rows: Selection) -> Wanted:
    """Return what is wanted for some rows of which the question lists the columns later."""
    asked = ask_rows(scene, subject, rows.plain_many, as_told(rows.words))
    # "What are the names of the orders? Show id and name" asks twice.
    questions = tuple(one for one in asked.questions if not one.startswith("what are"))
    return replace(asked, noun=rows.many, questions=questions)


def _columns(scene: Scene, rows: Selection) -> list[_Shown]:
    """Return columns of rows to show: keys, names, others, and now and then a parent's name."""
    subject = rows.subject
    columns = scene.shown(subject, rows.constants)
    keys = [one for one in subject.table.columns if roles.is_key(subject.table, one)]
    own = [one for one in keys if one.name in subject.table.primary_key]
    if own and scene.chance(0.6):
        columns = [own[0], *columns]
    elif keys and scene.chance(0.3):
        columns = [*columns, scene.rng.choice(keys)]
    if scene.chance(0.2):
        scene.rng.shuffle(columns)
    columns = list(dict.fromkeys(columns))[:MOST_SHOWN]
    shown = [(scene.ref(subject, one), _words(scene, subject, one)) for one in columns]
    link = scene.pick(scene.named_parents(subject))
    if link is not None and scene.chance(0.2):
        label = link.parent.label_phrase()
        words = label if label.startswith(link.role) else f"{link.role} {label}"
        shown += [(", ".join(scene.refs(link.parent, link.parent.names)), words)]
    return shown


def _words(scene: Scene, subject: Subject, column: FullColumn) -> str:
    """Return the words for a column; those of an id may name its table."""
    words = phrase(subject, column)
    if words in ("id", f"{subject.one} id"):
        return scene.rng.choice(("id", f"{subject.one} id"))
    return words


def _order(scene: Scene, shown: list[_Shown]) -> tuple[str, str]:
    """Return an ORDER BY clause of one of the columns that are shown, and its words."""
    form, words = scene.rng.choice([one for one in shown if ", " not in one[0]] or shown)
    if ", " in form:
        return "", ""
    verb = scene.rng.choice(("sorted by", "ordered by", "in order of", "sort by"))
    the = scene.rng.choice(("", "", "the "))
    if scene.chance(0.35):
        down = scene.rng.choice(("descending", "in descending order", "from high to low"))
        return f" ORDER BY {form} DESC", f", {verb} {the}{words} {down}"
    up = scene.rng.choice(("", "", " ascending", " in ascending order"))
    return f" ORDER BY {form}", f", {verb} {the}{words}{up}"


def _keyed_link(scene: Scene) -> Link | None:
    """Return a link by one column whose name says what it refers to."""
    links = [link for subject in scene.subjects for link in scene.parents(subject)]
    return scene.pick([link for link in links if len(link.key.columns) == 1])


def _id_words(link: Link) -> str:
    """Return `customer id` for the key that refers to a customer."""
    words = phrase(link.child, link.child_columns[0])
    return words if words.split()[-1] in ("id", "code") else f"{link.role} id"


OUTPUTS = (shown_rows, shown_first_rows, figure_by_id)
"""The families of this module."""
