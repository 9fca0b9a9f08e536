"""Whether a name must be quoted; the pointer form asks for every table and column that it
writes.
"""

from __future__ import annotations

import sqlglot


def needs_quotes(name: str, dialect: str) -> bool:
    """True where the bare name would be read as something else."""
    if (
        not name.isascii()
        or not name.isidentifier()
        or (dialect == "postgres" and name != name.lower())
    ):
        return True
    keywords = sqlglot.Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS
    return name.upper() not in _PLAIN and (name.upper() in keywords or name.upper() in _RESERVED)


_PLAIN = frozenset({"NAME", "DATE", "TEXT", "YEAR"})
"""Keywords that every engine takes for a column's name."""
_RESERVED = frozenset(
    "ADD ALL ALTER ANALYSE ANALYZE AND ANY ARRAY AS ASC ASYMMETRIC AUTHORIZATION AUTOINCREMENT "
    "BETWEEN BINARY BOTH BY CASE CAST CHECK "
    "COLLATE COLLATION COLUMN COMMIT CONCURRENTLY CONSTRAINT CREATE CROSS CURRENT CURRENT_CATALOG "
    "CURRENT_DATE CURRENT_ROLE "
    "CURRENT_SCHEMA CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT DEFERRABLE DELETE DESC "
    "DISTINCT DO DROP ELSE END ESCAPE "
    "EXCEPT EXISTS FALSE FETCH FOR FOREIGN FREEZE FROM FULL GRANT GROUP GROUPS HAVING IF ILIKE IN "
    "INDEX INDEXED INITIALLY INNER "
    "INSERT INTERSECT INTO IS ISNULL JOIN KEY LATERAL LEADING LEFT LIKE LIMIT LOCALTIME "
    "LOCALTIMESTAMP MATCH NATURAL NOT NOTHING "
    "NOTNULL NULL OFFSET ON ONLY OR ORDER OUTER OVER OVERLAPS PLACING PRIMARY RAISE RANK "
    "REFERENCES RETURNING RIGHT ROW ROWS SELECT "
    "SESSION_USER SET SIMILAR SOME SYMMETRIC SYSTEM SYSTEM_USER TABLE TABLESAMPLE THEN TO "
    "TRAILING TRANSACTION TRUE UNION UNIQUE "
    "UPDATE USER USING VALUES VARIADIC VERBOSE VIEW WHEN WHERE WINDOW WITH".split()
)
"""Words that one of the engines reserves, whether or not sqlglot knows them."""
