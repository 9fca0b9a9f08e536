"""The grammar over a real vocabulary and slice: it accepts what the form encodes, and masks all
else while decoding.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from mome.backbones.bundled import grammar as module
from mome.backbones.bundled.grammar import Grammar, classes
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import CLOSE, END, NONE, PAD, RAW, START, OutputVocabulary
from mome.errors import NotExpressible

QUESTION = "names of pop singers from France or united states older than twenty or 41.5 in 1,999"


@pytest.fixture(scope="module")
def form(linker) -> PointerForm:
    return PointerForm(linker.catalog, linker.slice(QUESTION), linker.graph)


def accepts(vocabulary: OutputVocabulary, form: PointerForm, ids: list[int]) -> bool:
    """Whether the grammar lets an answer through where the encoder read every item."""
    return module.accepts(vocabulary, form, [1] * len(form.slice.items), ids)


ENCODED = [
    "SELECT name FROM singer",
    (
        "SELECT DISTINCT T1.name, T2.title FROM singer AS T1 JOIN song AS T2 ON T1.id = "
        "T2.singer_id "
        "WHERE T2.genre = 'pop' AND T1.age > 20"
    ),
    "SELECT COUNT(*) FROM singer JOIN song ON singer.id = song.singer_id",
    "SELECT singer.name FROM singer JOIN stadium ON singer.name = stadium.name",
    "SELECT singer.* FROM singer",
    (
        "SELECT country, COUNT(*), AVG(age) FROM singer GROUP BY country HAVING COUNT(*) > 1 "
        "ORDER BY "
        "COUNT(*) DESC, country LIMIT 3"
    ),
    (
        "SELECT name FROM singer WHERE country LIKE '%nit%' OR NOT name LIKE 'a%' OR country IN "
        "('France', 'x') OR age BETWEEN 1 AND 41.5"
    ),
    (
        "SELECT name FROM singer WHERE age > (SELECT AVG(age) FROM singer) AND id NOT IN (SELECT "
        "singer_id FROM song)"
    ),
    "SELECT name FROM singer WHERE EXISTS (SELECT 1 FROM song WHERE genre = 'pop')",
    "SELECT name FROM singer INTERSECT SELECT name FROM stadium WHERE capacity > 2000",
    (
        "SELECT CAST(SUM(CASE WHEN country = 'France' THEN 1 ELSE 0 END) AS REAL) * 100 / COUNT(*) "
        "FROM singer"
    ),
    "SELECT SUM(IIF(country = 'France', 1, 0)) FROM singer",
    "SELECT strftime('%Y', held) FROM concert",
    (
        "SELECT SUBSTR(name, 1, 3), ROUND(age, 2), COALESCE(age, 0), UPPER(name) || LOWER(country) "
        "FROM singer WHERE name IS NOT NULL"
    ),
    "SELECT name FROM singer ORDER BY age DESC LIMIT 1 OFFSET 2",
    "SELECT MAX(capacity) - MIN(capacity) FROM stadium",
    "SELECT name FROM singer WHERE name = '' OR name = 'it''s'",
]


@pytest.mark.parametrize("sql", ENCODED)
def test_what_the_form_encodes_is_accepted(
    vocabulary: OutputVocabulary, form: PointerForm, sql: str
) -> None:
    assert accepts(vocabulary, form, vocabulary.encode(sql, form))


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "mysql"])
def test_other_dialects_order_nulls_and_extract_parts_of_dates(
    make_linker, vocabulary: OutputVocabulary, dialect: str
) -> None:
    linker = make_linker(dialect)
    form = PointerForm(linker.catalog, linker.slice(QUESTION), linker.graph)
    statements = [
        "SELECT name FROM singer WHERE name IS NOT NULL ORDER BY age DESC",
        "SELECT name FROM singer ORDER BY age LIMIT 3",
    ]
    for sql in [
        *statements,
        "SELECT EXTRACT(YEAR FROM held) FROM concert",
        "SELECT SUM(age) / COUNT(*) FROM singer",
    ]:
        assert accepts(vocabulary, form, vocabulary.encode(sql, form)), sql


def test_spelled_answers_and_none_are_accepted(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    assert accepts(vocabulary, form, vocabulary.encode_raw("SELECT anything at all -- \N{SNOWMAN}"))
    assert accepts(vocabulary, form, [NONE, END]) and not accepts(vocabulary, form, [NONE, PAD])


def test_changed_answers_are_refused(vocabulary: OutputVocabulary, form: PointerForm) -> None:
    good = vocabulary.encode("SELECT AVG(age) FROM singer WHERE country = 'France'", form)
    table = vocabulary.size + next(
        i for i, item in enumerate(form.slice.items) if item.kind == "table"
    )
    text = vocabulary.size + next(
        i
        for i, item in enumerate(form.slice.items)
        if item.name == "singer.name" and item.kind == "column"
    )
    where = vocabulary.names.index("WHERE")
    age = next(i for i, token in enumerate(good) if token >= vocabulary.size)
    assert accepts(vocabulary, form, good)
    assert not accepts(vocabulary, form, [*good[:age], text, *good[age + 1 :]])
    at = good.index(where) + 1
    assert not accepts(vocabulary, form, [*good[:at], table, *good[at + 1 :]])
    assert not accepts(
        vocabulary, form, [token for token in good if vocabulary.names[token : token + 1] != (")",)]
    )
    assert not accepts(vocabulary, form, good[1:]) and not accepts(
        vocabulary, form, [vocabulary.size + 900]
    )


def test_what_the_encoder_did_not_read_cannot_be_pointed_at(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    places = [5] * len(form.slice.items)
    places[3] = -1
    found = classes(vocabulary, form, places[:-1])
    assert {vocabulary.size + 3, vocabulary.size + len(places) - 1}.isdisjoint(
        found
    ) and vocabulary.size + 4 in found
    assert START not in found and found[END] == ("</s>",)
    ids = vocabulary.encode("SELECT name FROM singer", form)
    assert module.accepts(vocabulary, form, [1] * len(places), ids) and not module.accepts(
        vocabulary, form, [-1] * len(places), ids
    )


def step(grammar: Grammar, rows: list[list[int]], width: int) -> list[set[int]]:
    """The tokens that each row may go on with."""
    scores = grammar(torch.tensor(rows), torch.zeros(len(rows), width))
    return [set(row.isfinite().nonzero().squeeze(1).tolist()) for row in scores]


def test_the_mask_follows_each_beam_of_each_prompt(vocabulary: OutputVocabulary, linker) -> None:
    forms = [
        PointerForm(linker.catalog, linker.slice(question), linker.graph)
        for question in ("singers", QUESTION)
    ]
    most = max(len(form.slice.items) for form in forms)
    positions = torch.tensor(
        [[1] * len(f.slice.items) + [-1] * (most - len(f.slice.items)) for f in forms]
    )
    grammar = Grammar(vocabulary, forms, positions, 2)
    select, count = vocabulary.names.index("SELECT"), vocabulary.names.index("COUNT(*)")
    width = vocabulary.size + 192
    rows = [[START, select], [START, NONE], [START, select], [START, RAW]]
    found = step(grammar, rows, width)
    assert count in found[0] and END not in found[0] and found[1] == {END}
    assert max(found[0]) == vocabulary.size + len(forms[0].slice.items) - 1 < max(found[2])
    assert found[3] >= {END, select, *range(vocabulary.first_piece, vocabulary.size)} and found[
        3
    ].isdisjoint({NONE, RAW, PAD})
    assert step(grammar, [[*row, END] for row in rows], width)[1] == {PAD}


def test_a_beam_of_no_probability_is_over_and_harms_nobody(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    grammar = Grammar(
        vocabulary, [form], torch.ones(1, len(form.slice.items), dtype=torch.int64), 3
    )
    wrong = vocabulary.names.index(")")
    found = step(
        grammar,
        [[START, wrong], [START, vocabulary.size + 190], [START, START]],
        vocabulary.size + 192,
    )
    assert found == [{PAD}] * 3


def test_a_beam_without_hope_ends(vocabulary: OutputVocabulary, form: PointerForm) -> None:
    positions = torch.ones(1, len(form.slice.items), dtype=torch.int64)
    grammar = Grammar(vocabulary, [form], positions, 2)
    select = vocabulary.names.index("SELECT")
    scores = torch.zeros(2, vocabulary.size + 192)
    scores[:, select] = torch.tensor([-1.0, module.HOPELESS - 1])
    grammar(torch.tensor([[START], [START]]), scores[:1].expand(2, -1))
    assert END not in step(grammar, [[START, select]] * 2, vocabulary.size + 192)[0]
    grammar(torch.tensor([[START], [START]]), scores[1:].expand(2, -1))
    assert step(grammar, [[START, select]] * 2, vocabulary.size + 192) == [{END}, {END}]


def test_random_answers_under_the_grammar_are_sql_or_not_expressible(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    rng = random.Random(0)
    grammar = Grammar(
        vocabulary, [form], torch.ones(1, len(form.slice.items), dtype=torch.int64), 1
    )
    decoded = 0
    for _ in range(60):
        ids = [START]
        while ids[-1] != END and len(ids) < 60:
            choices = step(grammar, [ids], vocabulary.size + 192)[0] - {RAW, NONE}
            ending = choices & {END, CLOSE, vocabulary.names.index(")")}
            words = [
                token for token in choices if not vocabulary.first_piece <= token < vocabulary.size
            ]
            ids.append(rng.choice(sorted(ending if ending and len(ids) > 12 else words or choices)))
        opened, closed = (ids.count(vocabulary.names.index(name)) for name in "()")
        # An answer is cut off at 60 tokens, or where nothing can follow within parentheses.
        is_whole = ids[-1] == END and opened == closed
        try:
            assert vocabulary.decode(ids, form).startswith(("SELECT", "(")) or not is_whole
            decoded += 1
        except NotExpressible as error:
            assert "does not parse" not in str(error) or not is_whole, vocabulary.text(
                ids[1:-1], form
            )
    assert decoded > 10


def test_a_catalog_without_numbers_leaves_sums_something(
    make_table, make_catalog, whole_form, vocabulary: OutputVocabulary
) -> None:
    form = whole_form(make_catalog(make_table("t", "a text")))
    form = PointerForm(form.catalog, replace(form.slice, question="all"), form.graph)
    grammar = Grammar(vocabulary, [form], torch.ones(1, 2, dtype=torch.int64), 1)
    ids = [START, *(vocabulary.names.index(name) for name in ("SELECT", "SUM", "("))]
    found = step(grammar, [ids], vocabulary.size + 192)[0]
    assert found and vocabulary.size + 1 not in found
