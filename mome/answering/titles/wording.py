"""What stands around the parts of a title: a currency, rows that are left out, words that change
nothing. `grammar` takes it off first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CURRENCIES = r"(?:euros?|dollars?|pounds?|francs|eur|usd|gbp)"
_IN_CURRENCY = re.compile(rf",? \(?in {_CURRENCIES}\)?(?=$|,| )")
_IN_CENTS = re.compile(r",? \(?in cents\)?(?=$|,| )")
_LEFT_OUT = (
    re.compile(
        r",? (?:leaving out|excluding|except(?: for)?|not counting|ignoring|without)"
        r" (?:the |those |all )?(?P<word>[a-z]+(?:ed|en|id|nt))(?: ones| \w+)?(?=$|,)"
    ),
    re.compile(
        r",? (?P<word>[a-z]+(?:ed|en|id|nt)) (?:ones|\w+) (?:left out|not counted|excluded)(?=$|,)"
    ),
)
_WITHOUT_EMPTY = re.compile(
    r",? (?:leaving out|excluding|without|not counting) (?:the |those )?(?:\w+ )?"
    r"(?:where|with|that have) no \w+(?: (?:was|is|were|has been))?"
    r"(?: (?:given|recorded|set|known))?$"
)
_MOST = r"(?:second[- ])?(?:most|fewest|least|highest|lowest|largest|smallest)"
_NUMBER = r"(two|three|four|five|six|seven|eight|nine|ten|twenty|\d+)"
_PLACE = r"\b(?:came|comes|come|ranks|ranked|placed)"
_IN = r"(?:in terms of|when it comes to|by|in|for)(?: the)? "
_PLAIN = (
    (
        re.compile(
            r"\bwhich ([\w -]+?) (?:was|were|is|are|has been|have been|got|gets) "
            r"(?:the )?(?:most (?:often|frequently|commonly) (\w+)|(\w+) (?:the )?most"
            r"(?: often| frequently)?)(?=$|,? (?:in|since|during|between|before|after|last|this) )"
        ),
        r"which \1 has the most \2\3",
    ),
    (
        re.compile(
            r"^(?:what is |which is )?(?:the |our )?most (?:often |frequently |commonly |)"
            r"(\w+ed|sold|bought|used) ([a-z]+)$"
        ),
        r"which \2 has the most \1",
    ),
    (re.compile(rf"{_PLACE} (second|third|fourth|fifth) {_IN}"), r"had the \1 highest "),
    (re.compile(rf"{_PLACE} first {_IN}"), "had the highest "),
    (re.compile(rf"{_PLACE} last {_IN}"), "had the lowest "),
    (
        re.compile(
            rf"\b{_NUMBER} (?:best[- ]selling|best|strongest|most important|biggest|largest"
            r"|highest) (?=[\w ]+ by\b)"
        ),
        r"top \1 ",
    ),
    (
        re.compile(
            r",? for (?:the|all|all the|each of the) (?:months|quarters|weeks) of (?=\d{4})"
        ),
        " in ",
    ),
    (
        re.compile(
            r"^(?:in|on) which (day|week|month|quarter|year)\b(.*?) (?:did|were|was|do|have|had) "
            rf"(?:we |they |you )?(?:have |get |see |sell |make |there )?(?:the )?({_MOST}) "
            r"(.+?)(?: (?:get|got|been|be))?( \w+ed|)$"
        ),
        r"which \1\2 had the \3 \4\5",
    ),
    (re.compile(r"^(?:the )?head ?count\b"), "number of employees"),
    (
        re.compile(
            r"\b(?:that |which )?(?:fell|fall|falling|falls|became|come|came|were|was) due\b"
        ),
        "due",
    ),
    (
        re.compile(
            r"^all (.+?) with (?:the |their )?number of (.+?)(?=, (?:zero|including|also)|$)"
        ),
        r"how many \2 for each \1",
    ),
    (
        re.compile(r"^how many of (?:our |the |all )*(.+?) (?:are|were|is|was|have|had) (.+)$"),
        r"how many \1 \2",
    ),
    (
        re.compile(
            r",? counting only \w+ (?:who|that|which|with)(?: (?:had|have))? at least one.*$"
        ),
        "",
    ),
    (
        re.compile(
            r"^all (.+?) with how many (.+?) they (?:had|have|got|made|received)"
            r"(?=$|,| (?:in|on|during))"
        ),
        r"how many \2 for each \1",
    ),
)
"""Other words for what the grammar reads."""


@dataclass(frozen=True)
class BareTitle:
    """A title without what stands around its parts."""

    text: str
    in_currency: bool = False
    """Whether amounts are asked for in whole units of a currency, whatever is stored."""
    left_out: str = ""
    """What has happened to the rows that are left out, as `cancelled`."""
    only_filled: bool = False
    """Whether groups without a name are left out."""


def bare_title(text: str) -> BareTitle:
    """Return a title in lower case without what stands around its parts."""
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    only_filled = _WITHOUT_EMPTY.search(text)
    text = _WITHOUT_EMPTY.sub("", text)
    word = ""
    for pattern in _LEFT_OUT:
        left_out = pattern.search(text)
        if left_out is not None:
            word = left_out["word"]
            text = pattern.sub("", text)
    text = _IN_CENTS.sub("", text)
    in_currency = _IN_CURRENCY.search(text)
    return BareTitle(
        _IN_CURRENCY.sub("", text),
        in_currency is not None,
        word,
        only_filled is not None,
    )
