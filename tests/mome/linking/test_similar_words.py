"""Words that mean nearly the same as a part of a name: they find its table where nothing else does,
and nothing more.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import torch
from torch import Tensor

from mome.linking.similar_words import Meanings
from mome.linking.slice import COLUMNS, Linker

PLACES = {
    "customer": (1.0, 0.0),
    "customers": (1.0, 0.1),
    "clients": (0.9, 0.3),
    "street": (0.0, 1.0),
    "zebra": (-1.0, -1.0),
}


def embed(words: Sequence[str]) -> Tensor:
    """Unit vectors; a word that has no place points away from all that have."""
    return torch.nn.functional.normalize(
        torch.tensor([PLACES.get(word, (-1.0, 0.0)) for word in words]), dim=1
    )


def test_the_nearest_words_come_first_as_stems() -> None:
    found = Meanings(embed, ["zebra", "customers", "street"]).like("clients")
    assert [word for word, _ in found] == ["custom"] and 0.9 < found[0][1] <= 1.0
    assert Meanings(embed, []).like("clients") == ()


def test_the_model_is_free_once_the_words_are_gone() -> None:
    """At once, without a garbage collection: it takes over a hundred MB."""
    meanings = Meanings(embed, ["customers"])
    assert meanings.like("clients")
    left = weakref.ref(meanings)
    del meanings
    assert left() is None


def test_a_word_of_no_name_finds_the_table_that_it_means(make_catalog, make_table) -> None:
    others = [make_table(f"t{i}", "a text") for i in range(2 * len(COLUMNS))]
    catalog = make_catalog(*others, make_table("customers", "street text"))
    question = "How many clients are there?"
    assert "customers" not in {entry.table.name for entry in Linker(catalog).slice(question).tables}
    assert "customers" in {
        entry.table.name for entry in Linker(catalog).with_meanings(embed).slice(question).tables
    }


def test_a_word_that_names_or_is_stored_means_only_itself(make_catalog, make_table) -> None:
    tables = [make_table("clients", "a text"), make_table("customers", "street text")]
    linker = Linker(
        make_catalog(*tables), [("customers", "street", ["Clients Road"])]
    ).with_meanings(embed)
    plain = Linker(make_catalog(*tables), [("customers", "street", ["Clients Road"])])
    for question in ("How many clients are there?", "Who lives in Clients Road?"):
        assert linker.slice(question) == plain.slice(question)


def test_the_score_is_that_of_what_is_really_named(make_catalog, make_table) -> None:
    linker = Linker(make_catalog(make_table("customers", "street text"))).with_meanings(embed)
    assert linker.slice("How many clients are there?").score == 0.0
