"""`mome tune`: what a `Preparation` planned becomes a memory. The CLI calls `tune_database`; nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from mome.backbones.base import Backbone, Prompt
from mome.backbones.loading import load
from mome.errors import MemoryError_
from mome.linking.slice import Linker
from mome.memory import (
    Memory,
    MemoryConfig,
    MemoryFact,
    MemoryStore,
    RecallReport,
    TuneConfig,
    TuneProgress,
)
from mome.memory import tune as memorise_facts
from mome.memory.store.versions import StoredMemory
from mome.memory.training.processes import Team, join
from mome.reporting import Reporter
from mome.tune.paraphrase import phrase
from mome.tune.plan import Preparation, TunePlan
from mome.tune.refresh import LEAST_PRACTICE, MOST_NEW, same_words
from mome.tune.value_swaps import practice
from training_data import normalise

ROUNDS = 16
MOST_PRACTICE = 9000
"""Questions of all rounds at most."""


@dataclass(frozen=True)
class Start:
    """What a tune goes on from."""

    memory: Memory | None = None
    """The memory that is refreshed, or what a stopped tune had memorised; None where all is made anew."""
    known: Mapping[str, MemoryFact] = field(default_factory=dict)
    """Its facts that are wanted with the words they have, by their ids."""
    kept: frozenset[str] = frozenset()
    """Ids of those of them that need not even be asked again."""


def tune_database(preparation: Preparation, plan: TunePlan) -> RecallReport:
    """Tune a memory and put it in place of the one that is there; an interruption or an error leaves that one as it was.

    Where the plan says so the one that is there is refreshed, else a new one goes on from what a stopped tune had memorised. Raises
    MemoryError_ where another tune is at work or the disk is full, BackboneError where there is no such base model.
    """
    request, reporter = preparation.request, preparation.reporter
    store = MemoryStore(request.memory, preparation.lock)
    with store.lock(), join() as team:
        reporter.stage("Loading the base model")
        backbone = load(request.base)
        linker = preparation.linker.with_meanings(backbone.word_vectors)
        start = (
            _refreshed(store, backbone, linker, plan)
            if not plan.refresh.anew
            else _resumed(store, backbone, linker, plan)
        )
        facts = _facts(plan, start, backbone, linker, preparation)
        reporter.stage("Memorising")
        memory = start.memory or Memory.create(
            backbone, MemoryConfig(), [fact.wordings for fact in facts], linker
        )
        verified = [
            (question, fact)
            for fact in facts
            if fact.kind == "verified"
            for question in fact.wordings
        ]
        rounds = _practice(verified, linker) if plan.refresh.anew else []
        practised = tuple(
            (question, fact)
            for round_ in rounds
            for (question, _), (_, fact) in zip(round_, verified, strict=True)
        )
        kept = frozenset(
            fact.id for fact in facts if fact.id in start.kept and fact is start.known.get(fact.id)
        )
        work = Work(
            request.base, preparation.linker, memory.stored(), tuple(facts), kept, rounds, practised
        )
        report = team.broadcast(work).memorise(
            memory,
            linker,
            team,
            progress=progress_to(reporter),
            save=lambda memory: store.keep_unfinished(memory.stored()),
        )
        store.write(memory.stored(), preparation.files(request.base))
        return report


@dataclass(frozen=True)
class Work:
    """What all processes of a team do together: the first one plans it, the others are told."""

    base: str
    linker: Linker
    """Without the base model's word vectors."""
    memory: StoredMemory
    facts: tuple[MemoryFact, ...]
    kept: frozenset[str]
    """Ids of facts that need not be asked again."""
    rounds: Sequence[Sequence[tuple[str, str]]]
    """Of practice."""
    practised: tuple[tuple[str, MemoryFact], ...]
    """Questions of the practice and the facts that they are about."""

    def memorise(
        self, memory: Memory, linker: Linker, team: Team, **hears: Callable
    ) -> RecallReport:
        """Memorise; `hears` are `progress` and `save` of `mome.memory.tune`."""
        prompt = prompter(memory.backbone, linker, self.facts, self.practised)
        config = TuneConfig(learning_rate=memory.backbone.learning_rate)
        return memorise_facts(
            memory,
            self.facts,
            prompt,
            kept=self.kept,
            practice=self.rounds,
            config=config,
            team=team,
            **hears,
        )


def help_tune() -> None:
    """What every process but the first does: its share of the work, until that one has the memory. Raises BackboneError."""
    with join() as team:
        work = team.broadcast(None)
        if work is not None:
            backbone = load(work.base)
            work.memorise(
                Memory.of(work.memory, backbone, work.linker),
                work.linker.with_meanings(backbone.word_vectors),
                team,
            )


def dismiss_helpers() -> None:
    """There is nothing to memorise."""
    with join() as team:
        team.broadcast(None)


def _refreshed(store: MemoryStore, backbone: Backbone, linker: Linker, plan: TunePlan) -> Start:
    memory, wanted = (
        Memory.load(store.path, backbone, linker),
        plan.refresh.kept | plan.refresh.again,
    )
    return Start(
        memory, {fact.id: fact for fact in memory.facts if fact.id in wanted}, plan.refresh.kept
    )


def _resumed(store: MemoryStore, backbone: Backbone, linker: Linker, plan: TunePlan) -> Start:
    """From what a stopped tune left, where that is about these facts; all of them are asked again, which costs what is known no step."""
    try:
        unfinished = store.unfinished()
        memory = (
            Memory.load(store.path, backbone, linker, version=unfinished) if unfinished else None
        )
    except MemoryError_:  # damaged, or of another base model: nothing to go on from
        memory = None
    facts = {fact.id: fact for fact in memory.facts} if memory else {}
    known = {fact.id: facts[fact.id] for fact in plan.facts if same_words(fact, facts.get(fact.id))}
    return Start(memory, known) if len(known) > (1 - MOST_NEW) * len(plan.facts) else Start()


def _facts(
    plan: TunePlan, start: Start, backbone: Backbone, linker: Linker, preparation: Preparation
) -> list[MemoryFact]:
    """All facts as the memory keeps them, in the plan's order; what is known is taken over but for questions that new ones answer."""
    reporter, same = preparation.reporter, preparation.same_rows
    reporter.stage("Asking in other words")
    taken = [wording for fact in start.known.values() for wording in fact.wordings]
    new = [fact for fact in plan.facts if fact.id not in start.known]
    phrased = phrase(
        new, backbone, linker, same, partial(reporter.progress, label="questions"), taken=taken
    )
    made = {fact.id: memorable(fact, backbone, linker, same) for fact in phrased}
    asked = {normalise(wording) for fact in new for wording in fact.wordings}
    found: list[MemoryFact | None] = []
    for fact in plan.facts:
        known = start.known.get(fact.id)
        if known is None:
            found.append(replace(made[fact.id], fitted=bool(plan.refresh.anew)))
        elif fact.id in start.kept:
            found.append(without(asked, known))
        else:
            answer = memorable(fact, backbone, linker, same).answer
            found.append(without(asked, replace(known, answer=answer)))
    return [fact for fact in found if fact is not None]


def without(asked: Collection[str], fact: MemoryFact) -> MemoryFact | None:
    """The fact without the (normalised) questions that others answer; None where none is left."""
    others = tuple(wording for wording in fact.wordings if normalise(wording) not in asked)
    if not others:
        return None
    return fact if others == fact.wordings else replace(fact, wordings=others)


def memorable(
    fact: MemoryFact, backbone: Backbone, linker: Linker, same: Callable[[str, str], bool]
) -> MemoryFact:
    """The fact as the memory keeps it: its SQL as the backbone writes it, where that gives the same rows, else as it was given."""
    short = backbone.canonical(fact.answer, linker)
    sql = short if short != fact.answer and same(fact.answer, short) else fact.answer
    return replace(fact, answer=sql)


def _practice(
    verified: Sequence[tuple[str, MemoryFact]], linker: Linker
) -> list[list[tuple[str, str]]]:
    """Rounds of the verified questions in their order; none where they are too few to learn a manner of asking from."""
    if len(verified) < LEAST_PRACTICE:
        return []
    rounds = max(1, min(ROUNDS, MOST_PRACTICE // len(verified)))
    pairs = [(question, fact.answer) for question, fact in verified]
    return practice(pairs, linker.catalog.dialect, linker.values, rounds=rounds, seed=0)


def prompter(
    backbone: Backbone,
    linker: Linker,
    facts: Sequence[MemoryFact],
    practised: Sequence[tuple[str, MemoryFact]] = (),
) -> Callable[[str], Prompt]:
    """Prompts as `Translator.prompt` makes them: a known question's slice holds what its fact rests on."""
    rests_on = {question: fact.objects for question, fact in practised}
    rests_on |= {question: fact.objects for fact in facts for question in fact.wordings}
    return lambda question: backbone.prepare(linker.slice(question, rests_on[question]), linker)


def progress_to(reporter: Reporter) -> Callable[[TuneProgress], None]:
    """Tells a reporter how a tune goes."""

    def hear(progress: TuneProgress) -> None:
        reporter.progress(
            progress.done, progress.total, f"{progress.stage}: {progress.exposures} exposures"
        )

    return hear
