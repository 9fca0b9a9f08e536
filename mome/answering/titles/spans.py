"""The period of a title as a condition of a form: `since July 2025` is SINCE(date, '2025-07')."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mome.linking.said_periods import period_spans, said_periods

_RELATION = re.compile(
    r"(?:,\s*)?\b(?P<relation>in|during|of|for|from|within|since|after|before|prior to|until|till"
    r"|through|between)?(?: the)?(?: years?| months?)?\s*$"
)
_OPEN = re.compile(
    r"\s*(?:(?P<later>on(?=$|,| (?:per|by|for|in)\b)|onwards?\b|(?:or|and) (?:later|after)\b)"
    r"|(?P<earlier>(?:or|and) (?:earlier|before)\b))"
)
"""Behind a period: `from 2024 on`."""
_CONDITIONS = {
    "since": "SINCE",
    "after": "AFTER",
    "before": "BEFORE",
    "prior to": "BEFORE",
    "until": "UNTIL",
    "till": "UNTIL",
    "through": "UNTIL",
}
"""What compares a date with one end of a period; all other words mean the period itself."""
# `Opened 2023 and 2024` may ask for two figures, so that `and` needs `between`.
_LINKS = {"from": r"to|until|through|till", "between": r"and", "": r"to|until|-|–"}


@dataclass(frozen=True)
class TitleSpan:
    """The period that a title names."""

    condition: str = ""
    """The form's condition with `{}` for the date column; empty for no period."""
    is_year: bool = False
    """Whether it is one year."""


NO_SPAN = TitleSpan()


def take_span(text: str) -> tuple[str, TitleSpan] | None:
    """Return the text without its period, and the period; None if its periods are not one range."""
    names, places = said_periods(text), period_spans(text)
    if not names:
        return text, NO_SPAN
    start, end = places[0][0], places[-1][1]
    before = _RELATION.search(text[:start])
    relation = (before["relation"] or "") if before is not None else ""
    is_open = _OPEN.match(text[end:])
    if is_open is not None:
        relation, end = ("since" if is_open["later"] else "until"), end + is_open.end()
    condition = _condition(relation, names, text[start : places[-1][0]])
    if condition is None:
        return None
    first = before.start() if before is not None else start
    rest = f"{text[:first].rstrip(' ,')} {text[end:].strip()}"
    is_year = re.fullmatch(r"DURING\(\{\}, '\d{4}'\)", condition) is not None
    return re.sub(r"\s+,", ",", rest).strip(" ,"), TitleSpan(condition, is_year)


def _condition(relation: str, names: tuple[str, ...], before_last: str) -> str | None:
    """Return the condition for some periods in a relation; None if it is not one range.

    `before_last`: the text from the first period to the last one; empty for one phrase, such as
    `2023-2025` and `the 1990s`.
    """
    if len(names) == 1 and not before_last:
        if relation == "between":
            return None
        return f"{_CONDITIONS.get(relation, 'DURING')}({{}}, '{names[0]}')"
    if len(names) != 2 or not all(name[0].isdigit() for name in names):
        return None
    link = rf".*\s(?:{_LINKS.get(relation, '(?!)')})\s*"
    is_range = not before_last or re.fullmatch(link, before_last)
    return f"DURING({{}}, '{names[0]}', '{names[1]}')" if is_range else None
