"""Apply the rules: write the constructs of a tree as SQL, and recognise them in SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlglot import exp

from mome.catalog import Catalog
from mome.forms.context import Context
from mome.forms.templates import Bound, fill, match, pattern

Write = Callable[[exp.Expr, Context], exp.Expr]
Read = Callable[[exp.Expr, Context], exp.Expr | None]
Holds = Callable[[Bound, Context], bool]


@dataclass(frozen=True)
class Rule:
    """One construct, both ways."""

    form: type[exp.Expr]
    """The class of its node."""
    sql: tuple[type[exp.Expr], ...]
    """Classes of the SQL nodes that it may be read from."""
    write: Write
    """Returns the SQL of a node, in which there may be other constructs."""
    read: Read
    """Returns the construct that a SQL node is, or None. What is inside was read before."""


@dataclass(frozen=True)
class Template:
    """A construct whose SQL is a pattern."""

    form: str
    """Its pattern in the form."""
    sql: str | Mapping[str, str]
    """The SQL that is written: a pattern in the form's own syntax, or one for each dialect."""
    also: Sequence[str] = ()
    """Other patterns in the form's syntax that are read as this construct."""
    spelt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Dialect -> other patterns in its syntax that are read as this construct."""
    holds: Holds = field(default=lambda bound, context: True)
    """Whether what a pattern found is this construct."""

    @property
    def rule(self) -> Rule:
        """Return the template as a rule."""
        texts = [self.sql] if isinstance(self.sql, str) else []
        roots = [type(pattern(text)) for text in (*texts, *self.also)]
        written = {} if isinstance(self.sql, str) else self.sql
        roots += [type(pattern(text, dialect)) for dialect, text in written.items()]
        for dialect, spellings in self.spelt.items():
            roots += [type(pattern(text, dialect)) for text in spellings]
        return Rule(type(pattern(self.form)), tuple(roots), self.write, self.read)

    def write(self, node: exp.Expr, context: Context) -> exp.Expr:
        """Return the SQL of a construct; a node of another shape is returned as it is."""
        bound: Bound = {}
        if not match(pattern(self.form), node, bound) or not self.holds(bound, context):
            return node
        if isinstance(self.sql, str):
            return fill(pattern(self.sql), bound)
        if context.dialect not in self.sql:
            return node
        return fill(pattern(self.sql[context.dialect], context.dialect), bound)

    def read(self, node: exp.Expr, context: Context) -> exp.Expr | None:
        """Return the construct that a node is."""
        for wanted in self._patterns(context):
            bound: Bound = {}
            if match(wanted, node, bound) and self.holds(bound, context):
                return fill(pattern(self.form), bound)
        return None

    def _patterns(self, context: Context) -> Iterator[exp.Expr]:
        if isinstance(self.sql, str):
            yield pattern(self.sql)
        elif context.dialect in self.sql:
            yield context.rules.read_pattern(self.sql[context.dialect], context.dialect)
        yield from map(pattern, self.also)
        for text in self.spelt.get(context.dialect, ()):
            yield context.rules.read_pattern(text, context.dialect)


class Rules:
    """All constructs."""

    def __init__(self, rules: Iterable[Rule | Template]) -> None:
        self._rules = [rule.rule if isinstance(rule, Template) else rule for rule in rules]
        self._patterns: dict[tuple[str, str], exp.Expr] = {}

    @cached_property
    def _writers(self) -> dict[type, list[Write]]:
        writers: dict[type, list[Write]] = defaultdict(list)
        for rule in self._rules:
            writers[rule.form].append(rule.write)
        return writers

    @cached_property
    def _readers(self) -> dict[type, list[Read]]:
        readers: dict[type, list[Read]] = defaultdict(list)
        for rule in self._rules:
            for kind in dict.fromkeys(rule.sql):
                readers[kind].append(rule.read)
        return readers

    def read_pattern(self, text: str, dialect: str) -> exp.Expr:
        """Return a pattern of SQL as it looks once what is inside it was recognised."""
        if (text, dialect) not in self._patterns:
            # A part of a pattern may be compared with the pattern itself.
            self._patterns[text, dialect] = pattern(text, dialect)
            holder = exp.Paren(this=pattern(text, dialect).copy())
            context = Context(Catalog(dialect, dialect, "", ""), rules=self)
            for part in list(holder.this.iter_expressions()):
                self.recognise(part, context)
            self._patterns[text, dialect] = holder.this
        return self._patterns[text, dialect]

    def expand(self, node: exp.Expr, context: Context) -> None:
        """Write the constructs in a tree, the outermost first."""
        # GROUP BY last: what stands over time asks it for the time.
        for child in sorted(node.iter_expressions(), key=lambda c: isinstance(c, exp.Group)):
            self.expand(self._replaced(child, context), context)

    def _replaced(self, node: exp.Expr, context: Context) -> exp.Expr:
        for write in self._writers.get(type(node), ()):
            written = write(node, context)
            if written is not node:
                node.replace(written)
                return self._replaced(written, context)
        return node

    def recognise(self, node: exp.Expr, context: Context) -> None:
        """Find the constructs in a tree, the innermost first."""
        for child in sorted(node.iter_expressions(), key=lambda c: not isinstance(c, exp.Group)):
            self.recognise(child, context)
        if node.parent is not None:
            self._found(node, context)

    def _found(self, node: exp.Expr, context: Context) -> None:
        for read in self._readers.get(type(node), ()):
            found = read(node, context)
            if found is not None:
                node.replace(found)
                # A construct may be part of a larger one.
                self._found(found, context)
                return
