"""Families about sets of values, roles of one table, and amounts of two tables at once."""

from __future__ import annotations

from mome.pretrain.sampling.asking import ask_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.extremes import more_than
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.kin import kin
from mome.pretrain.sampling.manners import Wanted, listed, per
from mome.pretrain.sampling.naming import literal
from mome.pretrain.sampling.pairs import two_conditions
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, under
from schemas.catalog import FullColumn
from training_data.language.column_roles import is_flag
from training_data.language.subjects import Link, Subject
from training_data.language.words import plural, split_name

_MANAGERS = frozenset("manager boss supervisor report reports".split())
_BOSSES = ("manager", "boss", "supervisor")


def values_in_both(scene: Scene) -> SampleDraft | None:
    """Ask for the values of a column of rows of two kinds: both ... and, but not, or."""
    subject = scene.pick([one for one in scene.subjects if scene.categories(one)])
    pair = two_conditions(scene, subject) if subject else None
    columns = [one for one in scene.categories(subject) if not is_flag(one)] if subject else []
    column = scene.pick([*columns, *(subject.names[-1:] if subject else ())])
    if subject is None or pair is None or column is None:
        return None
    ref, phrase = scene.ref(subject, column), subject.phrase(column)
    (first, said), (second, also) = pair
    if ref in first:
        return None
    many, phrases = subject.many, plural(phrase)
    operation = scene.rng.choice(("INTERSECT", "INTERSECT", "EXCEPT", "EXCEPT", "UNION"))
    form = f"SELECT {ref} WHERE {first} {operation} SELECT {ref} WHERE {second}"
    nouns = {
        "INTERSECT": (
            f"{phrases} of both {many} {said} and {many} {also}",
            f"{phrases} shared by {many} {said} and {many} {also}",
            f"{phrases} that {many} {said} and {many} {also} have in common",
        ),
        "EXCEPT": (
            f"{phrases} of {many} {said} but not of {many} {also}",
            f"{phrases} of {many} {said} that no {many} {also} have",
        ),
        "UNION": (
            f"{phrases} of {many} {said} together with those of {many} {also}, without duplicates",
        ),
    }[operation]
    return draft(scene, form, Wanted(scene.rng.choice(nouns), is_plural=True))


def keys_without(scene: Scene) -> SampleDraft | None:
    """Ask for the values that two tables share, or that only one has: cities of both."""
    drawn = _alike_columns(scene)
    if drawn is None:
        return None
    (one, column), (other, second) = drawn
    phrase = plural(one.phrase(column))
    operation = scene.rng.choice(("INTERSECT", "EXCEPT", "UNION"))
    form = f"SELECT {scene.ref(one, column)} {operation} SELECT {scene.ref(other, second)}"
    nouns = {
        "INTERSECT": (
            f"{phrase} of both {one.many} and {other.many}",
            f"{phrase} that have {one.many} as well as {other.many}",
        ),
        "EXCEPT": (
            f"{phrase} of {one.many} but not of {other.many}",
            f"{phrase} with {one.many} but without {other.many}",
        ),
        "UNION": (
            f"{phrase} of {one.many} or {other.many}",
            f"all {phrase} of {one.many} and of {other.many} together",
        ),
    }[operation]
    noun = scene.rng.choice(nouns)
    return draft(scene, form, Wanted(noun.removeprefix("all "), is_plural=True, titles=(noun,)))


def rows_with_role(scene: Scene) -> SampleDraft | None:
    """Ask for rows with what they refer to in a role: each employee with the manager."""
    link = _role_link(scene)
    if link is None or not link.child.names or not link.parent.names:
        return None
    child, role = link.child, _role(scene, link)
    theirs = [_by_role(scene, link, column) for column in link.parent.names]
    shown = ", ".join([*scene.refs(child, child.names), *theirs])
    rows = under(scene, child, 0.3)
    many = rows.many
    labels = link.parent.label_phrase()
    wanted = Wanted(
        f"{child.label_phrase()} of each {child.one} and of the {role}"
        if not rows.condition
        else f"{child.label_phrase()} of the {many} and of the {role} of each",
        questions=(f"who is the {role} of each of the {many}",)
        if role in _BOSSES
        else (f"what is the {labels} of the {role} of each of the {many}",),
        commands=(
            f"list the {many} with the {labels} of their {role}",
            f"show the {many} together with their {role}",
        ),
        titles=(f"{many} and their {role}", f"{many} with {role}"),
    )
    return draft(scene, f"SELECT {shown}{rows.where}", wanted, is_relative=rows.is_relative)


def rows_by_role(scene: Scene) -> SampleDraft | None:
    """Ask for rows by a name, or by a comparison, in the row that they refer to in a role."""
    link = _role_link(scene)
    if link is None or not link.child.names or not link.parent.names:
        return None
    child, role = link.child, _role(scene, link)
    shown = ", ".join(scene.refs(child, child.names))
    measure = scene.pick(scene.measures(child)) if link.parent is child else None
    if measure is not None and scene.chance(0.5):
        more = scene.chance(0.7)
        theirs = _by_role(scene, link, measure)
        form = f"SELECT {shown} WHERE {scene.ref(child, measure)} {'>' if more else '<'} {theirs}"
        phrase = child.amount(measure)
        verb = more_than(child, measure, more=more)
        has = f"have a {'higher' if more else 'lower'} {phrase} than"
        verb = verb if verb and scene.chance(0.7) else has
        told = (f"{who(child)} {verb} their {role}", f"{verb} their {role}")
        return draft(scene, form, ask_rows(scene, child, child.many, told))
    name = link.parent.names[-1]
    theirs = _by_role(scene, link, name)
    stored = [value for (value,) in scene.rows(f"SELECT DISTINCT {theirs}")]
    value = scene.pick(stored)
    if not isinstance(value, str):
        return None
    form = f"SELECT {shown} WHERE {theirs} = {literal(value)}"
    phrase = link.parent.phrase(name)
    said = scene.rng.choice(
        (
            f"whose {role} is {value}",
            f"whose {role} has the {phrase} {value}",
            f"with {role} {value}",
        )
    )
    wanted = ask_rows(scene, child, child.many, (said, f"have {value} as their {role}"))
    return draft(scene, form, wanted)


def count_by_role(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows by what they refer to in a role: employees per manager."""
    link = _role_link(scene)
    if link is None or not link.parent.names or len(link.key.columns) != 1:
        return None
    child, role = link.child, _role(scene, link)
    names = [_by_role(scene, link, column) for column in link.parent.names]
    by = ", ".join([scene.ref(child, link.key.columns[0]), *names])
    most, tail = scene.rng.choice((("", ""), ("", ""), (" ORDER BY COUNT(*) DESC", ", most first")))
    form = f"SELECT {', '.join(names)}, COUNT(*) GROUP BY {by}{most}"
    wanted = Wanted(
        f"number of {child.many} per {role}",
        tail,
        questions=(f"how many {child.many} does each {role} have",),
        commands=(f"count the {child.many} for each {role}",),
        titles=(f"{child.many} by {role}",),
    )
    return draft(scene, form, wanted)


def two_amounts(scene: Scene) -> SampleDraft | None:
    """Ask for amounts of two tables for each row that both belong to: orders and payments."""
    owners = [one for one in scene.subjects if one.names and len(scene.children(one)) > 1]
    owner = scene.pick(owners)
    if owner is None:
        return None
    links = scene.rng.sample(scene.children(owner), 2)
    if links[0].child is links[1].child or owner in (links[0].child, links[1].child):
        return None
    drawn = [_amount_of(scene, link) for link in links]
    values = [one for one in drawn if one is not None]
    if len(values) < 2:
        return None
    by, shown, one = scene.group_by(owner), scene.refs(owner, owner.names), owner.one
    column = scene.pick([c for c in scene.categories(owner) if not is_flag(c)])
    if column is not None and scene.chance(0.4):
        by = shown = [scene.ref(owner, column)]
        one = f"{owner.one} {owner.phrase(column)}"
    forms = ", ".join([*shown, *(form for form, _ in values)])
    both = listed(scene.rng, [words for _, words in values])
    form = f"SELECT {forms} GROUP BY {', '.join(by)}"
    wanted = Wanted(
        f"{both}{per(scene.rng, one)}",
        questions=(f"what are the {both} for each {one}",),
        commands=(f"for each {one}, show the {both}", f"list every {one} with the {both}"),
        titles=(f"{both} by {one}",),
    )
    return draft(scene, form, wanted)


def _amount_of(scene: Scene, link: Link) -> tuple[str, str] | None:
    """Return an amount of the rows of a link's child that names their table, and its words."""
    child = link.child
    value = amount(scene, everything(child))
    if not value.is_count:
        return value.form, value.in_full(scene, child.many)
    key = child.table.primary_key
    if len(key) != 1:
        return None
    related = kin(scene, link, restricted=0).rows
    return f"COUNT({scene.ref(child, key[0])})", f"number of {related.many}"


def _role_link(scene: Scene) -> Link | None:
    """Return a link by one column of which only the role says what is meant."""
    links = [link for subject in scene.subjects for link in scene.database.parents(subject)]
    fit = []
    for link in links:
        is_self = link.parent.table.key == link.child.table.key
        is_said = link.role != link.parent.one or (is_self and _is_boss(link))
        if (is_self or not link.is_plain) and is_said and len(link.key.columns) == 1:
            fit.append(link)
    return scene.pick([link for link in fit if link.parent.table.rows])


def _is_boss(link: Link) -> bool:
    return bool(set(split_name(link.key.columns[0])) & _MANAGERS)


def _role(scene: Scene, link: Link) -> str:
    """Return the word for the parent, such as `home team`; bosses have several."""
    if _is_boss(link) and link.parent.table.key == link.child.table.key:
        return scene.rng.choice(_BOSSES)
    return link.role


def _by_role(scene: Scene, link: Link, column: FullColumn) -> str:
    """Return the name of a parent's column by the key that leads to it."""
    key = scene.ref(link.child, link.key.columns[0])
    return f"{key}{scene.ref(link.parent, column).removeprefix(scene.source(link.parent))}"


def _alike_columns(
    scene: Scene,
) -> tuple[tuple[Subject, FullColumn], tuple[Subject, FullColumn]] | None:
    """Return categories of one name in two tables that share a value."""
    named: dict[str, list[tuple[Subject, FullColumn]]] = {}
    for subject in scene.subjects:
        for column in scene.categories(subject):
            if column.family == "text" and not is_flag(column):
                named.setdefault(subject.phrase(column), []).append((subject, column))
    pairs = scene.pick([found for found in named.values() if len(found) > 1])
    if not pairs:
        return None
    one, other = scene.rng.sample(pairs, 2)
    shared = set(scene.stored(*one)) & set(scene.stored(*other))
    return (one, other) if shared else None


SETS = (
    values_in_both,
    keys_without,
    rows_with_role,
    rows_by_role,
    count_by_role,
    two_amounts,
)
"""The families of this module."""
