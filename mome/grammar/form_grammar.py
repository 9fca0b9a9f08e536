"""The grammar of forms over some tables, in llguidance's dialect of Lark.

Names are those of the tables, functions and constructs those of a form, and their arguments have
the types that they need. The form of `mome.forms` checks what no context-free grammar says, such as
which tables can be joined. The decoding of a text model is masked with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from mome.catalog import Column, Table, is_numeric
from mome.forms.bare_names import BareNames
from mome.forms.construct_slots import CONDITIONS, RANKS, SLOT_LINES
from mome.forms.spelling import identifier, written_name
from mome.forms.stored import date_kind
from mome.linking.slice import SliceTable

_RULES = r"""
query: select (SET select)* order? limit?
SET: " UNION " | " UNION ALL " | " INTERSECT " | " EXCEPT "
select: "SELECT " "DISTINCT "? items from? where? group? having? qualify?
items: "*" | item (", " item)*
item: STAR | expr
from: " FROM " "ONLY "? source (", " source | join)*
source: TABLE (" AS " ALIAS)?
join: " JOIN " source on | " LEFT JOIN " source on?
on: " ON " COLUMN " = " COLUMN
where: " WHERE " condition
group: " GROUP BY " expr (", " expr)*
having: " HAVING " condition
qualify: " QUALIFY " rank ((" AND " | " OR ") rank)*
order: " ORDER BY " ordered (", " ordered)*
ordered: expr (" ASC" | " DESC")? (" NULLS FIRST" | " NULLS LAST")?
limit: " LIMIT " COUNT (" OFFSET " COUNT)?
condition: conjunct (" OR " conjunct)*
conjunct: negated (" AND " negated)*
negated: "NOT "? predicate
predicate: expr COMPARISON expr
    | expr " LIKE " STRING
    | expr " IN (" (query | literal (", " literal)*) ")"
    | expr " BETWEEN " expr " AND " expr
    | expr " IS NULL"
    | "EXISTS(" query ")"
    | "(" condition ")"
    | test
COMPARISON: " = " | " <> " | " < " | " > " | " <= " | " >= "
expr: term ((" + " | " - " | " || ") term)*
term: factor ((" * " | " / " | " % " | " DIV ") factor)*
factor: "-"? primary
primary: COLUMN | literal | call | case | "(" expr ")" | "(" query ")"
literal: NUMBER | STRING | "NULL" | "CURRENT_DATE" | "CURRENT_TIMESTAMP"
case: "CASE" (" WHEN " condition " THEN " expr)+ (" ELSE " expr)? " END"
number: NUMERIC | NUMBER | call | case | "(" sum ")"
sum: product ((" + " | " - ") product)*
product: number ((" * " | " / ") number)*
call: "COUNT(*)" | "COUNT(" "DISTINCT "? (expr | condition) ")"
    | ("SUM(" | "AVG(") "DISTINCT "? (sum | condition) ")"
    | ("MIN(" | "MAX(" | "ABS(" | "LENGTH(" | "LOWER(" | "UPPER(" | "TRIM(" | "STDDEV(") expr ")"
    | ("YEAR(" | "MONTH(" | "DAY(") expr ")"
    | "ROUND(" expr (", " COUNT)? ")"
    | ("COALESCE(" | "NULLIF(" | "CONCAT(" | "REPLACE(" | "INSTR(" | "STR_POSITION(") exprs ")"
    | "SUBSTRING(" expr ", " COUNT (", " COUNT)? ")"
    | "GROUP_CONCAT(" "DISTINCT "? expr (", " STRING)? ")"
    | "CAST(" expr " AS " TYPE ")"
    | value
exprs: expr (", " expr)*
TYPE: "DOUBLE" | "INT" | "TEXT" | "DATE" | "TIMESTAMP" | "DECIMAL"
share: condition | expr
NUMBER: /[0-9]{1,12}(\.[0-9]{1,6})?/
COUNT: /[0-9]{1,4}/
STRING: /'([^'\x00-\x1f]|''){0,80}'/
UNIT: "'year'" | "'quarter'" | "'month'" | "'week'" | "'day'"
SPAN: "'year'" | "'month'" | "'day'"
"""
"""The rules that are the same for all slices."""
# The rule or terminal of each kind of argument.
_SLOT_RULES = {
    "date": "DATED",
    "period": "PERIOD",
    "unit": "UNIT",
    "span": "SPAN",
    "count": "COUNT",
    "number": "NUMBER",
    "text": "STRING",
    "table": "TABLE",
    "condition": "condition",
    "numeric": "sum",
    "share": "share",
    "operand": "expr",
}
_PERIOD = (
    r"/'([12][0-9]{3}(-Q[1-4]|-[01][0-9](-[0-3][0-9])?)?"
    r"|(last [0-9]{1,4} (day|week|month|year)s)"
    r"|((this|previous) (day|week|month|quarter|year))|((week|month|quarter|year) to date))'/"
)
NONE = "NONE"
"""The whole answer if the tables do not answer the question."""


def bare_names(tables: Sequence[SliceTable]) -> BareNames:
    """Return the columns that the grammar of these tables names without their table."""
    return BareNames((entry.table, [one.column for one in entry.columns]) for entry in tables)


def form_grammar(tables: Sequence[SliceTable], dialect: str) -> str:
    """Return the grammar of `NONE` and of the forms over some tables of a database.

    It names a column without its table too where `bare_names` has it.
    """
    names = _Names(tables, dialect)
    tests = CONDITIONS - RANKS
    values = [name for name in SLOT_LINES if name not in CONDITIONS]
    lines = [
        f'start: query | "{NONE}"',
        _RULES.strip(),
        f"rank: {_calls(sorted(RANKS))}",
        f"test: {_calls(sorted(tests))}",
        f"value: {_calls(values)}",
        f"PERIOD: {_PERIOD}",
        f"TABLE: {_any_of(names.tables)}",
        # A lexeme of its own: `t.` would be read as the start of a column.
        f"STAR: {_any_of([f'{name}.*' for name in names.tables])}",
        f"ALIAS: {_any_of(names.aliases)}",
        f"COLUMN: {_any_of(names.columns)}",
        f"NUMERIC: {_any_of(names.numeric)}",
        f"DATED: {_any_of(names.dated)}",
    ]
    return "\n".join(lines) + "\n"


class _Names:
    """The names in some tables, as a form writes them, by what they may stand for."""

    def __init__(self, tables: Sequence[SliceTable], dialect: str) -> None:
        self._dialect = dialect
        self._shown = {entry.table.key: entry for entry in tables}
        self._bare = bare_names(tables)
        self.tables = [written_name(entry.table) for entry in tables]
        self.aliases = [_alias(entry.table) for entry in tables]
        self.columns: list[str] = []
        self.numeric: list[str] = []
        self.dated: list[str] = []
        for entry in tables:
            for one in entry.columns:
                self._add_column(entry.table, one.column)

    def _add_column(self, table: Table, column: Column) -> None:
        """Add a column, the same after an alias, and the columns that it leads to as a key."""
        own = written_name(table, column.name)
        self._add(column, [own, f"{_alias(table)}.{_alone(column)}"])
        if column.name in self._bare:
            self._add(column, [_alone(column)])
        for further in self._led_to(table, column):
            self._add(further, [f"{own}.{_alone(further)}"])

    def _led_to(self, table: Table, column: Column) -> Iterator[Column]:
        """Yield the columns that a form reaches by a key column."""
        for key in table.foreign_keys:
            if column.name in key.columns and key.ref_table in self._shown:
                for one in self._shown[key.ref_table].columns:
                    yield one.column

    def _add(self, column: Column, spelled: Sequence[str]) -> None:
        self.columns += spelled
        if is_numeric(column, self._dialect):
            self.numeric += spelled
        if date_kind(column) is not None:
            self.dated += spelled


def _alias(table: Table) -> str:
    """Return the alias of a table's second occurrence."""
    return identifier(f"{table.name}_2").sql()


def _alone(column: Column) -> str:
    """Return a column's name without its table."""
    return identifier(column.name).sql()


def _calls(names: Iterable[str]) -> str:
    """Return the alternatives of constructs' calls."""
    return " | ".join(map(_call, names))


def _call(name: str) -> str:
    """Return the rule of a construct's call."""
    text = f'"{name}("'
    for place, slot in enumerate(SLOT_LINES[name].split()):
        rule = _SLOT_RULES[slot.rstrip("?*")]
        argument = f'", " {rule}' if place else rule
        # `?` and `*` mean the same in Lark.
        text += f" ({argument}){slot[-1]}" if slot[-1] in "?*" else f" {argument}"
    return f'{text} ")"'


def _any_of(names: Sequence[str]) -> str:
    """Return the alternatives of a terminal."""
    # Lark has no empty terminal: where there is no name, one that no slice has.
    return " | ".join(map(json.dumps, dict.fromkeys(names))) or r'"\u0000"'
