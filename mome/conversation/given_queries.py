"""Answers that are queries which people gave: stored for this very question, verified in other
words or with other parameters, or verified and continued. The translator asks no model where there
is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mome.answering.candidates import Checker
from mome.answering.filled_queries import FilledQueries
from mome.answering.outcomes import CERTAIN, Outcomes
from mome.answering.rewordings import Rewordings
from mome.answering.translation import Translation
from mome.artifacts.feedback import Said
from mome.conversation.continued import Continued
from mome.conversation.conversation import EDITED

Check = Callable[[str, str, float], Translation | None]
"""Returns SQL as the answer to a question with a confidence; None if it is not accepted."""


class GivenQueries:
    """The queries that people gave one memory. Thread-safe."""

    def __init__(
        self,
        reworded: Rewordings,
        filled: FilledQueries,
        continued: Continued,
        checker: Checker,
        outcomes: Outcomes,
        check: Check,
    ) -> None:
        self._reworded, self._filled, self._continued = reworded, filled, continued
        self._checker, self._outcomes, self._check = checker, outcomes, check

    def answer(self, blank: Translation, said: Said, *, is_known: bool) -> Translation | None:
        """Return the answer that a person's query is; None if none is.

        blank: has the question without courtesies.
        is_known: a person said what the question means; no other question's query is taken.
        """
        if said.sql is not None:
            stored = self._stored(blank, said.sql)
            if stored is not None:
                return stored
        if is_known:
            return None
        reworded = self._in_other_words(blank, said)
        return reworded or self._filled_in(blank, said) or self._continuing(blank, said)

    def continues(self, question: str) -> bool:
        """Return whether a question goes on behind the words of a verified one or of a term."""
        return self._continued.answer(question) is not None

    def _stored(self, blank: Translation, sql: str) -> Translation | None:
        """Return the query that a person stored for this question and no tune has read yet."""
        pair = self._checker.check_pair(sql)
        if not pair:
            return None
        answer = self._outcomes.given(blank, pair[0], CERTAIN)
        return replace(answer, verified_match=blank.question)

    def _in_other_words(self, blank: Translation, said: Said) -> Translation | None:
        """Return the answer of the verified question that this one asks in other words; None if
        there is none.
        """
        fact = self._reworded.find(blank.question)
        pair = [] if fact is None else self._checker.check_pair(fact.answer)
        if fact is None or not pair or fact.answer in said.wrong:
            return None
        answer = self._outcomes.given(blank, pair[0], CERTAIN)
        return replace(answer, verified_match=fact.wordings[0])

    def _filled_in(self, blank: Translation, said: Said) -> Translation | None:
        """Return the answer of a verified query with other parameters; None if there is none, or if
        two of them return different rows.
        """
        found = []
        for filled in self._filled.answers(blank.question):
            for checked in self._checker.check_pair(filled.sql):
                if filled.sql not in said.wrong and not (checked.empty and filled.has_unsaid):
                    found.append((filled, checked))
        if not found or any(self._checker.differ(found[0][1], other) for _, other in found[1:]):
            return None
        filled, checked = found[0]
        notes = (filled.note(),) if filled.changes else ()
        answer = self._outcomes.given(blank, checked, CERTAIN)
        return replace(answer, verified_match=filled.wording, notes=notes)

    def _continuing(self, blank: Translation, said: Said) -> Translation | None:
        """Return the answer of a person's query, changed as the words behind its question say."""
        found = self._continued.answer(blank.question)
        if found is None or found[0] in said.wrong:
            return None
        sql, fact = found
        answer = self._check(blank.question, sql, EDITED)
        if answer is None:
            return None
        is_verified = fact.kind == "verified"
        known = fact.wordings[0] if is_verified else min(fact.wordings, key=len)
        kind = "verified question" if is_verified else "term"
        note = f"based on the {kind} “{known}”; the rest of the question was added to its query"
        return replace(answer, notes=(note, *answer.notes))
