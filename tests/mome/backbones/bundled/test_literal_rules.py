"""Literals that cannot be values of the column beside them are masked; all others are not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from mome.backbones.bundled.grammar import Grammar, accepts
from mome.backbones.bundled.pointer_form import PointerForm
from mome.backbones.bundled.said_literals import SaidLiterals
from mome.backbones.bundled.tokens import CLOSE, END, NUMBER, START, OutputVocabulary
from mome.catalog import Catalog, Column, Table
from mome.linking.names import question_words
from mome.linking.slice import Linker

QUESTION = (
    "names of active customers who signed up in 2023 or on 5 in March 2024, not been deleted, "
    "from France with 12 points and more than 7 thousand, a village or 'the Hague'"
)
COUNTRIES = ("France", "Spain")


@pytest.fixture(scope="module")
def form() -> PointerForm:
    columns = (
        Column("id", "INTEGER", "integer", nullable=False),
        Column("name", "TEXT", "text"),
        Column("country", "TEXT", "text", values=COUNTRIES, values_complete=True),
        Column("since", "TEXT", "text", values=("2008", "2012", "?"), values_complete=True),
        Column("active", "BOOLEAN", "boolean"),
        Column("points", "INTEGER", "integer"),
        Column("signed_up_on", "DATE", "date", least="2021-01-01", greatest="2025-01-01"),
        Column("deleted_at", "DATETIME", "datetime"),
    )
    table = Table(None, "customers", "table", None, 3, columns, primary_key=("id",))
    catalog = Catalog("sqlite", "sqlite", "sqlite://", "fingerprint", (table,))
    linker = Linker(catalog, [("customers", "country", list(COUNTRIES), True)])
    return PointerForm(catalog, linker.slice(QUESTION), linker.graph)


@pytest.fixture(scope="module")
def lets(vocabulary: OutputVocabulary, form: PointerForm):
    """`lets(column, operator, literal)`: whether such a condition can be written."""

    def token(name: str) -> int:
        return vocabulary.names.index(name)

    def literal(text: str) -> list[int]:
        if text.startswith("'") and text[1:2] == "<":
            first, _, last = text[2:-1].partition(" ")
            return [token("'"), place(first), place(last or first)]
        if text.endswith("%'"):
            return [token("'^"), *vocabulary.spell(text[1:-2]), CLOSE]
        if text.startswith("'"):
            return [token("'"), *vocabulary.spell(text[1:-1]), CLOSE]
        if text.startswith("<"):
            return [place(text[1:-1])]
        if text.startswith("#"):
            return [NUMBER, *vocabulary.spell(text[1:]), CLOSE]
        return [token(part) for part in text.split()]

    def place(word: str) -> int:
        words = [found.text for found in form.slice.words]
        return vocabulary.size + words.index(word)

    def lets(column: str, operator: str, text: str) -> bool:
        pointer = vocabulary.size + form.place(f"customers.{column}")
        words = [token(part) for part in operator.split()]
        ids = [token("SELECT"), token("COUNT(*)"), token("WHERE"), pointer, *words, *literal(text)]
        return accepts(vocabulary, form, [1] * len(form.slice.items), [*ids, END])

    return lets


WRITTEN = [
    ("signed_up_on", ">=", "'2023-01-01'"),
    ("signed_up_on", "<", "'2025-01-01'"),
    ("signed_up_on", "IS", "NULL"),
    ("deleted_at", "IS NOT", "NULL"),
    ("deleted_at", "<", "'2024-03-01 00:00:00'"),
    ("active", "=", "1"),
    ("points", ">", "<12>"),
    ("points", "=", "'12'"),
    ("points", ">", "#7000"),
    ("id", "=", "<5>"),
    ("name", "=", "'<active customers>"),
    ("name", "=", "'<the Hague>"),
    ("name", "LIKE", "'A%'"),
    ("since", ">", "<2023>"),
    ("since", ">", "#7000"),
    ("country", "=", "'France'"),
    ("country", "=", "'<France>"),
    ("country", "LIKE", "'Fr%'"),
]


@pytest.mark.parametrize("condition", WRITTEN, ids=" ".join)
def test_a_value_of_the_column_is_written(lets, condition: tuple[str, str, str]) -> None:
    assert lets(*condition)


REFUSED = [
    ("signed_up_on", "=", "<2023>"),
    ("signed_up_on", "LIKE", "'2024-03%'"),
    ("signed_up_on", "LIKE", "'2024%'"),
    ("signed_up_on", "=", "5"),
    ("signed_up_on", "=", "<12>"),
    ("signed_up_on", "=", "#2022"),
    ("signed_up_on", "=", "'2023-02-30'"),
    ("signed_up_on", "=", "'202001-01-01'"),
    ("signed_up_on", ">=", "'2019-01-01'"),
    ("signed_up_on", "LIKE", "'20%'"),
    ("signed_up_on", "LIKE", "'2022-1%'"),
    ("deleted_at", "=", "'<not deleted>"),
    ("deleted_at", "=", "'<been deleted>"),
    ("active", "=", "<2023>"),
    ("active", "=", "5"),
    ("active", "=", "'<active>"),
    ("name", "=", "'<a village>"),
    ("id", "=", "<2023>"),
    ("id", "=", "'<2023>"),
    ("points", "=", "'<active customers>"),
    ("points", "LIKE", "'1%'"),
    ("points", ">", "#9000"),
    ("country", "=", "'Germany'"),
    ("country", "=", "'<not deleted>"),
    ("country", "LIKE", "'Ger%'"),
    ("country", "=", "<2023>"),
    ("country", "=", "5"),
    ("points", "= 5 AND", "<2023>"),
    ("signed_up_on", "/", "<2023>"),
]


@pytest.mark.parametrize("condition", REFUSED, ids=" ".join)
def test_what_cannot_be_a_value_is_masked(lets, condition: tuple[str, str, str]) -> None:
    assert not lets(*condition)


PERIODS = {
    "DURING ( signed_up_on , 2023 )": True,
    "DURING ( signed_up_on , 2023 , 2024-03 )": True,
    "DURING ( signed_up_on , '2024-Q1' )": True,
    "SINCE ( deleted_at , '2024-03-05' )": True,
    "DURING ( signed_up_on , '2019' )": False,
    "DURING ( signed_up_on , '2024-13' )": False,
    "DURING ( points , 2023 )": False,
    "DURING ( signed_up_on , <12> )": False,
    "CONTAINS ( name , 'urban' )": True,
    "CONTAINS ( country , 'ranc' )": True,
    "CONTAINS ( country , 'rmany' )": False,
    "STARTS ( country , 'ranc' )": False,
    "ENDS ( country , 'ance' )": True,
    "CONTAINS ( deleted_at , '12:00' )": True,
    'CONTAINS ( name , "urban" )': False,
}


@pytest.mark.parametrize("condition", PERIODS)
def test_periods_and_parts_of_texts(
    vocabulary: OutputVocabulary, form: PointerForm, condition: str
) -> None:
    ids = [vocabulary.names.index(word) for word in ("SELECT", "COUNT(*)", "WHERE")]
    columns = [item.column for item in form.slice.items]
    words = [item.text if item.kind == "period" else None for item in form.slice.items]
    for part in condition.split():
        if part in columns:
            ids.append(vocabulary.size + columns.index(part))
        elif part in words:
            ids.append(vocabulary.size + words.index(part))
        elif part.startswith("<"):
            said = [word.text for word in form.slice.words]
            ids.append(vocabulary.size + said.index(part[1:-1]))
        elif part[0] in "'\"":
            # A double quote stands for an opening with % on both sides.
            opening = "'" if part[0] == "'" else "'%"
            spelled = vocabulary.spell(part[1:-1])
            ids += [vocabulary.names.index(opening), *spelled, CLOSE]
        else:
            ids.append(vocabulary.names.index(part))
    allowed = accepts(vocabulary, form, [1] * len(form.slice.items), [*ids, END])
    assert allowed == PERIODS[condition]


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("the 90th percentile of the points", "0.9"),
        ("the upper quartile of the points", "0.75"),
        ("a three-month average of the points", "3"),
        ("the sixth highest points", "6"),
        ("more than 7 thousand points", "7000"),
    ],
)
def test_a_number_may_be_said_in_several_ways(
    form: PointerForm, question: str, number: str
) -> None:
    said = SaidLiterals(replace(form.slice, question=question, words=question_words(question)))
    assert number in said.numbers and "11" not in said.numbers


def test_what_was_looked_up_for_one_beam_is_used_for_no_other_literal(
    vocabulary: OutputVocabulary, form: PointerForm
) -> None:
    def masks(answers: list[list[int]]) -> list[torch.Tensor]:
        """The tokens that may follow each answer; one grammar looks after all."""
        positions = torch.tensor([[1] * len(form.slice.items)])
        grammar = Grammar(vocabulary, [form], positions, beams=1)
        width = vocabulary.size + len(form.slice.items)
        found = []
        for ids in answers:
            for end in range(len(ids)):
                row = torch.tensor([[START, *ids[:end]]])
                found.append(grammar(row, torch.zeros(1, width))[0])
        return found

    answers = []
    for column in ("country", "name", "points", "active", "signed_up_on"):
        condition = ["SELECT", "COUNT(*)", "WHERE"]
        begin = [vocabulary.names.index(word) for word in condition]
        begin.append(vocabulary.size + form.place(f"customers.{column}"))
        for operator, opening in (("=", "'"), ("LIKE", "'%"), ("LIKE", "'^")):
            words = [vocabulary.names.index(word) for word in (operator, opening)]
            answers.append([*begin, *words, *vocabulary.spell("Fra")])
    together = masks(answers)
    alone = [mask for ids in answers for mask in masks([ids])]
    assert all(torch.equal(*pair) for pair in zip(together, alone, strict=True))
