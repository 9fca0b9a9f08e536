"""Families about rows of another table: with, without, all, or more than three of them."""

from __future__ import annotations

from mome.pretrain.sampling.asking import Told, ask_fulfilling, ask_rows
from mome.pretrain.sampling.bounds import compared
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.kin import MOST_PAIRS, Kin, asked_link, having, kin, kin_link, lacking
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.pairs import two_conditions
from mome.pretrain.sampling.restrictions import on_number, on_value
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import under


def rows_without(scene: Scene) -> SampleDraft | None:
    """Ask for rows without rows of another table: customers who never ordered."""
    link = asked_link(scene)
    if link is None:
        return None
    related = kin(scene, link)
    told = scene.rng.choice(lacking(related))
    return _owners(scene, related, related.asks("NO", scene), told)


def rows_with(scene: Scene) -> SampleDraft | None:
    """Ask for rows with at least one row of another table: customers with a paid order."""
    link = asked_link(scene)
    if link is None:
        return None
    related = kin(scene, link, restricted=0.7)
    told = scene.rng.choice(having(related))
    return _owners(scene, related, related.asks("HAS", scene), told)


def rows_with_and_without(scene: Scene) -> SampleDraft | None:
    """Ask for rows with some and without other related rows: with orders but no reviews."""
    owner = scene.pick([one for one in scene.subjects if one.names and scene.children(one)])
    links = scene.children(owner) if owner else ()
    pairs = [(link.child.table.rows or 0) * (link.parent.table.rows or 0) for link in links]
    if owner is None or len(links) < 2 or max(pairs) > MOST_PAIRS:
        return None
    some, none = (kin(scene, link, restricted=0.2) for link in scene.rng.sample(links, 2))
    if some.rows.subject.table.key == none.rows.subject.table.key:
        return None
    after, clause = scene.rng.choice(having(some))
    but = scene.rng.choice((f"but no {none.rows.many}", f"but without any {none.rows.many}"))
    form = f"{some.asks('HAS', scene)} AND {none.asks('NO', scene)}"
    return _owners(scene, some, form, (f"{after} {but}", f"{clause} {but}"))


def rows_with_only(scene: Scene) -> SampleDraft | None:
    """Ask for rows whose related rows all fulfil a condition: all of whose orders are paid."""
    link = asked_link(scene)
    owned = kin(scene, link, restricted=0) if link else None
    related = owned.rows.subject if owned else None
    kind = scene.rng.choice((on_value, on_value, on_number))
    found = kind(scene, related) if related else None
    if link is None or owned is None or related is None or found is None:
        return None
    many, said = related.many, found.said(scene)
    pronoun = who(link.parent)
    told = [
        (f"{pronoun} only have {many} {said}", f"only have {many} {said}"),
        (f"with only {many} {said}", f"have only {many} {said}"),
    ]
    if said.startswith("with "):
        rest = said.removeprefix("with ")
        told += [
            (f"all of whose {many} have {rest}", f"have only {many} {said}"),
            (f"where every {related.one} has {rest}", f"only have {many} {said}"),
            (f"where all {many} have {rest}", f"have nothing but {many} {said}"),
            (f"in which every {related.one} has {rest}", f"have only {many} {said}"),
        ]
    elif said.startswith("whose "):
        thing, _, value = said.removeprefix("whose ").partition(" is ")
        each = f"the {thing} of every {related.one} is {value}"
        told += [(f"where {each}", "")] * 3 if value else []
    elif said.startswith(f"{who(related)} "):
        verb = said.partition(" ")[2]
        told.append((f"all of whose {many} {verb}", f"only have {many} {said}"))
    told += [(f"with {many} {said} only", f"have {many} {said} only")]
    form = f"EVERY({scene.source(related)}, {found.form})"
    return _owners(scene, owned, form, scene.rng.choice(told))


def rows_with_both(scene: Scene) -> SampleDraft | None:
    """Ask for rows with related rows of two values or periods: both in 2023 and in 2024."""
    link = asked_link(scene)
    related = kin(scene, link, restricted=0) if link else None
    pair = two_conditions(scene, related.rows.subject) if related else None
    if link is None or related is None or pair is None:
        return None
    (first, said), (second, also) = pair
    many, name = related.rows.many, scene.source(related.rows.subject)
    if scene.chance(0.3):
        form = f"HAS({name}, {first}) AND NO({name}, {second})"
        ways = (f"{many} {said} but not {also}", f"{many} {said} but none {also}")
    else:
        form = f"HAS({name}, {first}) AND HAS({name}, {second})"
        ways = (f"{many} both {said} and {also}", f"{many} {said} as well as {also}")
    way = scene.rng.choice(ways)
    verb = related.deed[1] if related.deed and scene.chance(0.6) else "have"
    told = [(f"{who(link.parent)} {verb} {way}", f"{verb} {way}")]
    if verb == "have":
        told.append((f"with {way}", f"have {way}"))
    return _owners(scene, related, form, scene.rng.choice(told))


def rows_by_count(scene: Scene) -> SampleDraft | None:
    """Ask for rows by their number of related rows: customers with more than 3 orders."""
    link = kin_link(scene)
    if link is None:
        return None
    related = kin(scene, link, restricted=0.3)
    # Owners without a row are no groups, so that nothing is asked with "fewer than".
    sign = scene.rng.choice((">", ">", ">=", ">=", "="))
    number = scene.rng.choice((2, 2, 3, 3, 4, 5, 10, 20)) - (sign == ">")
    said = compared(sign, number, counted=True) if sign != "=" else (f"exactly {number}",)
    noun = related.rows.one if number == 1 else related.rows.many
    verb = scene.rng.choice(("have", related.deed[1] if related.deed else "have"))
    what = f"{scene.rng.choice(said)} {noun}"
    told = scene.rng.choice(
        ((f"{who(link.parent)} {verb} {what}", f"{verb} {what}"), (f"with {what}", f"have {what}"))
    )
    shows_number = scene.chance(0.3)
    shown = scene.refs(link.parent, link.parent.names)
    shown += ["COUNT(*)"] if shows_number else []
    form = (
        f"SELECT {', '.join(shown)} FROM {scene.source(related.child)}{related.rows.where} "
        f"GROUP BY {', '.join(scene.group_by(link.parent))} HAVING COUNT(*) {sign} {number}"
    )
    ask = (
        _with_number(related, told)
        if shows_number
        else ask_rows(scene, link.parent, link.parent.many, told)
    )
    return draft(scene, form, ask, is_relative=related.rows.is_relative)


def _with_number(related: Kin, told: Told) -> Wanted:
    """Return what is wanted for the owners and how many related rows they have."""
    after, clause = told
    owner = related.owner
    number = f"number of {related.rows.subject.many}"
    rows = f"{owner.many} {after}"
    return Wanted(
        f"{rows} and their {number}",
        is_plural=True,
        questions=(
            f"which {owner.many} {clause}, and how many",
            f"which {owner.many} {clause} and what is their {number}",
        ),
        commands=(f"list the {rows} with their {number}", f"show {rows} and the {number} of each"),
        titles=(f"{rows}, with {number}",),
    )


def rows_by_low_count(scene: Scene) -> SampleDraft | None:
    """Ask for rows with at most some related rows, those without any included."""
    link = kin_link(scene)
    if link is None:
        return None
    parent, child = link.parent, link.child
    related = kin(scene, link, restricted=0).rows.subject
    key = child.table.primary_key
    counted = key[0] if len(key) == 1 else link.key.columns[0]
    count = f"COUNT({scene.ref(child, counted)})"
    sign = scene.rng.choice(("<", "<", "<="))
    number = scene.rng.choice((2, 3, 3, 5, 10))
    shows_number = scene.chance(0.3)
    shown = [*scene.refs(parent, parent.names), *([count] if shows_number else [])]
    form = (
        f"SELECT {', '.join(shown)} FROM {scene.source(parent)} LEFT JOIN {scene.source(child)} "
        f"GROUP BY {', '.join(scene.group_by(parent))} HAVING {count} {sign} {number}"
    )
    what = f"{scene.rng.choice(compared(sign, number, counted=True))} {related.many}"
    none = scene.rng.choice(
        (
            "including those without any",
            "including those with none",
            f"including {parent.many} with no {related.many}",
            "zero included",
            f"or no {related.many} at all",
        )
    )
    with_number = f", with the number of {related.many}" if shows_number else ""
    wanted = Wanted(
        f"{parent.many} with {what}, {none}",
        with_number,
        is_plural=True,
        questions=(f"which {parent.many} have {what}, {none}",),
        commands=(f"list all {parent.many} that have {what}, {none}",),
    )
    return draft(scene, form, wanted)


def _owners(scene: Scene, related: Kin, form: str, told: Told) -> SampleDraft:
    """Return the draft for the owners; some of the time they are restricted themselves."""
    owners = under(scene, related.owner, 0.2)
    return ask_fulfilling(scene, owners, form, told, is_relative=related.rows.is_relative)


RELATIONS = (
    rows_without,
    rows_with,
    rows_with_and_without,
    rows_with_only,
    rows_with_both,
    rows_by_count,
    rows_by_low_count,
)
"""The families of this module."""
