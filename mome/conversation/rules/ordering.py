"""Order and first rows: `sort by name`, `the other way round`, `the top 3`, `the second one`."""

from __future__ import annotations

import re
from operator import itemgetter

from sqlglot import exp

from mome.conversation.clauses import (
    aggregates,
    is_aggregate,
    limited,
    ordered_by,
    sorted_by,
    turned,
)
from mome.conversation.rules.periods import day_column
from mome.conversation.rules.words import (
    ASCENDING,
    DESCENDING,
    HIGHEST,
    LOWEST,
    explains,
    figures_and_columns,
    places,
    texts,
)
from mome.conversation.scene import FollowUp, Mention
from mome.forms.nodes import FormColumn, form_column

_SORTS = re.compile(
    r"\b(?:sort(?:ed)?|order(?:ed)?|rank(?:ed)?|arrange[d]?)\b"
    r"|^(?:in )?(?:de|a)scending(?: order)?\b|^by \w.* (?:de|a)scending$"
    rf"|\b(?:{'|'.join([*HIGHEST, *LOWEST])})(?: [\w ]{{1,30}})? first$"
    r"|\b(?:highest to lowest|lowest to highest|high to low|low to high)\b",
    re.IGNORECASE,
)
_TURNS = re.compile(
    r"\b(?:other way (?:a?round)|reverse[d]?|opposite (?:order|direction)|backwards|flip"
    r"|from (?:the )?(?:highest|largest|top|lowest|smallest) to)\b",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}
AGED = frozenset("oldest youngest".split())
DATED = frozenset("latest newest earliest".split())
_SORTING = (
    "sort sorted order ordered rank ranked arrange arranged by way round around other based "
    "according to from first last"
).split()
_DOWN = DESCENDING | HIGHEST | {"high"}
_UP = ASCENDING | LOWEST | {"low"}
_PICKING = "rank ranked only just first last top bottom second third fourth fifth".split()


def turn_order(scene: FollowUp) -> exp.Query | None:
    """Order the other way round."""
    order = scene.tree.args.get("order")
    words = [*_SORTING, "reverse", "reversed", "opposite", "direction", "backwards", "flip"]
    said = texts(scene)
    if order is None or not explains(scene, (), [*words, *_DOWN, *_UP]):
        return None
    wanted = _direction(said)
    if _TURNS.search(scene.cues.text) is None and wanted is None:
        return None
    tree = scene.tree.copy()
    if _TURNS.search(scene.cues.text):
        tree.set("order", turned(order))
        return tree
    entries = [sorted_by(entry.this, descending=bool(wanted)) for entry in order.expressions]
    tree.set("order", exp.Order(expressions=entries))
    return tree


def sort_rows(scene: FollowUp) -> exp.Query | None:
    """Order by the columns that are named, or by the only figure."""
    if _SORTS.search(scene.cues.text) is None:
        return None
    named, mentions = figures_and_columns(scene)
    used = places([*named, *mentions])
    measure = _measure(scene)
    figures = "count number total amount figure sum average".split() if measure else []
    if not explains(scene, used, [*_SORTING, *_DOWN, *_UP, *figures]):
        return None
    columns = [(mention.first, _shown_as(scene, mention)) for mention in mentions]
    said = sorted([*columns, *((one.first, one.node) for one in named)], key=itemgetter(0))
    keys = [key for _, key in said] or _implied(scene, texts(scene)) or measure
    if not keys or (scene.select is not None and _is_one_row(scene.select)):
        return None
    descending = bool(_direction(texts(scene)))
    tree = scene.tree.copy()
    entries = [sorted_by(key, descending=descending) for key in keys]
    tree.set("order", exp.Order(expressions=entries))
    return tree


def _is_one_row(select: exp.Select) -> bool:
    return aggregates(select) and not select.args.get("group")


def _direction(said: list[str]) -> bool | None:
    """Return whether the words want descending order; None if they say none. The first of `from
    highest to lowest` decides.
    """
    ends = (word in _DOWN for word in said if word in _DOWN or word in _UP)
    return next(ends, None)


def _shown_as(scene: FollowUp, mention: Mention) -> exp.Expr:
    """Return the figure over a column if the answer shows one, else the column."""
    for entry in scene.select.expressions if scene.select is not None else ():
        bare = entry.unalias()
        if is_aggregate(bare) and bare.this == mention.node:
            return bare
    return mention.node


def _measure(scene: FollowUp) -> list[exp.Expr]:
    """Return the only figure that a grouped answer shows."""
    shown = [entry.unalias() for entry in scene.select.expressions] if scene.select else []
    figures = [entry for entry in shown if is_aggregate(entry)]
    return figures if len(figures) == 1 and scene.tree.args.get("group") else []


def pick_rows(scene: FollowUp) -> exp.Query | None:
    """Keep the first rows, or one of them."""
    said = texts(scene)
    numbers = {at: word.number for at, word in enumerate(scene.words) if word.number}
    ranks = [_ORDINALS[text] for text in said if text in _ORDINALS]
    named = scene.figures()
    if not explains(scene, {*numbers, *places(named)}, _PICKING) or scene.select is None:
        return None
    if _is_one_row(scene.select):
        return None
    counts = [int(n) for at, n in numbers.items() if n.isdigit() and said[at] != "one"]
    tree = scene.tree.copy()
    is_last = "last" in said or "bottom" in said
    is_named = bool(ranks) or is_last or "top" in said
    if not is_named or len(counts) > 1 or (counts and not counts[0]):
        return None
    if named or not tree.args.get("order"):
        figure = [one.node for one in named] or _measure(scene)
        if is_last and not figure:
            return None
        if figure:
            tree.set("order", ordered_by(figure[0], descending=True))
    order = tree.args.get("order")
    if is_last and order is not None:
        tree.set("order", turned(order))
    tree.set("limit", limited(counts[0] if counts else 1))
    place = ranks[0] if ranks and not counts else 1
    tree.set("offset", exp.Offset(expression=exp.Literal.number(place - 1)) if place > 1 else None)
    return tree


def _implied(scene: FollowUp, said: list[str]) -> list[exp.Expr]:
    """Return the column that `oldest` or `latest` speaks of, if no other one is named."""
    if not AGED.isdisjoint(said):
        place = scene.column_of(["age"])
        return [] if place is None else [form_column(place[0].key, place[1].name)]
    if not DATED.isdisjoint(said):
        column = day_column(scene)
        return [] if column is None else [column]
    return []


def pick_extreme(scene: FollowUp) -> exp.Query | None:
    """Find the row, or the value, that is the highest or the lowest."""
    said, select = texts(scene), scene.select
    is_high, is_low = not HIGHEST.isdisjoint(said), not LOWEST.isdisjoint(said)
    if is_high == is_low or select is None or select.args.get("limit"):
        return None
    ranked, mentions = figures_and_columns(scene)
    used = places([*mentions, *ranked])
    named = [mention.node for mention in mentions]
    if any(column not in select.expressions for column in named):
        return None
    if not explains(scene, used, [*HIGHEST, *LOWEST, "number"]):
        return None
    order = select.args.get("order")
    figures = [one.node for one in ranked] or _measure(scene)
    tree = select.copy()
    keys = figures or ([] if order is None else [order.expressions[0].this])
    # The oldest by age and the latest by date, whatever the rows are ordered by.
    keys = _implied(scene, said) or keys
    if keys:
        tree.set("order", ordered_by(keys[0], descending=is_high))
        tree.set("limit", limited(1))
        # `Which airline has the most` asks for the airline alone.
        tree.set("expressions", named or tree.expressions)
        return tree
    if len(select.expressions) != 1 or not isinstance(select.expressions[0], FormColumn):
        return None
    column = select.expressions[0]
    if not scene.has_extremes(column) or aggregates(select):
        return None
    kind = exp.Max if is_high else exp.Min
    tree.set("expressions", [kind(this=column.copy())])
    for clause in ("distinct", "order"):
        tree.set(clause, None)
    return tree
