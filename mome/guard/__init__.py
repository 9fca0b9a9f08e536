"""The guard: SQL that a model or a person wrote becomes a `GuardedQuery`, which alone may run, or is refused with one line.

It takes a statement that parses in the catalog's dialect, passes every rule in `rules.py`, and, written anew from its tree, is
read the same way once more. Called by the translator for each candidate, by the tuning for each fact, by the page for edited SQL.

Covered (what is not allowed by name is refused):
- the text: control characters, half surrogates, length, depth, a second statement, anything that does not start as a query;
- the tree: classes of nodes and their arguments, so no DML, DDL, commands, INTO, locks, hints, variables, parameters, samples,
  ROWS FROM, PIVOT, earlier versions; joins and clauses that sqlglot would rewrite for an engine without them;
- calls, by written name and by class, also in FROM; casts to plain types only; the bounds of series, repeated and padded text,
  printf; recursion that cannot be seen to end;
- names: each table and column, in every scope, is the catalog's or the query's own. A WITH query hides a table exactly where it
  does in the engine; one that is read where engines disagree (before its definition, in the first half of its recursion) is
  refused. System catalogs, row numbers, whole rows, ambiguous columns are refused. Catalog names are found in any case, quoted or
  not, where that leaves one, and rewritten to the catalog's spelling. In SQLite a double-quoted name that is no column is refused,
  never taken for a text: who has such SQL turns it into single quotes before. NATURAL joins are resolved from the catalog.
- what runs: the regenerated text, without comments. LIMIT stays as it is.

Not covered (the engine's session and role have to):
- time and memory: cross joins, slow patterns, large sorts and aggregates are accepted;
- functions, operators, casts, views and row policies that the database's owner defined: an allowed name is taken for the built-in;
- rows: who may read a table may read all of it; star expands to what the engine shows;
- servers set to read texts otherwise: the executor keeps PostgreSQL's standard_conforming_strings on, MySQL's sql_mode plain;
- Python code that builds a GuardedQuery by force; a catalog that is older than the database.
Also refused, though harmless: lambdas, deeper fields of structs, JSON_TABLE, VALUES alone in MySQL, WITH ORDINALITY, texts side by
side ('a' 'b') or with a prefix, aliases on joins in parentheses, UNION BY NAME, recursion over a hierarchy by UNION ALL without a limit.
"""

from __future__ import annotations

from sqlglot.tokens import TokenType

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard.names import names_of
from mome.guard.query import GuardedQuery, seal
from mome.guard.rules import RULES
from mome.guard.sqltext import TOO_DEEP, read_sql, write_sql
from mome.guard.statement import Statement

__all__ = ["GuardedQuery", "guard", "read_sql", "write_sql"]


def guard(sql: str, catalog: Catalog) -> GuardedQuery:
    """Check SQL in the catalog's dialect. Raises mome.errors.Refused with one line that says what and why."""
    names = names_of(catalog)
    asked = Statement(sql, names)
    text = _checked(asked)
    runs = Statement(text, names)
    if not _same_words(asked, runs):
        asked = runs
        if _checked(runs) != text:
            raise Refused(
                f"this cannot be written for {names.engine.title} in a way that reads the same twice"
            )
    return seal(text, catalog.dialect, asked.tables, asked.columns, catalog.fingerprint)


def _checked(statement: Statement) -> str:
    """The statement's text after all rules."""
    try:
        for rule in RULES:
            rule(statement)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    return statement.text_after()


def _same_words(one: Statement, other: Statement) -> bool:
    """Whether two texts have the same tokens, but for the case of words: then they parse alike, and both passed the rules."""
    if len(one.tokens) != len(other.tokens):
        return False
    for left, right in zip(one.tokens, other.tokens, strict=True):
        quoted = left.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
        same = left.text == right.text or (not quoted and left.text.upper() == right.text.upper())
        if left.token_type is not right.token_type or not same:
            return False
    return True
