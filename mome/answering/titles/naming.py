"""Which words of a title say a name: all parts of the name have to be said, and no word may be left
over.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mome.catalog import Catalog, Column, Table
from mome.linking.abbreviations import PHRASES, SETTLED
from mome.linking.names import abbreviates, name_words, stem
from mome.linking.table_prefix import FEWEST, LONGEST, SHARE

# Words that a phrase may hold whatever it names.
FILLERS = frozenset(
    "the a an our all of on for from in with we i you do does did have has had get got are is was "
    "were there been exist located currently now today ever already".split()
)
# The same where nothing is called so.
_VAGUE = frozenset("work works working live lives living belong belongs".split())
# What a title may call its figure where it lists its columns.
FIGURE_WORDS = frozenset(
    "number count total sum amount average mean median minimum maximum lowest highest share "
    "percent percentage change difference growth running cumulative moving so far how many much "
    "lower bound level value volume revenue one before previous day week month quarter "
    "year".split()
)
_OPTIONAL = frozenset("id code cd name nm no nr num number key".split())
"""Parts of a column's name that a title may leave out."""
_DATE_PARTS = frozenset(
    "on at date dt time datetime dttm day timestamp stamp ts ep epoch unix utc".split()
)
CURRENCIES = frozenset("eur euro euros usd dollars gbp chf sek nok dkk jpy cad aud".split())
_UNITS = CURRENCIES | frozenset(
    "kg kgs lb lbs km kms cm mm mi sqm sqft ltr ml pct hrs hr mins min secs sec ms "
    "cents cent pence".split()
)
"""Parts at the end of a number's name that say in what it is measured."""
_TIMES = frozenset("hours minutes seconds days weeks months years".split())
_LASTING = frozenset("duration time length delay downtime uptime runtime wait stay age".split())
"""What is measured in units of time; `booked_hours` are hours, a `duration_hours` is a duration."""
_STRUCTURE = frozenset(
    "hdr header head tbl table mst master fact fct dim stg dw dwh ods lkp".split()
)
"""Parts of a table's name that say how data are stored."""
_AMOUNTS = frozenset("amount amt".split())
_TOTALS = frozenset("total tot sum value val".split())
_ABBREVIATED = {
    "no": "number",
    "nr": "number",
    "tx": "transaction",
    "txn": "transaction",
    "trx": "transaction",
    "wh": "warehouse",
    "yr": "year",
    "mth": "month",
}
"""Beside those of `linking.abbreviations`, in which the bundled model reads names."""
# Past participles that share no stem with their verb or noun.
_VERBS = {
    "paid": ("pay", "payment"),
    "sold": ("sell", "sale"),
    "bought": ("buy",),
    "sent": ("send",),
    "born": ("birth",),
    "died": ("death",),
    "spent": ("spend",),
    "left": ("leave",),
    "made": ("make",),
    "held": ("hold",),
    "won": ("win",),
    "begun": ("begin",),
    # Nouns that share no stem with the participle.
    "shipment": ("ship",),
    "delivery": ("deliver",),
    "arrival": ("arrive",),
    "departure": ("depart",),
    "closure": ("close",),
    "cancellation": ("cancel",),
    "resolution": ("resolve",),
    "registration": ("register",),
    "subscription": ("subscribe",),
    "publication": ("publish",),
    "admission": ("admit",),
    "submission": ("submit",),
    "expiry": ("expire",),
    "creation": ("create",),
    "foundation": ("found",),
    "signup": ("sign",),
    "modification": ("modify",),
    "receipt": ("receive",),
    "acquisition": ("acquire",),
    "treatment": ("treat",),
    "diagnosis": ("diagnose",),
    "prescription": ("prescribe",),
    "settlement": ("settle",),
    "decision": ("decide",),
    "entry": ("enter",),
    "death": ("die",),
    "construction": ("build",),
    "units": ("quantity", "qty"),
    "pieces": ("quantity", "qty"),
    # Who is at an end of a row.
    "sender": ("from",),
    "payer": ("from",),
    "receiver": ("to",),
    "recipient": ("to",),
    "payee": ("to",),
    "assignee": ("assigned",),
    "approver": ("approved",),
    "creator": ("created",),
    "reviewer": ("reviewed",),
}


def _also_said() -> dict[str, tuple[str, ...]]:
    """Return the words of `_VERBS` by the stems of those that say them, both ways: `leave` says
    `left` too.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for word, others in _VERBS.items():
        found[stem(word)] += others
        for other in others:
            found[stem(other)].append(word)
    return {said: tuple(dict.fromkeys(words)) for said, words in found.items()}


_ALSO_SAID = _also_said()


@dataclass(frozen=True)
class SaidWord:
    """A word of a title with the parts of names that it says."""

    text: str
    closeness: Mapping[str, int]
    """Part -> 2 for the same word up to its ending, 1 for its abbreviation and for another word of
    the same sense, as `left` for leave.
    """


class TitleWords:
    """The parts of all names of one catalog."""

    def __init__(self, catalog: Catalog) -> None:
        parts: set[str] = set()
        for table in catalog.tables:
            for name in (table.name, *(column.name for column in table.columns)):
                parts.update(parts_of(name))
        self._by_stem: dict[str, list[str]] = defaultdict(list)
        self._short: dict[str, list[str]] = defaultdict(list)
        for part in sorted(parts):
            self._by_stem[stem(part)].append(part)
            self._short[part[0]].append(part)

        # Only where the names are written so: a `po_hdr` is a purchase order.
        self._phrases = {
            phrase: short for short, phrase in PHRASES.items() if short in self._by_stem
        }

    def words(self, phrase: str) -> list[SaidWord]:
        """Return the words of a phrase that have to name something."""
        plain = phrase.replace("'s ", " ").replace("e-mail", "email")
        for long, short in self._phrases.items():
            plain = re.sub(rf"\b{long}s?\b", short, plain)
        texts = plain.replace("-", " ").split()
        bare = [text.strip("'\"(),") for text in texts]
        said = [self._said(text) for text in bare if text and text not in FILLERS]
        return [word for word in said if word.closeness or word.text not in _VAGUE]

    def _said(self, text: str) -> SaidWord:
        same = list(self._by_stem.get(stem(text), ()))
        if not same:
            same = self._parts_of(_VERBS.get(text, ()))
        alike = self._parts_of(_ALSO_SAID.get(stem(text), ()))
        short = [part for part in self._short.get(text[0], ()) if _is_short(part, text)]
        # `appt` and not `amt` abbreviates `appointment`.
        longest = max(map(len, short), default=0)
        found = {part: 1 for part in (*alike, *(p for p in short if len(p) == longest))}
        return SaidWord(text, found | dict.fromkeys(same, 2))

    def _parts_of(self, words: Sequence[str]) -> list[str]:
        return [part for word in words for part in self._by_stem.get(stem(word), ())]


Words = Sequence[SaidWord]


def _is_short(part: str, word: str) -> bool:
    """Return whether a part abbreviates a word: `dept` or `typ` for `department` and `type`."""
    if word.endswith("ies"):
        word = f"{word[:-3]}y"
    singular = word[:-1] if word.endswith("s") else word
    if (_ABBREVIATED.get(part) or SETTLED.get(part)) == singular:
        return True
    is_cut = len(part) >= 3 and len(singular) == len(part) + 1 and singular.startswith(part)
    return is_cut or abbreviates(part, word) or abbreviates(part, singular)


@lru_cache(maxsize=65536)
def parts_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case."""
    return tuple(word.lower() for word in name_words(name))


def are_said(parts: Collection[str], words: Words) -> bool:
    """Return whether the words say every part."""
    return all(_closest(part, words) for part in parts)


def explained(words: Words, parts: Collection[str]) -> list[SaidWord]:
    """Return the words that say one of the parts."""
    return [word for word in words if any(part in word.closeness for part in parts)]


def are_explained(words: Words, parts: Collection[str]) -> bool:
    """Return whether every word says one of the parts."""
    return len(explained(words, parts)) == len(words)


def guesses(parts: Collection[str], words: Words) -> int:
    """Return the number of parts that words say only as an abbreviation."""
    return sum(_closest(part, words) == 1 for part in parts)


def _closest(part: str, words: Words) -> int:
    return max((word.closeness.get(part, 0) for word in words), default=0)


def is_alike(part: str, other: str) -> bool:
    """Return whether two parts of names are one word, one of them perhaps cut short."""
    same = stem(part) == stem(other)
    return same or _is_short(part, other) or _is_short(other, part)


def own_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name that its table's name does not hold: `grossAmt` of
    `bill`, and the second part of `bill_no`.
    """
    names = tuple(one.name for one in table.columns)
    return _parts_without(column.name, table.name, names)


def unprefixed(name: str, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name without those that nearly all of its table begin with."""
    names = tuple(one.name for one in table.columns)
    return _unprefixed(parts_of(name), _shared_prefix(names))


def _unprefixed(parts: tuple[str, ...], shared: tuple[str, ...]) -> tuple[str, ...]:
    is_prefixed = shared and len(parts) > len(shared) and parts[: len(shared)] == shared
    return parts[len(shared) :] if is_prefixed else parts


# By names, since it takes long to hash a table with all of its columns and values.
@lru_cache(maxsize=65536)
def _parts_without(name: str, other: str, names: tuple[str, ...]) -> tuple[str, ...]:
    others = parts_of(other)
    parts = _unprefixed(parts_of(name), _shared_prefix(names))
    return tuple(part for part in parts if not any(is_alike(part, one) for one in others))


@lru_cache(maxsize=4096)
def _shared_prefix(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the short parts with which nearly all columns of a table begin, as `sb`, `tx` of
    `sbTxAmount`: nobody says them.
    """
    whole = [parts_of(name) for name in names if len(parts_of(name)) > 1]
    shared: tuple[str, ...] = ()
    while len(names) >= FEWEST and whole:
        length = len(shared) + 1
        starts = Counter(parts[:length] for parts in whole if len(parts) > length)
        if not starts:
            break
        ((start, number),) = starts.most_common(1)
        if number < SHARE * len(names) or len(start[-1]) > LONGEST:
            break
        shared = start
    return shared


def said_parts(table: Table, catalog: Catalog) -> tuple[str, ...]:
    """Return the parts of a table's name that people say: an `inv_hdr` is an invoice, and nobody
    says what nearly all tables begin with.
    """
    names = tuple(one.name for one in catalog.tables)
    parts = _unprefixed(parts_of(table.name), _shared_prefix(names))
    # A `check_in` is said as `checked in`, of which the second word is one of the question's own.
    return tuple(part for part in parts if part not in _STRUCTURE | FILLERS) or parts


def required_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the parts of a column's name that a title has to say."""
    own = _without_unit(own_parts(column, table))
    return tuple(part for part in own if part not in _OPTIONAL)


def unit_of(column: Column) -> str:
    """Return the part of a column's name that says in what it is measured; empty if none does."""
    parts = parts_of(column.name)
    return parts[-1] if _without_unit(parts) != parts else ""


def _without_unit(parts: tuple[str, ...]) -> tuple[str, ...]:
    is_unit = len(parts) > 1 and (
        parts[-1] in _UNITS or (parts[-1] in _TIMES and parts[-2] in _LASTING)
    )
    return parts[:-1] if is_unit else parts


def says_measure(column: Column, table: Table, words: Words) -> bool:
    """Return whether words say a column of numbers; a `tot_amt` is a total or an amount."""
    parts = measured_parts(column, table)
    if are_said(parts, words):
        return bool(parts)
    if is_said_by_unit(column, table, words):
        return True
    own = required_parts(column, table)
    totals = [part for part in own if part in _TOTALS]
    rest = [part for part in own if part not in _TOTALS and part not in _AMOUNTS]
    return bool(totals) and len(totals) < len(own) and are_said((*totals, *rest), words)


def is_said_by_unit(column: Column, table: Table, words: Words) -> bool:
    """Return whether words say a column by its unit alone: the `kilometres` of a `distance_km`."""
    unit = unit_of(column)
    alike = [one for one in table.columns if unit_of(one) == unit]
    return bool(unit) and unit not in CURRENCIES and len(alike) == 1 and are_said((unit,), words)


def measured_parts(column: Column, table: Table) -> tuple[str, ...]:
    """Return the same for a column of numbers: `total` is also the word for a sum."""
    required = required_parts(column, table)
    without = tuple(part for part in required if part not in _TOTALS)
    return without or required


def dated_parts(column: Column) -> tuple[str, ...]:
    """Return the parts of a date column's name that say what happened: `opened` of `opened_on`."""
    return tuple(part for part in parts_of(column.name) if part not in _DATE_PARTS)
