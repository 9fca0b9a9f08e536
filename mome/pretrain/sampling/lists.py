"""Lists of rows with some or all of their columns, and of the values of a column."""

from __future__ import annotations

from dataclasses import replace

from mome.pretrain.sampling.asking import as_told, ask_rows
from mome.pretrain.sampling.dimensions import of_parent
from mome.pretrain.sampling.drafts import SampleDraft, draft
from mome.pretrain.sampling.manners import Wanted, listed
from mome.pretrain.sampling.naming import phrase, several
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.selections import read, select
from training_data.language.subjects import Subject

_DETAILS = (
    "all details of {}",
    "all information about {}",
    "full details of {}",
    "all columns of {}",
    "everything about {}",
)


def list_rows(scene: Scene) -> SampleDraft | None:
    """Ask for columns of the rows that fulfil restrictions."""
    subject = scene.table()
    rows = select(scene, subject, 0 if scene.chance(0.1) else 1, 3) if subject else None
    if rows is None:
        return None
    columns = scene.shown(rows.subject, rows.constants)
    if not columns:
        return None
    form = f"SELECT {', '.join(scene.refs(rows.subject, columns))}{rows.where}"
    noun = f"{_columns(scene, rows.subject, columns)} of {rows.many}"
    return draft(scene, form, Wanted(noun, is_plural=True), is_relative=rows.is_relative)


def list_names(scene: Scene) -> SampleDraft | None:
    """Ask which rows fulfil restrictions: their names are shown."""
    subject = scene.named_table()
    rows = select(scene, subject, 1, 3) if subject else None
    if subject is None or rows is None or set(subject.names) & set(rows.constants):
        return None
    form = f"SELECT {', '.join(scene.refs(subject, subject.names))}{rows.where}"
    wanted = ask_rows(scene, subject, rows.plain_many, as_told(rows.words))
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def list_all_details(scene: Scene) -> SampleDraft | None:
    """Ask for all columns of rows."""
    subject = scene.table()
    rows = select(scene, subject, 0 if scene.chance(0.1) else 1, 2) if subject else None
    if rows is None:
        return None
    said = scene.rng.choice(_DETAILS).format(rows.many)
    commands = (
        f"show {said}",
        f"give me {said}",
        f"list {said}",
        f"return {said}",
        f"I need {said}",
    )
    wanted = Wanted(
        f"complete records of {rows.many}", is_plural=True, commands=commands, titles=(said,)
    )
    # The noun alone is one wording; the commands carry the others.
    text = scene.rng.choice((*commands, *commands, f"could you show me {said}?", said))
    form = f"SELECT {scene.source(rows.subject)}.*{rows.where}"
    if scene.chance(0.8):
        return SampleDraft(text[:1].upper() + text[1:], form, rows.is_relative)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def list_with_parent(scene: Scene) -> SampleDraft | None:
    """Ask for columns of rows beside the name of what they belong to."""
    subject = scene.table()
    link = scene.pick(scene.named_parents(subject)) if subject else None
    rows = select(scene, subject, 0 if scene.chance(0.3) else 1, 2) if subject else None
    if subject is None or link is None or rows is None:
        return None
    columns = scene.shown(subject, rows.constants)[:3]
    if not columns or columns == list(subject.label) != list(subject.names):
        return None
    refs = [*scene.refs(subject, columns), *scene.refs(link.parent, link.parent.names)]
    form = f"SELECT {', '.join(refs)}{rows.where}"
    labels = link.parent.label_phrase()
    theirs = f"the {labels} of their {link.role}"
    noun = scene.rng.choice(
        (
            f"{_columns(scene, subject, columns)} of {rows.many}, with {theirs}",
            f"{_columns(scene, subject, columns)} and {of_parent(link, labels)} of {rows.many}",
            f"{_columns(scene, subject, columns)} of {rows.many} together with {theirs}",
        )
    )
    return draft(scene, form, Wanted(noun, is_plural=True), is_relative=rows.is_relative)


def list_with_both_parents(scene: Scene) -> SampleDraft | None:
    """Ask for the names of two tables that rows refer to, such as books and their publishers."""
    subject = scene.table()
    links = scene.named_parents(subject) if subject else ()
    if subject is None or len(links) < 2:
        return None
    first, second = scene.rng.sample(links, 2)
    rows = select(scene, subject, 0 if scene.chance(0.3) else 1, 2)
    if rows is None or first.parent == second.parent:
        return None
    refs = [*scene.refs(first.parent, first.parent.names)]
    refs += scene.refs(second.parent, second.parent.names)
    said = [of_parent(link, link.parent.label_phrase()) for link in (first, second)]
    noun = f"{listed(scene.rng, said)} of {rows.many}"
    form = f"SELECT {', '.join(refs)} FROM {scene.source(subject)}{rows.where}"
    return draft(scene, form, Wanted(noun, is_plural=True), is_relative=rows.is_relative)


def distinct_values(scene: Scene) -> SampleDraft | None:
    """Ask for the different values of a category."""
    subject = scene.table()
    rows = select(scene, subject, 0, 1) if subject else None
    column = scene.pick(scene.categories(subject)) if subject else None
    if subject is None or rows is None or column is None or column in rows.columns:
        return None
    words = several(phrase(subject, column))
    start = scene.rng.choice(("different", "distinct", "unique"))
    noun = f"{start} {words} of {rows.many}"
    questions = (f"which {start} {words} do the {rows.many} have",)
    form = f"SELECT DISTINCT {scene.ref(subject, column)}{rows.where}"
    wanted = Wanted(noun, is_plural=True, questions=questions)
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def full_names(scene: Scene) -> SampleDraft | None:
    """Ask for first and last name in one column."""
    subject = scene.pick([one for one in scene.subjects if len(one.names) == 2])
    rows = select(scene, subject, 0, 2) if subject else None
    if subject is None or rows is None:
        return None
    first, last = scene.refs(subject, subject.names)
    one, other = (phrase(subject, column) for column in subject.names)
    pair = f"{first} || ' ' || {last}"
    ways = [
        f"full names of {rows.many}",
        f"names of {rows.many}, {one} and {other} in one column",
        f"{rows.many} with their full name in one column",
    ]
    if scene.chance(0.45):
        pair = f"{last} || ', ' || {first}"
        ways = [
            f"names of {rows.many}, written as {other}, {one}",
            f"names of {rows.many} as '{other}, {one}' in one column",
            f"{rows.many} as '{other}, {one}'",
            f"names of {rows.many} in the form '{other}, {one}'",
        ]
    extra = scene.pick([one for one in scene.shown(subject) if one not in subject.names])
    wanted = Wanted(scene.rng.choice(ways), is_plural=True)
    if extra is None or scene.chance(0.7):
        return draft(scene, f"SELECT {pair}{rows.where}", wanted, is_relative=rows.is_relative)
    form = f"SELECT {pair}, {scene.ref(subject, extra)}{rows.where}"
    wanted = replace(wanted, tail=f", and their {phrase(subject, extra)}")
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def by_first_letter(scene: Scene) -> SampleDraft | None:
    """Ask for the number of rows by the first letter of a name, their own or their parent's."""
    subject = scene.table()
    links = [None, *scene.named_parents(subject)] if subject else []
    link = scene.rng.choice(links) if links else None
    named = link.parent if link else subject
    rows = select(scene, subject, 0, 1) if subject else None
    if subject is None or named is None or rows is None or not named.names:
        return None
    column = named.names[-1]
    letter = f"SUBSTRING({scene.ref(named, column)}, 1, 1)"
    order, ordered = scene.rng.choice(
        (("", ""), (f" ORDER BY {letter}", ", in alphabetical order"))
    )
    form = f"SELECT {letter}, COUNT(*){read(scene, rows)} GROUP BY {letter}{order}"
    words = phrase(named, column)
    owner = f"{link.role}'s {words}" if link else words
    first = scene.rng.choice(("first letter", "initial letter", "first letter", "initial"))
    wanted = Wanted(
        f"number of {rows.many} by the {first} of the {owner}",
        ordered,
        questions=(f"how many {rows.many} are there for each {first} of the {owner}",),
        commands=(f"count the {rows.many} by the {first} of the {owner}",),
        titles=(f"{rows.many} by {first} of the {owner}",),
    )
    return draft(scene, form, wanted, is_relative=rows.is_relative)


def _columns(scene: Scene, subject: Subject, columns: list) -> str:
    """Return the words for the columns that are shown, in the singular or plural."""
    phrases = [phrase(subject, column) for column in columns]
    if len(phrases) == 1 or scene.chance(0.3):
        phrases = [several(words) for words in phrases]
    return listed(scene.rng, phrases)
