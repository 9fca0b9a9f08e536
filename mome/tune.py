"""`mome tune`: what a `Preparation` planned becomes a memory. The CLI calls `tune_database`; nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from mome.backbone import Backbone, Prompt, load
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig, MemoryFact, MemoryStore, RecallReport, TuneConfig, TuneProgress
from mome.memory import tune as memorise
from mome.phrasing import phrase
from mome.practice import practice
from mome.preparation import Preparation, Reporter, TunePlan
from mome.translator import read_values
from training_data import Fact, synonyms

LEAST_PRACTICE = 20
"""Verified questions from which on the memory practises them."""
ROUNDS = 16
MOST_PRACTICE = 9000
"""Questions of all rounds at most."""


def tune_database(preparation: Preparation, plan: TunePlan) -> RecallReport:
    """Tune a memory and put it in place of the one that is there; an interruption or an error leaves that one as it was.

    Raises MemoryError_ where another tune is at work or the disk is full, BackboneError where there is no such base model.
    """
    request, reporter = preparation.request, preparation.reporter
    store = MemoryStore(request.memory, preparation.lock)
    with store.lock():
        reporter.stage("Loading the base model")
        backbone = load(request.base)
        values = read_values(preparation.folder / "values.jsonl")
        linker = Linker(preparation.catalog, values, synonyms(preparation.terms), backbone.word_vectors)
        reporter.stage("Asking in other words")
        known = phrase(plan.facts, backbone, linker, preparation.same_rows, partial(reporter.progress, label="questions"))
        facts = [_memorable(fact, preparation, backbone, linker) for fact in known]
        reporter.stage("Memorising")
        memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
        verified = [(question, fact) for fact in facts if fact.kind == "verified" for question in fact.wordings]
        rounds = _practice(verified, linker)
        practised = [(question, fact) for round_ in rounds for (question, _), (_, fact) in zip(round_, verified, strict=True)]
        prompt = _prompter(backbone, linker, facts, practised)
        config = TuneConfig(learning_rate=backbone.learning_rate)
        report = memorise(memory, facts, prompt, practice=rounds, config=config, progress=_told(reporter))
        store.write(memory, preparation.files(request.base))
        return report


def _memorable(fact: Fact, preparation: Preparation, backbone: Backbone, linker: Linker) -> MemoryFact:
    """The fact as the memory keeps it: its SQL as the backbone writes it, where that gives the same rows, else as it was given."""
    short = backbone.canonical(fact.sql, linker)
    sql = short if short != fact.sql and preparation.same_rows(fact.sql, short) else fact.sql
    return MemoryFact(fact.id, fact.kind, fact.wordings, sql, fact.objects)


def _practice(verified: Sequence[tuple[str, MemoryFact]], linker: Linker) -> list[list[tuple[str, str]]]:
    """Rounds of the verified questions in their order; none where they are too few to learn a manner of asking from."""
    if len(verified) < LEAST_PRACTICE:
        return []
    rounds = max(1, min(ROUNDS, MOST_PRACTICE // len(verified)))
    pairs = [(question, fact.answer) for question, fact in verified]
    return practice(pairs, linker.catalog.dialect, linker.values, rounds=rounds, seed=0)


def _prompter(
    backbone: Backbone, linker: Linker, facts: Sequence[MemoryFact], practised: Sequence[tuple[str, MemoryFact]]
) -> Callable[[str], Prompt]:
    """Prompts as `Translator.prompt` makes them: a known question's slice holds what its fact rests on."""
    rests_on = {question: fact.objects for question, fact in practised}
    rests_on |= {question: fact.objects for fact in facts for question in fact.wordings}
    return lambda question: backbone.prepare(linker.slice(question, rests_on[question]), linker)


def _told(reporter: Reporter) -> Callable[[TuneProgress], None]:
    def hear(progress: TuneProgress) -> None:
        reporter.progress(progress.done, progress.total, f"{progress.stage}: {progress.exposures} exposures")

    return hear
