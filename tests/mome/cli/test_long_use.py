"""One memory in long use: many questions in one process, and many threads and processes at once.

TRIALS=40 asks 1,200 questions, from 40 threads and 20 processes; without it the trials are short.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mome import Translator
from mome.execution import open_executor

if TYPE_CHECKING:
    from conftest import Cli, Tuned

TRIALS = int(os.environ.get("TRIALS", "1"))
# Each trial may take as long as any other test.
pytestmark = pytest.mark.timeout(300 * TRIALS)
QUESTIONS, THREADS, PROCESSES = 30 * TRIALS, max(4, TRIALS), max(2, TRIALS // 2)
GROWTH = 48 * 2**20
"""Bytes that the caches of words and questions may take after the first questions."""


def question(number: int) -> str:
    """A question that was not asked before."""
    return f"Which members of club {number} joined after {1950 + number % 70}?"


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_memory_stays_flat_over_many_questions(club: Tuned) -> None:
    with open_executor(club.database) as executor:
        translator = Translator.load(club.memory, executor=executor)
        for number in range(QUESTIONS // 2):
            translator.translate(question(number))
        before = peak()
        for number in range(QUESTIONS // 2, QUESTIONS):
            translator.translate(question(number))
    assert peak() - before < GROWTH


def test_threads_answer_as_one_does(club: Tuned) -> None:
    asked = [question(number) for number in range(4)]
    with open_executor(club.database) as executor:
        alone = Translator.load(club.memory, executor=executor)
        expected = [alone.translate(text).sql for text in asked]
        shared = Translator.load(club.memory, executor=executor)
        with ThreadPoolExecutor(THREADS) as pool:
            rounds = [pool.map(shared.translate, asked) for _ in range(THREADS)]
            found = [[answer.sql for answer in answers] for answers in rounds]
    assert found == [expected] * THREADS


def test_processes_share_one_memory(club: Tuned, mome: Cli, tmp_path: Path) -> None:
    source = tmp_path / "questions.jsonl"
    lines = [json.dumps({"id": number, "question": question(number)}) for number in range(6)]
    source.write_text("\n".join(lines))
    outputs = [tmp_path / f"answers-{number}.jsonl" for number in range(PROCESSES)]
    words = ("translate", "--memory", club.memory, "--questions", source, "--out")
    running = [
        subprocess.Popen(mome.command(*words, output), env=mome.environment()) for output in outputs
    ]
    assert [process.wait() for process in running] == [0] * PROCESSES
    answers = []
    for output in outputs:
        lines = output.read_text().splitlines()
        answers.append([json.loads(line)["sql"] for line in lines])
    assert answers == [answers[0]] * PROCESSES and len(answers[0]) == 6
