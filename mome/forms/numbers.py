"""Casts and rounding: a form has one integer, one real number and one text type."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from mome.forms.context import Context

_READ: Mapping[str, str] = {
    **dict.fromkeys(("BIGINT", "SMALLINT", "TINYINT", "MEDIUMINT", "UBIGINT", "UINT"), "INT"),
    "FLOAT": "DOUBLE",
    **dict.fromkeys(("VARCHAR", "CHAR", "NVARCHAR", "NCHAR"), "TEXT"),
}
_WRITTEN: Mapping[str, Mapping[str, str]] = {
    # Their INT has 32 bits, which a sum soon exceeds.
    "duckdb": {"INT": "BIGINT"},
    "postgres": {"INT": "BIGINT"},
}


def read_numbers(tree: exp.Expr, context: Context) -> None:
    """Read the casts of a dialect as the form's, and drop those that only let it round."""
    for cast in list(tree.find_all(exp.Cast)):
        kind = cast.to.this.name
        # SQLite has no such type: it takes the number that a text begins with, here the year.
        if context.dialect == "sqlite" and kind in ("DATE", "DATETIME", "TIMESTAMP"):
            kind = "BIGINT"
        # Nor does it heed a length.
        has_length = bool(cast.to.expressions) and context.dialect != "sqlite"
        if not has_length and kind in _READ:
            cast.set("to", exp.DataType.build(_READ[kind]))
        is_rounded = isinstance(cast.parent, exp.Round) and cast.arg_key == "this"
        if is_rounded and kind == "DECIMAL" and context.dialect == "postgres":
            cast.replace(cast.this)


def write_numbers(tree: exp.Expr, context: Context) -> None:
    """Write casts as the dialect's. PostgreSQL rounds to decimals no other type than this one."""
    types = _WRITTEN.get(context.dialect, {})
    for cast in tree.find_all(exp.Cast):
        kind = cast.to.this.name
        if kind in types:
            cast.set("to", exp.DataType.build(types[kind]))
    for node in tree.find_all(exp.Round) if context.dialect == "postgres" else ():
        value = node.this
        is_decimal = isinstance(value, exp.Cast) and value.to.this.name == "DECIMAL"
        if node.args.get("decimals") is not None and not is_decimal:
            node.set("this", exp.cast(value.copy(), "DECIMAL"))
