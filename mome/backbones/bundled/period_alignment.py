"""Say the periods of a form as its question says them, so that the model can point at them.

SQL has bounds alone: `until 2024` and `before 2025` are one condition. Its form has the shortest
name, BEFORE(placed, '2025'); a question about `until 2024` is answered by UNTIL(placed, '2024').
"""

from __future__ import annotations

from collections.abc import Sequence

from mome.backbones.bundled.plain_form import Token
from mome.errors import NotExpressible
from mome.forms.calendar import Span, span_of

Said = dict[str, Span]
"""The periods of a question that have fixed days, with these."""
_STARTS = ("SINCE", "BEFORE")
"""Constructs that are bounded by the first day of their period; the others by the end."""
_LOWER, _UPPER = ("SINCE", "AFTER"), ("BEFORE", "UNTIL")


def align_periods(tokens: Sequence[Token], periods: Sequence[str]) -> list[Token]:
    """Return the tokens of a form with the periods of its question where these mean the same."""
    aligned = list(tokens)
    said = _spans(periods)
    if not said:
        return aligned
    # What stands before each parenthesis that is open.
    calls: list[int] = []
    for place, (kind, text) in enumerate(tokens):
        if text == "(":
            calls.append(place - 1)
        elif text == ")" and calls:
            calls.pop()
        elif kind == "period" and calls:
            _align(aligned, calls[-1], place, said)
    return aligned


def _spans(periods: Sequence[str]) -> Said:
    said: Said = {}
    for text in periods:
        try:
            said[text] = span_of(text)
        except NotExpressible:
            # A period that depends on today has no fixed days.
            continue
    return said


def _align(tokens: list[Token], call: int, place: int, said: Said) -> None:
    """Replace the period at `place` and its construct at `call` by what the question says."""
    name, text = tokens[call][1], tokens[place][1][1:-1]
    try:
        span = span_of(text)
    except NotExpressible:
        return
    if text in said:
        return
    if name == "DURING":
        is_last = tokens[place - 2][0] == "period"
        is_pair = is_last or tokens[place + 1][1] == ","
        found = _bound(said, span, starts=not is_last) if is_pair else None
    else:
        found = _open_range(name, span, said, tokens, call)
    if found is not None:
        tokens[place] = ("period", f"'{found}'")


def _bound(said: Said, span: Span, *, starts: bool) -> str | None:
    """Return the period that starts or ends a range as `span` does."""
    for text, other in said.items():
        if (other.first == span.first) if starts else (other.end == span.end):
            return text
    return None


def _open_range(name: str, span: Span, said: Said, tokens: list[Token], call: int) -> str | None:
    """Return a period that bounds a range at the same day, and write its construct."""
    day = span.first if name in _STARTS else span.end
    at_start, at_end = _LOWER if name in _LOWER else _UPPER
    for text, other in said.items():
        if other.first == day or other.end == day:
            tokens[call] = ("word", at_start if other.first == day else at_end)
            return text
    return None
