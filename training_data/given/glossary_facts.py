"""Facts from the SQL expressions of a glossary. The tuner calls `glossary_facts`.

A measure such as `revenue` is asked for over all rows, by genre and in a year; a condition such as
`delivered orders` is counted and listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlglot import exp

from training_data.drafts import Draft, draft, round_robin
from training_data.facts import Fact, make_fact
from training_data.given.expressions import Expression, Unusable, read_expression
from training_data.given.glossary import GlossaryTerm
from training_data.given.records import RecordProblem
from training_data.language.column_roles import is_audit, years
from training_data.language.join_paths import ancestors, source
from training_data.language.subjects import Database, Subject
from training_data.language.words import is_plural
from training_data.sql.builder import count_all
from training_data.sql.referenced_objects import objects_of

if TYPE_CHECKING:
    from schemas.catalog import FullCatalog, FullColumn

KIND = "glossary"
"""The kind of these facts."""

FACTS_A_TERM = 12
"""The most facts for one term. A measure with many categories would otherwise crowd out others."""

STEPS = 2
"""The most foreign keys between a measure and a table that it is grouped by."""

RECENT_YEARS = 3
"""How many years, counted from the latest, a measure is asked for."""


def glossary_facts(
    terms: Iterable[GlossaryTerm], catalog: FullCatalog, *, check: Callable[[str], str | None]
) -> tuple[list[Fact], list[RecordProblem]]:
    """Return the facts for all terms with an expression, and the problems with expressions.

    The first fact of a term is its definition: if the check refuses it, the term is reported and
    has no facts. Its further facts, FACTS_A_TERM in all, are left out where the check refuses them.

    `check`: returns None for SQL that it accepts, else the reason in one line.
    """
    database = Database(catalog)
    facts: list[Fact] = []
    problems: list[RecordProblem] = []
    for term in terms:
        try:
            facts += _facts(term, database, catalog, check)
        except Unusable as reason:
            problems.append(RecordProblem(term.path, term.line, f"{term.term}: {reason}"))
    return facts, problems


def _facts(
    term: GlossaryTerm, database: Database, catalog: FullCatalog, check: Callable[[str], str | None]
) -> Iterator[Fact]:
    if term.expression is None:
        return
    expression = read_expression(term.expression, database)
    drafts = islice(_drafts(term.term, expression, database), FACTS_A_TERM)
    for number, candidate in enumerate(drafts):
        sql = database.sql.text(candidate.sql)
        reason = check(sql)
        if reason and number == 0:
            raise Unusable(reason)
        if reason is None:
            objects = objects_of(candidate.sql, catalog)
            yield make_fact(KIND, candidate.wordings, sql, objects)


def _drafts(term: str, expression: Expression, database: Database) -> Iterator[Draft]:
    if isinstance(expression.tree, exp.Query):
        yield draft(expression.tree, *_definitions(term))
    elif expression.is_measure:
        yield from _of_measure(term, expression, database)
    elif expression.is_condition:
        yield from _of_condition(term, expression, database)
    else:
        yield _of_row(term, expression, database)


def _definitions(term: str) -> tuple[str, ...]:
    verb = _verb(term)
    return (
        f"What {verb} the {term}?",
        term,
        f"Show me the {term}.",
        f"What {verb} our {term}?",
        f"tell me the {term}",
    )


def _verb(term: str) -> str:
    """Return `are` for terms such as `units sold` and `web orders`, else `is`."""
    first_word = term.split()[0]
    return "are" if is_plural(term) or is_plural(first_word) else "is"


def _of_measure(term: str, expression: Expression, database: Database) -> Iterator[Draft]:
    """Yield the measure over all rows, then in turns by parents, by categories and in years."""
    yield draft(_select(database, expression.subjects, [expression.tree]), *_definitions(term))
    own = expression.subjects
    further = [subject for subject in ancestors(database, own[0], STEPS) if subject not in own]
    by_parent = (
        _grouped(term, expression, database, subject, subject.names, subject.one)
        for subject in further
        if subject.names
    )
    by_category = (
        _grouped(term, expression, database, subject, (column,), subject.phrase(column))
        for subject in (*own, *further)
        for column in subject.groupings
        if not expression.uses(subject, column)
    )
    in_years = (
        dated
        for subject in (*own, *further)
        for dated in _in_years(term, expression, database, subject)
    )
    yield from round_robin((by_parent, by_category, in_years))


def _grouped(
    term: str,
    expression: Expression,
    database: Database,
    subject: Subject,
    columns: tuple[FullColumn, ...],
    word: str,
) -> Draft:
    """Return the measure for each value of some columns.

    `subject`: the columns' table, one of the measure's own or an ancestor of these.
    `word`: what the columns stand for in a question.
    """
    subjects = (*expression.subjects, subject)
    table = _qualifier(subjects, subject)
    if columns == subject.names:
        keys = subject.grouping()
    else:
        keys = tuple(column.name for column in columns)
    shown = [*database.sql.columns(columns, of=table), expression.tree]
    query = _select(database, subjects, shown).group_by(*database.sql.columns(keys, of=table))
    return draft(
        query,
        f"What {_verb(term)} the {term} for each {word}?",
        f"{term} by {word}",
        f"{term} per {word}",
        f"Show the {term} of every {word}.",
    )


def _in_years(
    term: str, expression: Expression, database: Database, subject: Subject
) -> Iterator[Draft]:
    """Yield the measure in each recent year of a table of events.

    Tables whose rows have names are left out: `revenue in 2024` means the year of the orders, not
    the one in which the books were published.
    """
    column = next((column for column in subject.dates if not is_audit(column)), None)
    if subject.names or column is None:
        return
    subjects = (*expression.subjects, subject)
    node = database.sql.column(column, _qualifier(subjects, subject))
    verb = "were" if _verb(term) == "are" else "was"
    for year in years(column)[:RECENT_YEARS]:
        query = _select(database, subjects, [expression.tree])
        yield draft(
            query.where(database.sql.within_year(node, year)),
            f"What {verb} the {term} in {year}?",
            f"{term} in {year}",
            f"{term} {year}",
            f"Show the {term} of {year}.",
        )


def _of_condition(term: str, expression: Expression, database: Database) -> Iterator[Draft]:
    """Yield the number of rows that meet the condition, the rows, and the number per category."""
    first, subjects = expression.subjects[0], expression.subjects
    counted = _select(database, subjects, [count_all()])
    yield draft(
        counted.where(expression.tree.copy()),
        f"How many {term} are there?",
        f"number of {term}",
        f"Count the {term}.",
        f"how many {term} do we have",
    )
    names = database.sql.columns(first.names, of=_qualifier(subjects, first))
    listed = _select(database, subjects, names or [_all_of(database, subjects)])
    yield draft(
        listed.where(expression.tree.copy()),
        f"Show all {term}.",
        term,
        f"list the {term}",
        f"Which {term} are there?",
    )
    for column in first.groupings:
        if expression.uses(first, column):
            continue
        node = database.sql.column(column, _qualifier(subjects, first))
        word = first.phrase(column)
        grouped = _select(database, subjects, [node, count_all()])
        yield draft(
            grouped.where(expression.tree.copy()).group_by(node.copy()),
            f"How many {term} are there for each {word}?",
            f"{term} by {word}",
            f"number of {term} per {word}",
        )


def _of_row(term: str, expression: Expression, database: Database) -> Draft:
    """Return a value computed for each row."""
    first, subjects = expression.subjects[0], expression.subjects
    label = database.sql.columns(first.label, of=_qualifier(subjects, first))
    return draft(
        _select(database, subjects, [*label, expression.tree]),
        f"What {_verb(term)} the {term} of each {first.one}?",
        f"{term} of every {first.one}",
        f"Show the {first.many} with their {term}.",
        term,
    )


def _select(
    database: Database, subjects: tuple[Subject, ...], shown: Sequence[exp.Expr]
) -> exp.Select:
    """Return SELECT `shown` FROM the joined subjects.

    Columns are qualified with their table's name where there is more than one table.
    """
    query = source(database, subjects)
    assert query is not None, (
        "read_expression has joined these tables, and ancestors are reached along foreign keys"
    )
    query = query.select(*(node.copy() for node in shown))
    if len(set(subjects)) > 1:
        _qualify(query, subjects[0], database)
    return query


def _qualify(query: exp.Select, subject: Subject, database: Database) -> None:
    """Qualify the bare columns in place: those of an expression over one table, now joined."""
    for column in query.find_all(exp.Column):
        if not column.table and not column.find_ancestor(exp.Subquery, exp.Exists):
            column.set("table", database.sql.name(subject.table.name))


def _qualifier(subjects: tuple[Subject, ...], subject: Subject) -> str | None:
    """Return the table's name to qualify columns with; None where it is the only table."""
    return subject.table.name if len(set(subjects)) > 1 else None


def _all_of(database: Database, subjects: tuple[Subject, ...]) -> exp.Expr:
    """Return `*`, or `first.*` where other tables are joined."""
    if len(subjects) == 1:
        return exp.Star()
    return exp.Column(this=exp.Star(), table=database.sql.name(subjects[0].table.name))
