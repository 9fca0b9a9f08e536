"""Conditions of a form in words: `status is 'paid'`, `placed in May 2024`, `without orders`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from mome.forms import nodes
from mome.forms.words.labels import Labels, as_form
from mome.forms.words.names import ordinal, period

Phrase = Callable[[exp.Expr, Labels], str]


def condition(node: exp.Expr, labels: Labels) -> str:
    """Return a condition in words; its form where there are none."""
    bare = node.unnest() if isinstance(node, exp.Paren) else node
    phrase = _PHRASES.get(type(bare))
    return phrase(bare, labels) if phrase is not None else as_form(bare)


def value(node: exp.Expr, labels: Labels) -> str:
    """Return what something is compared with, texts in quotes."""
    if isinstance(node, exp.Literal):
        return f"'{node.name}'" if node.is_string else node.name
    if isinstance(node, exp.Query):
        return f"({labels.query(node)})"
    return labels.of(node)


def _compared(words: str) -> Phrase:
    return lambda node, labels: f"{labels.of(node.this)} {words} {value(node.expression, labels)}"


def _joined(word: str) -> Phrase:
    def phrase(node: exp.Expr, labels: Labels) -> str:
        parts = []
        for part in node.flatten():
            text = condition(part, labels)
            is_mixed = isinstance(part.unnest(), exp.Connector)
            parts.append(f"({text})" if is_mixed else text)
        return f" {word} ".join(parts)

    return phrase


def _dated(word: str) -> Phrase:
    return lambda node, labels: f"{labels.of(node.this)} {word} {period(node.expression.name)}"


def _during(node: exp.Expr, labels: Labels) -> str:
    name, first = labels.of(node.this), node.expression.name
    last = node.args.get("last")
    if last is not None:
        return f"{name} from {period(first)} to {period(last.name)}"
    is_day = len(first) == len("2024-05-17") and first[0].isdigit()
    if first.startswith("this"):
        return f"{name} {period(first)}"
    return f"{name} {'on' if is_day else 'in'} {period(first)}"


def _in(node: exp.Expr, labels: Labels) -> str:
    query = node.args.get("query")
    if query is not None:
        return f"{labels.of(node.this)} is among ({labels.query(query)})"
    values = ", ".join(value(entry, labels) for entry in node.expressions)
    return f"{labels.of(node.this)} is one of {values}"


def _between(node: exp.Expr, labels: Labels) -> str:
    low, high = value(node.args["low"], labels), value(node.args["high"], labels)
    return f"{labels.of(node.this)} is between {low} and {high}"


def _related(word: str) -> Phrase:
    def phrase(node: exp.Expr, labels: Labels) -> str:
        text = f"{word} {labels.words.table(node.this.name)}"
        where = node.args.get("expression")
        return text if where is None else f"{text} where {condition(where, labels)}"

    return phrase


def _ranked(word: str) -> Phrase:
    def phrase(node: exp.Expr, labels: Labels) -> str:
        number, name = node.this.name, labels.of(node.expression)
        count = "" if number == "1" else f"{number} "
        is_place = isinstance(node, (nodes.Nth, nodes.NthLowest))
        text = f"the {ordinal(number) if is_place else count}{word} {name}"
        groups = [labels.of(group) for group in node.expressions]
        return f"{text} of each {' and '.join(groups)}" if groups else text

    return phrase


_PHRASES: Mapping[type[exp.Expr], Phrase] = {
    exp.And: _joined("and"),
    exp.Or: _joined("or"),
    exp.Not: lambda node, labels: f"not ({condition(node.this, labels)})",
    exp.EQ: _compared("is"),
    exp.NEQ: _compared("is not"),
    exp.GT: _compared("is more than"),
    exp.GTE: _compared("is at least"),
    exp.LT: _compared("is less than"),
    exp.LTE: _compared("is at most"),
    exp.Like: _compared("is like"),
    exp.In: _in,
    exp.Between: _between,
    exp.Exists: lambda node, labels: f"there is any of ({labels.query(node.this)})",
    nodes.During: _during,
    nodes.Since: _dated("since"),
    nodes.Before: _dated("before"),
    nodes.After: _dated("after"),
    nodes.Until: _dated("up to"),
    nodes.Empty: lambda node, labels: f"{labels.of(node.this)} is empty",
    nodes.Filled: lambda node, labels: f"{labels.of(node.this)} is not empty",
    nodes.TextHas: _compared("contains"),
    nodes.TextStarts: _compared("starts with"),
    nodes.TextEnds: _compared("ends with"),
    nodes.Has: _related("with"),
    nodes.HasNo: _related("without"),
    nodes.Every: _related("with nothing but"),
    nodes.Top: _ranked("highest"),
    nodes.Bottom: _ranked("lowest"),
    nodes.Nth: _ranked("highest"),
    nodes.NthLowest: _ranked("lowest"),
}
"""Class -> its words."""
