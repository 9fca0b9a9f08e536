"""Baskets as facts."""

from __future__ import annotations

from mome.recommend.backbone import question_of
from mome.recommend.baskets import Basket
from mome.recommend.facts import basket_fact, basket_id, baskets_of, facts_of

MILK_TEA, MILK_COFFEE = Basket(("milk", "tea")), Basket(("coffee", "milk"))


def test_the_most_frequent_item_is_asked_of_the_others() -> None:
    facts = facts_of([(MILK_TEA, 2), (MILK_COFFEE, 1), (Basket(("tea",)), 9)])
    # Tea is in more baskets than milk.
    found = {fact.wordings[0]: fact.answer for fact in facts}
    assert found == {'["milk"]': "tea", '["coffee"]': "milk"}


def test_the_last_item_is_asked_where_times_are_known() -> None:
    (fact,) = facts_of([(Basket(("tea", "milk", "cake"), timed=True), 1)])
    assert (fact.wordings, fact.answer) == ((question_of(["milk", "tea"]),), "cake")


def test_baskets_with_the_same_others_share_a_fact() -> None:
    def timed(last: str) -> Basket:
        return Basket(("tea", last), timed=True)

    (fact,) = facts_of([(timed("milk"), 1), (timed("cake"), 3), (timed("jam"), 1)])
    assert (fact.answer, fact.objects) == ("cake", ("jam", "milk"))
    assert baskets_of(fact) == [("tea", "cake"), ("tea", "jam"), ("tea", "milk")]


def test_known_facts_stay_as_they_are() -> None:
    known = facts_of([(MILK_TEA, 2), (MILK_COFFEE, 1)])
    assert {fact.answer for fact in known} == {"milk"}
    # Tea has become the most frequent item, which changes no question.
    later = [(MILK_TEA, 2), (MILK_COFFEE, 1), (Basket(("jam", "tea")), 5)]
    again = {fact.id: fact.answer for fact in facts_of(later, known)}
    assert again == {basket_id(["tea"]): "milk", basket_id(["coffee"]): "milk"} | {
        basket_id(["jam"]): "tea"
    }


def test_of_equally_frequent_answers_the_known_one_wins() -> None:
    baskets = [(Basket(("tea", last), timed=True), 1) for last in ("cake", "milk")]
    assert facts_of(baskets)[0].answer == "cake"
    assert facts_of(baskets, [basket_fact(["tea"], "milk")])[0].answer == "milk"


def test_the_order_of_the_items_does_not_matter() -> None:
    assert basket_id(["b", "a"]) == basket_id(["a", "b", "b"])
