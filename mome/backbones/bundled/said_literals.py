"""The literals that follow from what a question says: its periods, moments and numbers.
`literal_rules` looks them up.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property

from mome.linking.names import NUMBER_WORDS
from mome.linking.slice import Slice

# What stands before a number that is a year, not an id: `in 2023`, `March 2024`.
_BEFORE_YEAR = frozenset(
    "in since before after until till during from by year years between through "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn fall winter".split()
)
_FACTORS = (1, 1_000, 1_000_000, 1_000_000_000)
"""What `5 thousand` or `5k` multiply the 5 by."""
_ARTICLES = frozenset("a an the any no".split())
_OPENING = re.compile("['\"`\u2018\u201c\u00ab\u201e\u201a]")
"""A quotation mark before a phrase."""
_YEAR = re.compile(r"[12]\d{3}")
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth".split()
_WRITTEN = NUMBER_WORDS | {word: number for number, word in enumerate(_ORDINALS, 2)}
_CLOCKS = ("", " 00:00:00", " 23:59:59")
"""What may follow a day in a column of times: nothing, its start or its end."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"[12]\d{3}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")


class SaidLiterals:
    """What the question of one slice says; each set is computed on first use."""

    def __init__(self, slice_: Slice) -> None:
        self.slice = slice_

    @cached_property
    def periods(self) -> frozenset[str]:
        """The periods that the question names, and every day, month and quarter of its years and of
        the years beside them, which bound a range.
        """
        found = set(self.slice.periods)
        for year in self._years:
            found.add(str(year))
            found.update(f"{year}-Q{quarter}" for quarter in range(1, 5))
            day = date(year, 1, 1)
            while day.year == year:
                found.update((day.isoformat(), day.isoformat()[:7]))
                day += timedelta(days=1)
        return frozenset(found)

    @property
    def has_periods(self) -> bool:
        """Whether `periods` holds any; quicker than that."""
        return bool(self.slice.periods or self._years)

    @cached_property
    def moments(self) -> frozenset[str]:
        """The days of `periods`, and the days with a time that the question names."""
        days = [text for text in self.periods if _DAY.fullmatch(text)]
        moments = [moment.casefold() for moment in _MOMENT.findall(self.slice.question)]
        return frozenset(moments).union(day + clock for day in days for clock in _CLOCKS)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that follow from those of the question: themselves, in thousands and more,
        their neighbours (`more than 5` as `>= 6`) and hundredths (`5 percent`).
        """
        words = [word.number for word in self.slice.words if word.number is not None]
        # `90th`, `3-month`, `three-month` and `sixth` hold a number too.
        parts = re.findall(r"\d+(?:\.\d+)?", self.slice.question)
        letters = re.findall(r"[a-z]+", self.slice.question.lower())
        written = [str(_WRITTEN[word]) for word in letters if word in _WRITTEN]
        found: set[str] = set()
        if "quartile" in letters:
            found.update(("0.25", "0.75"))
        for text in dict.fromkeys([*words, *parts, *written]):
            number = float(text)
            derived = [number * factor for factor in _FACTORS]
            derived += [number - 1, number + 1, number / 100]
            found.add(text)
            found.update(f"{value:.10g}" for value in derived)
        return frozenset(found)

    @cached_property
    def _years(self) -> frozenset[int]:
        slice_ = self.slice
        texts = [slice_.question, *slice_.periods]
        texts += [item.text for item in slice_.items if item.kind == "value"]
        said = [year for text in texts for year in re.findall(r"(?<!\d)[12]\d{3}(?!\d)", text)]
        return frozenset(int(year) + step for year in set(said) for step in (-1, 0, 1))

    @cached_property
    def years_said(self) -> frozenset[int]:
        """The places of the words that are years, not other numbers."""
        words = self.slice.words
        found = set()
        for place in range(1, len(words)):
            is_led = words[place - 1].text.lower() in _BEFORE_YEAR
            if is_led and _YEAR.fullmatch(words[place].number or ""):
                found.add(place)
        return frozenset(found)

    @cached_property
    def articles(self) -> frozenset[int]:
        """The places of the words with which no value begins: `an email` is none; `The Hague` and
        phrases in quotes are.
        """
        question = self.slice.question
        return frozenset(
            place
            for place, word in enumerate(self.slice.words)
            if word.text in _ARTICLES and not _OPENING.match(question[word.start - 1 : word.start])
        )

    def phrase(self, first: int, last: int) -> str:
        """Return the phrase of the question from one word to another; empty if there is none."""
        words = self.slice.words
        if not 0 <= first <= last < len(words):
            return ""
        return self.slice.question[words[first].start : words[last].end]
