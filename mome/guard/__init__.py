"""The guard: check a statement from a model or a person and return it as a `GuardedQuery`.

Only a `GuardedQuery` may run; any other statement is refused with a one-line reason. The guard
parses the statement in the catalog's dialect, applies every rule in `rules.py`, and regenerates
the text from the syntax tree. The regenerated text must pass the rules and come out unchanged.
The translator calls it for each candidate, the tuning for each fact, the page for edited SQL.

Covered (anything that an allow-list does not name is refused):
- text: control characters, lone surrogates, length, nesting depth, a second statement, and
  statements that do not start as a query;
- syntax tree: node classes and their arguments, so there is no DML, DDL, command, SELECT INTO,
  lock, hint, variable, parameter, ROWS FROM or earlier version of a table; joins and clauses
  that the engine lacks and that sqlglot would rewrite;
- calls: functions by written name and by sqlglot class, in FROM too; casts to plain types only;
  literal bounds for series, for repeated and padded text, for the widths in printf formats and
  for the number of grouping sets;
- sizes: the longest value that each expression can make, through calls, operators, lambdas,
  aggregates, CTEs, derived tables and recursions, and the steps of calls that no engine
  interrupts. What is unknown counts as a fixed bound (`limits.py`);
- recursion only where it ends by itself, or on data without cycles;
- names: each table and column, in every scope, belongs to the catalog or to the query itself.
  A CTE hides a table exactly where it does so in the engine. A CTE that is read where engines
  disagree (before its definition, in the first half of its recursion) is refused. System
  catalogs, row ids, whole rows of tables and ambiguous columns are refused. Catalog names match
  in any case, quoted or not, if the match is unique, and are rewritten to the catalog's spelling.
  In SQLite a double-quoted name that is no column is refused, never read as a string literal:
  callers with such SQL change it to single quotes first. The columns of NATURAL joins come from
  the catalog;
- what runs: the regenerated text, without comments. LIMIT is left unchanged.

Not covered (the engine's session settings and role have to prevent these):
- time and memory: cross joins, slow patterns, large sorts and aggregates of numbers are accepted,
  and so is a recursion over a hierarchy, which goes on until the timeout if the data has a cycle;
- columns that hold longer texts, and tables with more rows, than `limits.py` assumes;
- functions, operators, casts, views and row policies that the database's owner defined: an
  allowed name is taken for the built-in function;
- rows: a role that may read a table may read all of it, and a star expands to the columns that
  the engine shows;
- server settings that change how text is read: the executor keeps PostgreSQL's
  standard_conforming_strings on and MySQL's sql_mode plain;
- Python code that builds a GuardedQuery by force, and a catalog that is older than the database.

Refused although harmless: functions in dot notation, fields of structs that are nested deeper
than two levels, COLUMNS, PIVOT without a list of literal values, VALUES alone in MySQL, FROM
DUAL, adjacent string literals in SQLite and DuckDB, string literals with a prefix other than N,
named arguments, ROWS FROM, aliases on joins in parentheses, series of numbers without literal
bounds, and repeat with a count that is neither a literal nor LEAST with one.
"""

from __future__ import annotations

from sqlglot.tokens import Token, TokenType

from mome.catalog import Catalog
from mome.errors import Refused
from mome.guard.names import names_of
from mome.guard.query import GuardedQuery, seal
from mome.guard.rules import RULES
from mome.guard.sqltext import TOO_DEEP, read_sql, write_sql
from mome.guard.statement import Statement

__all__ = ["GuardedQuery", "guard", "read_sql", "write_sql"]


def guard(sql: str, catalog: Catalog) -> GuardedQuery:
    """Check SQL in the catalog's dialect and return the query that may run.

    Raises mome.errors.Refused with a one-line message: what is refused, why, and what to do.
    """
    names = names_of(catalog)
    statement = Statement(sql, names)
    text = _apply_rules(statement)
    regenerated = Statement(text, names)
    # Equal tokens parse to an equal tree, which has passed the rules. Any other text, such as one
    # with a respelled name, has to pass them itself, because it is the text that the engine reads.
    if not _same_tokens(statement, regenerated):
        statement = regenerated
        if _apply_rules(regenerated) != text:
            raise Refused(
                f"this cannot be written for {names.engine.title} "
                "in a way that reads the same twice"
            )
    return seal(text, catalog.dialect, statement.tables, statement.columns, catalog.fingerprint)


def _apply_rules(statement: Statement) -> str:
    """Apply all rules and return the regenerated text."""
    try:
        for rule in RULES:
            rule(statement)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    return statement.regenerated_text()


def _same_tokens(first: Statement, second: Statement) -> bool:
    """Return whether two texts have the same tokens, up to the case of unquoted words."""
    if len(first.tokens) != len(second.tokens):
        return False
    pairs = zip(first.tokens, second.tokens, strict=True)
    return all(_same_token(left, right) for left, right in pairs)


def _same_token(left: Token, right: Token) -> bool:
    """Return whether two tokens have the same type and text, up to the case of unquoted words."""
    if left.token_type is not right.token_type:
        return False
    if left.text == right.text:
        return True
    is_quoted = left.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
    return not is_quoted and left.text.upper() == right.text.upper()
