"""Words of names and questions in comparable form. The bundled model was trained on these words, so
that changes need a new pretraining.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import islice
from os.path import commonprefix

import snowballstemmer

# Parts of an identifier: runs of capitals before a capitalised word, words, digits, letters without
# case. The pattern reads the shape of a name, since `re` has no classes for case beyond ASCII.
_PARTS = re.compile(r"A+(?=Aa)|A?a+|A+|0+|c+")
# German spells umlauts with an e where the letter is missing; other accents are left out.
_SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "æ": "ae", "ø": "oe", "å": "aa"})
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})
# Abbreviations drop vowels first, and keep consonants.
_VOWELS = frozenset("aeiou")

# Words that name nothing in a schema: function words and words of asking, counting and ordering.
STOPWORDS = frozenset(
    "a an and are as at be been by did do does each every find for from get give had has have how "
    "i in is it its list many me much of "
    "on or please return show tell than that the their them there these they this those to was "
    "were what when where which who whom "
    "whose will with you all any number names name id ids not no count total average more most "
    "least less order sorted different "
    "distinct between both but whole".split()
)

_COUNTED = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
# Multipliers that may follow a number: `2.5 million`, `20k`.
_POWERS = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "k": 1000,
    "m": 10**6,
}
NUMBER_WORDS = {word: number for number, word in enumerate(_COUNTED.split())}
NUMBER_WORDS |= {word: 10 * number for number, word in enumerate(_TENS.split(), 3)}
# Without `k` and `m`, which alone are letters and no numbers.
NUMBER_WORDS |= {word: power for word, power in _POWERS.items() if len(word) > 1}
NUMBER_WORDS["dozen"] = 12
_NUMBER = re.compile(
    r"(\d+(?:\.\d+)?|[a-z]+(?:-[a-z]+)?) ?(hundred|thousand|million|billion|[km])?"
)
# Words and signs of a question; a number keeps its multiplier, a compound its hyphens.
_WORDS = re.compile(
    r"\d+(?:[.,:/-]\d+)*(?:(?-i:[kKM])(?![\w-])| (?:hundred|thousand|million|billion)(?![\w-]))?"
    rf"|(?:{'|'.join(NUMBER_WORDS)}) (?:hundred|thousand|million|billion)(?![\w-])"
    # Names are written as they are in questions too: `payment_history` is two words.
    r"|[^\W_]+(?:[-.&][^\W_]+)*|[^\w\s]",
    re.IGNORECASE,
)


class _Stemmer(threading.local):
    """A stemmer for each thread: it keeps the word that it works on as its own state."""

    def __init__(self) -> None:
        self.english = snowballstemmer.stemmer("english")


_STEMMER = _Stemmer()


@dataclass(frozen=True)
class Word:
    """A word of a question with its position in the text."""

    text: str
    start: int
    end: int

    @property
    def number(self) -> str | None:
        """The number that the word writes, in digits (`2.5 million`, `20k`, `thirty-one`); None if
        it writes none.
        """
        # A comma separates thousands; decimals are written with a point.
        plain = self.text.lower().replace(",", "")
        if re.fullmatch(r"\d+(\.\d+)?", plain):
            return plain
        found = _NUMBER.fullmatch(plain)
        if found is None or (found[1][0].isdigit() and not found[2]):
            return None
        counted = _counted(found[1])
        if counted is None:
            return None
        # Decimal and `f`: a float would write 2.5 billion in scientific notation.
        value = counted * _POWERS.get(found[2], 1)
        return f"{value.normalize():f}"


def _counted(text: str) -> Decimal | None:
    """Return the value of digits or of number words such as `thirty-one`."""
    if text[0].isdigit():
        return Decimal(text)
    tens, hyphen, ones = text.partition("-")
    if tens not in NUMBER_WORDS:
        return None
    if not hyphen:
        return Decimal(NUMBER_WORDS[tens])
    # `thirty-one` is a number; `ten-five`, `two-three` and `five-star` are not.
    if NUMBER_WORDS.get(ones, 10) > 9 or not 20 <= NUMBER_WORDS[tens] <= 90:
        return None
    return Decimal(NUMBER_WORDS[tens] + NUMBER_WORDS[ones])


def question_words(question: str, limit: int = 64) -> tuple[Word, ...]:
    """Return the first `limit` words and signs of a question.

    64 words take about a third of the tokens that the bundled model reads; the rest is the slice.
    """
    found = islice(_WORDS.finditer(question), limit)
    return tuple(Word(match.group(), match.start(), match.end()) for match in found)


# The caches of this module hold the names of a catalog of 1,000 tables; a name takes about 0.2 kB.
@lru_cache(maxsize=65536)
def name_words(name: str) -> tuple[str, ...]:
    """Return the lower-case words of an identifier: `custCtry_2` -> cust, ctry, 2."""
    name = unicodedata.normalize("NFC", name)
    shape = "".join(map(_shape, name))
    parts = (name[part.start() : part.end()].lower() for part in _PARTS.finditer(shape))
    return tuple(parts) or (name.lower(),)


def _shape(character: str) -> str:
    """Return the class of a character: A for capitals, a for small letters, c for letters without
    case, 0 for digits, _ for others.
    """
    if character.isupper():
        return "A"
    if character.islower():
        return "a"
    if character.isdecimal():
        return "0"
    # Vowel signs of Indic scripts are marks and belong to the letter before them.
    return "c" if unicodedata.category(character)[0] in "LM" else "_"


def has_case(word: str) -> bool:
    """Return whether a word has no letters without case. Scripts of such letters, as Chinese, are
    written without spaces.
    """
    return word.isascii() or "c" not in map(_shape, word)


def folded(word: str) -> str:
    """Return a lower-case word without accents: `cafe` of café, `strasse` of straße."""
    if word.isascii():
        return word
    parts = unicodedata.normalize("NFKD", word.translate(_FOLDED))
    return "".join(part for part in parts if not unicodedata.combining(part))


def spelled_out(word: str) -> str:
    """Return a word in lower case as it is written where umlauts are missing: `kuenstler` of
    Künstler.
    """
    return unicodedata.normalize("NFC", word.lower()).translate(_SPELLED_OUT)


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Return the Snowball (Porter 2) stem of a word in lower case, without accents."""
    return _STEMMER.english.stemWord(folded(word.lower()))


COMMON_STEMS = frozenset(map(stem, STOPWORDS))

ASKING = frozenset(
    "how what which who whom whose when where why list show give find count tell return is are was "
    "were do does did can could please".split()
)
"""Words that questions begin with."""
HOW_STEMS = frozenset(map(stem, NUMBER_WORDS)) | frozenset(
    map(
        stem,
        "add sum up together overall value known unknown missing except excluding besides without "
        "only also per above below over under "
        "range lie latest newest oldest earliest last first top bottom high highest low lowest "
        "large largest small smallest big biggest "
        "maximum minimum mean ascending descending alphabetical".split(),
    )
)
"""Stems of words that say how to count, compare or order, in questions about any subject."""


SHAPE_STEMS = frozenset(
    map(
        stem,
        "add sum up together overall value except excluding besides without only also per above "
        "below over under range latest newest oldest earliest last first top bottom high highest "
        "low lowest large largest small smallest big biggest maximum minimum mean average total "
        "count ascending descending alphabetical group greater larger smaller fewer before after "
        "while during one ones why if then or can could would should".split(),
    )
)
"""Stems of words that give a question its shape, without the numbers, which values may hold."""
CONSTRUCT_STEMS = frozenset(
    map(
        stem,
        "day week weekday month quarter year hour daily weekly monthly quarterly yearly annual "
        "date period previous prior earlier later share percent percentage proportion fraction "
        "median rank ranking rounded difference change changed growth grow grew grown "
        "increase decrease cumulative running moving rolling most fewest least many few never ever "
        "nobody none neither nor both either still yet already so far exclusively exactly "
        "across versus against compared compare split broken grouped classify "
        "half include including long longest short shortest type kind people got made here "
        "there".split(),
    )
)
"""Stems of words that say a construct of the form, such as a unit of time, a share, a rank or a
negation, or hardly anything.
"""
FILLER_STEMS = frozenset(
    map(
        stem,
        "i my we us our know want need like see look think tell let data database information "
        "detail thank hello".split(),
    )
)
"""Stems of words that a question may hold, whatever it is about."""
CLITICS = frozenset(
    map(
        stem,
        "s t re ve ll don doesn didn isn aren wasn weren hasn haven hadn couldn wouldn "
        "shouldn".split(),
    )
)
"""Stems of what stands beside the apostrophe of `student's`, `don't` and `they're`: words of their
own to `question_words`.
"""


def content_stems(words: Iterable[Word]) -> frozenset[str]:
    """Return stems of words without stop words and numbers."""
    found = frozenset(stem(word.text) for word in words if word.text[0].isalpha())
    return found - COMMON_STEMS


def numbers(words: Iterable[Word]) -> frozenset[str]:
    """Return the numbers among words, in one normal form."""
    written = (word.number for word in words if word.text[0].isdigit())
    return frozenset(number for number in written if number)


def content_words(question: str) -> frozenset[str]:
    """Return stems of a question's words without stop words and numbers."""
    return content_stems(question_words(question))


def all_stems(texts: Iterable[str]) -> frozenset[str]:
    """Return stems of all words of some texts; joins the texts first, so that tens of thousands
    take a fraction of a second.
    """
    return frozenset(map(stem, set(_WORDS.findall("\n".join(texts)))))


def says(question: str, text: str) -> bool:
    """Return whether a question holds the words of a text, in order; their endings may differ."""
    asked, own = ([stem(word.text) for word in question_words(one)] for one in (question, text))
    return any(asked[at : at + len(own)] == own for at in range(len(asked)))


def abbreviates(short: str, word: str) -> bool:
    """Return whether part of a name abbreviates `word`: a prefix (`cust` of customer), or a prefix
    and later consonants (`ctry`).
    """
    # Two letters begin too many words, and who cuts a word short drops more than its plural.
    if len(short) < 3 or len(word) < len(short) + 2 or short[0] != word[0]:
        return False
    start = len(commonprefix([short, word]))
    # `in` advances the iterator: the letters must come in the same order.
    letters = iter(word[start:])
    return all(letter not in _VOWELS and letter in letters for letter in short[start:])


@lru_cache(maxsize=65536)
def name_stems(name: str) -> frozenset[str]:
    """Return stems of an identifier's words."""
    return frozenset(stem(word) for word in name_words(name))
