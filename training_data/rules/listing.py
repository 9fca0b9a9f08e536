"""Rules on all rows of a table: how many there are, their names, their columns."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from training_data.drafts import Draft, draft
from training_data.language.subjects import Database, Subject
from training_data.language.words import listing, plural
from training_data.sql.builder import count_all


def count_rows(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask how many rows the table has."""
    many = subject.many
    described = subject.described
    yield draft(
        exp.select(count_all()).from_(subject.sql.table(subject.table)),
        f"How many {many} are there?",
        f"number of {many}",
        f"Count the {many}.",
        f"What is the total number of {many}?",
        f"how many {many} do we have",
        f"How many {described} are there?" if described else None,
    )


def list_names(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the names of all rows, if the table has names."""
    if not subject.names:
        return
    many = subject.many
    phrase = subject.label_phrase()
    # For the table `title` with the column `title`, "title titles" would be no question.
    differs = phrase != subject.one
    yield draft(
        exp.select(*subject.sql.columns(subject.names)).from_(subject.sql.table(subject.table)),
        f"Show {subject.labels_of(f'all {many}')}.",
        f"list all {many}",
        f"What are {subject.labels_of(f'the {many}')}?",
        f"{subject.one} {subject.label_phrase(plural)}" if differs else None,
        f"Which {many} are there?",
        f"give me the {phrase} of every {subject.one}" if differs else None,
    )


def list_main_columns(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for the few columns that say most about a row."""
    # `list_names` asks for the names alone.
    if len(subject.main) < 2 or subject.main == subject.names:
        return
    phrases = [subject.phrase(column) for column in subject.main]
    together = listing(phrases)
    yield draft(
        exp.select(*subject.sql.columns(subject.main)).from_(subject.sql.table(subject.table)),
        f"List the {together} of every {subject.one}.",
        f"What are the {together} of each {subject.one}?",
        f"show all {subject.many} with their {together}",
        f"{subject.many}: {', '.join(phrases)}",
        f"For each {subject.one}, give the {together}.",
    )


def list_everything(database: Database, subject: Subject) -> Iterator[Draft]:
    """Ask for all rows with all columns."""
    many = subject.many
    yield draft(
        exp.select(exp.Star()).from_(subject.sql.table(subject.table)),
        f"Show all information about the {many}.",
        f"all details of all {many}",
        f"Show everything we know about {many}.",
        f"list every column of the {many}",
        # If the rows have names, these two ask for the names alone: see `list_names`.
        None if subject.names else f"list all {many}",
        None if subject.names else f"Show the {many}.",
    )
