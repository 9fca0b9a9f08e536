"""The words of the bundled model's grammar, and the state of its automaton after some of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mome.forms.construct_slots import CONDITIONS, COUNTS_OF_ARGUMENTS, slot_of

CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP BY", "HAVING", "QUALIFY", "ORDER BY", "LIMIT")
COMPARISONS = frozenset({"=", "<>", "<", ">", "<=", ">="})
RANGES = frozenset({"LIKE", "IN", "BETWEEN"})
ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "||", "DIV"})
SET_WORDS = frozenset({"UNION", "UNION ALL", "INTERSECT", "EXCEPT"})
NUMERIC_ONLY = frozenset({"SUM", "AVG"})
AGGREGATES = NUMERIC_ONLY | {"COUNT", "MIN", "MAX"}
ARGUMENTS = {
    **dict.fromkeys(
        "COUNT SUM AVG MIN MAX ABS LENGTH LOWER UPPER YEAR MONTH DAY STDDEV CAST".split(),
        (1, 1),
    ),
    **dict.fromkeys(("ROUND", "TRIM", "GROUP_CONCAT"), (1, 2)),
    **dict.fromkeys(("NULLIF", "INSTR", "STR_POSITION"), (2, 2)),
    **dict.fromkeys(("COALESCE", "CONCAT"), (1, 9)),
    "SUBSTRING": (2, 3),
    "REPLACE": (3, 3),
    **COUNTS_OF_ARGUMENTS,
}
"""Minimum and maximum number of arguments of every function and construct."""
TYPES = frozenset({"DOUBLE", "INT", "TEXT", "DATE", "TIMESTAMP", "DECIMAL"})
NUMBERS = frozenset({"0", "1", "2", "3", "4", "5", "10", "100", "1.0"})
COUNTS = frozenset({"word", "number", *NUMBERS}) - {"0", "1.0"}
PREFIXES = frozenset({"NOT", "EXISTS"}) | CONDITIONS
"""What may start a condition, and nothing else."""
KEYS = frozenset({"key", "dated key"})
"""Columns that may lead to another table."""
ATOMS = KEYS | frozenset(
    {
        "column",
        "value",
        "word",
        "COUNT(*)",
        "NULL",
        "CURRENT_DATE",
        "CURRENT_TIMESTAMP",
        *NUMBERS,
    }
)
LITERALS = frozenset({"value", "word", "NULL", *NUMBERS})
OPENERS = frozenset({"IN", "EXISTS", *ARGUMENTS})
"""What may stand before a parenthesis."""
NESTING = OPENERS | {"(", "CASE"}
OPERANDS = ATOMS - KEYS | NESTING - {"IN"} | {"quote", "number", "-", "NOT"}
DEEPEST = 12
"""Maximum nesting of parentheses and CASEs. Without it, a beam could open parentheses until the
answer's length runs out.
"""


SINGLE = frozenset({"period", "unit", "span", "count", "number", "text", "table"})
"""Slots that take a single token or literal."""
LITERAL = -2
"""Stands for a column's item where a condition starts with a literal."""
PERIOD = -3
"""Stands for a column's item where a period is written."""


@dataclass(frozen=True)
class Frame:
    """One open parenthesis or CASE, or the whole answer at the bottom of the stack."""

    kind: str = "query"
    """query, group, call or case."""
    name: str = ""
    """What stands before the parenthesis: a function, a construct, IN or EXISTS."""
    clause: str = ""
    """The clause of a query (LIST and JOIN are parts of FROM) or the part of a CASE being written;
    empty before SELECT.
    """
    commas: int = 0
    between: bool = False
    """Whether BETWEEN still needs its AND."""
    compared: bool = False
    """Whether the current condition has its comparison."""
    joins: str = ""
    """What FROM says of joins: `complete` after ON or ONLY, `left` after LEFT JOINs along keys, and
    `first left` after one of them.
    """
    subject: int = -1
    """Item of the column that the current condition is about; -1 if it is an expression, `LITERAL`
    if it is a literal.
    """


@dataclass(frozen=True)
class State:
    """The state of the automaton after some tokens."""

    frames: tuple[Frame, ...]
    last: str
    """The last token or what it completed: `operand` is a value, those of `KEYS` may lead to
    another table, `predicate` is a finished condition, `argument` takes no operator.
    """
    literal: str = ""
    """What an open literal needs: content, last or pieces; `raw` and the keys of `_PLAIN` in plain
    SQL; `none` and `done` at the end.
    """
    about: int = -1
    """Item of the column that the open literal is compared with; -1 if there is none."""
    opened: str = ""
    """The class of the token that opened the literal, quote or number; empty in plain SQL."""

    @property
    def top(self) -> Frame:
        """The innermost open frame."""
        return self.frames[-1]

    @property
    def ends(self) -> str:
        """What may end the innermost query."""
        return "</s>" if len(self.frames) == 1 else ")"

    @property
    def is_number(self) -> bool:
        """Whether the open literal is a number."""
        return self.opened == "number"

    @property
    def slot(self) -> str:
        """The slot of a construct's argument that is being written; empty if there is none."""
        top = self.top
        return slot_of(top.name, top.commas) if top.kind == "call" else ""

    @property
    def takes_no_expression(self) -> bool:
        """Whether the argument being written is a single token or literal."""
        return self.slot in SINGLE

    @property
    def is_operand(self) -> bool:
        """Whether a value was completed."""
        return self.last == "operand" or self.last in KEYS

    @property
    def compared_with(self) -> int:
        """Item of the column that the next operand is compared with; -1 if there is none, `PERIOD`
        for the period of a construct.
        """
        if self.last == "," and self.slot in ("period", "text"):
            return PERIOD if self.slot == "period" else self.top.subject
        if self.top.kind == "group" and self.top.name == "IN" and self.last in ("(", ","):
            return self.frames[-2].subject
        # After BETWEEN, the condition goes on behind its AND.
        if self.top.compared and self.last in ("operator", "sign", "LIKE", "BETWEEN", "AND"):
            return self.top.subject
        return -1

    @property
    def conditional(self) -> bool:
        """Whether a condition may be written here."""
        top = self.top
        if top.kind == "group":
            return not top.name
        if top.kind == "call":
            # SUM(a = b) counts the rows that fulfil a condition.
            return top.name in AGGREGATES or self.slot in ("condition", "share")
        return top.clause in ("WHERE", "HAVING", "QUALIFY", "WHEN")

    def on(self, last: str, **changes: object) -> State:
        """Return the state with the innermost frame changed."""
        return State((*self.frames[:-1], replace(self.top, **changes)), last)


BEGIN = State((Frame(),), "start")
OVER = State((Frame(),), "start", literal="done")
