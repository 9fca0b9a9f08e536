"""Held-out texts: nothing of them is learnt, and labels that are held out are held out whole."""

from __future__ import annotations

import random

import pytest

from mome.classify.examples import LabelledText
from mome.classify.folds import MOST, fold_of, shortened


def many(labels: int, texts: int) -> list[LabelledText]:
    return [
        LabelledText(f"label {label} text {text}", f"l{label}", label * texts + text + 1)
        for label in range(labels)
        for text in range(texts)
    ]


def test_a_fifth_of_labels_and_of_texts_is_held_out() -> None:
    examples = many(10, 10)
    fold = fold_of(examples, seed=0)
    strange = {example.label for example in fold.strange}
    assert (len(strange), len(fold.strange)) == (2, 20)
    assert strange.isdisjoint({example.label for example in fold.known + fold.asked})
    assert (len(fold.known), len(fold.asked)) == (64, 16)
    assert {*fold.known, *fold.asked, *fold.strange} == set(examples)
    assert fold_of(examples, seed=0) == fold
    assert fold_of(examples, seed=1) != fold


def test_few_labels_are_all_known_and_lone_texts_are_shortened() -> None:
    examples = many(4, 2)
    fold = fold_of(examples, seed=0)
    assert (fold.strange, set(fold.known)) == ((), set(examples))
    assert len(fold.asked) == 8
    assert all(len(example.text.split()) == 3 for example in fold.asked)


def test_texts_of_no_label_are_never_strangers() -> None:
    examples = [*many(10, 3), *(LabelledText(f"none {n}", "", n) for n in range(5))]
    for seed in range(5):
        fold = fold_of(examples, seed=seed)
        assert all(example.label for example in fold.strange)
        assert any(not example.label for example in fold.known)


def test_no_more_are_held_out_than_are_asked() -> None:
    fold = fold_of(many(10, 2000), seed=0)
    assert (len(fold.asked), len(fold.strange)) == (MOST, MOST)


@pytest.mark.parametrize(("words", "kept"), [("one", 1), ("one two", 2), ("a b c d e f g h", 6)])
def test_a_shortened_text_keeps_the_order_of_its_words(words: str, kept: int) -> None:
    short = shortened(LabelledText(words, "a", 1), random.Random(0))
    left = short.text.split()
    assert len(left) == kept and sorted(left, key=words.split().index) == left
    assert (short.label, short.row) == ("a", 1)
