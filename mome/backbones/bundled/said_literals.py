"""The literals that follow from what a question says: its days, months and numbers. `literal_rules`
looks them up.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cached_property

from mome.backbones.bundled.periods import days_in, is_day, is_year
from mome.linking.slice import Slice

# What stands before a number that is a year, not an id: `in 2023`, `March 2024`.
_BEFORE_YEAR = frozenset(
    "in since before after until till during from by year years between through "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec spring summer autumn fall winter".split()
)
_FACTORS = (1, 1_000, 1_000_000, 1_000_000_000)
"""What `5 thousand` or `5k` multiply the 5 by."""
_CLOCKS = ("", " 00:00:00", " 23:59:59")
"""What may follow a day in a column of times: nothing, its start or its end."""


class SaidLiterals:
    """What the question of one slice says; each set is computed on first use."""

    def __init__(self, slice_: Slice) -> None:
        self.slice = slice_

    @cached_property
    def days(self) -> frozenset[str]:
        """Every day of the years that the question is about, and of the years beside them, which
        bound a range.
        """
        found: set[str] = set()
        for year in self._years:
            day = date(year, 1, 1)
            while day.year == year:
                found.add(day.isoformat())
                day += timedelta(days=1)
        return frozenset(found.union(days_in(self.slice.question)))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The numbers that follow from those of the question: themselves, in thousands and more,
        their neighbours (`more than 5` as `>= 6`) and hundredths (`5 percent`).
        """
        found: set[str] = set()
        for word in self.slice.words:
            if word.number is None:
                continue
            number = float(word.number)
            derived = [number * factor for factor in _FACTORS]
            derived += [number - 1, number + 1, number / 100]
            found.add(word.number)
            found.update(f"{value:.10g}" for value in derived)
        return frozenset(found)

    @cached_property
    def moments(self) -> frozenset[str]:
        """The days with the times that bound them."""
        return frozenset(day + clock for day in self.days for clock in _CLOCKS)

    @cached_property
    def months(self) -> frozenset[str]:
        """Years and months as the start of a day: 2024, 2024-03."""
        return frozenset(day[:length] for day in self.days for length in (4, 7))

    @cached_property
    def _years(self) -> frozenset[int]:
        slice_ = self.slice
        said = [word.number for word in slice_.words if is_year(word.number or "")]
        said += re.findall(r"(?<!\d)[12]\d{3}(?!\d)", slice_.question)
        days = [item.text for item in slice_.items if item.kind == "value" and is_day(item.text)]
        said += [day[:4] for day in days]
        return frozenset(int(year) + step for year in set(said) for step in (-1, 0, 1))

    @cached_property
    def years_said(self) -> frozenset[int]:
        """The places of the words that are years, not other numbers."""
        words = self.slice.words
        found = set()
        for place in range(1, len(words)):
            is_led = words[place - 1].text.lower() in _BEFORE_YEAR
            if is_led and is_year(words[place].number or ""):
                found.add(place)
        return frozenset(found)

    def phrase(self, first: int, last: int) -> str:
        """Return the phrase of the question from one word to another; empty if there is none."""
        words = self.slice.words
        if not 0 <= first <= last < len(words):
            return ""
        return self.slice.question[words[first].start : words[last].end]
