"""`GuardedQuery`: SQL that passed the guard. The executor accepts nothing else.

Only `mome.guard.guard` makes one, through `seal`.
"""

from __future__ import annotations

from dataclasses import InitVar, dataclass

# The constructor's password: only `seal` holds it, so that a caller cannot wrap unchecked SQL.
_TOKEN = object()


@dataclass(frozen=True)
class GuardedQuery:
    """One read-only query that may run on the database.

    Raises TypeError if it is not made by the guard.
    """

    sql: str
    """The regenerated text, without comments: the only text that may run."""
    dialect: str
    """sqlite, duckdb, postgres or mysql."""
    tables: tuple[str, ...]
    """Keys of the catalog's tables that the query reads, sorted."""
    columns: tuple[str, ...]
    """Columns that the query reads, as table.column, sorted; a star counts as all columns."""
    fingerprint: str
    """Fingerprint of the catalog that the query was checked against."""
    token: InitVar[object]
    """`_TOKEN`; not stored."""

    # `dataclasses.replace` fails too, because it needs the token again.
    def __post_init__(self, token: object) -> None:
        if token is not _TOKEN:
            raise TypeError("a GuardedQuery is made by mome.guard.guard(sql, catalog) alone")


def seal(
    sql: str, dialect: str, tables: set[str], columns: set[str], fingerprint: str
) -> GuardedQuery:
    """Make a `GuardedQuery`. Only `mome.guard.guard` may call this."""
    return GuardedQuery(
        sql, dialect, tuple(sorted(tables)), tuple(sorted(columns)), fingerprint, _TOKEN
    )
