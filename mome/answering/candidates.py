"""Filter and rank a backbone's candidates: the guard must accept them, and the database runs or
plans them. The translator calls it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlglot import exp

from mome.answering.asked_kinds import unmet_kinds
from mome.answering.better_columns import better_columns
from mome.answering.fan_out import FanOut, fan_outs
from mome.answering.group_checks import settle_groups
from mome.answering.impossible import impossible, unmet
from mome.answering.key_roles import KeyRoles
from mome.answering.left_out import Term, left_out
from mome.answering.live_checks import CheckingExecutor, LiveChecks
from mome.answering.plausibility import flaws
from mome.answering.repairs.composed import repaired
from mome.answering.repairs.direction import TURNED
from mome.answering.row_comparison import same_rows
from mome.answering.same_query import same_but_for_names
from mome.answering.sql_draft import SqlDraft
from mome.answering.stored_spelling import repair
from mome.answering.translation import Rewritten
from mome.answering.unasked import unasked
from mome.answering.uncounted import uncounted
from mome.answering.unfilled import Unfilled
from mome.answering.unmet_phrases import Alike, unmet_phrases
from mome.backbones.base import Candidate
from mome.catalog import Catalog
from mome.errors import ExecutionError, Refused
from mome.guard import GuardedQuery, guard
from mome.linking.name_index import NameIndex
from mome.linking.values import ValueIndex
from mome.sql_tree import parsed

# exp(-1.75) is about 1/6: an empty result is often right ("which have none?"), so a reading with
# rows wins only from a sixth of the probability on. exp(-7) is about 1/1000: an implausible reading
# wins only if there is no other, for the probabilities of two readers differ widely.
EMPTY_PENALTY, FLAW_PENALTY = 1.75, 7.0
"""Two constants subtracted from a candidate's log-probability: for an empty result, and for each
implausible part.
"""
# Such an answer is rarely the one that was asked for, and still shows what there is: it is shown as
# doubtful (below 0.3), with a note.
DOUBT = 0.25
"""Factor of the share if the query leaves out a part of the question, says more than it, or
adds up repeated rows.
"""
# Below 1, because the reverse direction scores every word of the question, also those that say
# nothing about the query, and its log-probabilities are therefore larger.
QUESTION_WEIGHT = 0.5
"""Weight of the question's log-probability given the SQL."""
# Floor of a probability, so that its logarithm is finite.
LEAST = 1e-30
# Two readings that agree so far are the same to a reader of the page.
COMPARED_ROWS = 500
"""Maximum number of rows by which two readings are compared."""


@dataclass(frozen=True)
class Checked:
    """A candidate that the guard accepted."""

    query: GuardedQuery
    literals: tuple[Rewritten, ...]
    candidate: Candidate
    verified: bool
    """Whether people verified exactly this query."""
    flaws: int = 0
    """Number of implausible parts; verified queries are not examined."""
    empty: bool | None = None
    """Whether the result is empty; None if the query did not run or timed out."""
    clear: bool = True
    """Whether the question says over which of several keys the query joins."""
    notes: tuple[str, ...] = ()
    """See Translation."""
    is_doubtful: bool = False
    """Whether the query leaves out a part of the question, adds one that it does not have, or
    repeats rows in a sum or an average.
    """
    unmet: str = ""
    """A condition that no known value meets; empty if there is none."""
    unmet_phrases: tuple[str, ...] = ()
    """Phrases of the question for which it takes something else."""
    fan_outs: tuple[FanOut, ...] = ()
    """Sums and averages over rows that its joins may repeat, unless the question asks for that."""
    share: float = 0.0
    """Share of the candidates' total probability, in [0, 1]."""

    @property
    def is_turned(self) -> bool:
        """Whether its order was turned to the end that the question asks for."""
        return any(note.startswith(TURNED) for note in self.notes)

    @property
    def rank(self) -> float:
        """log p(SQL) + 0.5 x log p(question | SQL) - 7 x flaws - 1.75 if the result is empty.
        Higher is better.
        """
        said = (
            math.log(max(self.candidate.probability, LEAST))
            + QUESTION_WEIGHT * self.candidate.question_log_prob
        )
        return (
            said
            - FLAW_PENALTY * self.flaws
            - (EMPTY_PENALTY if self.empty and not self.verified else 0.0)
        )


class Checker:
    """Checks candidates against one catalog and, with an executor, on its database."""

    def __init__(
        self,
        catalog: Catalog,
        values: ValueIndex,
        verified: Collection[str],
        executor: CheckingExecutor | None,
        terms: Iterable[Term] = (),
        learned: frozenset[str] = frozenset(),
        alike: Alike | None = None,
    ) -> None:
        """`terms`: what people defined. `learned`: see `mome.answering.written`. `alike`: whether
        two phrases may mean the same; None if that is not known.
        """
        self._alike = alike
        self._terms = terms
        self._learned = learned
        self._names = NameIndex(catalog).known
        self._catalog = catalog
        self._values = values
        self._verified = verified
        self.live = LiveChecks(catalog, executor)
        self.roles = KeyRoles(catalog)

    def check(
        self,
        candidates: Iterable[Candidate],
        question: str = "",
        differs: Callable[[str], str] = lambda sql: "",
        wrong: Collection[str] = (),
        said_values: Sequence[str] = (),
        unfilled: Unfilled | None = None,
        unknown: Sequence[str] = (),
    ) -> tuple[list[Checked], str]:
        """Return the candidates that guard and database accept and that the question may mean, each
        query once, best first, and why the first of the others was dropped.

        `question`: names the roles by which several keys between two tables are told apart.
        `differs` says in what it differs from the question that a known query answers.
        Candidates run in order until one returns rows or times out; the rest are only planned.
        `wrong`: SQL that people rejected for this question; it is left out, in other names too.
        `said_values`: phrases of the question that name stored values.
        `unfilled`: what the question says in the place of a verified question's value.
        `unknown`: words of the question that neither a name nor a stored value says.
        """
        guarded: dict[str, Checked] = {}
        reasons: list[str] = []
        for candidate in candidates:
            differing = differs(candidate.answer or "")
            known = not differing
            found = self._guarded(candidate, question, said_values, unknown, reasons, known=known)
            # A repair may also make a candidate a known query, or the query that is asked for.
            if found is not None and not (differing == "direction" and found.is_turned):
                differing = differing or differs(found.query.sql)
                if differing:
                    reasons.append(f"it answers a known question that differs in {differing}")
                    continue
            # Repair and the guard may make two candidates equal; the first is the more probable.
            if found is not None and unfilled is not None:
                lacking = self._lacking(found, unfilled)
                if lacking:
                    reasons.append(lacking)
                    continue
            if found is not None and not self._is_one_of(found.query.sql, wrong):
                guarded.setdefault(found.query.sql, found)
        passed: list[Checked] = []
        settled = False
        counted = [self._counted_once(found, reasons) for found in guarded.values()]
        for found in sorted(filter(None, counted), key=_worst_last):
            # Planning finds unknown names and wrong types without the cost of a second result.
            checked = self._explained(found) if settled else self._tried(found)
            if checked is not None and checked.unmet:
                reasons.append(checked.unmet)
            elif checked is not None:
                passed.append(checked)
                # None (timed out) also settles: another slow query would double the waiting time.
                settled |= not checked.empty
        # Sorted again, because an empty result lowers a rank.
        reason = reasons[0] if reasons else ""
        return _with_shares(sorted(passed, key=_worst_last)), reason

    def check_pair(self, sql: str) -> list[Checked]:
        """Return SQL that a person vouches for as the only candidate; empty if guard or database
        do not accept it.
        """
        checked = self._other(Candidate(sql, 0.0, 1.0), verified=True)
        # Probability 1: a person's word leaves nothing for other readings.
        return [] if checked is None else _with_shares([checked])

    def other_reading(self, sql: str) -> Checked | None:
        """Return SQL that reads a question in another way than its best candidate; None if guard or
        database do not accept it.
        """
        return self._other(Candidate(sql, 0.0), verified=False)

    def _other(self, candidate: Candidate, *, verified: bool) -> Checked | None:
        try:
            query = guard(candidate.answer or "", self._catalog)
        except Refused:
            return None
        return self._tried(Checked(query, (), candidate, verified))

    def _doubts(self, question: str, tree: exp.Expr, said_values: Sequence[str]) -> list[str]:
        """Return in what question and query differ, for people."""
        if not question:
            return []
        return [
            *left_out(question, tree, self._terms, said_values),
            *uncounted(question, tree, self._catalog),
            *better_columns(question, tree, self._catalog),
            *unasked(question, tree, self._catalog, self._values, self._learned, self._names),
        ]

    def _lacking(self, found: Checked, unfilled: Unfilled) -> str:
        """Return why the question does not mean a candidate that leaves some of its words out."""
        tree = parsed(found.query.sql, self._catalog.dialect)
        return "" if tree is None else unfilled.reason(tree)

    def _is_one_of(self, sql: str, others: Collection[str]) -> bool:
        return sql in others or any(same_but_for_names(sql, o, self._catalog) for o in others)

    def giving_the_same(self, best: Checked, others: Iterable[Checked]) -> list[Checked]:
        """Return the others that give the rows of the best candidate, in any order."""
        try:
            wanted = self.live.run(best.query, COMPARED_ROWS)
        except ExecutionError:
            return []
        found: list[Checked] = []
        if wanted is None or wanted.truncated:
            return found
        for other in others:
            try:
                rows = self.live.run(other.query, COMPARED_ROWS)
            except ExecutionError:
                continue
            # The database is slow or away: comparing more would double the waiting time.
            if rows is None:
                break
            if not rows.truncated and same_rows(wanted.rows, rows.rows, ordered=False):
                found.append(other)
        return found

    def differ(self, one: Checked, other: Checked) -> bool:
        """Return whether both queries run and return different rows, in any order; True if that
        cannot be determined.
        """
        try:
            first = self.live.run(one.query, COMPARED_ROWS)
            second = self.live.run(other.query, COMPARED_ROWS)
        except ExecutionError:
            return False
        if first is None or second is None or first.truncated or second.truncated:
            return True
        return not same_rows(first.rows, second.rows, ordered=False)

    def _guarded(
        self,
        candidate: Candidate,
        question: str,
        said_values: Sequence[str],
        unknown: Sequence[str],
        reasons: list[str],
        *,
        known: bool,
    ) -> Checked | None:
        """Return the candidate repaired, unless people verified it as written; None if the guard
        refuses it, or if no question means it, which is added to `reasons`.

        `known`: whether a known query is to stay as people verified it.
        """
        if candidate.answer is None:
            return None
        draft = SqlDraft(candidate.answer, self._catalog.dialect)
        literals: tuple[Rewritten, ...] = ()
        notes: tuple[str, ...] = ()
        arbitrary: tuple[str, ...] = ()
        clear = True
        verified = known and draft.sql in self._verified
        is_exact = bool(candidate.note)
        if not verified:
            reading = self.roles.settle(draft, question)
            clear = reading.clear
            draft, literals = repair(reading.draft, self._catalog, self._values)
            catalog, values = self._catalog, self._values
            draft, notes = repaired(draft, question, catalog, values, is_exact=is_exact)
            groups = settle_groups(draft, self._catalog, self.live)
            draft, notes, arbitrary = groups.draft, (*notes, *groups.notes), groups.doubts
            notes = (candidate.note, *notes) if candidate.note else notes
        try:
            query = guard(draft.sql, self._catalog)
        except Refused:
            return None
        # People may verify what looks implausible.
        if verified:
            return Checked(query, literals, candidate, verified)
        # Not the guard's tree, in which functions have no classes.
        tree = draft.tree
        if tree is None:
            return None
        reason = impossible(question, tree, self._catalog, self._values)
        if reason:
            reasons.append(reason)
            return None
        # Where a query was composed word by word, no word is left out.
        doubts = [*(() if is_exact else self._doubts(question, tree, said_values)), *arbitrary]
        phrases = () if is_exact else self._unmet_phrases(question, tree, unknown)
        lacking = [f"nothing in this query says {phrase!r}" for phrase in phrases]
        doubts = list(dict.fromkeys((*doubts, *lacking)))
        return Checked(
            query,
            literals,
            candidate,
            verified,
            flaws(tree, self._catalog, self._values) + len(doubts),
            notes=(*notes, *doubts),
            is_doubtful=bool(doubts),
            unmet=unmet(tree, self._catalog, self._values),
            unmet_phrases=phrases,
            clear=clear,
            fan_outs=tuple(f for f in fan_outs(tree, self._catalog) if not f.is_asked(question)),
        )

    def _unmet_phrases(
        self, question: str, tree: exp.Expr, unknown: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the phrases of the question for which a query takes something else."""
        kinds = unmet_kinds(question, tree, unknown, self._catalog, self._values)
        if self._alike is None or not unknown:
            return tuple(kinds)
        phrases = unmet_phrases(question, tree, unknown, self._catalog, self._alike)
        return (*kinds, *phrases)

    def _counted_once(self, checked: Checked, reasons: list[str]) -> Checked | None:
        """Return the candidate with a note on each of its sums that repeats rows; None if no
        question means one, which is added to `reasons`.
        """
        for fan_out in checked.fan_outs:
            repeats = self._repeats_rows(fan_out)
            if repeats and fan_out.is_crossing:
                reasons.append(fan_out.describe())
                return None
            if repeats:
                checked = replace(checked, flaws=checked.flaws + 1, is_doubtful=True)
            # Where the database does not answer, the keys say that rows may repeat.
            if repeats is not False:
                checked = replace(checked, notes=(*checked.notes, fan_out.describe()))
        return checked

    def _repeats_rows(self, fan_out: FanOut) -> bool | None:
        """Return whether the rows that are stored repeat; None if that cannot be determined."""
        probe = fan_out.probe()
        return None if probe is None else self.live.has_row(probe)

    def _tried(self, checked: Checked) -> Checked | None:
        """Run the candidate and note whether it returns rows; None if the database refuses it."""
        try:
            # Two rows tell an aggregate that is NULL from a list that only begins with NULL.
            result = self.live.run(checked.query, 2)
        except ExecutionError:
            return None
        if result is None:
            return checked
        values = list(chain.from_iterable(result.rows))
        empty = all(value is None for value in values)
        # Values that have come since the tune; a count of zero shows none.
        seen = any(value not in (None, 0) for value in values)
        return replace(checked, empty=empty, unmet="" if seen else checked.unmet)

    def _explained(self, checked: Checked) -> Checked | None:
        try:
            self.live.explain(checked.query)
        except ExecutionError:
            return None
        return checked


def _worst_last(checked: Checked) -> float:
    return -checked.rank


def _with_shares(ranked: list[Checked]) -> list[Checked]:
    """Redistribute the total probability in proportion to exp(rank)."""
    # Relative to the best rank, so that exp does not underflow for all of them.
    weights = [math.exp(checked.rank - ranked[0].rank) for checked in ranked]
    # Probabilities of different answers sum to at most 1, but for rounding. What is missing went to
    # answers that were dropped or never decoded, and stays missing in the shares.
    total = min(1.0, sum(checked.candidate.probability for checked in ranked))
    unit = total / sum(weights) if weights else 0.0
    found = []
    for checked, weight in zip(ranked, weights, strict=True):
        doubt = DOUBT if checked.is_doubtful else 1.0
        found.append(replace(checked, share=unit * weight * doubt))
    return found
