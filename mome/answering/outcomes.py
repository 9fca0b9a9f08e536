"""From checked candidates to the answer: whether one is given, how sure it is, and which other
readings the question has. The translator calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from mome.answering.attachment import other_attachment
from mome.answering.basis import basis
from mome.answering.candidates import Checked, Checker
from mome.answering.evidence import Compared, evidence
from mome.answering.explanation import explain, told_difference
from mome.answering.known_answers import KnownAnswers
from mome.answering.left_out import Term
from mome.answering.reasons import missing, nothing_says
from mome.answering.translation import Alternative, Translation
from mome.answering.twin_tables import is_undecided
from mome.artifacts.feedback import Said
from mome.backbones.base import Candidate, Prompt
from mome.calibration.calibrator import Calibrator
from mome.forms.forms import Forms
from mome.guard import write_sql
from mome.linking.matched_question import MatchedQuestion
from mome.linking.values import ValueIndex
from mome.memory import Reading
from mome.memory.routing.agreement import Asked
from mome.sql_tree import parsed

# A trade-off: a lower value declines more questions that could be answered. A question that names
# nothing of the catalog is rarely about it, so that less certainty suffices to decline it.
NONE_AT = 0.6
"""Minimum probability of `<none>` for the answer unanswerable."""
NONE_AT_UNNAMED = 0.1
"""The same if no word of the question names anything in the catalog."""
# Nearly equal: a lower ratio would call most questions with a plausible second reading ambiguous.
AMBIGUOUS_AT = 0.92
"""Minimum ratio of two readings' shares for the status ambiguous."""
AMBIGUOUS_BELOW = 0.3
"""Share of the first reading from which on it is never ambiguous."""
LEAST_LIKELY = 0.01
"""Answers with a lower share are not given."""
CERTAIN = 1.0
"""Confidence of what a person verified, also with another value, number or period in it."""
COMPARED = 4
"""Maximum number of other readings whose rows are compared with those of the answer."""
ALTERNATIVES = 3
"""Maximum number of other readings that are offered."""


@dataclass(frozen=True)
class Found:
    """What reading a question has brought."""

    reading: Reading
    prompt: Prompt
    matched: MatchedQuestion
    candidates: list[Candidate]
    checked: list[Checked]
    dropped: str
    """Why the first candidate that was dropped was; empty if none was."""

    @property
    def none(self) -> float:
        """The probability that nothing answers the question."""
        return next((c.probability for c in self.candidates if c.answer is None), 0.0)


class Outcomes:
    """Decides on the answers to questions about one catalog."""

    def __init__(
        self,
        forms: Forms,
        checker: Checker,
        known: KnownAnswers,
        values: ValueIndex,
        terms: Sequence[Term],
        calibrator: Calibrator,
        least: float | None,
    ) -> None:
        """`least`: answers of a lower confidence are not given; None for the calibrator's bound."""
        self._catalog = forms.catalog
        self._forms = forms
        self._checker = checker
        self._known = known
        self._values = values
        self._terms = terms
        self._calibrator = calibrator
        self._least = calibrator.least if least is None else least

    def decide(self, blank: Translation, found: Found, asked: Asked, said: Said) -> Translation:
        """Return the answer to a question that was read, or why there is none."""
        least = NONE_AT if found.prompt.slice.score > 0 else NONE_AT_UNNAMED
        if found.none >= least:
            return replace(
                blank,
                status="unanswerable",
                confidence=found.none,
                reason=f"nothing in this database answers the question{self._missing(found)}",
            )
        checked = found.checked
        # A memorised answer is given, however unlikely: the route says that its fact is meant. Only
        # who asks for more certainty than usual does not get it.
        is_recalled = bool(checked) and found.reading.recalls(checked[0].candidate.answer)
        if not checked or (checked[0].share < LEAST_LIKELY and not is_recalled):
            return replace(blank, status="unanswerable", reason=self._reason(found, said))
        best = checked[0]
        if best.unmet_phrases and not is_recalled:
            return replace(blank, status="unanswerable", reason=nothing_says(best.unmet_phrases))
        same = self._checker.giving_the_same(best, checked[1 : COMPARED + 1])
        match = self._known.match(asked, best.candidate.answer or "")
        is_verified = match is not None and self._known.is_verified(blank.question)
        compared = Compared(best, checked[1:], same, is_known=match is not None)
        known = evidence(compared, found.matched, found.reading, self._catalog)
        confidence = CERTAIN if is_verified else self._calibrator.confidence(known)
        is_usual = self._least <= self._calibrator.least
        if confidence < self._least and not (is_recalled and is_usual):
            return replace(
                blank,
                status="unanswerable",
                reason=f"the most likely query is right with a probability of {confidence:.2f}, "
                f"and answers need {self._least:.2f}{self._missing(found)}",
                evidence=MappingProxyType(known),
            )
        meant = [] if is_verified else self._also_meant(blank.question, best)
        others = [*meant, *(one for one in checked[1 : COMPARED + 1] if one not in same)]
        is_ambiguous = bool(meant) or self._is_ambiguous(
            blank.question, checked, is_verified=is_verified
        )
        return replace(
            self.given(blank, best, confidence),
            status="ambiguous" if is_ambiguous else "ok",
            alternatives=tuple(self._alternative(best, other) for other in others[:ALTERNATIVES]),
            verified_match=match,
            evidence=MappingProxyType(known),
        )

    def given(self, blank: Translation, best: Checked, confidence: float) -> Translation:
        """Return the answer that a checked candidate is."""
        rests_on = basis(
            blank.question, best.query.sql, self._catalog, self._terms, self._checker.live
        )
        return replace(
            blank,
            status="ok",
            sql=best.query.sql,
            confidence=confidence,
            tables=best.query.tables,
            columns=best.query.columns,
            literals=best.literals,
            explanation=explain(best.query.sql, self._forms),
            notes=(*blank.notes, *best.notes, *rests_on.notes),
            joins=rests_on.joins,
            terms=rests_on.terms,
        )

    def _missing(self, found: Found) -> str:
        return missing(found.matched, self._values)

    def _reason(self, found: Found, said: Said) -> str:
        """Return why no query is shown."""
        if said.wrong:
            return (
                "the SQL that would answer was marked as wrong; try other words, correct the SQL, "
                "or take the mark back"
            )
        if found.checked:
            return (
                "no reading of the question is likely enough to be shown"
                f"{self._missing(found) or '; try other words'}"
            )
        if found.dropped:
            return f"the only query that was found cannot be meant: {found.dropped}"
        return (
            "no query that this database accepts could be written for the question"
            f"{self._missing(found)}"
        )

    def _also_meant(self, question: str, best: Checked) -> list[Checked]:
        """Return the readings with other rows that the question's words allow as well: a condition
        restricts both or only one of "A and B", or a join goes over another key.
        """
        dialect = self._catalog.dialect
        tree = parsed(best.query.sql, dialect)
        attached = None if tree is None else other_attachment(question, tree)
        texts = [] if attached is None else [write_sql(attached, dialect)]
        if not best.clear:
            texts += self._checker.roles.others(best.query.sql, question)
        found = []
        for text in texts:
            reading = self._checker.other_reading(text)
            if reading is not None and self._checker.differ(best, reading):
                found.append(reading)
        return found

    def _alternative(self, best: Checked, other: Checked) -> Alternative:
        words = told_difference(best.query.sql, other.query.sql, self._forms)
        return Alternative(other.query.sql, other.candidate.score, words)

    def _is_ambiguous(
        self, question: str, checked: Sequence[Checked], *, is_verified: bool
    ) -> bool:
        """Return whether the question may as well mean another query than the best candidate."""
        best = checked[0].query
        # However probable: "matches of the Falcons" says neither home nor away.
        if not checked[0].clear:
            return True
        # No share shows it: where names are equal, the model prefers one table for no reason.
        if not is_verified and is_undecided(question, best.tables, best.columns, self._catalog):
            return True
        if len(checked) < 2 or checked[1].empty:
            return False
        first, second = checked[:2]
        if first.share >= AMBIGUOUS_BELOW:
            return False
        if second.share <= AMBIGUOUS_AT * first.share:
            return False
        # Last, because it runs both queries.
        return self._checker.differ(first, second)
