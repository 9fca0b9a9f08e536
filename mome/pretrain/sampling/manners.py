"""The manners of asking: a question, a command, the title of a report, a few words, a request.

Families say what is wanted as a `Wanted`; `say` puts it into one of the manners.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

TYPING_ERRORS = 0.04
"""Share of the questions with a typing error."""


@dataclass(frozen=True)
class Wanted:
    """What is wanted, in parts that every manner can use."""

    noun: str
    """The result without an article, such as `number of orders placed in 2024`."""
    tail: str = ""
    """What follows in every manner, such as ` per country` or `, highest first`."""
    is_plural: bool = False
    """True for several things: what are the names."""
    questions: tuple[str, ...] = ()
    """Whole questions that say the same, without tail and question mark, in lower case."""
    commands: tuple[str, ...] = ()
    """Whole commands that say the same, without tail and full stop."""
    titles: tuple[str, ...] = ()
    """Short titles that say the same, without tail."""
    shown: tuple[str, ...] = ()
    """What the question says is to be shown, in this order; empty where it leaves that open."""


def say(rng: random.Random, ask: Wanted, literals: str = "") -> str:
    """Return the question in one of the manners.

    `literals`: the form, whose values get no typing error.
    """
    manner = rng.choices(_MANNERS, _WEIGHTS)[0]
    text = " ".join(manner(rng, ask).split()).replace(" ,", ",")
    if ask.shown:
        text = _with_shown(rng, text, ask.shown)
    if rng.random() < TYPING_ERRORS:
        text = with_typing_error(rng, text, literals)
    return text


def _question(rng: random.Random, ask: Wanted) -> str:
    if ask.questions and rng.random() < 0.75:
        return _first_upper(rng.choice(ask.questions) + ask.tail) + _mark(rng)
    verb = "are" if ask.is_plural else "is"
    if rng.random() < 0.1:
        verb = "were" if ask.is_plural else "was"
    return f"What {verb} the {ask.noun}{ask.tail}" + _mark(rng)


def _command(rng: random.Random, ask: Wanted) -> str:
    end = rng.choice((".", ".", ""))
    if ask.commands and rng.random() < 0.5:
        return _first_upper(rng.choice(ask.commands) + ask.tail) + end
    verbs = ["Show", "Show me", "Give me", "Return", "Find", "Get", "I need", "I want to see"]
    if ask.is_plural:
        verbs += ["List", "List"]
    elif _FIGURES.match(ask.noun):
        verbs += ["Calculate", "Compute"]
    return f"{rng.choice(verbs)} the {ask.noun}{ask.tail}{end}"


def _title(rng: random.Random, ask: Wanted) -> str:
    return _first_upper(rng.choice(ask.titles or (ask.noun,)) + ask.tail)


def _terse(rng: random.Random, ask: Wanted) -> str:
    return rng.choice(ask.titles or (ask.noun,)) + ask.tail


def _request(rng: random.Random, ask: Wanted) -> str:
    start, end = rng.choice(
        (
            ("Could you tell me ", "?"),
            ("Can you show me ", "?"),
            ("Please show ", "."),
            ("Please give me ", "."),
            ("I would like to know ", "."),
            ("I'd like to see ", "."),
            ("Could you please give me ", "?"),
            ("Hi, can you get me ", " please?"),
            ("We need ", " for a report."),
        )
    )
    if ask.questions and start.endswith(("tell me ", "know ")):
        question = rng.choice(ask.questions)
        # Only questions without an auxiliary verb before the subject stay as they are.
        if re.match(r"(how many|which) \S+ (?!did|do|does)", question):
            return f"{start}{question}{ask.tail}{end}"
    return f"{start}the {ask.noun}{ask.tail}{end}"


_SHOWING = ("Show", "Return", "Output", "Give", "List", "Display", "Show me", "Show the")


def _with_shown(rng: random.Random, text: str, shown: tuple[str, ...]) -> str:
    """Return the question with what is to be shown: `... Show id and name.`"""
    said = listed(rng, list(shown))
    verb = rng.choice(
        ("Show", "Return", "Output", "Give", "List", "Display", "Show me", "Show the")
    )
    if text.endswith((".", "?")) and rng.random() < 0.6:
        return f"{text} {verb} {said}."
    plain, then = text.rstrip(".?"), f"{verb.lower()} {said}"
    ends = (f"; {then}", f": {said}", f", showing {said}", f" - {then}")
    return plain + rng.choice(ends) + rng.choice((".", ""))


_FIGURES = re.compile(r"(total|sum|overall|average|mean|avg|number|count|median|ratio)\b")


_MANNERS = (_question, _command, _title, _terse, _request)
_WEIGHTS = (45, 25, 10, 10, 10)


def _mark(rng: random.Random) -> str:
    """Return the question mark, which some people leave out."""
    return "?" if rng.random() < 0.9 else ""


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


# Words for the parts of a noun phrase.


def per(rng: random.Random, group: str) -> str:
    """Return ` per country`, ` by country` or ` for each country`."""
    return rng.choice((" per ", " per ", " by ", " by ", " for each ", " for every ")) + group


def total(rng: random.Random, amount: str) -> str:
    """Return words for a sum: `total amount`."""
    # "the total total" is said by nobody.
    if amount.startswith("total"):
        return f"sum of the {amount}"
    ways = ("total {}", "total {}", "sum of the {}", "overall {}", "sum of {}")
    return rng.choice(ways).format(amount)


def average(rng: random.Random, amount: str) -> str:
    """Return words for a mean: `average amount`."""
    return rng.choice(("average {}", "average {}", "mean {}", "avg {}")).format(amount)


def highest(rng: random.Random, amount: str) -> str:
    """Return words for a maximum: `highest amount`."""
    return rng.choice(("highest {}", "maximum {}", "largest {}", "max {}")).format(amount)


def lowest(rng: random.Random, amount: str) -> str:
    """Return words for a minimum: `lowest amount`."""
    return rng.choice(("lowest {}", "minimum {}", "smallest {}", "min {}")).format(amount)


def number_of(rng: random.Random, rows: str) -> str:
    """Return words for a count: `number of orders`."""
    return rng.choice(("number of {}", "number of {}", "count of {}", "total number of {}")).format(
        rows
    )


def listed(rng: random.Random, items: list[str]) -> str:
    """Return `a`, `a and b`, or `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    last = rng.choice((" and ", " and ", ", and ")) if len(items) > 2 else " and "
    return ", ".join(items[:-1]) + last + items[-1]


def clause(words: str) -> str:
    """Return a restriction as the verb of "which customers": `with a name` -> `have a name`.

    Empty if it fits behind a noun only.
    """
    first, _, rest = words.partition(" ")
    if " and " in words or " or " in words:
        return ""
    if first == "with":
        return f"have {rest}"
    if first == "without":
        return f"do not have {rest}"
    if first in ("who", "that"):
        return rest
    if first in ("in", "from", "outside") and not words[-1].isdigit():
        return f"are {words}"
    if first.endswith("ed") or first in ("born", "built", "sold", "paid", "made"):
        return f"were {words}"
    return ""


_ORDINARY = frozenset(
    "what which show list give find return please tell could many number count total average "
    "their than more less between before after since where with that have from each highest "
    "lowest most every contains starts without other".split()
)
"""Words that are no names of a database, in which a typing error does not change the question."""


def with_typing_error(rng: random.Random, text: str, literals: str) -> str:
    """Return the text with one letter of an ordinary word left out, doubled or swapped."""
    words = text.split(" ")
    known = literals.lower()
    places = [
        place
        for place, word in enumerate(words)
        if word.lower() in _ORDINARY and word.lower() not in known
    ]
    if not places:
        return text
    place = rng.choice(places)
    words[place] = _mistyped(rng, words[place])
    return " ".join(words)


def _mistyped(rng: random.Random, word: str) -> str:
    at = rng.randrange(1, len(word) - 1)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
