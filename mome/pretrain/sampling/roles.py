"""Families about rows in a role: employees with their managers, members who recommended somebody.

The forms join a table to itself by its key: `employee.boss_id.name`.
"""

from __future__ import annotations

from dataclasses import replace

from mome.pretrain.sampling.asking import Told, ask_fulfilling, ask_number, ask_rows
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted
from mome.pretrain.sampling.restrictions import restriction
from mome.pretrain.sampling.role_words import auxiliary
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import under
from mome.pretrain.sampling.ties import Tie, as_clause, named, negated, tie
from training_data.language.words import plural, with_article

_IF_ANY = (
    ", if any",
    ", if any",
    ", if they have one",
    " (if there is one)",
    ", including those without one",
    ", also those who have none",
    "; keep the ones that have none",
)
"""What says that rows without a referred row are wanted too."""


def with_referred(scene: Scene) -> SampleDraft | None:
    """Ask for rows beside the name of the row that each refers to: employees and managers."""
    found = tie(scene)
    if found is None:
        return None
    subject = found.subject
    rows = under(scene, subject, 0.25)
    is_left = scene.chance(0.4)
    own = scene.refs(subject, subject.names)
    join = f" LEFT JOIN {scene.source(subject)}" if is_left else ""
    by = f" ORDER BY {own[-1]}" if scene.chance(0.1) else ""
    form = (
        f"SELECT {', '.join([*own, *found.far_names])} FROM {scene.source(subject)}"
        f"{join}{rows.where}{by}"
    )
    wanted = _beside(scene, found, rows.many, "" if is_left else f" with a {found.noun(scene)}")
    tail = scene.rng.choice(_IF_ANY) if is_left else ""
    if by:
        tail += f", sorted by {subject.phrase(subject.names[-1])} of the {subject.one}"
    return draft(scene, form, replace(wanted, tail=tail), is_relative=rows.is_relative)


def _beside(scene: Scene, found: Tie, many: str, having: str) -> Wanted:
    """Return what is wanted for rows and what they refer to.

    `having`: words that say of the rows that they refer to one; empty if some may not.
    """
    theirs, noun, labels = found.theirs(scene), found.noun(scene), found.subject.label_phrase()
    one, verb = found.subject.one, found.above(scene)
    each = f"each {one}" if many == found.subject.many else f"each of the {many}"
    asks = "who" if found.pronoun == "who" else f"which {one}"
    questions = [
        f"{asks} is the {noun} of {each}",
        f"{asks} does {each} {verb[2]}" if verb[0] == verb[2] else f"{asks} is {each}'s {noun}",
        f"what are the {many} and {theirs}",
    ]
    nouns = [
        f"{many} with {theirs}",
        f"{plural(labels)} of {many} and {theirs}",
        f"{many} and the {labels} of {theirs}",
        f"{labels} of {each} together with the {noun}'s {labels}",
        f"{labels} of {each} and of {theirs}",
    ]
    if having:
        has = f"{found.pronoun} has {with_article(noun)}"
        nouns.append(f"{labels} of each {one} {has}, together with the {noun}'s {labels}")
        nouns[-1] = nouns[-1] if many == found.subject.many else nouns[0]
    return Wanted(
        scene.rng.choice(nouns),
        is_plural=True,
        questions=tuple(questions),
        commands=(f"list all {many} with {theirs}", f"show {each} with {theirs}"),
        titles=(f"{many} and {plural(noun)}", f"all {many} with {theirs}"),
    )


def referring_to_named(scene: Scene) -> SampleDraft | None:
    """Ask for the rows that refer to a named one, or their number: who reports to Ann."""
    found = tie(scene)
    known = named(scene, found.far_names) if found else None
    if found is None or known is None:
        return None
    condition, name = known
    rows = under(scene, found.subject, 0.2)
    if rows.condition:
        told = scene.rng.choice(_under(scene, found, name))
        return ask_fulfilling(scene, rows, condition, told)
    return _all_referring(scene, found, condition, name)


def _under(scene: Scene, found: Tie, name: str) -> list[Told]:
    """Return wordings for rows that refer to a row, by the words for it."""
    noun = found.noun(scene)
    told = [as_clause(found.pronoun, f"{verb[0]} {name}") for verb in found.words.above]
    return [
        *told,
        (f"whose {noun} is {name}", f"have {name} as their {noun}"),
        (f"with {name} as their {noun}", f"have {name} as {noun}"),
    ]


def _all_referring(scene: Scene, found: Tie, condition: str, name: str) -> SampleDraft:
    """Ask for all rows that refer to a named one: its direct reports."""
    subject, below = found.subject, found.below(scene)
    told = scene.rng.choice(_under(scene, found, name))
    is_count = scene.chance(0.4)
    ask = "how many" if is_count else "which"
    asked = [f"{ask} {below} does {name} have"]
    asked += [
        f"{ask} {subject.many} {auxiliary(verb)} {name} {verb[2]}" for verb in found.words.does
    ] * 2
    where = f" WHERE {condition}"
    if is_count:
        form = f"SELECT COUNT(*) FROM {scene.source(subject)}{where}"
        wanted = ask_number(scene, subject.many, told)
        title = f"number of {below} of {name}"
    else:
        form = f"SELECT {', '.join(scene.refs(subject, subject.names))}{where}"
        wanted = ask_rows(scene, subject, subject.many, told)
        title = f"{name}'s {below}"
        if found.pronoun == "who":
            asked += [f"who {found.above(scene)[1]} {name}"] * 2
    # The verbs are how people ask, so that they weigh as much as the other wordings.
    return draft(
        scene,
        form,
        replace(
            wanted,
            questions=(*wanted.questions, *asked),
            titles=(*wanted.titles, title, f"{below} of {name}"),
        ),
    )


def referred_of_named(scene: Scene) -> SampleDraft | None:
    """Ask for the row to which a named one refers: who is the manager of Ann."""
    found = tie(scene)
    own = scene.refs(found.subject, found.subject.names) if found else []
    known = named(scene, own, f" WHERE FILLED({found.key})") if found else None
    if found is None or known is None:
        return None
    condition, name = known
    noun = found.noun(scene)
    is_person = found.pronoun == "who"
    asks = "who" if is_person else f"which {found.subject.one}"
    questions = [f"{asks} is the {noun} of {name}", f"{asks} is {name}'s {noun}"]
    questions += [f"{asks} {verb[1]} {name}" for verb in found.words.does]
    for verb in found.words.above:
        start, _, rest = verb[1].partition(" ")
        is_passive = start in ("is", "was")
        questions.append(
            f"{asks} {start} {name} {rest}" if is_passive else f"{asks} does {name} {verb[2]}"
        )
    form = f"SELECT {', '.join(found.far_names)} WHERE {condition}"
    labels = found.subject.label_phrase()
    wanted = Wanted(
        scene.rng.choice((f"{noun} of {name}", f"{labels} of {name}'s {noun}")),
        questions=tuple(questions),
        commands=(f"find {name}'s {noun}", f"show who {name}'s {noun} is"),
        titles=(f"{name}'s {noun}", f"{noun} of {name}"),
    )
    return draft(scene, form, wanted)


def with_referred_or_not(scene: Scene) -> SampleDraft | None:
    """Ask for rows that refer to none, or to one: employees without a manager."""
    found = tie(scene)
    if found is None:
        return None
    noun, verb = found.noun(scene), found.above(scene)
    pronoun, a_noun = found.pronoun, with_article(found.noun(scene))
    if scene.chance(0.7):
        condition = f"EMPTY({found.key})"
        told = (
            (f"without {a_noun}", f"have no {noun}"),
            (f"with no {noun}", f"do not have {a_noun}"),
            as_clause(pronoun, f"{negated(verb)} {found.anyone}"),
            as_clause(pronoun, f"{negated(verb)} {found.anyone}"),
            (f"{pronoun} have no {noun}", f"don't have {a_noun}"),
        )
    else:
        condition = f"FILLED({found.key})"
        told = (
            (f"with {a_noun}", f"have {a_noun}"),
            as_clause(pronoun, f"have {a_noun}"),
            as_clause(pronoun, f"{verb[0]} {found.someone}"),
        )
    rows = under(scene, found.subject, 0.2)
    return ask_fulfilling(scene, rows, condition, scene.rng.choice(told))


def referred_by_any(scene: Scene) -> SampleDraft | None:
    """Ask for rows that others refer to, or that none refers to: who manage nobody."""
    found = tie(scene)
    if found is None:
        return None
    rows = under(scene, found.subject, 0.25)
    is_any = scene.chance(0.55)
    told = scene.rng.choice(_leading(scene, found) if is_any else _leading_none(scene, found))
    source = scene.source(found.subject)
    return ask_fulfilling(scene, rows, f"{'HAS' if is_any else 'NO'}({source})", told)


def _leading(scene: Scene, found: Tie) -> list[Told]:
    """Return wordings for rows that others refer to."""
    one, below, pronoun, noun = found.subject.one, found.below(scene), found.pronoun, found.noun
    clauses = [
        f"are the {noun(scene)} of {found.someone}",
        f"are the {noun(scene)} of at least one other {one}",
        f"have {below}",
        f"have at least one {scene.rng.choice(found.words.below)}",
    ]
    for verb in found.words.does:
        past = "have " if auxiliary(verb) == "did" else ""
        clauses += [f"{past}{verb[0]} {found.someone}", f"{past}{verb[0]} at least one other {one}"]
    return [(f"with {below}", f"have {below}"), *(as_clause(pronoun, clause) for clause in clauses)]


def _leading_none(scene: Scene, found: Tie) -> list[Told]:
    """Return wordings for rows to which no other refers."""
    below, pronoun, noun = found.below(scene), found.pronoun, found.noun(scene)
    clauses = [f"are not the {noun} of {found.anyone}", f"have no {below}"]
    for verb in found.words.does:
        clauses += [f"{negated(verb)} {found.anyone}"] * 2
        if auxiliary(verb) == "did":
            clauses += [f"never {verb[0]} {found.anyone}", f"have not {verb[0]} {found.anyone}"]
    return [
        (f"without {below}", f"have no {below}"),
        (f"without any {below}", f"do not have any {below}"),
        *(as_clause(pronoun, clause) for clause in clauses),
    ]


def by_referred_column(scene: Scene) -> SampleDraft | None:
    """Ask for rows by another column of the row that they refer to: whose manager is in Paris."""
    found = tie(scene)
    bound = restriction(scene, found.subject) if found else None
    if found is None or bound is None:
        return None
    subject = found.subject
    # The same restriction, of the row that is referred to.
    condition = bound.form.replace(f"{scene.source(subject)}.", f"{found.key}.")
    words = bound.said(scene)
    noun = found.noun(scene)
    told: list[Told] = [as_clause(found.pronoun, f"{found.above(scene)[0]} {subject.many} {words}")]
    # "A manager who have" is said by nobody.
    if not words.startswith(("who ", "that ")):
        have = f"have {with_article(noun)} {words}"
        said = f"whose {noun} is {with_article(subject.one)} {words}"
        told += [(f"with {with_article(noun)} {words}", have), (said, have)]
    if words.startswith(("in ", "from ", "outside ")):
        told += [(f"whose {noun} is {words}", have)] * 2
    rows = under(scene, subject, 0)
    return ask_fulfilling(
        scene, rows, condition, scene.rng.choice(told), is_relative=bound.is_relative
    )


ROLES = (
    with_referred,
    referring_to_named,
    referred_of_named,
    with_referred_or_not,
    referred_by_any,
    by_referred_column,
)
"""The families of this module."""
