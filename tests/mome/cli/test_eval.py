"""`mome eval`: figures for people and for programs; a pair that cannot be used is reported and does
not count.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from training_data.sample.pairs import VERIFIED

if TYPE_CHECKING:
    from conftest import Cli, Tuned


def test_figures_of_a_memory_and_of_held_back_pairs(
    bookshop: Tuned, mome: Cli, tmp_path: Path
) -> None:
    (question, sql), (_, other_sql) = VERIFIED[6], VERIFIED[0]
    pairs = tmp_path / "held_back.csv"
    right, wrong = f'"{question}","{sql}"', f'"{VERIFIED[3][0]}","{other_sql}"'
    pairs.write_text(
        "\n".join(
            [
                "question,sql",
                right,
                wrong,
                "one field",
                '"What is hidden?","SELECT 1 FROM nothing"',
                "",
            ]
        ),
        "utf-8",
    )
    done = mome("eval", "--memory", bookshop.memory, "--pairs", pairs, "--json")
    assert done.code == 0, done.err
    figures = json.loads(done.out)
    facts = bookshop.facts()
    assert figures["facts"] == len(facts)
    assert figures["recalled"] == sum(fact["recalled"] for fact in facts)
    assert (figures["verified"], figures["verified_recalled"]) == (len(VERIFIED), len(VERIFIED))
    assert figures["exact_recall"] == round(figures["recalled"] / figures["facts"], 4)
    assert (figures["pairs"], figures["right"], figures["execution_accuracy"]) == (2, 1, 0.5)
    assert (figures["answered"], figures["ambiguous"]) == (2, 0)
    assert f"not right: {pairs}, line 3: {VERIFIED[3][0]}: wrong: SELECT" in done.err
    assert len(figures["failed"]) == 1
    assert f"left out: {pairs}, line 4: " in done.err and f"left out: {pairs}, line 5: " in done.err


def test_figures_for_people(club: Tuned, mome: Cli) -> None:
    done = mome("eval", "--memory", club.memory)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "exact recall        3 of 3 facts (100.0%)",
        "verified pairs      3 of 3 (100.0%)",
    ]
