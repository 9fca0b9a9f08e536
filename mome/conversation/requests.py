"""Requests about the answer itself: `as a bar chart`, `why?`, `show me the SQL`. They give the
answer before again, shown in another way, or with a note that says what is not possible.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mome.answering.translation import Translation
from mome.conversation.turn import Turn

_LEAD = (
    r"^(?:and |now |then |please |ok(?:ay)?,? |can you |could you |i(?:'d| would) like to see |"
    r"(?:please )?(?:show|give|display|draw|plot|make|put|turn|present|visuali[sz]e|see|export"
    r"|save|download|get)(?: me| us)?\s+|(?:it|this|that|them|these|those|the (?:answer|results?"
    r"|rows|data|table))\s+|as |in |into |to |on |with |a |an |the )*"
)
_END = r"(?:,? (?:instead|please|now|for me|of (?:it|this|that|them|these|those)))*\W*$"


def _asking(words: str) -> re.Pattern[str]:
    return re.compile(f"{_LEAD}(?:{words}){_END}", re.IGNORECASE)


_DRAWN = {
    "bar": _asking(r"(?:(?:horizontal|vertical|grouped|stacked) )?(?:bars?|columns?|histogram)"
                   r"(?: ?(?:charts?|graphs?|plots?|diagrams?))?"),
    "line": _asking(r"(?:line|curve|trend)(?: ?(?:charts?|graphs?|plots?|diagrams?))?"),
    "chart": _asking(r"charts?|graphs?|plots?|diagrams?|(?:it|this|that|them|these|those)"
                     r" (?:drawn|plotted)|plot (?:it|this|that|them)"),
    "table": _asking(r"(?:plain )?(?:table|list|numbers)(?: only)?"),
}  # fmt: skip
_NOT_DRAWN = _asking(
    r"(?P<what>(?:pie|donut|doughnut|scatter|bubble|radar|area|sankey|tree ?map|heat ?map|map|box)"
    r"(?: ?(?:charts?|graphs?|plots?|diagrams?))?)"
)
_EXPORT = _asking(
    r"(?:csv|excel|xlsx?|spreadsheet|parquet|json|pdf|png|svg|clipboard|file)(?: file| format)?"
    r"|export|download|save"
)
_CAUSE = re.compile(
    r"^(?:but |and )?(?:why|how come)\b.*$"
    r"|^what(?:'s| is| are) the (?:reason|cause)s?(?: (?:for|of|behind) (?:this|that|it))?\W*$"
    r"|^explain\b.*$|^(?:how (?:do you|can you|did you) (?:know|get|compute|calculate|arrive)"
    r"|how (?:was|is|were|are) (?:this|that|it|these|they) (?:computed|calculated|found|made))\b.*$"
    r"|^what does (?:this|that|it) mean\b.*$|^(?:are you sure|really)\W*$",
    re.IGNORECASE,
)
_SQL = _asking(r"(?:sql|query|code|statement)(?: behind (?:it|this|that))?")

Request = Callable[[str, Translation], Translation | None]


def answer_request(question: str, before: Turn) -> Translation | None:
    """Return the answer before as it is asked for now; None if this asks for something else."""
    text = " ".join(question.split())
    answer = replace(before.answer, understood=before.understood, timings={}, display="")
    return next((found for found in (rule(text, answer) for rule in RULES) if found), None)


def _drawn(text: str, answer: Translation) -> Translation | None:
    kinds = (kind for kind, pattern in _DRAWN.items() if pattern.match(text))
    kind = next(kinds, None)
    return None if kind is None else replace(answer, display=kind)


def _not_drawn(text: str, answer: Translation) -> Translation | None:
    found = _NOT_DRAWN.match(text)
    if found is None:
        return None
    note = f"a {found['what'].lower()} is not drawn here; there are bar charts, lines and tables"
    return replace(answer, notes=(note, *answer.notes))


def _exported(text: str, answer: Translation) -> Translation | None:
    if _EXPORT.match(text) is None:
        return None
    note = "the page has buttons that download the rows, and `mome ask --csv` prints them"
    return replace(answer, notes=(note, *answer.notes))


def _sql(text: str, answer: Translation) -> Translation | None:
    if _SQL.match(text) is None:
        return None
    return replace(answer, notes=("the SQL stands with the answer", *answer.notes))


def _explained(text: str, answer: Translation) -> Translation | None:
    """Say how the answer came about. No query says why the world is so."""
    found = _CAUSE.match(text)
    if found is None:
        return None
    how = answer.explanation.rstrip(".")
    notes = [f"this is how the answer was made: {how[:1].lower()}{how[1:]}"] if how else []
    if text.lower().startswith(("why", "but why", "and why", "how come", "what")):
        notes.append(
            "a query cannot tell causes; ask for the rows behind a figure, or for it by another "
            "column, to see where it comes from"
        )
    return replace(answer, notes=(*notes, *answer.notes))


_UNMET: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"\bother way (?:a?round)\b|^reversed?\b|\breverse order\b", re.IGNORECASE),
        "the rows have no order that could be turned; say by which column to sort them",
    ),
    (
        re.compile(r"^(?:drop|remove|hide|leave out|omit|take out)\b", re.IGNORECASE),
        "the answer has no such part that could be left out",
    ),
    (
        re.compile(
            r"^(?:only |just )?the (?:top|first|last|bottom|second|third)(?: \w+)?$", re.IGNORECASE
        ),
        "the answer has no such rows",
    ),
)
"""Requests that change the answer before, and what to say where no edit does."""
_UNREAD: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"^(?:sort|order|rank|arrange)(?:ed)?\b", re.IGNORECASE),
        "the rows cannot be sorted like that; name a column that is shown, or one of its table",
    ),
    (
        re.compile(
            r"^(?:as|in) (?:an? )?(?:percent(?:age)?s?|shares?|proportions?|%)\b", re.IGNORECASE
        ),
        "only counts and sums by group have percentages, such as the number of orders for each "
        "country",
    ),
)
"""Requests that a reader may meet too, and what to say where it does not."""


def unmet_request(text: str, before: Turn) -> Translation | None:
    """Return the answer before with a note that says why it stays as it is; None if the text is no
    request that only an edit can meet. Called where no edit does.
    """
    return _kept(text, before, _UNMET)


def unread_request(text: str, before: Turn) -> Translation | None:
    """Return the same for requests that no reader has met either."""
    return _kept(text, before, _UNREAD)


def _kept(
    text: str, before: Turn, notes: tuple[tuple[re.Pattern[str], str], ...]
) -> Translation | None:
    note = next((note for pattern, note in notes if pattern.search(text)), None)
    if note is None:
        return None
    answer = before.answer
    return replace(
        answer, understood=before.understood, notes=(note, *answer.notes), display="", timings={}
    )


RULES: tuple[Request, ...] = (_drawn, _not_drawn, _exported, _sql, _explained)
"""The first that fits wins."""
