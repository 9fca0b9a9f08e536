"""Wordings of a value in a column, behind the noun of its table; `restrictions` uses them."""

from __future__ import annotations

from mome.pretrain.sampling.events import event, is_person, who
from mome.pretrain.sampling.naming import phrase
from schemas.catalog import FullColumn
from training_data.language import column_roles as roles
from training_data.language.subjects import Subject
from training_data.language.words import PLACES, is_plural, split_name, with_article

TEXTS = {
    "CONTAINS": (
        "whose {words} contains {part}",
        "with {part} in the {words}",
        "that have {part} in their {words}",
        "whose {words} includes {part}",
    ),
    "STARTS": (
        "whose {words} starts with {part}",
        "whose {words} begins with {part}",
        "with {article} starting with {part}",
    ),
    "ENDS": (
        "whose {words} ends with {part}",
        "whose {words} ends in {part}",
        "with {article} ending in {part}",
    ),
}
"""What a text contains, starts or ends with."""
_KINDS_OF_ROWS = frozenset(
    "status state stage phase outcome type kind category class channel format genre method mode "
    "role tier segment nationality".split()
)
_STATES = frozenset("status state stage phase outcome".split())
"""Last words of columns whose value a row is: orders that are shipped."""
_GRADES = frozenset("priority urgency severity".split())
"""Last words that are said with their value: high-priority tickets."""
_TRAITS = ("ed", "able", "ible", "ive", "al", "ent", "ant", "ous", "ring", "ular")
"""Ends of flags that are adjectives."""
_PLAIN_TRAITS = frozenset(
    "urgent online remote senior vip vacant late open public private overdue empty fragile "
    "obsolete corporate prepaid paid chronic".split()
)
_OPPOSITES = {"active": "inactive", "open": "closed", "public": "private", "online": "offline"}
_OPPOSITES |= {"billable": "non-billable", "vacant": "occupied", "internal": "external"}


def of_value(subject: Subject, column: FullColumn, value: object) -> tuple[str, ...]:
    """Return wordings of a value: in France, of type web."""
    words = phrase(subject, column)
    verb = "are" if is_plural(words) else "is"
    wordings = [f"whose {words} {verb} {value}", f"with {words} {value}"]
    last = words.split()[-1]
    if last in ("type", "kind", "class", "category", "genre", "status", "rating"):
        wordings += [f"of {words} {value}", f"with the {words} {value}"]
    if last in _STATES and isinstance(value, str) and value.replace("-", "").isalpha():
        wordings += [f"{who(subject)} are {_spoken(value)}"] * 2
    if is_place(column):
        wordings += [f"in {value}", f"in {value}", f"from {value}"]
        wordings.append(f"who live in {value}" if is_person(subject) else f"located in {value}")
    if not isinstance(value, str):
        wordings.append(f"with {with_article(words)} of {value}")
    return tuple(wordings)


def of_another_value(subject: Subject, column: FullColumn, value: object) -> tuple[str, ...]:
    """Return wordings of any value but one: outside France."""
    words = phrase(subject, column)
    verb = "are" if is_plural(words) else "is"
    wordings = [
        f"whose {words} {verb} not {value}",
        f"with {with_article(words)} other than {value}",
        f"whose {words} {verb} different from {value}",
    ]
    if is_place(column):
        wordings += [f"outside {value}", f"that are not in {value}"]
    return tuple(wordings)


def of_no_value(subject: Subject, column: FullColumn) -> tuple[str, ...]:
    """Return wordings of a missing value: without an email, not shipped yet."""
    words, pronoun = _single(subject, column), who(subject)
    state = ("missing", "unknown", "not known", "not given", "blank", "empty", "not recorded")
    wordings = [
        f"without {with_article(words)}",
        f"with no {words}",
        f"with no {words} recorded",
        f"with an unknown {words}",
        f"where the {words} is missing",
        f"for which no {words} is known",
        *(f"whose {words} is {one}" for one in state),
        *(f"{pronoun} have no {words}",) * 3,
    ]
    happened = event(subject, column) if roles.is_date(column) else ""
    ended = happened.removeprefix("that ").removeprefix("who ")
    if happened in ("that ended", "closed"):
        wordings += [f"{pronoun} have not {ended} yet"] * 3 if ended != happened else []
        wordings += ["still open", "never closed", "not closed yet"] if ended == "closed" else []
    elif happened and " " not in happened:
        wordings += [f"not {happened} yet", f"not yet {happened}", f"never {happened}"] * 2
        wordings += [f"that have not been {happened}", f"that are not {happened} yet"] * 2
    return tuple(wordings)


def of_any_value(subject: Subject, column: FullColumn) -> tuple[str, ...]:
    """Return wordings of a value that is there: with a known email."""
    words, pronoun = _single(subject, column), who(subject)
    wordings = [
        f"{pronoun} have {with_article(words)}",
        f"with {with_article(words)}",
        f"with a known {words}",
        *(f"whose {words} is {one}" for one in ("known", "given", "not missing", "filled in")),
    ]
    happened = event(subject, column) if roles.is_date(column) else ""
    if happened and " " not in happened:
        wordings += [f"already {happened}", f"that have been {happened}"] * 2
    return tuple(wordings)


def _single(subject: Subject, column: FullColumn) -> str:
    """Return the words for one value of a column: `number of pages`, `email`."""
    words = phrase(subject, column)
    is_number = is_plural(words) and roles.is_measure(subject.table, column)
    return f"number of {words}" if is_number else words


def of_flag(subject: Subject, column: FullColumn, value: object) -> tuple[str, ...]:
    """Return wordings of a flag: who are active, without a discount."""
    name = split_name(column.name)
    pronoun = who(subject)
    if name[0] in ("is", "was") and len(name) > 1:
        trait = " ".join(name[1:])
        yes, no = (f"{pronoun} are {trait}",), (f"{pronoun} are not {trait}",)
    elif name[0] == "has" and len(name) > 1:
        thing = " ".join(name[1:])
        yes = (f"{pronoun} have {with_article(thing)}", f"with {with_article(thing)}")
        no = (f"{pronoun} do not have {with_article(thing)}", f"without {with_article(thing)}")
    elif _is_trait(name):
        trait = " ".join(name)
        yes, no = (f"{pronoun} are {trait}",), (f"{pronoun} are not {trait}",)
    else:
        shown = (f"whose {phrase(subject, column)} is {value}",)
        yes = no = (*shown, f"with {phrase(subject, column)} {value}")
    return yes if roles.truth(value) else no


def adjective(column: FullColumn, value: object) -> str:
    """Return a value that stands before a noun: `paid`, `high-priority`; empty if it is none."""
    last = split_name(column.name)[-1]
    if not isinstance(value, str) or not value.replace("-", "").isalpha() or len(value) < 3:
        return ""
    if last in _GRADES:
        return f"{_spoken(value)}-{last}"
    return _spoken(value) if last in _KINDS_OF_ROWS else ""


def flag_adjective(column: FullColumn, value: object) -> str:
    """Return what a flag says before a noun: `billable`, `inactive`; empty if it is none."""
    name = split_name(column.name)
    trait = name[1:] if name[0] in ("is", "was") else name
    if len(trait) != 1 or not (_is_trait(trait) or len(name) > 1):
        return ""
    if roles.truth(value):
        return trait[0]
    is_passive = trait[0].endswith("ed")
    return _OPPOSITES.get(trait[0], f"un{trait[0]}" if is_passive else f"non-{trait[0]}")


def _is_trait(name: list[str]) -> bool:
    """Return True for a flag whose name is an adjective."""
    return name[-1].endswith(_TRAITS) or name[-1] in _PLAIN_TRAITS


def _spoken(value: str) -> str:
    """Return a stored word as people write it: PAID is paid, but EUR stays."""
    return value if value.isupper() and len(value) < 4 else value.lower()


def is_place(column: FullColumn) -> bool:
    """Return True for a column that says where something is."""
    return split_name(column.name)[-1] in PLACES and column.family == "text"
