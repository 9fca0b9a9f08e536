"""From names that databases use to words that people use: `custOrder_lines` -> `customer order lines`; for subjects and rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_PIECES = re.compile(r"[^\W\d_]+|\d+")


def _table(text: str) -> dict[str, str]:
    """`a: b, c: d` as a dictionary."""
    return dict(entry.split(": ") for entry in " ".join(text.split()).split(", "))


EXPANSIONS = _table("""
    acct: account, addr: address, amt: amount, avg: average, cnt: count, cntry: country, ctry: country, cust: customer, dept:
    department, desc: description, descr: description, dob: date of birth, emp: employee, fname: first name, inv: invoice, lname:
    last name, loc: location, minit: middle initial, mgr: manager, nbr: number, num: number, ord: order, org: organization, pct:
    percent, perc: percent, prod: product, qty: quantity, tel: telephone, yr: year
""")
"""Short forms with one likely reading."""

_IRREGULAR = _table("""
    child: children, man: men, woman: women, person: people, foot: feet, tooth: teeth, mouse: mice, goose: geese, datum: data,
    medium: media, criterion: criteria, index: indexes, movie: movies, cookie: cookies, calorie: calories, zombie: zombies, tie:
    ties, shelf: shelves, wife: wives, knife: knives, life: lives, wolf: wolves, leaf: leaves, half: halves, loaf: loaves, thief:
    thieves, hero: heroes, potato: potatoes, tomato: tomatoes, bus: buses, lens: lenses, quiz: quizzes, matrix: matrices
""")
_SINGULARS = {plural: one for one, plural in _IRREGULAR.items()}
_SAME = frozenset(
    "aircraft apparatus athletics data deer equipment fish furniture history info information inventory logistics luggage mathematics "
    "metadata money music news payroll police politics sales series sheep software species sports staff stock traffic weather".split()
)
_PARTICIPLES = frozenset(
    "born built begun bought broken chosen drawn found given held made paid seen sent sold taken won written".split()
)
_PREPOSITIONS = frozenset("at by for from has in of on to with".split())
_TABLE_AFFIXES = frozenset("dim fact lkp lookup ref stg t tb tbl tbls table v vw view".split())

PLACES = frozenset(
    "city country state region town location continent county district province village nation".split()
)
"""Nouns of which people say that something is in them."""


def split_name(name: str) -> list[str]:
    """The lower-case words of a name: snake_case, camelCase, kebab-case, digits apart, short forms written out."""
    pieces = [
        word.lower()
        for piece in _PIECES.findall(unicodedata.normalize("NFC", name))
        for word in _camel(piece)
    ]
    if pieces in (["f", "name"], ["l", "name"]):
        return ["first" if pieces[0] == "f" else "last", "name"]
    return " ".join(EXPANSIONS.get(piece, piece) for piece in pieces).split()


def table_words(name: str) -> list[str]:
    """The words of a table's name without a warehouse's marks such as `tbl_` and `dim_`."""
    words = split_name(name)
    if len(words) > 1 and words[0] in _TABLE_AFFIXES and words[1].isalpha():
        words = words[1:]
    if len(words) > 1 and words[-1] in _TABLE_AFFIXES:
        words = words[:-1]
    return words


def table_noun(name: str) -> str:
    """What one row of a table of this name is called: `customer card` of `Customers_Cards`, `enrolled in record` of `enrolled_in`."""
    words = table_words(name)
    if not words:
        return name
    if len(words) > 1 and (
        words[-1] in _PREPOSITIONS or words[-1].endswith("ed") and not words[-1].endswith("eed")
    ):
        return " ".join([*words, "record"])
    return " ".join([*(_singular(word) for word in words[:-1]), _singular(words[-1])])


def singular(phrase: str) -> str:
    """The phrase with its last word in the singular; a word that is already singular stays."""
    head, word = _last(phrase)
    return head + _singular(word)


def plural(phrase: str) -> str:
    """The phrase with its last word in the plural; a word that is already plural stays."""
    head, word = _last(phrase)
    return head + _plural(_singular(word))


def is_plural(phrase: str) -> bool:
    """True where the last word stands in the plural: `pages`, `units sold` does not."""
    return singular(phrase) != phrase


def participle(name: str) -> str:
    """What was done on the day that a column of this name holds: `shipped` of `shipped_date`, `signed up` of `signed_up_on`; else empty."""
    words = split_name(name)
    if len(words) > 1 and words[-1] in ("on", "at", "date", "day", "time"):
        words = words[:-1]
    return (
        " ".join(words)
        if 1 <= len(words) <= 2 and (words[0].endswith("ed") or words[0] in _PARTICIPLES)
        else ""
    )


def listing(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]


def with_article(phrase: str) -> str:
    """`a store`, `an order`."""
    vowel = phrase.startswith(tuple("aeiou")) and not phrase.startswith(("uni", "use", "eu", "one"))
    return f"{'an' if vowel else 'a'} {phrase}"


def normalise(question: str) -> str:
    """The form in which two questions are the same: one case, plain spaces, no marks at the ends."""
    plain = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return plain.strip(" .,;:!?\"'`")


def is_plain(text: str) -> bool:
    """True for text without control characters (line ends and tabs are fine) and halves of characters."""
    return all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") for char in text)


def _camel(piece: str) -> list[str]:
    """A piece cut where a small letter meets a capital, and before the last capital of a run: `HTTPServer` -> `HTTP`, `Server`."""
    cuts = [
        at
        for at in range(1, len(piece))
        if piece[at].isupper()
        and (
            piece[at - 1].islower()
            or (piece[at - 1].isupper() and piece[at + 1 : at + 2].islower())
        )
    ]
    return [piece[start:end] for start, end in zip([0, *cuts], [*cuts, len(piece)], strict=True)]


def _last(phrase: str) -> tuple[str, str]:
    head, space, word = phrase.rpartition(" ")
    return head + space, word


def _singular(word: str) -> str:
    if word in _SAME or word in _IRREGULAR or len(word) < 3:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    if word.endswith(("ss", "us", "is")) or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes", "zzes")) or word.endswith(
        ("tuses", "puses", "ruses", "nuses", "buses")
    ):
        return word[:-2]
    return word[:-3] + "sis" if word.endswith("yses") else word[:-1]


def _plural(word: str) -> str:
    if word in _SAME or not word[-1:].isalpha() or not word[-1:].isascii():
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("sis"):
        return word[:-2] + "es"
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")
