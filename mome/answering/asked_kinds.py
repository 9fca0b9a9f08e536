"""What a question asks for by its kind, and a query does not give: a day for `when`, a reason for
`why`, the row of a name that is stored nowhere.

`candidates` ranks such a query lower, and `outcomes` declines it, as for `unmet_phrases`: it is
about other rows or another column, whatever the database. Of the 6,997 gold queries of Spider's
training questions the rules find something in none.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from sqlglot import exp

from mome.answering.conditions import stored_of
from mome.catalog import Catalog
from mome.linking.names import all_stems, name_stems, question_words, stem
from mome.linking.values import ValueIndex

_WHEN = re.compile(
    r"^(?:and |so )?(?:on )?(?:when\b(?! (?:[\w,]+ ){1,12}?how\b)|what (?:date|day)\b)"
)
_DATED = all_stems(
    ["date day time year month quarter week hour minute start end begin began created opened"]
    + ["founded built released since until period season semester birthday dob dt ts"]
)
_WHY = re.compile(r"^(?:and |so )?(?:why|for (?:what|which) reason|what (?:was|is) the reason)\b")
_REASONS = all_stems(
    ["reason rsn cause why note notes comment remark remarks explanation description detail"]
    + ["details motive justification message text feedback"]
)


def unmet_kinds(
    question: str,
    tree: exp.Expr,
    unknown: Collection[str],
    catalog: Catalog,
    values: ValueIndex | None,
) -> list[str]:
    """Return the words of the question whose kind of answer a query does not give.

    `unknown`: words of the question that neither a name nor a stored value says.
    """
    asked = question.lower()
    found = []
    if _WHY.search(asked) and not _reads(tree, _REASONS):
        found.append("why")
    if _WHEN.search(asked) and not _shows_day(tree, catalog, values):
        found.append("when")
    found += _unstored_names(question, tree, unknown)
    return found


def _reads(tree: exp.Expr, words: Collection[str]) -> bool:
    return any(name_stems(node.name) & set(words) for node in tree.find_all(exp.Column))


def _shows_day(tree: exp.Expr, catalog: Catalog, values: ValueIndex | None) -> bool:
    """Return whether a query shows a date, or a column that is named like one."""
    select = tree.find(exp.Select)
    nodes = (
        [] if select is None else [c for e in select.expressions for c in e.find_all(exp.Column)]
    )
    # What a star or a derived table shows is not looked for.
    if not nodes or (select is not None and select.find(exp.Star)):
        return True
    for node in nodes:
        stored = stored_of(node, catalog, values)
        is_dated = stored is None or stored.kind in ("date", "unsorted", "time")
        if is_dated or name_stems(node.name) & _DATED:
            return True
    return False


def _unstored_names(question: str, tree: exp.Expr, unknown: Collection[str]) -> Iterator[str]:
    """Yield names of two capitalised words or more that nothing says, and a query does not hold."""
    strange = {stem(word) for word in unknown}
    # Some engines read a name in double quotes as a text.
    texts = [node.name for node in tree.find_all(exp.Literal, exp.Column)]
    written = all_stems(texts)
    for run in _capitalised(question):
        stems = all_stems(run)
        initials = "".join(word[0] for word in run)
        is_short = any(text.startswith(initials) for text in texts)
        if len(run) > 1 and stems <= strange and not stems & written and not is_short:
            yield " ".join(run)


def _capitalised(question: str) -> Iterator[Sequence[str]]:
    """Yield the runs of capitalised words behind the first word of a question."""
    run: list[str] = []
    for before, word in zip(question_words(question), question_words(question)[1:], strict=False):
        is_name = word.text[:1].isupper() and not word.text.isupper()
        is_first = before.text in ".!?:"
        if is_name and not is_first:
            run.append(word.text)
            continue
        yield run
        run = []
    yield run
