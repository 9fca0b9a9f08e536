"""Questions that go on behind the words of a verified one, or of a glossary's term: `the revenue by
genre, highest first`, `revenue in 2024 by month`.

What stands behind is read as a follow-up to the known query: an edit must explain every word of it,
and no model is asked. The translator tries it where no verified query is filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from sqlglot import exp

from mome.answering.headings import spoken_names
from mome.answering.measures import Measures
from mome.answering.usual_dates import UsualDate
from mome.artifacts.facts import MemoryFact
from mome.conversation.clauses import conjuncts
from mome.conversation.cues import read_cues
from mome.conversation.edits import edited
from mome.conversation.scene import FollowUp
from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.linking.names import question_words
from mome.linking.slice import Linker

_LEAD = re.compile(
    r"^(?:(?:(?:what|which|who)(?:'s| is| are| was| were)|show|list|give|display|tell|get|see|find)"
    r"(?: me| us)?\s+)?(?:(?:the|our|all)\s+)*",
    re.IGNORECASE,
)
# A second part begins with one of these: `in 2024 by month`, `by month, highest first`.
_BEGINS = frozenset("by in for from of per with over under since sorted ordered top only".split())
# `Monthly revenue` is the revenue, monthly.
_SERIES = frozenset("daily weekly monthly quarterly yearly annual".split())
_GIVEN = ("verified", "glossary")
Words = tuple[str, ...]


class Continued:
    """The queries that people gave a memory, by the words of their questions. Thread-safe."""

    def __init__(
        self,
        facts: Iterable[MemoryFact],
        linker: Linker,
        forms: Forms,
        measures: Measures,
        usual_dates: tuple[UsualDate, ...],
    ) -> None:
        self._linker, self._forms = linker, forms
        self._measures, self._dates = measures, usual_dates
        self._given = [fact for fact in facts if fact.kind in _GIVEN]

    @cached_property
    def _by_words(self) -> dict[Words, MemoryFact]:
        found: dict[Words, MemoryFact] = {}
        for fact in self._given:
            for wording in fact.wordings:
                found.setdefault(_words(wording)[0], fact)
        return found

    def answer(self, question: str) -> tuple[str, MemoryFact] | None:
        """Return the SQL of the longest known question that this one begins with and whose query
        can be changed as the rest says, and its fact; None if there is none.
        """
        words, plain = _words(_series_last(question))
        for length in range(len(words) - 1, 0, -1):
            fact = self._by_words.get(words[:length])
            sql = None if fact is None else self._changed(fact.answer, _rest(plain, length))
            if fact is not None and sql is not None:
                return sql, fact
        return None

    def _changed(self, sql: str, rest: str) -> str | None:
        for parts in _divisions(rest):
            found: str | None = sql
            for part in parts:
                found = None if found is None else self._edited(found, part)
            if found is not None:
                return found
        return None

    def _edited(self, sql: str, part: str) -> str | None:
        names = spoken_names(sql, self._linker.catalog, self._measures)
        try:
            form = self._forms.read(sql)
            cues, dates = read_cues(part), self._dates
            tree = edited(FollowUp(cues, form, self._linker, None, names, dates))
            is_more = tree is not None and _keeps(form, tree)
            return self._forms.write(tree) if tree is not None and is_more else None
        except NotExpressible:
            return None


def _keeps(before: exp.Query, after: exp.Query) -> bool:
    """Return whether all conditions are still there: what stands behind adds to a question, and
    replaces nothing of it.
    """
    if not isinstance(before, exp.Select) or not isinstance(after, exp.Select):
        return False
    return all(condition in conjuncts(after) for condition in conjuncts(before))


def _series_last(question: str) -> str:
    """Put a leading `monthly` behind the rest."""
    plain = _LEAD.sub("", question.strip().rstrip("?!."))
    first, _, rest = plain.partition(" ")
    return f"{rest} {first}" if rest and first.lower() in _SERIES else question


def _words(question: str) -> tuple[Words, str]:
    """Return the words of a question in lower case without its request, and the text of these."""
    plain = _LEAD.sub("", " ".join(question.split()))
    words = tuple(word.text.lower() for word in question_words(plain))
    return tuple(word for word in words if word[0].isalnum()), plain


def _rest(plain: str, length: int) -> str:
    """Return what stands behind a number of words."""
    places = [word for word in question_words(plain) if word.text[0].isalnum()]
    return plain[places[length - 1].end :].strip(" ,;:?!.")


def _divisions(rest: str) -> Iterator[tuple[str, ...]]:
    """Yield the rest as one follow-up, and as two."""
    yield (rest,)
    words = rest.split()
    for at in range(1, len(words)):
        if words[at].lower() in _BEGINS or words[at - 1].endswith(","):
            yield " ".join(words[:at]).rstrip(","), " ".join(words[at:])
