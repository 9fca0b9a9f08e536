"""What the columns of a form are called: `total amount`, `number of orders per customer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from mome.forms import nodes
from mome.forms.language import write_form
from mome.forms.trees import is_condition
from mome.forms.words.names import Vocabulary, plural

_NUMBER = "number of "
Label = Callable[[exp.Expr, "Labels"], str]
Query = Callable[[exp.Expr], str]


class Labels:
    """Names the expressions of one query."""

    def __init__(self, words: Vocabulary, rows: str, condition: Label, query: Query) -> None:
        self.words, self.rows = words, rows
        """`rows`: what the rows of the query are called."""
        # Handed in, because conditions and queries are made of labels themselves.
        self._condition, self._query = condition, query

    def of(self, node: exp.Expr) -> str:
        """Return the name of an expression; its form where there is no better one."""
        bare = node.unnest() if isinstance(node, exp.Paren) else node.unalias()
        if isinstance(bare, nodes.FormColumn):
            return self.words.column(bare)
        label = _LABELS.get(type(bare))
        if label is not None:
            return label(bare, self)
        if is_condition(bare):
            return self.condition(bare)
        return bare.name if isinstance(bare, exp.Literal) else as_form(bare)

    def condition(self, node: exp.Expr) -> str:
        """Return a condition in words."""
        return self._condition(node, self)

    def query(self, node: exp.Expr) -> str:
        """Return a nested query in words."""
        return self._query(node)


def as_form(node: exp.Expr) -> str:
    """Return the form of what has no better words, without the quotes around names."""
    return write_form(node).replace('"', "")


def _of(text: str) -> Label:
    """Return a label with the name of what it is about."""
    return lambda node, labels: text.format(labels.of(node.this))


def _count(node: exp.Expr, labels: Labels) -> str:
    if isinstance(node.this, exp.Star):
        return f"number of {labels.rows}"
    if isinstance(node.this, exp.Distinct):
        return f"number of different {_counted(node.this.expressions[0], labels)}"
    return f"number of {_counted(node.this, labels)}"


def _counted(node: exp.Expr, labels: Labels) -> str:
    """Return what COUNT counts: rows of a table where it counts their key."""
    name = labels.of(node)
    thing = labels.words.thing(node, name)
    is_key = isinstance(node, nodes.FormColumn) and thing != name
    return plural(thing) if is_key else name


def _sum(node: exp.Expr, labels: Labels) -> str:
    name = labels.of(node.this)
    return name if "total" in name.split() else f"total {name}"


def _case(node: exp.Expr, labels: Labels) -> str:
    """Return the texts that a CASE chooses from; its form if they are no texts."""
    values = [branch.args["true"] for branch in node.args["ifs"]]
    values += [node.args["default"]] if node.args.get("default") else []
    if not all(isinstance(value, exp.Literal) for value in values):
        return as_form(node)
    return " or ".join(value.name for value in values)


def _ratio(node: exp.Expr, labels: Labels) -> str:
    name, divisor = labels.of(node.this), labels.of(node.expression)
    if divisor.startswith(_NUMBER):
        return f"{name} for each of the {divisor.removeprefix(_NUMBER)}"
    return f"{name} divided by {divisor}"


def _listed(expressions: list[exp.Expr], labels: Labels) -> str:
    return " and ".join(labels.of(entry) for entry in expressions)


def _extreme(word: str, of_dates: str) -> Label:
    def label(node: exp.Expr, labels: Labels) -> str:
        name = labels.of(node.this)
        is_date = isinstance(node.this, (nodes.Trunc, nodes.StoredDate))
        return f"{of_dates if is_date else word} {name}"

    return label


def _sum_where(node: exp.Expr, labels: Labels) -> str:
    return f"{_sum(node, labels)} where {labels.condition(node.expression)}"


def _average_where(node: exp.Expr, labels: Labels) -> str:
    return f"average {labels.of(node.this)} where {labels.condition(node.expression)}"


def _count_where(node: exp.Expr, labels: Labels) -> str:
    return f"number of {labels.rows} where {labels.condition(node.this)}"


def _share(word: str) -> Label:
    def label(node: exp.Expr, labels: Labels) -> str:
        if is_condition(node.this):
            return f"{word} of {labels.rows} where {labels.condition(node.this)}"
        name = f"{word} of {labels.of(node.this).removeprefix(_NUMBER)}"
        within = _listed(node.expressions, labels)
        return f"{name} within {within}" if within else name

    return label


def _percentile(node: exp.Expr, labels: Labels) -> str:
    if not isinstance(node.expression, exp.Literal):
        return f"percentile of {labels.of(node.this)}"
    return f"{float(node.expression.name) * 100:g}th percentile of {labels.of(node.this)}"


def _per(node: exp.Expr, labels: Labels) -> str:
    keys = [labels.words.thing(key, labels.of(key)) for key in node.expressions]
    return f"{labels.of(node.this)} per {' and '.join(keys)}"


def _part_of_date(node: exp.Expr, labels: Labels) -> str:
    return f"{node.text('unit').lower()} of {labels.of(node.this)}"


_TEXTS = {"%Y": "year", "%Y-%m": "month", "%Y-%m-%d": "day"}
"""Formats of a date's text that name a period."""


def _text_of_date(node: exp.Expr, labels: Labels) -> str:
    period = _TEXTS.get(node.text("format"))
    return f"{period} of {labels.of(node.this)}" if period else labels.of(node.this)


def _growth(node: exp.Expr, labels: Labels) -> str:
    other = node.args.get("expression")
    over = f" over {labels.of(other)}" if other is not None else ""
    return f"growth of {labels.of(node.this)}{over}"


def _moving(node: exp.Expr, labels: Labels) -> str:
    return f"average {labels.of(node.this)} over {node.expression.name} periods"


def _elapsed(node: exp.Expr, labels: Labels) -> str:
    start, end = labels.of(node.this), labels.of(node.expression)
    return f"{node.text('unit')}s from {start} to {end}"


def _arithmetic(word: str) -> Label:
    def label(node: exp.Expr, labels: Labels) -> str:
        return f"{_operand(node.this, labels)} {word} {_operand(node.expression, labels)}"

    return label


def _product(node: exp.Expr, labels: Labels) -> str:
    factor, other = node.this, node.expression.unnest()
    is_hundred = isinstance(factor, exp.Literal) and factor.name in ("100", "100.0")
    if is_hundred and isinstance(other, nodes.Growth):
        return f"{labels.of(other)} in percent"
    return _arithmetic("times")(node, labels)


def _operand(node: exp.Expr, labels: Labels) -> str:
    """Return the name of an operand, in parentheses where the form has them around several."""
    name = labels.of(node)
    is_compound = isinstance(node, exp.Paren) and isinstance(node.this, exp.Binary)
    return f"({name})" if is_compound else name


_LABELS: Mapping[type[exp.Expr], Label] = {
    exp.Count: _count,
    exp.Sum: _sum,
    exp.Case: _case,
    exp.Subquery: lambda node, labels: f"({labels.query(node)})",
    exp.Avg: _of("average {}"),
    exp.Min: _extreme("lowest", "earliest"),
    exp.Max: _extreme("highest", "latest"),
    exp.Round: _of("{}"),
    exp.Cast: _of("{}"),
    exp.Length: _of("length of {}"),
    exp.Lower: _of("{}"),
    exp.Upper: _of("{}"),
    exp.CurrentDate: lambda node, labels: "today",
    exp.DPipe: lambda node, labels: " ".join(
        labels.of(part) for part in node.flatten() if not isinstance(part, exp.Literal)
    ),
    exp.Add: _arithmetic("plus"),
    exp.Sub: _arithmetic("minus"),
    exp.Mul: _product,
    exp.Div: _ratio,
    exp.IntDiv: _ratio,
    nodes.CountWhere: _count_where,
    nodes.SumWhere: _sum_where,
    nodes.AverageWhere: _average_where,
    nodes.Middle: _of("median {}"),
    nodes.Percentile: _percentile,
    nodes.Share: _share("share"),
    nodes.Percent: _share("percentage"),
    nodes.Per: _per,
    nodes.Previous: _of("{} of the period before"),
    nodes.SeriesChange: _of("change of {}"),
    nodes.Ratio: _of("{} relative to the period before"),
    nodes.Growth: _growth,
    nodes.Running: _of("running total of {}"),
    nodes.Moving: _moving,
    nodes.DatePart: _part_of_date,
    nodes.Trunc: _part_of_date,
    nodes.StoredDate: _of("{}"),
    nodes.DateText: _text_of_date,
    nodes.Elapsed: _elapsed,
    nodes.Bucket: lambda node, labels: f"{labels.of(node.this)} by {node.expression.name}",
    nodes.Bands: _of("band of {}"),
    nodes.TextPart: lambda node, labels: f"part {node.text('place')} of {labels.of(node.this)}",
}
"""Class -> how it is called."""
