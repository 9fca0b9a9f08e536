"""Questions that ask a verified question in other words: `monthly revenue` for `What is the revenue
by month?`. The translator answers them with the verified query, and asks no model.

Two questions are the same if they have the same key: their words without those of asking, with few
synonyms of plain English, what they divide by and their periods apart. All else has to be equal and
in the same order, so that a word that is on no list tells two questions apart.

Covered: `show me` for `what is`; `per`, `for each`, `each` and `monthly` for `by`; `number of` for
`how many`; singular and plural; `of` for a possessive or a compound; relative clauses; `over` for
`more than` in front of a number; `without` for `have no`. Not covered: synonyms of the database's
own words, and sentences that are built in another way.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from mome.artifacts.facts import MemoryFact
from mome.catalog import Catalog
from mome.linking.demands import contradiction, demands
from mome.linking.names import NUMBER_WORDS, name_stems, question_words, stem
from mome.linking.said_periods import period_spans, said_periods

Key = tuple[object, ...]
"""What two questions that mean the same share."""

_NUMBER = rf"(?= (?:the |an? )?[$€£]?(?:\d|(?:{'|'.join(NUMBER_WORDS)})\b))"
_UNIT = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter"}
_UNIT |= {"yearly": "year", "annual": "year", "annually": "year"}
_UNITS = "|".join(_UNIT)
_ASKS = "show|list|give|display|tell|print|return|find|get|see|provide|present"
# Signs in capitals stand for words with one meaning: the text is in lower case before. The order
# matters: `no more than` is no negation, and `do we have` says nothing of having.
_SIGNS = tuple(
    (re.compile(pattern), sign)
    for pattern, sign in (
        (r"\b(what|who|where|how)'s\b", r"\1 is"),
        (r"\w+n't\b|\bcannot\b", " NOT "),
        (r"(?<=\w)'s\b|(?<=s)'(?=\s)", " OWNS "),
        (r"\bon an? (\w+) basis\b", r"\1"),
        (rf"(?:^|, *|(?<=\w) (?=(?:{_ASKS}) (?:me|us|the|all)\b))(?:and )?(?:{_ASKS})\b"
         r"(?: (?:me|us))?(?: an? (?:list|overview|table) of)?", " END "),
        (r"\b(?:do|did|does|have|had) (?:we|you) (?:have|had|make|made|get|got|earn|generate)?\b"
         r"|\bwe (?:have|had|make|made|get|got|earned|generated)\b", " "),
        (r"(?:is|are|was|were) there\b|\bthere(?: (?:is|are|was|were))?\b|\bexist(?:s|ed)?\b", " "),
        (r"\b(?:came|comes?|coming) in\b", " "),
        (r"\bhow much\b", "what"),
        (r"\b(?:no|not) (?:more|greater|higher) than\b|\bat most\b|\bup to\b", " ATMOST "),
        (r"\b(?:no|not) (?:less|fewer|lower) than\b|\bat least\b", " ATLEAST "),
        (rf"\b(?:more|greater|higher) than\b|\b(?:over|above|exceeding){_NUMBER}", " ABOVE "),
        (rf"\b(?:less|fewer|lower) than\b|\b(?:under|below){_NUMBER}", " BELOW "),
        (r"\bhow many\b|\b(?:total )?(?:number|count) of\b|^ *count\b", " COUNT "),
        (r"\b([a-z]+) count\b", r" COUNT \1"),
        (r"\bhav(?:e|ing)\b|\bha[sd]\b|\bwith\b", " HAS "),
        (r"(\w+) nothing\b", r"NOT \1"),
        (r"\b(?:never|not|no|without)\b", " NOT "),
        (r"\b(?:HAS +NOT|NOT +HAS)\b", " NOT "),
        (r"\b(?:on average|average|avg|mean)\b", " AVERAGE "),
        (r"\b(?:priciest|costliest|dearest)\b", "most expensive"),
        (r"\b(?:most|highest|maximum|max)\b", " HIGH "),
        (r"\b(?:least|fewest|lowest|minimum|min)\b", " LOW "),
        (r"\b(?:grouped|split|divided|broken down) (?:by|per|into)\b", " BY "),
        (r"\b(day|week|month|quarter|year) (?:by|after) \1\b", r" BY \1 END "),
        (r"\b(?:(?:for|in|of|at|through|by|per) )?(?:each|every)\b(?: of)?|\bper\b", " BY "),
        (r"(?<!ed )(?<!en )(?<!sold )(?<!made )\bby\b", " BY "),
    )
)  # fmt: skip
_IN_A_UNIT = re.compile(rf"\b({_UNITS})\b")
# Forms of a verb that no stemmer brings together.
_VERBS = {
    "spent": "spend", "sold": "sell", "bought": "buy", "made": "make", "wrote": "write",
    "written": "write", "paid": "pay", "gave": "give", "given": "give", "took": "take",
    "taken": "take", "held": "hold", "won": "win", "lost": "lose", "left": "leave",
    "sent": "send", "got": "get",
}  # fmt: skip
_SAYS_NOTHING = frozenset(
    "what which who the a an all any anything our my your is are was were be been do does did that "
    "of it we you".split()
)
# Behind what a question divides by, one of these begins something else.
_ENDS = frozenset(
    "in for of from to at on over under since before after until between through during than that "
    "who which what where when how is are was were do does did can will would NOT HAS ABOVE BELOW "
    "ATLEAST ATMOST COUNT AVERAGE BY END OWNS HIGH LOW".split()
)
_YES_OR_NO = ("is ", "are ", "was ", "were ", "do ", "does ", "did ", "can ", "has ", "have ")
# A verb stands behind these and the noun: `did each customer spend`.
_BEFORE_VERB = frozenset("do does did what".split())
# What stands between two of these keeps its place.
_WHOLE = frozenset(map(stem, ("total", "overall", "whole")))
_PUNCTUATION = frozenset(",;:?!.\"'()")
_BARRIERS = frozenset(
    "NOT HAS ABOVE BELOW ATLEAST ATMOST in for from to at on than and or since before after until "
    "between through during only whose by over under".split()
)
# A period behind one of these is no condition of its own.
_RELATES_PERIOD = frozenset(
    "and or to from since before after until through between than by ABOVE BELOW ATMOST".split()
)
_BEFORE_PERIOD = frozenset("in for during of".split())


class Rewordings:
    """The verified questions of one memory by what they ask. Thread-safe."""

    def __init__(
        self, facts: Iterable[MemoryFact], catalog: Catalog, measures: Iterable[str] = ()
    ) -> None:
        """`measures`: terms of figures that are totals, such as `revenue`."""
        self._verified = [fact for fact in facts if fact.kind == "verified"]
        self._nouns = frozenset().union(*(name_stems(table.name) for table in catalog.tables))
        self._totals = frozenset(stem(term) for term in measures if " " not in term)

    @cached_property
    def _by_key(self) -> dict[Key, list[tuple[str, MemoryFact]]]:
        found: dict[Key, list[tuple[str, MemoryFact]]] = defaultdict(list)
        for fact in self._verified:
            for wording in fact.wordings:
                found[self._key(wording)].append((wording, fact))
        return dict(found)

    def find(self, question: str) -> MemoryFact | None:
        """Return the verified fact that the question asks for in other words; None if there is
        none, or if there are several with different queries.
        """
        found = {
            fact.answer: fact
            for wording, fact in self._by_key.get(self._key(question), ())
            if not contradiction(demands(question), demands(wording), fact.answer)
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def _key(self, question: str) -> Key:
        words, periods = _periods_apart(_words(question))
        words, groups = _groups_apart(words)
        is_yes_or_no = question.lower().startswith(_YES_OR_NO)
        return is_yes_or_no, groups, periods, *self._segments(words)

    def _segments(self, words: list[str]) -> Iterator[Key]:
        """Yield what stands between barriers, with the barrier before it."""
        segment: list[str] = []
        barrier = ""
        for word in (*words, ""):
            if word and word not in _BARRIERS:
                segment.append(word)
                continue
            said = tuple(self._said(segment))
            # `What rating does each author have?` says no more than `What rating by author?`.
            if said != ((),) or barrier not in ("", "HAS"):
                yield barrier, said
            barrier, segment = word, []

    def _said(self, words: list[str]) -> Iterator[object]:
        """Yield what a segment says: the only thing in it that the database has a table of, and
        the other words in their order, so that `returned orders` are `orders that were returned`.
        """
        roots = [_root(word) for word in _of_reversed(words) if word not in _SAYS_NOTHING]
        for at in range(len(roots) - 1, 0, -1):
            if roots[at] in self._totals and roots[at - 1] in _WHOLE:
                del roots[at - 1]
        if "AVERAGE" in roots:
            roots.remove("AVERAGE")
            yield "AVERAGE"
        things = [root for root in roots if root in self._nouns]
        if len(things) == 1:
            roots.remove(things[0])
            yield things[0]
        yield tuple(roots)


def _words(question: str) -> list[str]:
    """Return the words of a question in lower case with signs in capitals, and periods in one
    spelling behind an equals sign.
    """
    text, periods = question, {}
    for number, (start, end) in enumerate(reversed(period_spans(question))):
        periods[f"period{number}"] = f"={'/'.join(said_periods(question[start:end]))}"
        text = f"{text[:start]} period{number} {text[end:]}"
    text = " ".join(text.lower().split()).replace("\u2019", "'")
    text = _IN_A_UNIT.sub(lambda match: f" BY {_UNIT[match[1]]} END ", text)
    for pattern, sign in _SIGNS:
        text = pattern.sub(sign, text)
    found = []
    for word in question_words(text):
        if word.text in periods:
            found.append(periods[word.text])
        elif word.text not in _PUNCTUATION:
            found.append(word.number or word.text)
        elif word.text == ",":
            found.append("END")
    return found


def _periods_apart(words: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the words without `in 2024`, and these periods."""
    kept: list[str] = []
    periods: list[str] = []
    for word in words:
        before = kept[-1] if kept else ""
        if not word.startswith("=") or before in _RELATES_PERIOD:
            kept.append(word)
            continue
        periods.append(word)
        if before in _BEFORE_PERIOD:
            kept.pop()
    return kept, tuple(periods)


def _groups_apart(words: list[str]) -> tuple[list[str], tuple[tuple[str, ...], ...]]:
    """Return the words without `by month`, and what they divide by."""
    kept: list[str] = []
    groups: list[tuple[str, ...]] = []
    at = 0
    while at < len(words):
        if words[at] != "BY":
            kept.append(words[at])
            at += 1
            continue
        last = at + 1
        while last < len(words) and words[last] not in _ENDS:
            last += 1
        # `How much did each customer spend?`: the verb belongs to the rest.
        if words[at - 1 : at] and words[at - 1] in _BEFORE_VERB and last > at + 2:
            last -= 1
        group = tuple(_root(word) for word in words[at + 1 : last] if word not in _SAYS_NOTHING)
        if group:
            groups.append(group)
        else:
            kept.append("by")
        at = last
    return [word for word in kept if word != "END"], tuple(groups)


def _of_reversed(words: list[str]) -> list[str]:
    """Return `book price` for `price of books`; an owner stands before what is owned."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word == "of":
            parts.append([])
        elif word != "OWNS":
            parts[-1].append(word)
    return [word for part in reversed(parts) for word in part]


def _root(word: str) -> str:
    """Return the stem of a word; signs, numbers and periods stay."""
    return stem(_VERBS.get(word, word)) if word.islower() else word
