"""Joins of several tables along foreign keys.

Expressions of a glossary that name columns of several tables, and rules over chains of tables,
call `source` and `ancestors`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from sqlglot import exp

from training_data.language.subjects import Database, Link, Subject


def source(database: Database, subjects: Sequence[Subject]) -> exp.Select | None:
    """Return FROM the first subject with joins to the others, and no columns selected yet.

    Each is joined by the shortest path from the tables before it, through tables in between.
    None if no foreign keys lead to one of them, if only roles tell several keys apart, or if two
    tables in different schemas share a name: each table keeps its own name and gets no alias.
    """
    query = exp.Select().from_(database.sql.table(subjects[0].table))
    joined = {subjects[0].table.key: subjects[0]}
    for wanted in subjects[1:]:
        path = [] if wanted.table.key in joined else _path(database, joined, wanted)
        if path is None:
            return None
        for link, new in path:
            if any(new.table.name.lower() == old.table.name.lower() for old in joined.values()):
                return None
            query = query.join(database.sql.table(new.table), on=on(link))
            joined[new.table.key] = new
    return query


def on(link: Link) -> exp.Expr:
    """Return the join condition of a foreign key, with both tables by their own names."""
    sql = link.child.sql
    child, parent = link.child.table.name, link.parent.table.name
    pairs = zip(link.key.columns, link.key.ref_columns, strict=True)
    return sql.on([(sql.column(own, child), sql.column(theirs, parent)) for own, theirs in pairs])


def ancestors(database: Database, subject: Subject, depth: int) -> list[Subject]:
    """Return the tables that a subject refers to, the nearest first.

    Tables that are reached in two ways are left out, since a question does not say which is meant.

    `depth`: the most foreign keys between the subject and an ancestor.
    """
    ways: dict[str, int] = {}
    found: list[Subject] = []
    level = [subject]
    for _ in range(depth):
        level = [
            link.parent
            for child in level
            for link in database.parents(child)
            if link.is_plain and link.parent.table.key != subject.table.key
        ]
        for parent in level:
            ways[parent.table.key] = ways.get(parent.table.key, 0) + 1
        found += level
    return [parent for parent in dict.fromkeys(found) if ways[parent.table.key] == 1]


_Step = tuple[Link, Subject, Subject]
"""A foreign key, the table that it leads to, and the one that it starts from."""


def _path(
    database: Database, start: dict[str, Subject], goal: Subject
) -> list[tuple[Link, Subject]] | None:
    """Return the shortest path from any table of `start` to `goal`, found breadth first.

    The path is a list of foreign keys, each with the table that it adds; None if there is none.
    """
    steps: dict[str, _Step | None] = dict.fromkeys(start)
    queue = deque(start.values())
    while queue:
        here = queue.popleft()
        if here.table.key == goal.table.key:
            return _path_to(here, steps)
        for link, there in _neighbours(database, here):
            if there.table.key not in steps:
                steps[there.table.key] = (link, there, here)
                queue.append(there)
    return None


def _path_to(goal: Subject, steps: dict[str, _Step | None]) -> list[tuple[Link, Subject]]:
    """Return the path that the steps made to `goal`; a table without a step is a start."""
    path: list[tuple[Link, Subject]] = []
    step = steps[goal.table.key]
    while step is not None:
        link, there, before = step
        path.append((link, there))
        step = steps[before.table.key]
    return path[::-1]


def _neighbours(database: Database, subject: Subject) -> Iterator[tuple[Link, Subject]]:
    """Yield the tables one foreign key away, by declared keys before inferred ones.

    Of a home and an away team no question here says which is meant, so that neither is joined.
    """
    steps = [(link, link.parent) for link in database.parents(subject)]
    steps += [(link, link.child) for link in database.children(subject)]
    plain = [step for step in steps if step[0].is_plain]
    return iter(sorted(plain, key=lambda step: step[0].key.inferred))
