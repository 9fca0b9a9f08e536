"""Words of database names as people use them: `custOrder_lines` gives `customer order lines`.

`subjects`, `column_roles` and the rules build their phrases with these functions.
"""

from __future__ import annotations

import importlib
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from schemas.names import split_identifier

if TYPE_CHECKING:
    import inflect


def _table(text: str) -> dict[str, str]:
    """Return `a: b, c: d` as a dictionary."""
    entries = " ".join(text.split()).split(", ")
    return dict(entry.split(": ") for entry in entries)


EXPANSIONS = _table("""
    acct: account, addr: address, amt: amount, avg: average, cnt: count, cntry: country,
    ctry: country, cust: customer, dept: department, desc: description, descr: description,
    dob: date of birth, emp: employee, fname: first name, inv: invoice, lname: last name,
    loc: location, minit: middle initial, mgr: manager, nbr: number, num: number, ord: order,
    org: organization, pct: percent, perc: percent, prod: product, qty: quantity, tel: telephone,
    yr: year
""")
"""Abbreviations in names that have one likely reading."""

_PLURALS = _table("""
    agenda: agendas, alias: aliases, api: apis, atlas: atlases, axis: axes, bias: biases,
    canvas: canvases, combo: combos, condo: condos, gas: gases, intro: intros, lens: lenses,
    matrix: matrices, medium: media, menu: menus, mine: mines, no: nos, opera: operas,
    peso: pesos, placebo: placebos, promo: promos, regimen: regimens, specimen: specimens,
    taxi: taxis, thief: thieves, todo: todos, uri: uris
""")
"""Plurals of nouns in databases that the library inflect gets wrong in at least one direction.

`api`, `menu`, `taxi` and `uri` are here since `_singular` takes other words in -is and -us for
singulars.
"""

_SINGULARS = {plural: one for one, plural in _PLURALS.items()}
_UNCOUNTABLE = frozenset(
    "athletics data goods has info logistics mathematics metadata money music police politics "
    "sales software sports staff stock traffic weather".split()
)
"""Words that inflect would change and that stay as they are."""

_PARTICIPLES = frozenset(
    "born built begun bought broken chosen drawn found given held made paid seen sent sold taken "
    "won written".split()
)
_DATE_ENDS = ("on", "at", "date", "day", "time")
_PREPOSITIONS = frozenset("at by for from has in of on to with".split())
_TABLE_AFFIXES = frozenset("dim fact lkp lookup ref stg t tb tbl tbls table v vw view".split())
# Vowels that are spoken as consonants: `a user`, `a one`.
_CONSONANT_STARTS = ("uni", "use", "eu", "one")

PLACES = frozenset(
    "city country state region town location continent county district province village "
    "nation".split()
)
"""Nouns of places: people say that something is in them."""


def split_name(name: str) -> list[str]:
    """Return the lower-case words of a name, with abbreviations written out."""
    pieces = split_identifier(name)
    if pieces == ["f", "name"]:
        return ["first", "name"]
    if pieces == ["l", "name"]:
        return ["last", "name"]
    # An abbreviation may stand for several words.
    return " ".join(EXPANSIONS.get(piece, piece) for piece in pieces).split()


def table_words(name: str) -> list[str]:
    """Return the words of a table's name without marks such as `tbl_` and `dim_`."""
    words = split_name(name)
    if len(words) > 1 and words[0] in _TABLE_AFFIXES and words[1].isalpha():
        words = words[1:]
    if len(words) > 1 and words[-1] in _TABLE_AFFIXES:
        words = words[:-1]
    return words


def table_noun(name: str) -> str:
    """Return the noun for one row of a table with this name.

    `Customers_Cards` gives `customer card`. A name that ends in a verb or preposition is no noun:
    `enrolled_in` gives `enrolled in record`.
    """
    words = table_words(name)
    if not words:
        return name
    is_verb = words[-1].endswith("ed") and not words[-1].endswith("eed")
    if len(words) > 1 and (is_verb or words[-1] in _PREPOSITIONS):
        return " ".join([*words, "record"])
    return " ".join(_singular(word) for word in words)


def singular(phrase: str) -> str:
    """Return the phrase with its last word in the singular; a singular stays."""
    head, word = _last_word(phrase)
    return head + _singular(word)


def plural(phrase: str) -> str:
    """Return the phrase with its last word in the plural; a plural stays."""
    head, word = _last_word(phrase)
    return head + _plural(_singular(word))


def is_plural(phrase: str) -> bool:
    """Return True if the last word is a plural; it is in `pages`, and not in `units sold`."""
    return singular(phrase) != phrase


def participle(name: str) -> str:
    """Return the event on the day that a column with this name holds.

    `shipped_date` gives `shipped`, `signed_up_on` gives `signed up`; empty for other names.
    """
    words = split_name(name)
    if len(words) > 1 and words[-1] in _DATE_ENDS:
        words = words[:-1]
    if not 1 <= len(words) <= 2:
        return ""
    is_participle = words[0].endswith("ed") or words[0] in _PARTICIPLES
    return " ".join(words) if is_participle else ""


def listing(items: Sequence[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])} and {items[-1]}"


def with_article(phrase: str) -> str:
    """Return the phrase after `a` or `an`."""
    starts_with_vowel = phrase.startswith(tuple("aeiou"))
    article = "an" if starts_with_vowel and not phrase.startswith(_CONSONANT_STARTS) else "a"
    return f"{article} {phrase}"


def normalise(question: str) -> str:
    """Return the form in which two questions count as the same.

    Unicode form NFKC, one case, single spaces, and no punctuation at the ends.
    """
    plain = " ".join(unicodedata.normalize("NFKC", question).casefold().split())
    return plain.strip(" .,;:!?\"'`")


def is_plain(text: str) -> bool:
    """Return True for text without control characters other than line feed and tab.

    Halves of surrogate pairs (category Cs) count as such: they cannot be written as UTF-8.
    """
    return all(char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs") for char in text)


def _last_word(phrase: str) -> tuple[str, str]:
    """Split off the last word: return the text before it, space included, and the word."""
    head, space, word = phrase.rpartition(" ")
    return head + space, word


@lru_cache(maxsize=50_000)
def _singular(word: str) -> str:
    if len(word) < 3 or word.isupper() or word.lower() in _UNCOUNTABLE or word in _PLURALS:
        return word
    if word in _SINGULARS:
        return _SINGULARS[word]
    # inflect takes the singulars in -us and -is for plurals: `campu` of `campus`.
    if word.endswith(("us", "is")) or not _ends_in_letter(word):
        return word
    return _inflect().singular_noun(word) or word


@lru_cache(maxsize=50_000)
def _plural(word: str) -> str:
    if word.lower() in _UNCOUNTABLE or not _ends_in_letter(word):
        return word
    if word in _PLURALS:
        return _PLURALS[word]
    # inflect would answer in capitals: `ISBNS`.
    return word + "s" if word.isupper() else _inflect().plural_noun(word)


def _ends_in_letter(word: str) -> bool:
    """Return True for a word that English endings fit: its last character is an ASCII letter."""
    return word[-1:].isascii() and word[-1:].isalpha()


_IMPORTING = Lock()


@cache
def _inflect() -> inflect.engine:
    """Return the engine of the library inflect, which is imported at the first use.

    inflect decorates its methods with typeguard's run-time type checks. Each of the decorators
    parses the whole module again, which is nearly all of the time that the import takes. The
    decorator is therefore replaced by one that does nothing while inflect is imported.
    """
    typeguard: Any = importlib.import_module("typeguard")
    # A second thread would take the replacement for the decorator and put it back for good.
    with _IMPORTING:
        typechecked = typeguard.typechecked
        typeguard.typechecked = lambda function: function
        try:
            import inflect
        finally:
            typeguard.typechecked = typechecked
    return inflect.engine()
