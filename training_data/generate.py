"""The generator: facts from a catalog alone, each of them checked. `mome tune` calls `generate`.

Rules and tables take turns, so that a limit is shared fairly among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from training_data.drafts import Draft, round_robin
from training_data.facts import Fact, make_fact
from training_data.language.subjects import Database, Subject
from training_data.language.words import normalise
from training_data.rules import RULES, Rule
from training_data.sql.referenced_objects import objects_of

if TYPE_CHECKING:
    from schemas.catalog import FullCatalog

Check = Callable[[str], str | None]
"""Takes SQL. Returns None if the guard and the database accept it, else the reason in one line."""


def generate(
    catalog: FullCatalog,
    *,
    check: Check,
    limit: int,
    progress: Callable[[int, int, str], None] | None = None,
) -> list[Fact]:
    """Return at most `limit` facts, spread evenly over tables and rules.

    The same catalog and the same answers of `check` give the same list.

    `check`: drafts whose SQL it refuses are left out.
    `progress`: called after every draft with the number of facts, the limit and the draft's
    first wording.
    """
    facts: list[Fact] = []
    answers: dict[str, str] = {}
    written: set[str] = set()
    if limit <= 0:
        return facts
    database = Database(catalog)
    for kind, draft in _drafts(database):
        sql = database.sql.text(draft.sql)
        wordings = _unclaimed(draft, sql, answers)
        if not wordings or sql in written:
            continue
        written.add(sql)
        if check(sql) is None:
            facts.append(make_fact(kind, wordings, sql, objects_of(draft.sql, catalog)))
            answers.update((normalise(wording), sql) for wording in wordings)
        if progress:
            progress(len(facts), limit, wordings[0])
        if len(facts) >= limit:
            break
    return facts


def _drafts(database: Database) -> Iterator[tuple[str, Draft]]:
    """Yield the name of a rule with each of its drafts.

    Tables take turns, and so do the rules within a table. Otherwise a wide table, or a rule with
    a draft for each of many values, would use up the limit.
    """
    return round_robin(_of_table(database, subject) for subject in database.subjects())


def _of_table(database: Database, subject: Subject) -> Iterator[tuple[str, Draft]]:
    return round_robin(_of_rule(rule, database, subject) for rule in RULES)


def _of_rule(rule: Rule, database: Database, subject: Subject) -> Iterator[tuple[str, Draft]]:
    return ((rule.__name__, draft) for draft in rule(database, subject))


def _unclaimed(draft: Draft, sql: str, answers: dict[str, str]) -> list[str]:
    """Return the wordings that no earlier fact answers with other SQL."""
    return [wording for wording in draft.wordings if answers.get(normalise(wording), sql) == sql]
