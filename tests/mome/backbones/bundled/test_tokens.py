"""Token ids of answers: pointers, numbers, strings, spelled text; there and back."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mome.backbones.bundled.form_tokens import WORDS, join_form, split_form
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.tokens import (
    CLOSE,
    END,
    NONE,
    NUMBER,
    PAD,
    QUOTES,
    RAW,
    SPECIALS,
    START,
    OutputVocabulary,
)
from mome.errors import NotExpressible
from mome.linking.slice import Linker

QUESTION = "names of pop singers from France or united states older than twenty or 41.5 in 1,999"


@pytest.fixture(scope="module")
def form(linker: Linker) -> PointerForm:
    return PointerForm(linker.catalog, linker.slice(QUESTION), linker.graph)


def test_the_vocabulary_is_the_one_that_shipped_weights_were_trained_on() -> None:
    names = "\n".join((*SPECIALS, *QUOTES, *WORDS))
    assert (
        hashlib.sha256(names.encode()).hexdigest()
        == "682c48a6f30cf5e475af1c3b3b81e850a2ef8bf97c6eb11e1f32194fabad47d6"
    )
    assert len(set(WORDS)) == len(WORDS)


def test_ids_are_specials_quotes_words_pieces_then_pointers(vocabulary: OutputVocabulary) -> None:
    assert vocabulary.names[:7] == SPECIALS and [PAD, START, END, RAW, CLOSE, NUMBER, NONE] == list(
        range(7)
    )
    assert vocabulary.size == vocabulary.first_piece + vocabulary.pieces.get_vocab_size()
    assert all(
        vocabulary.first_piece <= token < vocabulary.size
        for token in vocabulary.spell("SELECT 'ü'")
    )


SAME = [
    "SELECT name FROM singer",
    "SELECT name FROM singer WHERE country = 'France'",
    "SELECT name FROM singer WHERE country LIKE '%France%'",
    "SELECT name FROM singer WHERE name LIKE 'united%' OR name LIKE '%states'",
    (
        "SELECT name FROM singer WHERE name LIKE '%a_b' OR name LIKE 'a%b%' OR name = '%' "
        "OR name = "
        "'' OR name LIKE '%%'"
    ),
    (
        "SELECT name FROM singer WHERE name = 'it''s' OR name = 'older than' OR name = 'wholly "
        "unknown \N{SNOWMAN} .* text'"
    ),
    (
        "SELECT name FROM singer WHERE age > 20 AND age < 41.5 AND age <> 1999 OR age = 77 "
        "OR age <= 2.25 AND age >= 0"
    ),
    (
        "SELECT singer.name FROM singer JOIN song ON singer.id = song.singer_id WHERE "
        "song.genre = 'pop'"
    ),
    (
        "SELECT COUNT(*), COUNT(DISTINCT name), country FROM singer GROUP BY country HAVING "
        "COUNT(*) "
        "> 2 ORDER BY COUNT(*) DESC LIMIT 1"
    ),
    "SELECT * FROM singer",
    "SELECT name FROM singer UNION SELECT name FROM stadium",
    "SELECT CAST(SUM(age) * 100 AS REAL) / COUNT(*) FROM singer",
]


@pytest.mark.parametrize("sql", SAME)
def test_sql_comes_back_as_it_was(
    vocabulary: OutputVocabulary, form: PointerForm, sql: str
) -> None:
    ids = vocabulary.encode(sql, form)
    assert ids[-1] == END and END not in ids[:-1] and START not in ids and PAD not in ids
    assert vocabulary.decode([START, *ids, PAD, PAD], form) == sql


def shown(vocabulary: OutputVocabulary, form: PointerForm, sql: str) -> list[str]:
    """Ids as their names; pointers as what they point at."""

    def show(token: int) -> str:
        if token < vocabulary.size:
            return vocabulary.names[token] if token < vocabulary.first_piece else "piece"
        item = form.slice.items[token - vocabulary.size]
        return item.text or item.name

    return [show(token) for token in vocabulary.encode(sql, form)]


def test_values_and_phrases_of_the_question_are_pointed_at(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    sql = (
        "SELECT name FROM singer WHERE country = 'France' AND name = 'older than' AND age = 20 "
        "AND id = 1 AND id = 9"
    )
    tokens = shown(vocabulary, form, sql)
    where = tokens[tokens.index("WHERE") :]
    assert where == [
        "WHERE",
        "singer.country",
        "=",
        "France",
        "AND",
        "singer.name",
        "=",
        "'",
        "older",
        "than",
        "AND",
        "singer.age",
        "=",
        "twenty",
        "AND",
        "singer.id",
        "=",
        "1",
        "AND",
        "singer.id",
        "=",
        "<number>",
        "piece",
        "<close>",
        "</s>",
    ]


def test_a_value_that_several_columns_store_is_that_of_the_column_before(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    for table, column in (("singer", "country"), ("stadium", "city")):
        ids = vocabulary.encode(f"SELECT id FROM {table} WHERE {column} = 'france'", form)
        pointed = [form.slice.items[i - vocabulary.size] for i in ids if i >= vocabulary.size]
        assert pointed[-1].kind == "value" and pointed[-1].name == f"{table}.{column}"


def test_a_number_is_no_pointer_to_a_stored_text(
    make_table, make_catalog, vocabulary: OutputVocabulary
) -> None:
    linker = Linker(
        make_catalog(make_table("t", "code text, n integer")), [("t", "code", ["77", "Us", "US"])]
    )
    form = PointerForm(linker.catalog, linker.slice("code 77 us"), linker.graph)
    for condition in ("n = 77", "code = '77'", "code = 'US'", "code = 'Us'"):
        sql = f"SELECT n FROM t WHERE {condition}"
        assert vocabulary.decode(vocabulary.encode(sql, form), form) == sql


def test_what_has_no_word_is_not_expressible(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    for sql in (
        "SELECT HEX(name) FROM singer",
        "SELECT name FROM singer WHERE age = 1e5",
        "SELECT name COLLATE NOCASE FROM singer",
    ):
        with pytest.raises(NotExpressible):
            vocabulary.encode(sql, form)


@given(text=st.text())
def test_any_string_can_be_spelled(
    vocabulary: OutputVocabulary, form: PointerForm, text: str
) -> None:
    ids = vocabulary.encode_raw(text)
    assert ids[0] == RAW and ids[-1] == END and vocabulary.decode(ids, form) == text
    assert vocabulary.decode([*ids, PAD], form) == text


@given(text=st.text())
def test_any_string_can_be_a_literal(
    vocabulary: OutputVocabulary, form: PointerForm, text: str
) -> None:
    sql = "SELECT name FROM singer WHERE name = '{}'".format(text.replace("'", "''"))
    assert vocabulary.decode(vocabulary.encode(sql, form), form).casefold() == sql.casefold()


ILL = {
    "a piece alone": lambda v: [v.spell("x")[0]],
    "a literal that does not end": lambda v: [
        v.names.index("SELECT"),
        v.names.index("'"),
        *v.spell("x"),
    ],
    "words in a literal": lambda v: [
        v.names.index("SELECT"),
        v.names.index("'"),
        v.names.index("AND"),
        CLOSE,
    ],
    "a number that is none": lambda v: [v.names.index("SELECT"), NUMBER, *v.spell("1x"), CLOSE],
    "a number without digits": lambda v: [v.names.index("SELECT"), NUMBER, CLOSE],
    "a pointer to nothing": lambda v: [v.names.index("SELECT"), v.size + 500],
    "half a phrase": lambda v: [v.names.index("SELECT"), v.names.index("'"), v.size],
    "a phrase that ends before it starts": lambda v: [
        v.names.index("SELECT"),
        v.names.index("'"),
        v.size + 3,
        v.size + 1,
    ],
    "a phrase that ends in a table": lambda v: [
        v.names.index("SELECT"),
        v.names.index("'"),
        v.size + 1,
        v.size + 25,
    ],
    "a word that is no number": lambda v: [v.names.index("SELECT"), v.size],
    "none": lambda v: [NONE],
    "close": lambda v: [CLOSE],
    "nothing": lambda v: [],
    "a name that does not end": lambda v: [RAW, v.names.index("SELECT"), *v.spell("x")],
    "plain SQL in a form": lambda v: [v.names.index("SELECT"), *v.spell("x"), CLOSE],
}


@pytest.mark.parametrize("name", ILL)
def test_ids_that_make_no_answer_raise_the_named_error(
    vocabulary: OutputVocabulary, form: PointerForm, name: str
) -> None:
    with pytest.raises(NotExpressible):
        vocabulary.decode([*ILL[name](vocabulary), END], form)


@given(data=st.data())
def test_any_ids_at_all_give_an_answer_or_the_named_error(
    vocabulary: OutputVocabulary, form: PointerForm, data: st.DataObject
) -> None:
    token = st.integers(0, vocabulary.first_piece) | st.integers(
        vocabulary.size, vocabulary.size + 60
    )
    try:
        answer = vocabulary.decode(data.draw(st.lists(token, max_size=12)), form)
    except NotExpressible:
        return
    assert answer is None or isinstance(answer, str)


def test_a_form_falls_into_tokens_and_comes_together_again() -> None:
    text = (
        "SELECT i4.* , COUNT(*) FROM i4 GROUP BY i5 ORDER BY i5 , 'a .* ORDER BY ''b''' LIMIT "
        "1.5 UNION ALL SELECT i12"
    )
    kinds = [kind for kind, _ in split_form(text)]
    assert join_form(token for _, token in split_form(text)) == text
    assert kinds.count("string") == 1 and kinds.count("pointer") == 5 and kinds.count("number") == 1
    assert {"COUNT(*)", "GROUP BY", "ORDER BY", "UNION ALL", ".*"} <= {
        token for _, token in split_form(text)
    }
