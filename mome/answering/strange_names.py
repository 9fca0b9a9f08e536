"""Names of people, places and things in a question that nothing stored is called and that its query
does without: the wage of one person, answered with those of all.

`candidates` ranks such a query lower, and `outcomes` declines a question whose best query is one.
Of the gold queries of Spider's dev split, with its own and with reworded names, none is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlglot import exp

from mome.linking.names import Word, all_stems, question_words, stem
from mome.linking.said_periods import period_spans

# In a title of which most words are capitals, they tell nothing.
MOST_CAPITALS = 0.5


def strange_names(question: str, tree: exp.Expr, unknown: Collection[str]) -> list[str]:
    """Return the names of at least two words that nothing stored says; none if the query compares
    something with a text of its own, which may be such a name in the database's spelling.

    `unknown`: words of the question that neither a name nor a stored value says.
    """
    words = [word for word in question_words(question) if word.text[:1].isalpha()]
    capitals = [word for word in words[1:] if word.text[0].isupper()]
    if len(capitals) > MOST_CAPITALS * len(words) or _has_own_text(question, tree):
        return []
    return list(_names(question, words, {stem(word) for word in unknown}))


def _has_own_text(question: str, tree: exp.Expr) -> bool:
    """Return whether a query holds a text that the question does not say; a format is none."""
    said = all_stems([question])
    for literal in tree.find_all(exp.Literal):
        is_word = literal.is_string and "%" not in literal.name
        if is_word and any(map(str.isalpha, literal.name)) and not all_stems([literal.name]) & said:
            return True
    return False


def _names(question: str, words: Sequence[Word], strange: Collection[str]) -> Iterator[str]:
    dated = period_spans(question)
    found: list[Word] = []
    for word in [*words[1:], Word("", 0, 0)]:
        is_dated = any(first < word.end and word.start < last for first, last in dated)
        if word.text[:1].isupper() and stem(word.text) in strange and not is_dated:
            found.append(word)
            continue
        if len(found) > 1:
            yield question[found[0].start : found[-1].end]
        found = []
