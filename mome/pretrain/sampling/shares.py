"""Families about shares and percentages: of a condition, of groups, and within groups."""

from __future__ import annotations

from mome.pretrain.sampling.asking import Told, as_told
from mome.pretrain.sampling.dimensions import LASTING, Dimension, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.kin import asked_link, kin, lacking, own_table
from mome.pretrain.sampling.manners import Wanted, per
from mome.pretrain.sampling.restrictions import restriction
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, everything, read, select, under

_WORDS = {
    "PERCENT": ("percentage", "percentage", "percent", "percentage share"),
    "SHARE": ("share", "share", "proportion", "fraction"),
}


def share_of_rows(scene: Scene) -> SampleDraft | None:
    """Ask for the share of the rows that fulfil a condition, some of the time for each group."""
    subject = scene.table()
    part = restriction(scene, subject) if subject else None
    if subject is None or part is None:
        return None
    rows = select(scene, subject, 0, 1) if scene.chance(0.3) else everything(subject)
    if rows is None or part.column is None or part.column in rows.columns:
        return None
    by = dimension(scene, rows, (part.column,)) if scene.chance(0.3) else None
    kind = _kind(scene)
    form = f"{kind}({part.form})"
    return _share(scene, rows, form, kind, as_told(part.said(scene)), by)


def share_without(scene: Scene) -> SampleDraft | None:
    """Ask for the share of the rows without related rows: customers who never ordered."""
    link = asked_link(scene)
    if link is None:
        return None
    related = kin(scene, link, restricted=0.3)
    kind = _kind(scene)
    form = f"{kind}({related.asks('NO', scene)})"
    told = scene.rng.choice(lacking(related))
    return _share(scene, everything(link.parent), form, kind, told, None)


def _share(
    scene: Scene,
    rows: Selection,
    share: str,
    kind: str,
    told: Told,
    by: Dimension | None,
) -> SampleDraft:
    """Ask for a share of rows; `told` says of which ones, after the noun and as a clause."""
    after, does = told
    word = scene.rng.choice(_WORDS[kind])
    of = f"{word} of {rows.many}"
    noun = f"{of} {after}"
    questions = [f"what {of} {does}"] * 3 if does else []
    questions.append(f"what {word} of the {rows.many} are those {after}")
    if kind == "PERCENT" and does:
        questions.append(f"how many percent of the {rows.many} {does}")
    tail = per(scene.rng, by.one) if by else ""
    wanted = Wanted(noun, tail, questions=tuple(questions))
    form = by_groups((by,), (share,), read(scene, rows))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def share_of_amount(scene: Scene) -> SampleDraft | None:
    """Ask for the share of a total that some rows have: of revenue from the web."""
    subject = scene.measured_table()
    column = scene.pick(scene.additive(subject)) if subject else None
    part = restriction(scene, subject) if subject else None
    if subject is None or column is None or part is None or part.column is column:
        return None
    kind = _kind(scene)
    ref, said = scene.ref(subject, column), part.said(scene)
    hundred = "100 * " if kind == "PERCENT" else ""
    form = f"SELECT {hundred}SUM_IF({ref}, {part.form}) / SUM({ref})"
    whole = scene.rng.choice((f"total {subject.amount(column)}", f"{subject.amount(column)}"))
    word = scene.rng.choice(_WORDS[kind])
    rows = f"{subject.many} {said}"
    wanted = Wanted(
        f"{word} of the {whole} that comes from {rows}",
        questions=(
            f"what {word} of the {whole} comes from {rows}",
            f"what {word} of the {whole} is due to {rows}",
            f"what {word} of the {whole} do {rows} account for",
        ),
        titles=(f"{word} of {whole} from {rows}",),
    )
    return draft(scene, form, wanted, is_relative=part.is_relative)


def share_of_groups(scene: Scene) -> SampleDraft | None:
    """Ask for the share that each group has of the number of rows or of a total."""
    subject = own_table(scene)
    rows = select(scene, subject, 0, 1) if subject else None
    value = amount(scene, rows, averages=False) if rows else None
    by = dimension(scene, rows, (), LASTING) if rows else None
    if rows is None or value is None or by is None or by.makes(value.form):
        return None
    words = value.of(scene, rows.many)
    kind = _kind(scene)
    word = scene.rng.choice(_WORDS[kind])
    share = f"{kind}({value.form})"
    shows_value = scene.chance(0.25)
    figures = (value.form, share) if shows_value else (share,)
    form = by_groups((by,), figures, read(scene, rows))
    whole = rows.many if value.is_count else f"the {words}"
    tail = per(scene.rng, by.one)
    if shows_value:
        both = f"{words} and its {word} of the total"
        return draft(scene, form, Wanted(both, tail), is_relative=rows.is_relative)
    wanted = Wanted(
        f"{word} of {whole}{tail}",
        questions=(
            f"what {word} of {_the(whole)} does each {by.one} have",
            f"what {word} of all {rows.many} does each {by.one} account for"
            if value.is_count
            else f"what {word} of {_the(whole)} does each {by.one} account for",
            f"what is each {by.one}'s {word} of {_the(whole)}",
        ),
        titles=(f"{word} of {whole} by {by.one}", f"{whole} by {by.one} as a {word} of the total"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def share_within_groups(scene: Scene) -> SampleDraft | None:
    """Ask for shares within each group: of each status within each country."""
    subject = own_table(scene)
    rows = under(scene, subject, 0.3) if subject else None
    outer = dimension(scene, rows, (), LASTING) if rows else None
    inner = dimension(scene, rows, (), LASTING) if rows else None
    if rows is None or outer is None or inner is None or set(outer.grouped) & set(inner.grouped):
        return None
    value = amount(scene, rows, averages=False)
    if outer.one == inner.one or outer.makes(value.form) or inner.makes(value.form):
        return None
    kind = _kind(scene)
    word = scene.rng.choice(_WORDS[kind])
    share = f"{kind}({value.form}, {', '.join(outer.grouped)})"
    form = by_groups((outer, inner), (share,), read(scene, rows))
    # A store lies in one city: its only part is the whole.
    if all(row[-1] in (None, 1, 100) for row in scene.rows(form)):
        return None
    whole = rows.many if value.is_count else f"the {value.of(scene, rows.many)}"
    plain = whole.removeprefix("the ")
    wanted = Wanted(
        f"{word} of {whole} by {inner.one} within each {outer.one}",
        questions=(
            f"for each {outer.one}, what {word} of its {plain} does each {inner.one} have",
            f"what {word} of {_the(whole)} of each {outer.one} does each {inner.one} account for",
        ),
        titles=(
            f"{word} of {whole} per {inner.one} within {outer.one}",
            f"{inner.one} {word} of {whole} for each {outer.one}",
        ),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _the(noun: str) -> str:
    return noun if noun.startswith("the ") else f"the {noun}"


def _kind(scene: Scene) -> str:
    return "PERCENT" if scene.chance(0.7) else "SHARE"


SHARES = (
    share_of_rows,
    share_without,
    share_of_amount,
    share_of_groups,
    share_within_groups,
)
"""The families of this module."""
