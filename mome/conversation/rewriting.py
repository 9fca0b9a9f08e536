"""A follow-up as a question that stands alone: the noun phrase of the question before takes the
place of the words that point at it. The reader reads such a question, and the page shows it.
"""

from __future__ import annotations

import re

from mome.conversation.cues import Cues, among

_ASKED = re.compile(
    r"^(?:(?:what|which|who)(?:'s| is| are| was| were)\s+"
    r"|(?:show|list|give|find|return|display|get|name|tell|count|provide|see|report)"
    r"(?: me| us| out)?(?: about| what)?\s+)",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^(?:how many|(?:what is |give |count )?the (?:total )?number of)\s+", re.I)
_SORTED = re.compile(r"^(?:sort|order|rank|arrange)\s+(?P<what>.+?)\s+(?=by\b|in\b)", re.I)
_RELATIVE = re.compile(r"^(?:which|what)\s+(?:of (?:the )?)?", re.IGNORECASE)
_WHO = re.compile(r"who\b", re.IGNORECASE)
_POSSESSIVE = re.compile(
    r"\b(?:their|theirs|its|his or her|her or his|his|her)\s+(?P<rest>.+)$", re.IGNORECASE
)
_OBJECT = re.compile(
    r"\b(?:each of (?:them|these|those)|of (?:them|these|those|it)|they|them|these ones|those ones"
    r"|these|those|he or she|he|she|it|that|this)\b(?!\s+(?:that|who|which|whose|with|from|in)\b)",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"\b(?:these|those|that|this)\s+(?P<noun>[a-z]+)", re.IGNORECASE)
_ONES = re.compile(r"^which (?:ones?|of (?:them|these|those|the ones))\b|^which\b|^who\b", re.I)
_RESTRICTED = re.compile(
    r"^(?:(?:show|list|give|find|keep|return|display|get|see|include|take)(?: me| us)?\s+)?"
    r"(?:only|just)?\s*(?:for\s+)?(?:those|the ones?|ones|them)?\s*",
    re.IGNORECASE,
)
# These words go on the question before as they are: `revenue by genre, only for Germany`.
_ONLY_CLAUSE = re.compile(
    r"^(?:only|just) (?:for|in|from|at|with|without|since|before|after|during|between)\b"
    r"(?! (?:those|them|these)\b)",
    re.IGNORECASE,
)
_ORDERED = re.compile(
    r"^(?:sort|order|rank|arrange)(?:ed)?\s+(?:(?:them|it|these|those|this|that)"
    r"(?: (?!by\b|in\b)\w+)?\s+)?",
    re.IGNORECASE,
)
_THERE = re.compile(r"^how many (?:are|were) there$|^how many(?: is that| exist| of them)?$", re.I)
_SENTENCE = re.compile(
    r"(?:what|which|who|how|whose|where|when|is|are|do|does|show|list|give|find|return|display|get"
    r"|name|tell|count|provide|see|report|include|add|combine)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"(?:what|which|who|how|whose|where|when|is|are|do|does)\b", re.I)
# Words after which no verb of a relative clause stands: the noun phrase goes on.
_JOINING = re.compile(
    r"^(?:that|who|which|whose|with|from|in|of|on|at|for|by|older|younger|and|,|to|without"
    r"|ordered|sorted)\b",
    re.IGNORECASE,
)


def noun_phrase(question: str, nouns: frozenset[str]) -> str:
    """Return what a question asks for: `the female students` of "Who are the female students?".

    nouns: words in lower case that name tables and columns; a verb stands behind the last of them.
    """
    text = " ".join(question.split()).rstrip("?!. ")
    ordered = _SORTED.match(text)
    if ordered is not None:
        return f"{ordered['what']} ordered {text[ordered.end() :]}"
    plain = re.sub(r"\s+are there\b", "", text, flags=re.IGNORECASE)
    counted = _COUNTED.match(plain)
    if counted is not None:
        return _with_clause(plain[counted.end() :], nouns)
    asked = _ASKED.match(text)
    if asked is not None:
        return text[asked.end() :]
    relative = _RELATIVE.match(text)
    if relative is not None:
        return _with_clause(text[relative.end() :], nouns)
    # "Who joined in 2024" becomes a part of a sentence.
    return f"those {text[:1].lower()}{text[1:]}" if _WHO.match(text) else text


def _with_clause(text: str, nouns: frozenset[str]) -> str:
    """Put `that` before the verb: `flights land in ATO` are flights that land in ATO."""
    words = text.split()
    last = 0
    while last < len(words) and _bare(words[last]) not in nouns:
        last += 1
    while last + 1 < len(words) and _bare(words[last + 1]) in nouns:
        last += 1
    head, rest = " ".join(words[: last + 1]), " ".join(words[last + 1 :])
    if last >= len(words) or not rest or _JOINING.match(rest):
        return text
    return f"{head} that {rest}"


def _bare(word: str) -> str:
    return word.lower().rstrip(",").removesuffix("'s")


def about(cues: Cues, subject: str, question: str = "") -> str:
    """Return a question about a subject, such as `the airlines` or `the airlines in the USA`.

    question: the one before, which words that are no sentence go on; by default one for all rows.
    """
    text = cues.text
    if cues.sorts:
        return sentence(_sorted(text, subject))
    if cues.fragment and question and _SENTENCE.match(text) is None:
        return _continued(question, text)
    if cues.kind == "restrict":
        is_clause = question and _ONLY_CLAUSE.match(text) is not None
        return _continued(question, text) if is_clause else _narrowed(text, subject)
    start = among(text)
    if start is not None:
        text = text[start.end() :]
    if _THERE.match(text):
        if subject.startswith("those who "):
            return f"How many are there of {subject}?"
        return f"How many {_without_article(subject)} are there?"
    pointed = _pointed(text, subject)
    if pointed is not None:
        return sentence(pointed)
    if _SENTENCE.match(text) is None:
        return _continued(question or f"show {subject}", text)
    if start is not None:
        return sentence(f"{text} for {subject}")
    return sentence(f"{text} of {subject}")


def _pointed(text: str, subject: str) -> str | None:
    """Return a question with the subject where it points at it; None if it does not."""
    owned = _POSSESSIVE.search(text)
    if owned is not None:
        return f"{text[: owned.start()]}the {owned['rest']} of {subject}"
    named = _DETERMINED.search(text)
    if named is not None and named["noun"].lower() not in ("are", "is", "have", "has", "that"):
        return text[: named.start()] + subject + text[named.end() :]
    found = _OBJECT.search(text)
    if found is None:
        return None
    link = "of " if found.group().lower().startswith("of ") else ""
    link = "each of " if found.group().lower().startswith("each of") else link
    return f"{text[: found.start()]}{link}{subject}{text[found.end() :]}"


def _sorted(text: str, subject: str) -> str:
    """Return `show the airlines ordered by name` for `sort them by name`."""
    found = _ORDERED.match(text)
    manner = text[found.end() :] if found is not None else text
    return f"show {subject} ordered {_OBJECT.sub('they', manner)}"


def _continued(question: str, text: str) -> str:
    return sentence(f"{' '.join(question.split()).rstrip('?!. ')}, {text}")


def swapped(question: str, old: str, new: str) -> str | None:
    """Return the question before with another value; None if it does not say the old one."""
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda _: new, question, count=1) if pattern.search(question) else None


def _narrowed(text: str, subject: str) -> str:
    start = among(text)
    rest = text[start.end() :] if start is not None else text
    ones = _ONES.match(rest)
    if ones is not None:
        return sentence(f"which of {subject} {rest[ones.end() :].lstrip()}")
    rest = _RESTRICTED.sub("", rest, count=1)
    return sentence(f"show {subject} {rest}")


def _without_article(subject: str) -> str:
    return re.sub(r"^(?:the|all|all the|every|each)\s+", "", subject, flags=re.IGNORECASE)


def sentence(text: str) -> str:
    """Return words as a sentence: with a capital letter, and with its sign."""
    text = " ".join(text.split())
    sign = "?" if _QUESTION.match(text) else "."
    return f"{text[:1].upper()}{text[1:]}{sign}"
