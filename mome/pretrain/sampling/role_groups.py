"""Families that group rows by the one they refer to: the number of reports of each manager."""

from __future__ import annotations

from mome.pretrain.sampling.asking import Told, ask_rows
from mome.pretrain.sampling.bounds import compared
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.figures import measured
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.role_words import auxiliary
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import everything, read, under
from mome.pretrain.sampling.ties import Tie, as_clause, named, tie
from training_data.language.words import plural

_COUNT = "COUNT(*)"


def number_by_referred(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows that refer to each row: how many report to each manager."""
    found = tie(scene)
    if found is None:
        return None
    rows = under(scene, found.subject, 0.2)
    many, noun, below = rows.many, found.noun(scene), found.below(scene)
    each = f"each {noun}"
    questions = [f"how many {many} {verb[0]} {each}" for verb in found.words.above]
    questions += [f"how many {many} does each {noun} have", f"how many {many} are there per {noun}"]
    questions += [
        f"how many {many} {auxiliary(verb)} {each} {verb[2]}" for verb in found.words.does
    ]
    nouns = [f"number of {many} per {noun}", f"number of {many} of {each}"]
    if not rows.condition:
        questions.append(f"how many {below} does {each} have")
        nouns += [f"number of {below} of {each}", f"{plural(noun)} and their number of {below}"]
        if found.pronoun == "who":
            questions.append(f"how many people {found.above(scene)[0]} {each}")
    order = scene.chance(0.2)
    by = f" ORDER BY {_COUNT} DESC" if order else ""
    form = f"SELECT {', '.join([*found.far_names, _COUNT])}{rows.where} {found.by_referred}{by}"
    tail = scene.rng.choice((", highest first", ", most first", ", in descending order"))
    wanted = Wanted(
        scene.rng.choice(nouns),
        _named_too(scene, found, noun) + (tail if order else ""),
        questions=tuple(questions),
        commands=(f"count the {many} of {each}", f"show {each} and how many {many} they have"),
        titles=(f"{many} by {noun}", f"number of {many} per {noun}"),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _named_too(scene: Scene, found: Tie, noun: str) -> str:
    """Return words that ask for the name beside the number; mostly none."""
    labels = found.subject.label_phrase()
    ways = (f", with the {noun}'s {labels}", f", giving the {plural(labels)} of the {plural(noun)}")
    return scene.rng.choice(ways) if scene.chance(0.3) else ""


def referred_by_count(scene: Scene) -> SampleDraft | None:
    """Ask for rows to which some number of rows refer: who manage more than 3 employees."""
    found = tie(scene)
    if found is None:
        return None
    sign = scene.rng.choice((">", ">", ">=", "="))
    number = scene.rng.choice((2, 2, 3, 3, 4, 5)) - (sign == ">")
    ways = (f"exactly {number}",) if sign == "=" else compared(sign, number, counted=True)
    said = scene.rng.choice(ways)
    form = (
        f"SELECT {', '.join(found.far_names)} {found.by_referred} HAVING {_COUNT} {sign} {number}"
    )
    told = scene.rng.choice(_having(scene, found, said, number))
    many = scene.rng.choice((found.subject.many, plural(found.noun(scene))))
    return draft(scene, form, ask_rows(scene, found.subject, many, told))


def _having(scene: Scene, found: Tie, said: str, number: int) -> list[Told]:
    """Return wordings for rows with a number of rows that refer to them."""
    one = scene.rng.choice(found.words.below)
    below = one if number == 1 else plural(one)
    others = found.subject.one if number == 1 else found.subject.many
    told = [(f"with {said} {below}", f"have {said} {below}")]
    told.append(as_clause(found.pronoun, f"have {said} {below}"))
    for verb in found.words.does:
        told.append(as_clause(found.pronoun, f"{verb[0]} {said} {others}"))
    return told


def most_referred(scene: Scene) -> SampleDraft | None:
    """Ask for the rows to which most rows refer: who has the most direct reports."""
    found = tie(scene)
    if found is None:
        return None
    top = scene.rng.choice((1, 1, 1, 1, 3, 5))
    subject, noun, below = found.subject, found.noun(scene), found.below(scene)
    shows = scene.chance(0.3)
    shown = [*found.far_names, *([_COUNT] if shows else [])]
    form = f"SELECT {', '.join(shown)} {found.by_referred} ORDER BY {_COUNT} DESC LIMIT {top}"
    tail = ", and how many" if shows else ""
    one = noun if top == 1 else f"{top} {plural(noun)}"
    questions = [f"which {one} {'has' if top == 1 else 'have'} the most {below}"]
    for verb in found.words.does:
        does = verb[1] if top == 1 else verb[0]
        which = "who" if top == 1 and found.pronoun == "who" else f"which {one}"
        questions += [f"{which} {does} the most {subject.many}"] * 2
    for verb in found.words.above:
        questions.append(f"which {one} do the most {subject.many} {verb[2]}")
    wanted = Wanted(
        f"{one} with the most {below}",
        tail,
        is_plural=top > 1,
        questions=tuple(questions),
        commands=(f"find the {one} with the largest number of {below}",),
        titles=(f"{one} with most {below}", f"top {one} by number of {below}"),
    )
    return draft(scene, form, wanted)


def figure_of_referring(scene: Scene) -> SampleDraft | None:
    """Ask for a figure of the rows that refer to each row, or to a named one."""
    found = tie(scene)
    value = measured(scene, found.subject) if found else None
    if found is None or value is None:
        return None
    below, many = found.below(scene), found.subject.many
    known = named(scene, found.far_names) if scene.chance(0.3) else None
    verb = found.above(scene)
    if known is not None:
        condition, name = known
        nouns = (f"{below} of {name}", f"{many} {found.pronoun} {verb[0]} {name}")
        noun = value.in_full(scene, scene.rng.choice(nouns))
        return draft(scene, f"SELECT {value.form} WHERE {condition}", Wanted(noun))
    each = f"each {found.noun(scene)}"
    nouns = (f"{below} of {each}", f"{many} {found.pronoun} {verb[0]} {each}")
    noun = value.in_full(scene, scene.rng.choice(nouns))
    form = f"SELECT {', '.join([*found.far_names, value.form])} {found.by_referred}"
    return draft(scene, form, Wanted(noun, titles=(noun, f"{value.words} of {many} by {each[5:]}")))


def number_referred(scene: Scene) -> SampleDraft | None:
    """Ask how many rows others refer to: how many different managers there are."""
    found = tie(scene)
    if found is None:
        return None
    rows = everything(found.subject)
    nouns = plural(found.noun(scene))
    start = scene.rng.choice(("different ", "distinct ", "different ", ""))
    wanted = Wanted(
        f"number of {start}{nouns} of {rows.many}",
        questions=(
            f"how many {start}{nouns} do the {rows.many} have",
            f"how many {start}{nouns} of {rows.many} are there",
        ),
        commands=(f"count the {start}{nouns} of {rows.many}",),
    )
    return draft(scene, f"SELECT COUNT(DISTINCT {found.key}){read(scene, rows)}", wanted)


ROLE_GROUPS = (
    number_by_referred,
    referred_by_count,
    most_referred,
    figure_of_referring,
    number_referred,
)
"""The families of this module."""
