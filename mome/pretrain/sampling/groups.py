"""Figures by groups: orders per country, the average price by genre and year."""

from __future__ import annotations

from mome.pretrain.sampling.dimensions import Dimension, by_groups, dimension, grouped_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import (
    Figure,
    SaidFigures,
    all_said,
    different,
    figure,
    several_figures,
)
from mome.pretrain.sampling.manners import Wanted, number_of, per
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, read

_OFTEN = {"month": "monthly", "quarter": "quarterly", "year": "yearly"}
"""Unit of time -> the adjective for a figure of each."""


def figure_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for a figure of each group, often in an order."""
    rows = grouped_rows(scene)
    groups = dimension(scene, rows) if rows else None
    shown = figure(scene, rows.subject) if rows else None
    if rows is None or groups is None or shown is None or groups.makes(shown.form):
        return None
    order, ordered = _order(scene, groups, shown) if scene.chance(0.35) else ("", "")
    form = f"{by_groups((groups,), (shown.form,), read(scene, rows))}{order}"
    if scene.chance(0.15):
        figure_words = shown.words or f"number of {rows.subject.many}"
        tail = per(scene.rng, groups.one) + ordered
        wanted = Wanted(shown.of(scene, rows.many), tail, shown=(groups.one, figure_words))
        return draft(scene, form, wanted, is_relative=rows.is_relative)
    return _by_group(scene, rows, shown, per(scene.rng, groups.one) + ordered, form)


def figure_by_two_groups(scene: Scene) -> SampleDraft | None:
    """Ask for a figure by two dimensions."""
    rows = grouped_rows(scene)
    if rows is None:
        return None
    first, second = dimension(scene, rows), dimension(scene, rows)
    shown = figure(scene, rows.subject)
    if first is None or second is None or shown is None:
        return None
    is_once = not set(first.grouped) & set(second.grouped) and first.one != second.one
    # A month lies in one quarter.
    if not is_once or (first.is_time and second.is_time):
        return None
    form = by_groups((first, second), (shown.form,), read(scene, rows))
    tail = per(scene.rng, first.one) + f" and {second.one}"
    return _by_group(scene, rows, shown, tail, form)


def several_figures_by_group(scene: Scene) -> SampleDraft | None:
    """Ask for two or more figures of each group."""
    rows = grouped_rows(scene)
    groups = dimension(scene, rows) if rows else None
    figures = several_figures(scene, rows) if rows else []
    if rows is None or groups is None or len(figures) < 2:
        return None
    forms = [form for one in figures for form in one.forms]
    if any(_is_of(groups, form) for form in forms) or any(_is_counted(groups, f) for f in figures):
        return None
    form = by_groups((groups,), forms, read(scene, rows))
    noun, one = all_said(scene, figures, rows.many), groups.one
    if scene.chance(0.5):
        wanted = Wanted(noun, per(scene.rng, one), is_plural=True)
        return draft(scene, form, wanted, is_relative=rows.is_relative)
    text = scene.rng.choice(
        (
            f"per {one}: {noun}",
            f"for each {one}: {noun}",
            f"for every {one}, {noun}",
            f"for each {one}, show the {noun}.",
            f"for each {one}, give {noun}",
            f"{one}, {noun}",
            f"show each {one} with the {noun}.",
            f"list {groups.many} with {noun}",
        )
    )
    return SampleDraft(text[:1].upper() + text[1:], form, rows.is_relative)


def different_by_group(scene: Scene) -> SampleDraft | None:
    """Ask how many different values there are in each group."""
    rows = grouped_rows(scene)
    groups = dimension(scene, rows) if rows else None
    shown = different(scene, rows.subject, rows.columns) if rows else None
    # The number of countries of each country is one.
    if rows is None or groups is None or shown is None or _is_counted(groups, shown):
        return None
    noun = f"number of {shown.counted} of {rows.many}"
    form = by_groups((groups,), (shown.form,), read(scene, rows))
    wanted = Wanted(noun, per(scene.rng, groups.one))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def counts_with_zero(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows of each parent, also of those that have none."""
    subject = scene.table()
    link = scene.pick(scene.named_parents(subject)) if subject else None
    if subject is None or link is None or len(subject.table.primary_key) != 1:
        return None
    parent = link.parent
    shown = ", ".join(scene.refs(parent, parent.names))
    counted = f"COUNT({scene.ref(subject, subject.table.primary_key[0])})"
    source = f"{scene.source(parent)} LEFT JOIN {scene.source(subject)}"
    form = f"SELECT {shown}, {counted} FROM {source} GROUP BY {', '.join(scene.group_by(parent))}"
    end = scene.rng.choice(
        (
            f", including {parent.many} without {subject.many}",
            f", including {parent.many} that have none",
            f", with 0 for {parent.many} without any",
            ", even if there are none",
        )
    )
    wanted = Wanted(
        number_of(scene.rng, subject.many),
        f"{per(scene.rng, parent.one)}{end}",
        questions=(f"how many {subject.many} are there",),
        titles=(subject.many,),
    )
    return draft(scene, form, wanted)


def _is_of(groups: Dimension, form: str) -> bool:
    """Return True if a figure is of the column that makes the groups, or of their date."""
    measured = form.partition("(")[2].rstrip(")")
    return groups.makes(form) or any(measured in made for made in groups.grouped)


def _is_counted(groups: Dimension, shown: Figure | SaidFigures) -> bool:
    """Return True if each group counts itself alone: the countries of each country."""
    return groups.one in shown.counted or groups.many in shown.counted


def _by_group(scene: Scene, rows: Selection, shown: Figure, tail: str, form: str) -> SampleDraft:
    questions: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    many = rows.many
    # Orders per country in 2024, or orders in 2024 per country.
    if rows.period and "," not in tail and scene.chance(0.5):
        many, tail = rows.plain_many, f"{tail} {rows.period}"
    if not shown.words:
        questions = (f"how many {many} are there",) * 2
        titles = (many, f"number of {many}")
    noun = shown.of(scene, many)
    unit = tail.strip().partition(" ")[2].partition(" ")[0]
    if unit in _OFTEN and tail.startswith((f" per {unit}", f" by {unit}")) and scene.chance(0.3):
        end = tail.partition(unit)[2]
        # "Monthly number of orders": not for `month of the hire date`.
        if not end.startswith((" of", " and")):
            often = _OFTEN[unit]
            titles = tuple(f"{often} {title}" for title in titles)
            wanted = Wanted(f"{often} {noun}", end, titles=titles)
            return draft(scene, form, wanted, is_relative=rows.is_relative)
    wanted = Wanted(noun, tail, questions=questions, titles=titles)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _order(scene: Scene, groups: Dimension, shown: Figure) -> tuple[str, str]:
    """Return an ORDER BY clause and its words."""
    if groups.is_time:
        said = scene.rng.choice((f", ordered by {groups.one}", ", in chronological order"))
        return f" ORDER BY {groups.shown[0]} ASC", said
    is_down = scene.chance(0.7)
    order = f" ORDER BY {shown.form} {'DESC' if is_down else 'ASC'}"
    down = (", highest first", ", from highest to lowest", ", in descending order of that figure")
    up = (", lowest first", ", from lowest to highest", ", in ascending order of that figure")
    return order, scene.rng.choice(down if is_down else up)
