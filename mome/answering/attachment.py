"""What stands beside "A and B" may restrict both, or the one next to it alone: "trainers and
coaches from Rome", "Roman trainers and coaches".

`translator` offers the reading that a query does not have. People read such questions both ways
(AMBROSIA, Saparina and Lapata 2024, arXiv:2406.19073).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlglot import exp

from mome.linking.names import Word, name_stems, question_words, stem

_JOINING = frozenset({"and", "or", "plus", "&"})
APART = 3
"""Maximum number of words between two alternatives, the joining one included."""
_PREPOSITIONS = frozenset("from in of at for by on with to between".split())
"""In front of the alternatives: `suppliers from Japan or Italy with a high rating` are suppliers
with one, from either.
"""
BEFORE = 2
"""Maximum distance in words of a condition before the first alternative: `Spanish-speaking gate
agents` says it directly before, `the Italian and French trainers` does not restrict one word.
"""


def other_attachment(question: str, tree: exp.Expr) -> exp.Expr | None:
    """Return the query in which the conditions hold for one of several alternatives alone, or for
    all of them where `tree` has the former.

    None if the question does not join the alternatives by "and" or "or", or says the conditions
    neither after nor directly before them.
    """
    words = question_words(question)
    if isinstance(tree, exp.Union):
        return _of_branches(words, tree)
    where = tree.args.get("where") if isinstance(tree, exp.Select) else None
    if where is None:
        return None
    other = _narrowed(words, where.this) or _widened(words, where.this)
    if other is None:
        return None
    found = tree.copy()
    found.set("where", exp.Where(this=other))
    return found


def _narrowed(words: Sequence[Word], where: exp.Expr) -> exp.Expr | None:
    """Move the conditions beside `x = A OR x = B` to the alternative next to them."""
    conditions = _parts(where, exp.And)
    for condition in conditions:
        others = [one for one in conditions if one is not condition]
        ordered = _in_order(words, _alternatives(condition))
        nearest = _nearest(words, others, [_texts(one) for one in ordered])
        if nearest is not None:
            restricted = exp.and_(ordered[nearest], *others)
            return exp.or_(*(one for one in ordered if one is not ordered[nearest]), restricted)
    return None


def _widened(words: Sequence[Word], where: exp.Expr) -> exp.Expr | None:
    """Move the conditions of one alternative to all of them."""
    pieces = [_parts(piece, exp.And) for piece in _parts(where, exp.Or)]
    restricted = [piece for piece in pieces if len(piece) > 1]
    if len(pieces) < 2 or len(restricted) != 1:
        return None
    plain = [piece[0] for piece in pieces if len(piece) == 1]
    for condition in restricted[0]:
        others = [one for one in restricted[0] if one is not condition]
        ordered = _in_order(words, [*plain, condition])
        nearest = _nearest(words, others, [_texts(one) for one in ordered])
        if nearest is not None and ordered[nearest] is condition:
            return exp.and_(exp.or_(*ordered), *others)
    return None


def _of_branches(words: Sequence[Word], union: exp.Union) -> exp.Expr | None:
    """Take conditions that both branches have from the one that they do not stand next to."""
    found = union.copy()
    branches = [one for one in (found.this, found.expression) if isinstance(one, exp.Select)]
    if len(branches) != 2 or not all(one.args.get("where") for one in branches):
        return None
    names = [_tables(branch) for branch in branches]
    spans = [_place(words, name) for name in names]
    known = [span for span in spans if span is not None]
    if len(known) != 2:
        return None
    if known[0] > known[1]:
        branches.reverse()
        names.reverse()
    if not _joined(words, sorted(known)):
        return None
    parts = [_parts(branch.args["where"].this, exp.And) for branch in branches]
    shared = set(map(_said, parts[0])) & set(map(_said, parts[1]))
    nearest = _nearest(words, [one for one in parts[0] if _said(one) in shared], names)
    if nearest is None:
        return None
    other = 1 - nearest
    left = [one for one in parts[other] if _said(one) not in shared]
    branches[other].set("where", exp.Where(this=exp.and_(*left)) if left else None)
    return found


def _parts(condition: exp.Expr, kind: type[exp.Connector]) -> list[exp.Expr]:
    """Return what AND or OR ties together, without parentheses."""
    condition = condition.unnest()
    if not isinstance(condition, kind):
        return [condition]
    return [*_parts(condition.left, kind), *_parts(condition.right, kind)]


def _alternatives(condition: exp.Expr) -> list[exp.Expr]:
    """Return the values that a condition allows for one column, as equalities; empty if it is no
    such condition.
    """
    if isinstance(condition, exp.In) and condition.expressions:
        return [exp.EQ(this=condition.this.copy(), expression=one) for one in condition.expressions]
    parts = _parts(condition, exp.Or)
    columns = {part.this for part in parts if isinstance(part, exp.EQ)}
    return parts if len(columns) == 1 and all(isinstance(p, exp.EQ) for p in parts) else []


def _in_order(words: Sequence[Word], alternatives: Sequence[exp.Expr]) -> list[exp.Expr]:
    """Return equalities of one column in the order in which the question joins their values; empty
    if it does not.
    """
    columns = {part.this for part in alternatives if isinstance(part, exp.EQ)}
    placed = [(_place(words, _texts(part)), part) for part in alternatives]
    known = [(place, part) for place, part in placed if place is not None]
    if len(columns) != 1 or len(known) != len(alternatives):
        return []
    known.sort(key=lambda entry: entry[0])
    return [part for _, part in known] if _joined(words, [place for place, _ in known]) else []


def _joined(words: Sequence[Word], spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether "and" or "or" stands before the last of some spans, and little else between
    them.
    """
    for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
        if not 1 <= start - end - 1 <= APART:
            return False
    between = words[spans[-2][1] + 1 : spans[-1][0]] if len(spans) > 1 else ()
    return any(word.text.lower() in _JOINING for word in between)


def _nearest(
    words: Sequence[Word], conditions: Sequence[exp.Expr], alternatives: Sequence[Sequence[str]]
) -> int | None:
    """Return the index of the alternative, in the order of the question, that some conditions stand
    next to; None if they stand neither after the last one nor directly before the first.
    """
    spans = [_place(words, texts) for texts in alternatives]
    places = [_place(words, _texts(one)) for one in conditions]
    if len(spans) < 2 or not places or None in spans or None in places:
        return None
    (start, _), (_, end) = spans[0] or (0, 0), spans[-1] or (0, 0)
    is_phrase = start > 0 and words[start - 1].text.lower() in _PREPOSITIONS
    if not is_phrase and all(place is not None and place[0] > end for place in places):
        return len(spans) - 1
    if all(place is not None and 0 < start - place[1] <= BEFORE for place in places):
        return 0
    return None


def _said(condition: exp.Expr) -> tuple[str, ...]:
    """Return what makes two conditions on columns of different tables the same."""
    columns = (column.name.lower() for column in condition.find_all(exp.Column))
    return (condition.key, *sorted(columns), *sorted(_texts(condition)))


def _texts(condition: exp.Expr) -> tuple[str, ...]:
    return tuple(literal.name for literal in condition.find_all(exp.Literal))


def _stems(word: Word) -> frozenset[str]:
    """Return the stems of a word and of its parts: `Spanish-speaking` says Spanish."""
    return frozenset((stem(word.text), *map(stem, re.split(r"\W+", word.text))))


def _tables(select: exp.Select) -> tuple[str, ...]:
    """Return the name of the table that a query's first column comes from."""
    column = select.expressions[0].find(exp.Column)
    named = {table.alias_or_name: table.name for table in select.find_all(exp.Table)}
    if column is not None and column.table in named:
        return (named[column.table],)
    return tuple(named.values()) if len(named) == 1 else ()


def _place(words: Sequence[Word], texts: Iterable[str]) -> tuple[int, int] | None:
    """Return the first and the last index of the longest run of words that say some texts; None if
    there is none.
    """
    stems: set[str] = set()
    numbers: set[float] = set()
    for text in texts:
        # `GreenRooms` may be one word in a question.
        stems |= name_stems(text) | {stem(text)}
        if re.fullmatch(r"\d+(\.\d+)?", text):
            numbers.add(float(text))
    best: tuple[int, int] | None = None
    start = None
    for index, word in enumerate((*words, None)):
        if word is not None and (_stems(word) & stems or float(word.number or -1) in numbers):
            start = index if start is None else start
        elif start is not None:
            if best is None or index - 1 - start > best[1] - best[0]:
                best = (start, index - 1)
            start = None
    return best
