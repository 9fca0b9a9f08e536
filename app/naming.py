"""The SQL of an answer with its columns named as on the page: `COUNT(*) AS "number of orders"`.
`sql_view` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.sql_tree import parsed


def named_sql(sql: str, names: Sequence[str], dialect: str) -> str:
    """Return SQL in which what is computed is called by these names; unchanged where that cannot be
    done, or where a name would stand for something else in the query.

    names: of all columns, as `answers.run` gives them.
    """
    tree = parsed(sql, dialect)
    if not isinstance(tree, exp.Select) or len(tree.selects) != len(names):
        return sql
    known = {column.name.lower() for column in tree.find_all(exp.Column)}
    changed = []
    for entry, name in zip(tree.selects, names, strict=True):
        is_named = isinstance(entry, exp.Alias | exp.Column | exp.Star)
        # In ORDER BY an alias hides a column of its name.
        if is_named or not name or name.lower() in known:
            changed.append(entry)
        else:
            changed.append(exp.alias_(entry, name, quoted=True))
    if changed == tree.selects:
        return sql
    tree.set("expressions", changed)
    return tree.sql(dialect)
