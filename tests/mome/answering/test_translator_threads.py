"""Translators in several threads answer as one does alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

from mome import Translator
from mome.backbones.base import Candidate, Prompt
from mome.execution import Executor
from mome.linking.names import stem
from songs import FRENCH, NAMES, SECRET, UNNAMED, Ask, Scripted, said, untimed

THINGS, HOW = ("recordings", "rehearsals", "applauses"), ("gloriously", "disappointing")


def test_answers_are_the_same_again_and_from_several_threads(
    real: Translator, memory_folder: Path, executor: Executor
) -> None:
    questions = [FRENCH, SECRET, UNNAMED]
    expected = [untimed(real.translate(question)) for question in questions]
    again = Translator.load(memory_folder)
    with ThreadPoolExecutor(4) as threads:
        found = list(
            threads.map(
                lambda question: untimed(again.translate(question)), [*questions, *questions]
            )
        )
    assert found == [*expected, *expected]
    assert len({answer.sql for answer in expected}) == len(questions)


def test_two_translators_answer_in_threads_as_they_do_alone(
    real: Translator, memory_folder: Path, executor: Executor
) -> None:
    asked = [f"How many {thing} of singers sounded {how}?" for thing in THINGS for how in HOW]
    expected = [untimed(real.translate(question)) for question in asked]
    stem.cache_clear()
    one, other = (Translator.load(memory_folder) for _ in range(2))
    with ThreadPoolExecutor(4) as threads:
        found = [
            threads.submit((one, other)[index % 2].translate, question)
            for index, question in enumerate(asked)
        ]
    assert [untimed(answer.result()) for answer in found] == expected


def test_threads_decode_at_once(ask: Ask, scripted: Scripted) -> None:
    """The barrier breaks unless four threads are in the model at the same time."""
    barrier = Barrier(4, timeout=20)
    generate = scripted.generate

    def waiting(prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        barrier.wait()
        return generate(prompts, beams=beams)

    scripted.generate = waiting
    try:
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(ask, [said(NAMES)] * 4))
    finally:
        del scripted.generate
    assert [answer.sql for answer in answers] == [NAMES] * 4


def test_a_model_that_keeps_state_answers_one_question_at_a_time(
    ask: Ask, scripted: Scripted
) -> None:
    inside: list[int] = []
    most: list[int] = []
    generate = scripted.generate

    def counting(prompts: Sequence[Prompt], *, beams: int = 1) -> list[list[Candidate]]:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return generate(prompts, beams=beams)

    scripted.generate = counting
    scripted.turn = Lock()
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(ask, [said(NAMES)] * 4))
    finally:
        del scripted.generate, scripted.turn
    assert most == [1] * 4
