"""Find days written out in a question (`May 5, 2023`, `5.5.2023`) and return them as databases
store them: 2023-05-05.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
MONTH_NUMBERS |= {name[:3]: number for name, number in MONTH_NUMBERS.items()} | {"sept": 9}
# Longest first, so that `june` is not read as `jun` with a rest.
_NAME = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
_DAY = r"(?P<day{0}>\d{{1,2}})(?:st|nd|rd|th)?"
# Group names are numbered, since `re` allows each only once; the digit is cut off below.
_WRITTEN = re.compile(
    rf"(?<!\w)(?:{_DAY.format(1)}\s+(?:of\s+)?(?P<month1>{_NAME})\.?,?\s+(?P<year1>\d{{4}})"
    rf"|(?P<month2>{_NAME})\.?\s+{_DAY.format(2)},?\s+(?P<year2>\d{{4}})"
    r"|(?P<year3>\d{4})[/.](?P<month3>\d{1,2})[/.](?P<day3>\d{1,2})"
    r"|(?P<day4>\d{1,2})\.(?P<month4>\d{1,2})\.(?P<year4>\d{4})"
    r"|(?P<month5>\d{1,2})/(?P<day5>\d{1,2})/(?P<year5>\d{4}))(?!\w)",
    re.IGNORECASE,
)


def written_days(question: str) -> Iterator[tuple[int, int, str]]:
    """Return (start, end, ISO day) for each day in a text. With slashes the month comes first,
    unless it is above 12.
    """
    for match in _WRITTEN.finditer(question):
        fields = {name[:-1]: text for name, text in match.groupdict().items() if text}
        try:
            month = MONTH_NUMBERS.get(fields["month"].lower()) or int(fields["month"])
            day, year = int(fields["day"]), int(fields["year"])
            if month > 12 and match["month5"]:
                month, day = day, month
            iso = date(year, month, day).isoformat()
        except ValueError:
            # No day of the calendar, such as 31/2/2023; the text may be a version or a size.
            continue
        yield match.start(), match.end(), iso
