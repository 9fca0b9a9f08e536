"""Questions that are not in English."""

from __future__ import annotations

import pytest

from mome.answering.languages import foreign_language
from songs import NAMES, Ask, said


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Wie viele Kunden haben 2024 bestellt?", "German"),
        ("Zeige den Umsatz pro Monat", "German"),
        ("Combien de clients sont en France ?", "French"),
        ("¿Cuántos clientes hay en España?", "Spanish"),
        ("Quanti clienti hanno ordinato per ogni mese?", "Italian"),
        ("Quantos clientes compraram em 2024?", "Portuguese"),
        ("Hoeveel klanten zijn er?", "Dutch"),
        ("Сколько клиентов?", "a language of Cyrillic letters"),
        ("有多少客户？", "a language of CJK letters"),
        ("Show me the revenue per year", None),
        ("customers from München", None),
        ("List the songs of Die Toten Hosen and Das Racist", None),
        ("posts with no answer, no comment, no duplicate", None),
        ("Show the orders of Иван Петров", None),
        ("revenue", None),
        ("", None),
    ],
)
def test_the_language_is_told_by_function_words_or_script(
    question: str, language: str | None
) -> None:
    assert foreign_language(question) == language


def test_a_question_in_another_language_is_said_to_be_so(ask: Ask) -> None:
    answer = ask(said(NAMES), question="Wie viele singer sind aus France?")
    assert (answer.status, answer.sql) == ("unanswerable", None)
    assert answer.reason.startswith("the question is in German, which this memory does not read")
