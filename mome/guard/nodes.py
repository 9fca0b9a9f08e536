"""The allow-list of syntax: sqlglot's node classes and, where it matters, their arguments.

`tree.py` checks every node against it. Syntax that a later version of sqlglot learns to parse is
refused until it is added here.
"""

from __future__ import annotations

from collections.abc import Mapping

from mome.guard.functions import CLASSES

ROOTS = frozenset({"Select", "Union", "Intersect", "Except", "Subquery", "Values", "Pivot"})
"""Classes of a whole statement. No other rule refuses Attach, Install, Pragma, Show and Execute."""


def _with_all_arguments(names: str) -> dict[str, None]:
    """Return an entry for each class whose arguments are all allowed."""
    return dict.fromkeys(names.split())


def _with_arguments(**shapes: str) -> dict[str, frozenset[str]]:
    """Return an entry for each class with its allowed arguments."""
    return {name: frozenset(args.split()) for name, args in shapes.items()}


_SET_OPERATION = "this expression distinct by_name with_ order limit offset"

SHAPES: Mapping[str, frozenset[str] | None] = {
    **dict.fromkeys(CLASSES),
    **_with_all_arguments(
        "Add Sub Mul Div IntDiv Mod Neg Not And Or "
        "BitwiseAnd BitwiseOr BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift"
    ),
    **_with_all_arguments(
        "Overlaps Match DPipe EQ NEQ NullSafeEQ NullSafeNEQ GT GTE LT LTE Is "
        "Like ILike SimilarTo Glob Escape Between Any All Paren Tuple"
    ),
    **_with_all_arguments(
        "Null Boolean Literal National HexString BitString Identifier Var "
        "Case Collate AtTimeZone Interval IntervalSpan"
    ),
    **_with_all_arguments(
        "Bracket Slice Filter WithinGroup IgnoreNulls RespectNulls "
        "Rollup Cube GroupingSets Where Having From DataTypeParam"
    ),
    **_with_arguments(
        Alias="this alias",
        Array="expressions",
        CTE="this alias materialized",
        Cast="this to",
        Column="this table db",
        DataType="this expressions nested kind",
        Distinct="expressions on",
        Except=_SET_OPERATION,
        Fetch="direction count limit_options",
        Group="expressions rollup cube grouping_sets all",
        In="this expressions query",
        Intersect=_SET_OPERATION,
        # `known_joins` checks the values of side, kind and method.
        Join="this side kind method on using",
        ColumnDef="this kind",
        Concat="expressions safe coalesce",
        JSONColumnDef="this kind path ordinality nested_schema",
        JSONSchema="expressions",
        Lambda="this expressions",
        Comprehension="this expression iterator condition",
        Struct="expressions",
        PropertyEQ="this expression",
        ToMap="this",
        Map="keys values",
        # `columns` and `pivot_column_naming` are sqlglot's guess at the names of the new columns.
        Pivot=(
            "this expressions using into fields group unpivot include_nulls alias with_ "
            "columns pivot_column_naming"
        ),
        UnpivotColumns="this expressions",
        PivotAlias="this alias",
        TableSample="method percent size rows seed",
        Lateral="this alias ordinality",
        Limit="expression",
        LimitOptions="rows with_ties",
        Offset="expression",
        Order="this expressions",
        Ordered="this desc nulls_first",
        Qualify="this",
        Select=(
            "with_ expressions distinct from_ joins where group having "
            "qualify windows order limit offset sample"
        ),
        Star="except_ replace",
        Subquery="this alias with_ order limit offset pivots",
        # Without catalog, version, when, hints, partition and only.
        Table="this db alias joins ordinality pivots sample",
        TableAlias="this columns",
        TryCast="this to safe",
        Union=_SET_OPERATION,
        Unnest="expressions alias offset",
        Values="expressions alias order limit offset",
        Window="this partition_by order spec alias over",
        WindowSpec="kind start start_side end end_side exclude",
        With="expressions recursive",
    ),
}
"""Class -> its allowed arguments. None: all, because they hold only nodes, checked in turn."""

EXTRAS: Mapping[tuple[str, str], str] = {
    ("Distinct", "on"): "distinct on",
    ("Qualify", "this"): "qualify",
    ("Star", "except_"): "star except",
    ("Star", "replace"): "star except",
    ("Group", "all"): "group by all",
    ("LimitOptions", "with_ties"): "with ties",
    ("Array", "expressions"): "array",
    ("Struct", "expressions"): "struct",
    ("ToMap", "this"): "struct",
    ("Map", "keys"): "struct",
    ("Concat", "expressions"): "two texts side by side",
    ("Values", "order"): "values with order",
    ("Values", "limit"): "values with order",
    ("Values", "offset"): "values with order",
    ("Table", "sample"): "sample",
    ("Select", "sample"): "sample of a query",
    ("Table", "pivots"): "pivot",
    ("Pivot", "this"): "pivot",
    ("Subquery", "pivots"): "pivot",
    ("Table", "ordinality"): "with ordinality",
    ("Unnest", "offset"): "with ordinality",
    ("Lateral", "ordinality"): "with ordinality",
    ("Lambda", "this"): "lambda",
    ("Comprehension", "this"): "lambda",
    ("Union", "by_name"): "by name",
    ("Except", "by_name"): "by name",
    ("Intersect", "by_name"): "by name",
    ("Match", "this"): "match",
    ("Overlaps", "this"): "overlaps",
    ("National", "this"): "national",
}
"""(class, argument) -> its name in `Engine.extras`.

sqlglot rewrites these constructs for engines that lack them, so they are refused there.
"""

REASONS: Mapping[str, str] = {
    **{
        name: f"{name.upper()} is not allowed: it would change data"
        for name in ("Insert", "Update", "Delete", "Merge")
    },
    **{
        name: f"{name.upper()} is not allowed: it would change the database"
        for name in ("Create", "Drop", "Alter", "Grant")
    },
    **dict.fromkeys(
        ("Parameter", "Placeholder", "SessionParameter"),
        "a parameter or variable is not allowed: write the value itself",
    ),
    **dict.fromkeys(
        ("ByteString", "UnicodeString", "RawString"),
        "write the text in single quotes, without a prefix",
    ),
    **dict.fromkeys(
        ("Hint", "IndexTableHint"), "a hint is not allowed: hints are for a person to give"
    ),
    "Into": "INTO is not allowed: it would write",
    "Lock": "a lock is not allowed: it would lock rows",
    "Dot": "a function or field after a dot is not allowed",
    "PropertyEQ": "an assignment is not allowed",
    "ObjectIdentifier": (
        "a cast to a type of the system is not allowed: it looks a name up in its catalogs"
    ),
    "Command": "only a query may run",
    "ColumnDef": "a list of columns with types is not allowed",
}
"""Class -> message of its refusal. Classes that are not listed are refused by their name."""

ARGUMENTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("hint", "hints", "indexed", "operation_modifiers"),
        "a hint is not allowed: hints are for a person to give",
    ),
    **dict.fromkeys(("version", "when"), "reading an earlier version is not allowed"),
    "into": "INTO is not allowed: it would write",
    "locks": "a lock is not allowed: it would lock rows",
    "catalog": (
        "the name of a database is not allowed: write the table, or its schema and the table"
    ),
    "field": "IN takes a list or a query in parentheses, not a name",
    "rows_from": "ROWS FROM is not allowed",
    "partition": "naming partitions is not allowed",
}
"""Argument -> message of its refusal. Arguments not listed are refused by class and name."""

TYPES = frozenset(
    """
    ARRAY BIGDECIMAL BIGINT BINARY BIT BLOB BOOLEAN BPCHAR CHAR CHARACTER_SET DATE DATETIME
    DATETIME64 DECIMAL DOUBLE FLOAT HUGEINT INT INT128 INTERVAL JSON JSONB LIST LONGTEXT
    MEDIUMINT MEDIUMTEXT NCHAR NVARCHAR REAL SMALLINT TEXT TIME TIMESTAMP TIMESTAMPLTZ
    TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_MS TIMESTAMP_NS TIMESTAMP_S TIMETZ TINYINT TINYTEXT
    UBIGINT UDECIMAL UDOUBLE UHUGEINT UINT UMEDIUMINT USMALLINT UTINYINT UUID VARBINARY VARCHAR
    YEAR
    """.split()
)
"""Types that a value may be cast to.

Missing on purpose: regclass and similar types, which look names up in the system catalogs, and
all user-defined types.
"""

IDENTIFIERS = frozenset(
    {
        ("Column", "this"),
        ("Column", "table"),
        ("Column", "db"),
        ("Table", "this"),
        ("Table", "db"),
        ("Alias", "alias"),
        ("TableAlias", "this"),
        ("TableAlias", "columns"),
        ("Window", "this"),
        ("Window", "alias"),
        ("Join", "using"),
        ("Collate", "expression"),
        ("PropertyEQ", "this"),
        ("ColumnDef", "this"),
        ("JSONColumnDef", "this"),
        ("Unnest", "offset"),
        ("Lambda", "expressions"),
        ("Comprehension", "expression"),
        ("Pivot", "expressions"),
        ("Pivot", "columns"),
        ("PivotAlias", "alias"),
    }
)
"""(class, argument) that may hold an identifier: the resolver looks it up, or it is a new name."""

ALIASED = frozenset(
    {
        ("Select", "expressions"),
        ("Star", "replace"),
        ("Pivot", "expressions"),
        ("Pivot", "using"),
    }
)
"""(class, argument) that may hold an expression with an alias."""
