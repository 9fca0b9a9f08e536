"""What a query says and its question does not: a number, a label, a second condition on one value,
another count, rows of which nobody speaks.

`candidates` ranks a query lower for each, lowers the confidence of the answer, and shows the
sentences as notes. On 1,500 gold queries of Spider's training questions the rules find something in
3, and all of those hold a number that their question does not say; of 2,500, 2 hold a value that
theirs does not say (`US` for United States was one).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from mome.answering.conditions import Comparison
from mome.answering.unasked_values import VALUE_RULES
from mome.answering.written import Written
from mome.catalog import Catalog, Table
from mome.linking.demands import demands
from mome.linking.names import all_stems, name_stems, stem
from mome.linking.values import ValueIndex
from mome.sql_tree import tables_in


def unasked(
    question: str,
    tree: exp.Expr,
    catalog: Catalog,
    values: ValueIndex | None = None,
    learned: frozenset[str] = frozenset(),
    names: frozenset[str] = frozenset(),
) -> list[str]:
    """Return a sentence for each part of the query of which the question says nothing.

    `learned`: what people's own queries hold, as the function of that name returns it.
    `names`: stems of all words in the catalog's names.
    """
    written = Written(question, tree, catalog, values, learned, names)
    found = [part for rule in RULES for part in rule(written)]
    return [f"the question says nothing of {part}" for part in dict.fromkeys(found)]


# `Trains by colour` and `the distribution of colours` count, `sorted by` does not.
_COUNTED = re.compile(
    r"\b(?:how (?:many|much|often)|numbers?|counts?|counted|totals?|amounts?|quantit\w+|times"
    r"|frequen\w+|often|common|popul\w+|size|many|most|few\w*|least|sum|volume|percent\w*|shares?"
    r"|tally|occur\w*|average|mean|fraction|ratio|per|no|each|every|distribution"
    r"|(?<!order )(?<!ordered )(?<!sort )(?<!sorted )by)\b|#"
)


def _counts(written: Written) -> Iterator[str]:
    """Find counts beside other columns where the question does not count, and a second count of
    the same rows where it counts once.
    """
    for select in written.tree.find_all(exp.Select):
        counts = [node for node in _shown(select) if _is_plain_count(node)]
        if counts and len(select.expressions) > 1 and not written.says(_COUNTED):
            yield "a count"
        times = len(_COUNTED.findall(written.question.lower()))
        if len(counts) > 1 and times < 2:
            yield "a second count"


def _shown(select: exp.Select) -> list[exp.Expr]:
    return [projection.unalias() for projection in select.expressions]


def _is_plain_count(node: exp.Expr) -> bool:
    """Return whether a node counts rows, not values or rows that meet a condition."""
    return isinstance(node, exp.Count) and isinstance(node.this, (exp.Star, exp.Column))


# `A discount of 10 percent` asks for no share.
_SHARE = re.compile(
    r"(?<!\d )percent|(?<!\d)%|\b(?:shares?|ratios?|rates?|proportions?|fractions?|portion|average"
    r"|avg|mean|per|each|every|divid\w+|relative|compar\w+|grow\w*|grew|chang\w+|split|likely)\b"
)


def _shares(written: Written) -> Iterator[str]:
    """Find the quotient of two counts where the question asks for no share."""
    for node in written.tree.find_all(exp.Div):
        is_count = all(side.find(exp.Count, exp.CountIf) for side in (node.this, node.expression))
        if is_count and not written.says(_SHARE):
            yield "a share"


_AVERAGE = re.compile(
    r"\b(?:averages?|averaged|avg|means?|typical\w*|per|each|every|usual\w*|expected|normal\w*"
    r"|in general|overall|generally|rates?|ratios?|compar\w+|than|by|trend|deviat\w+|how \w+)\b"
)


def _averages(written: Written) -> Iterator[str]:
    """Find a mean that is shown where the question asks for none."""
    for select in written.tree.find_all(exp.Select):
        shown = any(node.find(exp.Avg) for node in _shown(select))
        if shown and not written.says(_AVERAGE):
            yield "an average"


_ONE_COUNT = re.compile(
    r"(?:how many|(?:(?:what is|give|find|show|return|count|produce) )?(?:me )?(?:the |a )?"
    r"(?:total )?(?:number|count) of)\b"
)
_PARTS = re.compile(
    r"\b(?:each|every|per|by|for|and|all|any|with|across|along|together|next|also|different|various"
    r"|among|over (?:all|the)|split|broken|distribution|respectively)\b|,"
)


def _beside_one_count(written: Written) -> Iterator[str]:
    """Find what is shown beside a count that is all that the question asks for."""
    if not _ONE_COUNT.match(written.question.lower()) or written.says(_PARTS):
        return
    if isinstance(written.tree, exp.Select) and len(written.tree.expressions) > 1:
        yield "more than a count"


_OTHER_ROWS = re.compile(
    r"\b(?:previous\w*|before|prior|last|preceding|precede\w*|earlier|change\w*|differ\w*|grow\w*"
    r"|grew|compar\w*|than|over|next|after|follow\w*|later|increas\w*|decreas\w*|delta|trend|gap"
    r"|between|rise|rose|fall|fell|against|one|develop\w*|since)\b"
)


def _row_before(written: Written) -> Iterator[str]:
    """Find LAG and LEAD where the question speaks of no row before or after another."""
    if written.tree.find(exp.Lag, exp.Lead) and not written.says(_OTHER_ROWS):
        yield "the row before"


def _self_joins(written: Written) -> Iterator[tuple[exp.Select, Table, frozenset[str]]]:
    """Yield each query that joins a table to itself, with the stems of the keys' names."""
    for select in written.tree.find_all(exp.Select):
        tables = [table for _, table in tables_in(select, written.catalog)]
        for table in {table.key: table for table in tables if tables.count(table) > 1}.values():
            keys = [key for key in table.foreign_keys if key.ref_table == table.key]
            names = [name for key in keys for name in key.columns]
            if names:
                yield select, table, frozenset().union(*map(name_stems, names))


def _role_values(written: Written) -> Iterator[str]:
    """Find a condition on a text that names the role of a row: `role = 'Manager'` beside a join
    over manager_id.
    """
    for select, _, roles in _self_joins(written):
        for comparison in _within(written, select):
            for text in comparison.texts:
                words = all_stems([text.strip("%")])
                if words and words <= roles:
                    yield f"{text!r} as a value"


_ROLES = frozenset(
    map(
        stem,
        "manager boss supervisor superior subordinate report works leader leads chief head mentor "
        "coach trainer trains deputy represents parent child children predecessor successor "
        "supervises manages oversees replaced succeeded prerequisite dependent subsidiary "
        "hierarchy same another other themselves himself herself itself".split(),
    )
)
_SHORTEST_NAME = 4
"""Letters of a word that is looked for within a key's name, such as `recommend`."""


def _own_rows(written: Written) -> Iterator[str]:
    """Find a join of a table to itself over a key of which the question says nothing."""
    if written.stems & _ROLES:
        return
    words = [word for word in written.stems if len(word) >= _SHORTEST_NAME]
    for select, table, roles in _self_joins(written):
        # `The employees of Anna` names a row, and no key.
        texts = [text for comparison in _within(written, select) for text in comparison.texts]
        if not texts and not any(word in role for word in words for role in roles):
            yield f"other rows of {table.key}"


def _within(written: Written, select: exp.Select) -> list[Comparison]:
    """Return the comparisons of a query itself, without those of the queries in it."""
    return [found for found in written.comparisons if found.node.parent_select is select]


# `Only`, `all`, `unpaid` and `other` negate too.
_NEGATING = re.compile(
    r"\b(?:only|all|every|each|but|un\w+|in\w+able|free|zero|0|differ\w*|exclud\w*|remain\w*"
    r"|still|fail\w*|exclusive\w*|unless|outside|rather|instead|minus|except\w*|avoid\w*|absent"
    r"|empty|null|single|other\w*|sole\w*)\b"
)


def _negations(written: Written) -> Iterator[str]:
    """Find rows that may not be there though nothing is negated."""
    if demands(written.question).negated or written.says(_NEGATING):
        return
    for node in written.tree.find_all(exp.Exists, exp.In):
        is_query = isinstance(node, exp.Exists) or node.args.get("query") is not None
        if is_query and isinstance(node.parent, exp.Not):
            yield "rows that may not be there"
    if written.tree.find(exp.Except):
        yield "rows that are taken away"


RULES = (
    *VALUE_RULES,
    _counts,
    _shares,
    _averages,
    _beside_one_count,
    _row_before,
    _role_values,
    _own_rows,
    _negations,
)
"""Each yields what the question does not ask for."""
