"""Facts keep their id, and of two answers the one in the earlier group is kept."""

from __future__ import annotations

from training_data.facts import combine, make_fact

COUNT = make_fact(
    "count_rows",
    ["How many books are there?", "number of books"],
    "SELECT COUNT(*) FROM book",
    ["book"],
)


def test_the_id_is_short_and_stays() -> None:
    assert COUNT.id == "c1a4db163a931db0"
    assert (
        make_fact("count_rows", ["How many books are there?"], "SELECT COUNT(*) FROM book", []).id
        == COUNT.id
    )
    others = [
        ("verified", "How many books are there?", COUNT.sql),
        ("count_rows", "books", COUNT.sql),
        ("count_rows", COUNT.wordings[0], "x"),
    ]
    assert COUNT.id not in {make_fact(kind, [words], sql, []).id for kind, words, sql in others}


def test_objects_are_sorted_and_each_once() -> None:
    assert make_fact("k", ["w"], "s", ["b.x", "a", "b", "a"]).objects == ("a", "b", "b.x")


def test_combine_lets_the_earlier_group_win() -> None:
    verified = make_fact(
        "verified",
        ["how many BOOKS are there"],
        "SELECT COUNT(*) FROM book WHERE stock > 0",
        ["book"],
    )
    contradicted = make_fact("count_rows", ["How many books are there?"], COUNT.sql, ["book"])
    combined = combine([verified], [COUNT, contradicted, COUNT])
    assert [(fact.kind, fact.wordings) for fact in combined] == [
        ("verified", ("how many BOOKS are there",)),
        ("count_rows", ("number of books",)),
    ]
    assert combined[1].id != COUNT.id


def test_combine_keeps_equal_sql_under_several_words() -> None:
    verified = make_fact("verified", ["How many books are there?"], COUNT.sql, ["book"])
    assert combine([verified], [COUNT]) == [verified, COUNT]
