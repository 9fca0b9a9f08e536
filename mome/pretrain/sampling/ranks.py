"""Families about ranks: the second highest, the best three of each group."""

from __future__ import annotations

from dataclasses import replace

from mome.pretrain.sampling.dimensions import LASTING, Dimension, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import is_person
from mome.pretrain.sampling.extremes import extreme, superlative
from mome.pretrain.sampling.figures import amount
from mome.pretrain.sampling.kin import own_table
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import Selection, measured_rows, read, select
from schemas.catalog import FullColumn

_ORDINALS = {
    2: ("second", "2nd"),
    3: ("third", "3rd"),
    4: ("fourth", "4th"),
    5: ("fifth", "5th"),
    10: ("tenth", "10th"),
}
_SPENDERS = frozenset("customer client buyer guest user member".split())
_MONEY = frozenset("amount total payment paid spent revenue".split())
"""Words of measures that hold money which is spent."""
_NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 10: "ten"}


def nth_row(scene: Scene) -> SampleDraft | None:
    """Ask for the row with the nth highest or lowest value of a measure."""
    drawn = _ranked_rows(scene)
    if drawn is None:
        return None
    rows, column = drawn
    subject = rows.subject
    highest = scene.chance(0.7)
    number = scene.rng.choice((2, 2, 2, 3, 3, 4, 5))
    ordinal = scene.rng.choice(_ORDINALS[number])
    shown = [*scene.refs(subject, subject.names)]
    ref = scene.ref(subject, column)
    shows_value = scene.chance(0.3)
    shown += [ref] if shows_value else []
    rank = f"{'NTH' if highest else 'NTH_LOWEST'}({number}, {ref})"
    form = f"SELECT {', '.join(shown)}{rows.where} QUALIFY {rank}"
    how = f"{ordinal} {scene.rng.choice(superlative(subject, column, highest=highest))}"
    tail = f", with the {subject.amount(column)}" if shows_value else ""
    return draft(scene, form, _nth(scene, rows, column, how, tail), is_relative=rows.is_relative)


def _nth(scene: Scene, rows: Selection, column: FullColumn, how: str, tail: str) -> Wanted:
    """Return what is wanted for the row with `how`, such as the second highest salary."""
    subject = rows.subject
    start = "who" if is_person(subject) and not rows.condition else f"which {subject.one}"
    among = f" among the {rows.many}" if rows.condition else ""
    labels = subject.label_phrase()
    questions = [
        f"{start} has the {how}{among}",
        f"what is the {labels} of the {rows.one} with the {how}",
    ]
    titles = [f"{rows.one} with the {how}", f"{rows.one} with {how}"]
    ordinal, _, value = how.partition(" ")
    for highest in (True, False):
        adjective = extreme(subject, column, highest=highest)
        if adjective and value in superlative(subject, column, highest=highest):
            questions += [f"which is the {ordinal} {adjective} {rows.one}"] * 2
            titles += [f"{ordinal} {adjective} {rows.one}"] * 2
    noun = titles[-1] if scene.chance(0.5) else f"{labels} of the {rows.one} with the {how}"
    return Wanted(noun, tail, questions=tuple(questions), titles=tuple(titles))


def nth_value(scene: Scene) -> SampleDraft | None:
    """Ask for the nth highest or lowest value itself."""
    drawn = measured_rows(scene)
    if drawn is None:
        return None
    rows, column = drawn
    subject = rows.subject
    highest = scene.chance(0.7)
    number = scene.rng.choice((2, 2, 3, 4, 5))
    ordinal = scene.rng.choice(_ORDINALS[number])
    ref = scene.ref(subject, column)
    rank = f"{'NTH' if highest else 'NTH_LOWEST'}({number}, {ref})"
    form = f"SELECT DISTINCT {ref}{rows.where} QUALIFY {rank}"
    how = scene.rng.choice(("highest", "largest") if highest else ("lowest", "smallest"))
    noun = f"{ordinal} {how} {subject.amount(column)}"
    of = f" of {rows.many}" if rows.condition else f" of all {subject.many}"
    ask = Wanted(noun, of, commands=(f"find the {noun}",))
    return draft(scene, form, ask, is_relative=rows.is_relative)


def best_of_groups(scene: Scene) -> SampleDraft | None:
    """Ask for the rows with the highest or lowest values of each group."""
    drawn = _ranked_rows(scene)
    by = dimension(scene, drawn[0], (drawn[1],), LASTING) if drawn else None
    if drawn is None or by is None:
        return None
    rows, column = drawn
    highest = scene.chance(0.7)
    number = scene.rng.choice((1, 1, 1, 2, 3, 3, 5))
    nth = scene.chance(0.2)
    if nth:
        number = scene.rng.choice((2, 3))
    ref = scene.ref(rows.subject, column)
    rank = ("NTH" if highest else "NTH_LOWEST") if nth else ("TOP" if highest else "BOTTOM")
    shows_value = scene.chance(0.5)
    shown = [*by.shown, *scene.refs(rows.subject, rows.subject.names)]
    shown += [ref] if shows_value else []
    form = (
        f"SELECT {', '.join(dict.fromkeys(shown))}{rows.where} "
        f"QUALIFY {rank}({number}, {ref}, {', '.join(by.grouped)})"
    )
    how = scene.rng.choice(superlative(rows.subject, column, highest=highest))
    lists_all = scene.chance(0.5)
    tail = f", with the {rows.subject.amount(column)}" if shows_value and not lists_all else ""
    if nth:
        ask = _nth_of(scene, rows, by, f"{scene.rng.choice(_ORDINALS[number])} {how}", tail)
    else:
        adjective = extreme(rows.subject, column, highest=highest)
        ask = _best(scene, rows, by, number, how, adjective, tail)
    if shows_value and lists_all:
        amount_words = rows.subject.phrase(column)
        ask = replace(ask, shown=(by.one, rows.subject.label_phrase(), amount_words))
    return draft(scene, form, ask, is_relative=rows.is_relative)


def _nth_of(scene: Scene, rows: Selection, by: Dimension, how: str, tail: str) -> Wanted:
    one = rows.one
    each = _each(scene, by)
    return Wanted(
        f"{one} with the {how} {each}",
        tail,
        questions=(
            f"which {one} has the {how} {each}",
            f"for each {by.one}, which {one} has the {how}",
        ),
        commands=(f"for every {by.one}, show the {one} with the {how}",),
    )


def _best(
    scene: Scene, rows: Selection, by: Dimension, number: int, how: str, adjective: str, tail: str
) -> Wanted:
    """Return what is wanted for the best rows of each group.

    how: `highest price`. adjective: `most expensive`; empty if there is none.
    """
    each = _each(scene, by)
    if number == 1:
        one = rows.one
        nouns = [f"{one} with the {how} {each}"]
        nouns += [f"{adjective} {one} {each}"] * 2 if adjective else []
        questions = [
            f"which {one} has the {how} {each}",
            f"for each {by.one}, which {one} has the {how}",
        ]
        questions += [f"what is the {adjective} {one} {each}"] if adjective else []
        commands = [f"for every {by.one}, show the {one} with the {how}"]
        return Wanted(
            scene.rng.choice(nouns), tail, False, tuple(questions), tuple(commands), tuple(nouns)
        )
    count = scene.rng.choice((str(number), _NUMBERS[number]))
    nouns = [f"{count} {rows.many} with the {how} {each}"]
    nouns += [f"{count} {adjective} {rows.many} {each}"] * 2 if adjective else []
    questions = [
        f"which {count} {rows.many} have the {how} {each}",
        f"for each {by.one}, which {count} {rows.many} have the {how}",
    ]
    commands = [f"for every {by.one}, list the {count} {rows.many} with the {how}"]
    return Wanted(
        scene.rng.choice(nouns), tail, True, tuple(questions), tuple(commands), tuple(nouns)
    )


def nth_group(scene: Scene) -> SampleDraft | None:
    """Ask for the group with the nth highest or lowest count, sum or average."""
    subject = own_table(scene)
    rows = select(scene, subject, 0, 1) if subject else None
    by = dimension(scene, rows, (), LASTING) if rows else None
    if rows is None or by is None:
        return None
    highest = scene.chance(0.75)
    value, how, words = _extreme_amount(scene, rows, highest=highest)
    if by.makes(value):
        return None
    number = scene.rng.choice((2, 2, 2, 3, 3, 4, 5))
    shows_value = scene.chance(0.4)
    form = (
        f"{by_groups((by,), (value,) if shows_value else (), read(scene, rows))} "
        f"QUALIFY {'NTH' if highest else 'NTH_LOWEST'}({number}, {value})"
    )
    how = f"{scene.rng.choice(_ORDINALS[number])} {how}"
    wanted = Wanted(
        f"{by.one} with the {how}",
        f", with the {words}" if shows_value else "",
        questions=(f"which {by.one} has the {how}", f"what {by.one} has the {how}"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def biggest_spenders(scene: Scene) -> SampleDraft | None:
    """Ask for the customers who spent the most: the highest sums of what they paid."""
    links = [link for one in scene.subjects for link in scene.named_parents(one)]
    link = scene.pick([link for link in links if link.parent.one in _SPENDERS])
    measures = scene.additive(link.child) if link else ()
    paid = [one for one in measures if link and set(link.child.phrase(one).split()) & _MONEY]
    column = scene.pick(paid)
    rows = select(scene, link.child, 0, 1) if link else None
    if link is None or column is None or rows is None or column in rows.columns:
        return None
    parent = link.parent
    most = scene.chance(0.8)
    number = scene.rng.choice((1, 1, 3, 5, 10))
    total_paid = f"SUM({scene.ref(link.child, column)})"
    shows_value = scene.chance(0.4)
    shown = [*scene.refs(parent, parent.names), *([total_paid] if shows_value else [])]
    form = (
        f"SELECT {', '.join(shown)}{rows.where} GROUP BY {', '.join(scene.group_by(parent))} "
        f"ORDER BY {total_paid} {'DESC' if most else 'ASC'} LIMIT {number}"
    )
    who = parent.one if number == 1 else f"{number} {parent.many}"
    on = f" on {rows.many}" if rows.condition else scene.rng.choice(("", f" on {rows.many}"))
    how = "the most" if most else "the least"
    wanted = Wanted(
        f"{who} who spent {how}{on}",
        (", and how much" if shows_value else ""),
        is_plural=number > 1,
        questions=(f"which {who} spent {how}{on}", f"which {who} spent {how} money{on}"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _extreme_amount(scene: Scene, rows: Selection, *, highest: bool) -> tuple[str, str, str]:
    """Return an aggregate, words for its extreme, and for itself: the number of orders."""
    value = amount(scene, rows)
    words = value.of(scene, rows.many)
    extremes = ("highest", "largest", "greatest") if highest else ("lowest", "smallest")
    how = f"{scene.rng.choice(extremes)} {words}"
    # Groups have the most orders more often than the highest number of orders.
    if value.is_count and scene.chance(0.7):
        how = f"{'most' if highest else 'fewest'} {rows.many}"
    return value.form, how, words


def _ranked_rows(scene: Scene) -> tuple[Selection, FullColumn] | None:
    """Return rows with names and a measure to rank them by."""
    tables = [one for one in scene.subjects if one.names and scene.measures(one)]
    subject = scene.pick(tables)
    rows = select(scene, subject, 0, 1) if subject else None
    column = scene.pick(scene.measures(subject)) if subject else None
    if subject is None or rows is None or column is None:
        return None
    # One of the films with a certain name is seldom ranked.
    if column in rows.columns or set(subject.names) & set(rows.columns):
        return None
    return rows, column


def _each(scene: Scene, by: Dimension) -> str:
    one = by.one
    said = [f"of each {one}", f"per {one}", f"for each {one}", f"of every {one}"]
    if not by.is_person:
        said += [f"in each {one}", f"in every {one}"]
    return scene.rng.choice(said)


RANKS = (
    nth_row,
    nth_value,
    best_of_groups,
    nth_group,
    biggest_spenders,
)
"""The families of this module."""
