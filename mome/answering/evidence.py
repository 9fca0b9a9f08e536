"""What is known of an answer without a person: the numbers from which its confidence is computed.

The translator calls it; `mome.calibration` weighs the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from mome.answering.candidates import Checked
from mome.answering.reasons import meaningless_words
from mome.catalog import Catalog
from mome.guard import GuardedQuery
from mome.linking.matched_question import MatchedQuestion
from mome.linking.names import all_stems, content_stems, name_stems, stem
from mome.memory import Reading

# A model's probability below it says no more than that the answer is unlikely.
LEAST = 1e-6
"""Bound of probabilities, so that their log-odds are finite."""
MOST_COUNTED = 4
"""Bound of counts: a fifth unknown word tells no more than a fourth."""
SHORTEST = 4
"""Minimum length of a word that is looked for within names: shorter ones are in too many."""


@dataclass(frozen=True)
class Compared:
    """The candidates for an answer, as they were compared."""

    best: Checked
    others: Sequence[Checked]
    """Further candidates, best first."""
    same: Sequence[Checked]
    """Those of `others` that give the same rows as the best one."""
    is_known: bool = False
    """Whether the best one answers a verified question that asks the same."""

    @property
    def votes(self) -> float:
        """The share of all candidates that give the rows of the best one."""
        return min(1.0, self.best.share + sum(other.share for other in self.same))

    def agrees(self, reader: int) -> float:
        """Return 1 if the reader's own first answer gives these rows, -1 if another answer does,
        and 0 if the reader was not asked.
        """
        read = [one for one in (self.best, *self.others) if len(_by_readers(one)) > reader]
        if not read:
            return 0.0
        first = max(read, key=lambda one: _by_readers(one)[reader])
        return 1.0 if first is self.best or first in self.same else -1.0


def evidence(
    compared: Compared, matched: MatchedQuestion, reading: Reading, catalog: Catalog
) -> dict[str, float]:
    """Return the evidence for the best candidate, by the names of its kinds."""
    best = compared.best
    chances = _by_readers(best)
    words = evidence_of_words(best.query, matched, catalog)
    is_composed = bool(best.candidate.note)
    if is_composed:
        # A query that was composed word by word has a part for each word.
        words |= {"unknown_words": 0.0, "unread_names": 0.0, "unsaid_columns": 0.0}
    return {
        "share": log_odds(best.share),
        "votes": log_odds(compared.votes),
        "first_reader": log_odds(chances[0]),
        "second_reader": log_odds(chances[1]) if len(chances) > 1 else 0.0,
        "first_agrees": compared.agrees(0),
        "second_agrees": compared.agrees(1),
        "doubts": _counted(best.flaws),
        "is_doubtful": float(best.is_doubtful),
        "empty": float(best.empty is True),
        "rewritten": _counted(len(best.literals)),
        "known": float(compared.is_known),
        "composed": float(is_composed),
        "routed": float(bool(reading.route.hit.any())),
        "nearest": reading.nearest[0][1] if reading.nearest else 0.0,
        **words,
    }


def evidence_of_words(
    query: GuardedQuery, matched: MatchedQuestion, catalog: Catalog
) -> dict[str, float]:
    """Return the part of the evidence that the texts of question and query alone tell."""
    tree = sqlglot.parse_one(query.sql, read=catalog.dialect)
    said = content_stems(matched.words)
    unknown = meaningless_words(matched)
    read = all_stems(literal.name for literal in tree.find_all(exp.Literal))
    for name in (*query.tables, *query.columns):
        read |= name_stems(name)
    every_stem = frozenset(stem(word.text) for word in matched.words)
    columns = _columns(tree, query.columns)
    unsaid = [name for name in columns if not _is_said(name, every_stem)]
    return {
        "unknown_words": _counted(len(unknown)),
        "unread_names": _counted(len((said & matched.known) - read)),
        "unsaid_columns": len(unsaid) / len(columns) if columns else 0.0,
        "joins": _counted(len(query.tables) - 1),
        "inferred_joins": _counted(_inferred_joins(query.tables, catalog)),
        "parts": math.log1p(sum(1 for _ in tree.find_all(*_PARTS))),
        "words": math.log1p(len(matched.words)),
    }


_PARTS = (
    exp.AggFunc,
    exp.Case,
    exp.Group,
    exp.Having,
    exp.Order,
    exp.Limit,
    exp.SetOperation,
    exp.Subquery,
    exp.Window,
    exp.Predicate,
)


def log_odds(probability: float) -> float:
    """Return log(p / (1 - p)) of a probability, within the bounds of `LEAST`."""
    bounded = min(max(probability, LEAST), 1 - LEAST)
    return math.log(bounded / (1 - bounded))


def _columns(tree: exp.Expr, read: Sequence[str]) -> set[str]:
    """Return the names of a query's columns, without those by which it joins tables."""
    names = {column.rpartition(".")[2].lower() for column in read}
    found = set()
    for column in tree.find_all(exp.Column):
        is_key = isinstance(column.find_ancestor(exp.Join, exp.Select), exp.Join)
        if column.name.lower() in names and not is_key:
            found.add(column.name.lower())
    return found


def _is_said(column: str, said: frozenset[str]) -> bool:
    """Return whether a word of the question is in a column's name, as `cost` is in `guestcost`."""
    if name_stems(column) & said:
        return True
    return any(len(word) >= SHORTEST and word in column for word in said)


def _counted(number: int) -> float:
    return float(min(number, MOST_COUNTED))


def _by_readers(checked: Checked) -> tuple[float, ...]:
    return checked.candidate.by_readers or (checked.candidate.probability,)


def _inferred_joins(tables: Sequence[str], catalog: Catalog) -> int:
    """Return the number of keys between some tables that nobody declared."""
    found = 0
    for table in filter(None, map(catalog.table, tables)):
        for key in table.foreign_keys:
            found += key.inferred and key.ref_table in tables
    return found
