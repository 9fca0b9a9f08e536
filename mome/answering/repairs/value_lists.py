"""Repair of a condition on one value where the question lists several of its column, as "amusement
parks and water parks". `composed` lists it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from mome.answering.conditions import comparisons
from mome.catalog import Catalog
from mome.linking.names import question_words, says, stem
from mome.linking.values import LONGEST, ValueIndex
from mome.sql_tree import places

_JOINING = frozenset({"and", "or", "&", ","})
_ARTICLES = frozenset({"the", "all", "a", "an"})
MOST_VALUES = 2000
"""Maximum number of a column's values that are compared with the question."""

Stems = tuple[str, ...]


def take_listed_values(
    tree: exp.Expr, question: str, catalog: Catalog, values: ValueIndex
) -> list[str]:
    """Compare with all values of a column that the question lists and the query leaves out."""
    # `In both` asks for what has each of them.
    if says(question, "both"):
        return []
    notes: list[str] = []
    written = {literal.name.lower() for literal in tree.find_all(exp.Literal)}
    said = tuple(stem(word.text) for word in question_words(question))
    for comparison in comparisons(tree, catalog, values):
        if comparison.sign != "=" or len(comparison.texts) != 1:
            continue
        owners = places(comparison.column, catalog)
        if len(owners) != 1:
            continue
        listed = _listed(said, comparison.texts[0], values.of(*owners[0])[:MOST_VALUES])
        if any(text.lower() in written for text in listed[1:]) or len(listed) < 2:
            continue
        texts = list(map(exp.Literal.string, listed))
        comparison.node.replace(exp.In(this=comparison.column.copy(), expressions=texts))
        names = " and ".join(map(repr, listed))
        notes.append(f"{names} were read as values of {'.'.join(owners[0])}")
    return notes


def _listed(said: Stems, text: str, stored: Sequence[str]) -> list[str]:
    """Return a value and those that the question joins to it by "and" or "or"."""
    by_stems = {_stems(value): value for value in stored}
    own = _stems(text)
    if by_stems.get(own) != text:
        return [text]
    found = [text]
    for start in range(len(said)):
        if said[start : start + len(own)] == own:
            found += _after(said, start + len(own), by_stems)
            found += _before(said, start, by_stems)
            break
    return list(dict.fromkeys(found))


def _after(said: Stems, at: int, by_stems: dict[Stems, str]) -> list[str]:
    """Return the values that are joined after a place, in order."""
    found = []
    while at < len(said) and said[at] in _JOINING:
        while at < len(said) and said[at] in _JOINING | _ARTICLES:
            at += 1
        size = next((n for n in range(LONGEST, 0, -1) if said[at : at + n] in by_stems), 0)
        if not size:
            break
        found.append(by_stems[said[at : at + size]])
        at += size
    return found


def _before(said: Stems, at: int, by_stems: dict[Stems, str]) -> list[str]:
    """Return the values that are joined before a place."""
    found = []
    while at > 0 and said[at - 1] in _JOINING | _ARTICLES:
        joined = False
        while at > 0 and said[at - 1] in _JOINING | _ARTICLES:
            joined |= said[at - 1] in _JOINING
            at -= 1
        sizes = (n for n in range(min(LONGEST, at), 0, -1) if said[at - n : at] in by_stems)
        size = next(sizes, 0)
        if not size or not joined:
            break
        found.append(by_stems[said[at - size : at]])
        at -= size
    return found


def _stems(text: str) -> Stems:
    return tuple(stem(word.text) for word in question_words(text))
