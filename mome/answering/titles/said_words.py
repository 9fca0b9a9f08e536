"""The words of a title, and which parts of names each of them says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mome.catalog import Catalog
from mome.linking.abbreviations import PHRASES, SETTLED
from mome.linking.names import abbreviates, name_words, stem

# Words that a phrase may hold whatever it names.
FILLERS = frozenset(
    "the a an our all of on for from in with we i you do does did have has had get got are is was "
    "were there been exist located currently now today ever already".split()
)
# The same where nothing is called so.
_VAGUE = frozenset("work works working live lives living belong belongs".split())
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
