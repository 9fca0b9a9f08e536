"""Baskets as facts: some items of a basket are the question, and the item that completed it is the
answer.

Of a basket with times the last item is the answer, of others the item that most baskets have: the
rest, which is rarer, then tells the basket from others. Baskets with the same rest share a fact.
Its answer is the item that completed most of them; the others are its `objects`.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mome.memory import MemoryFact
from mome.recommend.backbone import items_asked, question_of
from mome.recommend.baskets import Basket

KIND, LEARNED = "basket", "learned basket"
"""Kinds of facts: of a file, and learned one by one, which every tune keeps."""


def basket_id(items: Sequence[str]) -> str:
    """Return the id of the fact that asks for what completes `items`."""
    return hashlib.blake2s(question_of(items).encode(), digest_size=6).hexdigest()


def basket_fact(
    items: Sequence[str], answer: str, others: Sequence[str] = (), *, learned: bool = False
) -> MemoryFact:
    """Return the fact that `answer`, and less often each of `others`, completed `items`."""
    kind = LEARNED if learned else KIND
    question = question_of(items)
    return MemoryFact(
        basket_id(items), kind, (question,), answer, tuple(others), fitted=not learned
    )


def baskets_of(fact: MemoryFact) -> list[tuple[str, ...]]:
    """Return the baskets that a fact remembers, each with the item that completed it last."""
    items = items_asked(fact.wordings[0])
    return [(*items, answer) for answer in (fact.answer, *fact.objects)]


def facts_of(
    baskets: Sequence[tuple[Basket, int]], known: Iterable[MemoryFact] = ()
) -> list[MemoryFact]:
    """Return the facts of counted baskets. `known` facts stay as they are where they can: a basket
    is asked for in the same way, and of equally frequent answers the known one wins.
    """
    known = list(known)
    before = {tuple(sorted(whole)): whole[-1] for fact in known for whole in baskets_of(fact)}
    first = {fact.id: fact.answer for fact in known}
    frequency: Counter[str] = Counter()
    for basket, count in baskets:
        frequency.update(dict.fromkeys(basket.items, count))
    answers: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for basket, count in baskets:
        if len(basket.items) > 1:
            answer = _answer(basket, frequency, before)
            answers[tuple(item for item in basket.key if item != answer)][answer] += count
    return [_fact(items, counts, first) for items, counts in answers.items()]


def _answer(
    basket: Basket, frequency: Mapping[str, int], before: Mapping[tuple[str, ...], str]
) -> str:
    if basket.timed:
        return basket.items[-1]
    most = max(basket.key, key=lambda item: frequency[item])
    return before.get(basket.key, most)


def _fact(items: tuple[str, ...], counts: Counter[str], first: Mapping[str, str]) -> MemoryFact:
    known = first.get(basket_id(items))
    order = sorted(counts, key=lambda item: (-counts[item], item != known, item))
    return basket_fact(items, order[0], order[1:])
