"""Families that compare rows or groups with an average, a maximum, or with one other row."""

from __future__ import annotations

from mome.pretrain.sampling.asking import Told, ask_fulfilling
from mome.pretrain.sampling.dimensions import KEYED, LASTING, by_groups, dimension
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.events import who
from mome.pretrain.sampling.extremes import more_than, superlative
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.naming import literal
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read, select, under
from schemas.catalog import FullColumn
from training_data.language.subjects import Subject
from training_data.language.words import with_article

MOST_CORRELATED = 1500
"""Rows of a table up to which each is compared with the average of its own group."""


def beside_average(scene: Scene) -> SampleDraft | None:
    """Ask for the rows above or below an average, or with the highest value of all."""
    drawn = _measured(scene)
    if drawn is None:
        return None
    subject, column = drawn
    ref = scene.ref(subject, column)
    more = scene.chance(0.7)
    if scene.chance(0.2):
        function, value = ("MAX", True) if more else ("MIN", False)
        how = scene.rng.choice(superlative(subject, column, highest=value))
        condition = f"{ref} = (SELECT {function}({ref}))"
        least = "maximum" if more else "minimum"
        told = scene.rng.choice(
            (
                (f"that all have the {how}", f"share the {how}"),
                (f"whose {subject.amount(column)} equals the {least}", f"all have the {how}"),
            )
        )
        return ask_fulfilling(scene, everything(subject), condition, told)
    condition = f"{ref} {'>' if more else '<'} (SELECT AVG({ref}))"
    rows = under(scene, subject, 0.3, (column,))
    told = _than_average(scene, subject, column, more=more)
    return ask_fulfilling(scene, rows, condition, told)


def beside_own_average(scene: Scene) -> SampleDraft | None:
    """Ask for the rows above or below the average of their own group."""
    drawn = _measured(scene)
    rows = everything(drawn[0]) if drawn else None
    by = dimension(scene, rows, drawn[1:], KEYED) if drawn and rows else None
    if drawn is None or by is None or not by.key:
        return None
    subject, column = drawn
    # SQLite computes the average anew for every row.
    if (subject.table.rows or 0) > MOST_CORRELATED:
        return None
    more = scene.chance(0.7)
    table = scene.source(subject)
    alias = f'"{subject.table.name}_2"'
    ref, key = scene.ref(subject, column), by.key
    inner = ref.removeprefix(table), key.removeprefix(table)
    condition = (
        f"{ref} {'>' if more else '<'} (SELECT AVG({alias}{inner[0]}) FROM {table} AS {alias} "
        f"WHERE {alias}{inner[1]} = {key})"
    )
    phrase = subject.amount(column)
    above = scene.rng.choice(("above", "higher than") if more else ("below", "lower than"))
    average = scene.rng.choice(
        (
            f"the average of their {by.one}",
            f"the average {phrase} of their {by.one}",
            f"the average {phrase} for their {by.one}",
            f"the average for their own {by.one}",
        )
    )
    told = [
        (f"whose {phrase} is {above} {average}", f"have {with_article(phrase)} {above} {average}")
    ]
    verb = more_than(subject, column, more=more)
    if verb:
        told += [(f"{who(subject)} {verb} {average}", f"{verb} {average}")] * 2
    return ask_fulfilling(scene, everything(subject), condition, scene.rng.choice(told))


def groups_beside_average(scene: Scene) -> SampleDraft | None:
    """Ask for the groups whose average lies above or below that of all rows."""
    subject = scene.measured_table()
    column = scene.pick(scene.measures(subject)) if subject else None
    rows = everything(subject) if subject else None
    by = dimension(scene, rows, (column,), LASTING) if rows and column else None
    if subject is None or rows is None or column is None or by is None:
        return None
    more = scene.chance(0.7)
    ref = scene.ref(subject, column)
    form = (
        f"{by_groups((by,), (), read(scene, rows))} "
        f"HAVING AVG({ref}) {'>' if more else '<'} (SELECT AVG({ref}))"
    )
    phrase = subject.amount(column)
    above = scene.rng.choice(("above", "higher than") if more else ("below", "lower than"))
    whole = scene.rng.choice(("the overall average", f"that of all {subject.many}"))
    has = f"an average {phrase} of {subject.many} {above} {whole}"
    wanted = Wanted(
        f"{by.many} with {has}",
        is_plural=True,
        questions=(
            f"which {by.many} have {has}",
            f"for which {by.many} is the average {phrase} of {subject.many} {above} {whole}",
        ),
        titles=(f"{by.many} whose average {phrase} is {above} {whole}",),
    )
    return draft(scene, form, wanted)


def beside_others(scene: Scene) -> SampleDraft | None:
    """Ask for the rows above the maximum, or below the minimum, of some other rows."""
    drawn = _measured(scene)
    others = select(scene, drawn[0], 1, 1) if drawn else None
    if drawn is None or others is None or drawn[1] in others.columns:
        return None
    subject, column = drawn
    ref = scene.ref(subject, column)
    more = scene.chance(0.7)
    function, sign = ("MAX", ">") if more else ("MIN", "<")
    condition = f"{ref} {sign} (SELECT {function}({ref}){others.where})"
    every = scene.rng.choice((f"all {others.many}", f"every {others.one}", f"any {others.one}"))
    phrase = subject.amount(column)
    higher = "higher" if more else "lower"
    told = [
        (
            f"with {with_article(higher)} {phrase} than {every}",
            f"have {with_article(higher)} {phrase} than {every}",
        )
    ]
    verb = more_than(subject, column, more=more)
    if verb:
        told += [(f"{who(subject)} {verb} {every}", f"{verb} {every}")] * 2
    return ask_fulfilling(scene, everything(subject), condition, scene.rng.choice(told))


def beside_row(scene: Scene) -> SampleDraft | None:
    """Ask for the rows with a higher, a lower or the same value as a named one."""
    drawn = _measured(scene)
    if drawn is None or len(drawn[0].names) != 1:
        return None
    subject, column = drawn
    name = subject.names[0]
    value = scene.pick(scene.stored(subject, name))
    sign, compared, verb = scene.rng.choice(
        (
            (">", "a higher {} than", more_than(subject, column, more=True)),
            ("<", "a lower {} than", more_than(subject, column, more=False)),
            ("=", "the same {} as", ""),
        )
    )
    if not isinstance(value, str):
        return None
    ref, named = scene.ref(subject, column), scene.ref(subject, name)
    condition = f"{ref} {sign} (SELECT {ref} WHERE {named} = {literal(value)})"
    phrase = subject.amount(column)
    what = f"{compared.format(phrase)} {value}"
    told = [(f"with {what}", f"have {what}"), (f"{who(subject)} have {what}", f"have {what}")]
    if verb:
        told += [(f"{who(subject)} {verb} {value}", f"{verb} {value}")] * 2
    return ask_fulfilling(scene, everything(subject), condition, scene.rng.choice(told))


def _than_average(scene: Scene, subject: Subject, column: FullColumn, *, more: bool) -> Told:
    """Return wordings of a value above or below the average."""
    phrase = subject.amount(column)
    above = "above" if more else "below"
    higher = "higher" if more else "lower"
    told = [
        (
            f"with {with_article(above)} average {phrase}",
            f"have {with_article(above)} average {phrase}",
        ),
        (f"with {above}-average {phrase}", f"have {above}-average {phrase}"),
        (
            f"whose {phrase} is {above} the average",
            f"have {with_article(phrase)} {above} the average",
        ),
        (
            f"whose {phrase} is {higher} than the average",
            f"have {with_article(higher)} {phrase} than average",
        ),
    ]
    verb = more_than(subject, column, more=more)
    if verb:
        average = scene.rng.choice(("the average", "average", f"the average {subject.one}"))
        told += [(f"{who(subject)} {verb} {average}", f"{verb} {average}")] * 3
    return scene.rng.choice(told)


def _measured(scene: Scene) -> tuple[Subject, FullColumn] | None:
    """Return a table with names and one of its measures."""
    subject = scene.pick([one for one in scene.subjects if one.names and scene.measures(one)])
    column = scene.pick(scene.measures(subject)) if subject else None
    return (subject, column) if subject and column else None


AVERAGES = (
    beside_average,
    beside_own_average,
    groups_beside_average,
    beside_others,
    beside_row,
)
"""The families of this module."""
