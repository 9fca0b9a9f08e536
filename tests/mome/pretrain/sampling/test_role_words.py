"""Columns of a self reference have words; others have none."""

from __future__ import annotations

from mome.pretrain.sampling.role_words import auxiliary, role_words


def test_a_column_is_known_with_the_noun_of_its_table_too() -> None:
    words = role_words("parent category id")
    assert words is not None
    assert words.of("category", "categories").nouns == ("parent category", "parent")
    assert role_words("musical id") is None


def test_the_auxiliary_has_the_tense_of_the_verb() -> None:
    boss, member = role_words("boss id"), role_words("recommended by")
    assert boss is not None and auxiliary(boss.does[0]) == "does"
    assert member is not None and auxiliary(member.does[0]) == "did"
