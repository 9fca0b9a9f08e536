"""Families about distributions: an average per something, buckets, bands, percentiles."""

from __future__ import annotations

from mome.pretrain.sampling.asking import ask_rows
from mome.pretrain.sampling.dimensions import LASTING, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.kin import kin
from mome.pretrain.sampling.manners import Wanted, listed, per
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import (
    Selection,
    everything,
    measured_rows,
    read,
    select,
    under,
)
from schemas.catalog import FullColumn
from training_data.language.column_roles import between, is_flag
from training_data.language.subjects import Link
from training_data.language.words import with_article

_OVER = {
    "AVG": ("average", "average", "mean"),
    "MAX": ("maximum", "highest", "largest"),
    "MIN": ("minimum", "lowest", "smallest"),
    "MEDIAN": ("median",),
}
_PERCENTS = (10, 25, 75, 90, 90, 95, 95, 99)


def amount_per_owner(scene: Scene) -> SampleDraft | None:
    """Ask for the average of an amount per something: orders per customer on average."""
    link = _counted_link(scene)
    rows = select(scene, link.child, 0, 1) if link else None
    if link is None or rows is None:
        return None
    value = amount(scene, rows, averages=False)
    function = scene.rng.choice(("AVG", "AVG", "AVG", "MAX", "MIN", "MEDIAN"))
    key = scene.ref(link.child, link.key.columns[0])
    owners = everything(link.parent)
    by = dimension(scene, owners, (), LASTING) if scene.chance(0.25) else None
    each = f"{function}(PER({value.form}, {key}))"
    form = by_groups((by,), (each,), read(scene, rows))
    over = scene.rng.choice(_OVER[function])
    words = value.of(scene, rows.many)
    words = words.removeprefix("total ") if value.is_count else words
    noun = f"{over} {words} per {link.role}"
    questions = [f"what is the {noun}"]
    if value.is_count and function == "AVG":
        questions += [
            f"how many {rows.many} does {with_article(link.role)} have on average",
            f"on average, how many {rows.many} are there per {link.role}",
        ] * 2
    tail = f" for each {by.one}" if by else ""
    titles = [noun]
    if function == "AVG":
        titles.append(f"{words} per {link.role} on average")
    wanted = Wanted(noun, tail, questions=tuple(questions), titles=tuple(titles))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def owners_beside_average(scene: Scene) -> SampleDraft | None:
    """Ask for the owners with more related rows than the average owner."""
    link = _counted_link(scene)
    if link is None or not link.parent.names:
        return None
    related = kin(scene, link, restricted=0)
    key = scene.ref(link.child, link.key.columns[0])
    more = scene.chance(0.75)
    shown = ", ".join(scene.refs(link.parent, link.parent.names))
    form = (
        f"SELECT {shown} FROM {scene.source(link.child)} "
        f"GROUP BY {', '.join(scene.group_by(link.parent))} "
        f"HAVING COUNT(*) {'>' if more else '<'} (SELECT AVG(PER(COUNT(*), {key})))"
    )
    than = scene.rng.choice((f"than the average {link.parent.one}", "than average"))
    what = f"{'more' if more else 'fewer'} {related.rows.many} {than}"
    told = (f"with {what}", f"have {what}")
    wanted = ask_rows(scene, link.parent, link.parent.many, told)
    return draft(scene, form, wanted)


def buckets(scene: Scene) -> SampleDraft | None:
    """Ask for an amount in buckets of one width of a measure."""
    drawn = _ranged(scene)
    if drawn is None:
        return None
    rows, column, (low, high) = drawn
    width = _width(high - low)
    ref, phrase = scene.ref(rows.subject, column), rows.subject.phrase(column)
    bucket = f"BUCKET({ref}, {width})"
    order = f" ORDER BY {bucket}" if scene.chance(0.3) else ""
    form = f"SELECT {bucket}, COUNT(*){read(scene, rows)} GROUP BY {bucket}{order}"
    tail = f", ordered by {phrase}" if order else ""
    many = rows.many
    wanted = Wanted(
        f"number of {many} by {phrase} in steps of {width}",
        tail,
        questions=(
            f"how many {many} are there in each {phrase} range of {width}",
            f"how many {many} fall into each {phrase} bucket of width {width}",
        ),
        commands=(
            f"group the {many} by {phrase} in buckets of {width} and count them",
            f"count {many} per {phrase} bucket of {width}",
        ),
        titles=(
            f"histogram of {many} by {phrase}, bucket size {width}",
            f"{many} by {phrase}, in steps of {width}",
            f"distribution of {phrase} of {many} in bins of {width}",
        ),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def bands(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows in bands with given bounds."""
    drawn = _ranged(scene)
    if drawn is None:
        return None
    rows, column, (low, high) = drawn
    edges = [low, high] if scene.chance(0.6) else [low, (low + high) // 2, high]
    if len(set(edges)) < len(edges):
        return None
    ref, phrase = scene.ref(rows.subject, column), rows.subject.phrase(column)
    band = f"BANDS({ref}, {', '.join(map(str, edges))})"
    form = f"SELECT {band}, COUNT(*){read(scene, rows)} GROUP BY {band}"
    between_edges = [f"{one} to {two}" for one, two in zip(edges, edges[1:], strict=False)]
    said = listed(scene.rng, [f"under {edges[0]}", *between_edges, f"{edges[-1]} and more"])
    many = rows.many
    wanted = Wanted(
        f"number of {many} by {phrase}: {said}",
        questions=(f"how many {many} have {with_article(phrase)} of {said}",),
        commands=(
            f"count the {many} in the {phrase} bands {said}",
            f"split the {many} by {phrase} into {said}, and count each",
        ),
        titles=(f"{many} by {phrase} band ({said})", f"{many} by {phrase}: {said}"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def percentile(scene: Scene) -> SampleDraft | None:
    """Ask for a percentile or the median of a measure, some of the time for each group."""
    drawn = measured_rows(scene)
    if drawn is None:
        return None
    rows, column = drawn
    subject = rows.subject
    by = dimension(scene, rows, (column,)) if scene.chance(0.35) else None
    ref, phrase = scene.ref(subject, column), subject.amount(column)
    if scene.chance(0.35):
        value, words = f"MEDIAN({ref})", "median"
    else:
        number = scene.rng.choice(_PERCENTS)
        value = f"PERCENTILE({ref}, {number / 100:g})"
        words = scene.rng.choice((f"{number}th percentile of the", f"{number}th percentile"))
        if number == 25 or number == 75:
            words = scene.rng.choice(
                (words, f"{'lower' if number == 25 else 'upper'} quartile of the")
            )
    noun = f"{words} {phrase} of {rows.many}"
    if words.endswith("percentile"):
        noun = f"{words} of {phrase} of {rows.many}"
    form = by_groups((by,), (value,), read(scene, rows))
    tail = per(scene.rng, by.one) if by else ""
    return draft(scene, form, Wanted(noun, tail), is_relative=rows.is_relative)


def _counted_link(scene: Scene) -> Link | None:
    """Return a link by one column to another table."""
    links = [link for subject in scene.subjects for link in scene.parents(subject)]
    fit = [
        link
        for link in links
        if len(link.key.columns) == 1 and link.parent.table.key != link.child.table.key
    ]
    return scene.pick(fit)


def _ranged(scene: Scene) -> tuple[Selection, FullColumn, tuple[int, int]] | None:
    """Return rows, one of their measures, and two round numbers within its range."""
    subject = scene.measured_table()
    measures = scene.measures(subject) if subject else ()
    column = scene.pick([one for one in measures if not is_flag(one) and between(one)])
    if subject is None or column is None:
        return None
    rows = under(scene, subject, 0.3, (column,))
    bounds = between(column)
    if bounds is None:
        return None
    return rows, column, bounds


def _width(spread: int) -> int:
    """Return a round width of about a third of the spread: 1, 2, 5, 10, 20, 50, ..."""
    width = 1
    for factor in (2, 2.5, 2) * 12:
        if width * 3 > spread:
            break
        width = int(width * factor)
    return width


DISTRIBUTIONS = (
    amount_per_owner,
    owners_beside_average,
    buckets,
    bands,
    percentile,
)
"""The families of this module."""
