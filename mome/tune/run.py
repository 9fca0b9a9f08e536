"""`mome tune`: turn the plan of a `Preparation` into a memory. The command line calls
`tune_database`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from mome.backbones.base import Backbone, Prompt
from mome.backbones.loading import load
from mome.backbones.open.loading import try_reader
from mome.backbones.open.skills import memory_base
from mome.errors import BrokenMemory, MemoryError_, NoMemory
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
from mome.memory.store.files import StoredMemory
from mome.memory.training.processes import Team, join
from mome.reporting import Reporter
from mome.tune.paraphrase import phrase
from mome.tune.plan import Preparation, TunePlan
from mome.tune.refresh import LEAST_PRACTICE, MOST_NEW, same_words
from mome.tune.value_swaps import practice
from training_data import normalise

# Rounds of practice for the shared experts; fewer where MOST_PRACTICE is reached first.
ROUNDS = 16
MOST_PRACTICE = 9000
"""Maximum number of questions in all rounds together; bounds the time for large sets of verified
pairs.
"""


@dataclass(frozen=True)
class Start:
    """What a tune starts from."""

    memory: Memory | None = None
    """The memory to refresh, or the result of a stopped tune; None if all is made anew."""
    known: Mapping[str, MemoryFact] = field(default_factory=dict)
    """Its facts that are wanted with the same words, by id."""
    kept: frozenset[str] = frozenset()
    """Ids of those that need not be asked again."""


def tune_database(preparation: Preparation, plan: TunePlan) -> RecallReport:
    """Tune a memory and replace the existing one; on interruption or error that one is unchanged.

    The plan decides whether the existing memory is refreshed. Otherwise a new one starts from the
    result of a stopped tune, if there is one. Raises MemoryError_ if another tune is running, the
    disk is full, or a verified question would be lost, and BackboneError if the base model is
    missing or there is no room for it.
    """
    request, reporter = preparation.request, preparation.reporter
    store = MemoryStore(request.memory, preparation.lock)
    with store.lock(), join() as team:
        reporter.stage("Loading the base model")
        try_reader(request.base)
        backbone = load(memory_base(request.base))
        linker = preparation.linker.with_meanings(backbone.word_vectors)
        begin = _resumed if plan.refresh.anew else _refreshed
        start = begin(store, backbone, linker, plan)
        facts = _facts(plan, start, backbone, linker, preparation)
        reporter.stage("Memorising")
        memory = start.memory or Memory.create(
            backbone, MemoryConfig(), [fact.wordings for fact in facts], linker
        )
        verified = _verified_questions(facts)
        # Shared experts stay as they were fitted, so that a refresh practises nothing.
        rounds = _practice(verified, linker) if plan.refresh.anew else []
        practised: list[tuple[str, MemoryFact]] = []
        for round_ in rounds:
            for (question, _), (_, fact) in zip(round_, verified, strict=True):
                practised.append((question, fact))
        # A kept fact that lost a wording to a new fact is another object, and is asked again.
        same = [fact.id for fact in facts if fact is start.known.get(fact.id)]
        kept = start.kept & frozenset(same)
        work = Work(
            request.base,
            preparation.linker,
            memory.stored(),
            tuple(facts),
            kept,
            rounds,
            tuple(practised),
        )
        report = team.broadcast(work).memorise(
            memory,
            backbone,
            linker,
            team,
            progress=progress_to(reporter),
            save=lambda memory: store.keep_unfinished(memory.stored()),
        )
        if not request.force:
            _refuse_loss(store, report)
        store.write(memory.stored(), preparation.files(request.base))
        return report


def _refuse_loss(store: MemoryStore, report: RecallReport) -> None:
    """Raise MemoryError_ if a verified question that the current version recalls, and the new one
    is to know, is not recalled any more.
    """
    try:
        before = store.open().content.report
    except (NoMemory, BrokenMemory):  # nothing to lose
        return
    lost = sorted(_recalled(before, recalled=True) & _recalled(report, recalled=False))
    if lost:
        raise MemoryError_(
            f"{len(lost)} verified questions that the memory recalls would be lost, such as "
            f"{lost[0]!r}; the memory is as it was; give --force to replace it, or correct the pair"
        )


def _recalled(report: RecallReport, *, recalled: bool) -> set[str]:
    """Return the verified questions that are recalled, or those that are not."""
    found: set[str] = set()
    for fact in report.facts:
        if fact.kind == "verified":
            found.update(w.question for w in fact.wordings if w.recalled == recalled)
    return found


@dataclass(frozen=True)
class Work:
    """The work of all processes of a team: the first process plans it and broadcasts it."""

    base: str
    linker: Linker
    """Without the base model's word vectors."""
    memory: StoredMemory
    facts: tuple[MemoryFact, ...]
    kept: frozenset[str]
    """Ids of facts that need not be asked again."""
    rounds: Sequence[Sequence[tuple[str, str]]]
    """Rounds of practice."""
    practised: tuple[tuple[str, MemoryFact], ...]
    """Questions of the practice with the facts that they belong to."""

    def memorise(
        self,
        memory: Memory,
        backbone: Backbone,
        linker: Linker,
        team: Team,
        **hears: Callable,
    ) -> RecallReport:
        """Memorise the facts; `hears` are the arguments `progress` and `save` of
        `mome.memory.tune`.
        """
        prompt = prompter(backbone, linker, self.facts, self.practised)
        config = TuneConfig(learning_rate=backbone.learning_rate, pool=backbone.pool)
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
    """Run every process but the first: take part in the work that the first process broadcasts.
    Raises BackboneError.
    """
    with join() as team:
        work = team.broadcast(None)
        if work is not None:
            backbone = load(memory_base(work.base))
            work.memorise(
                Memory.of(work.memory, backbone, work.linker),
                backbone,
                work.linker.with_meanings(backbone.word_vectors),
                team,
            )


def dismiss_helpers() -> None:
    """Tell the other processes that there is nothing to memorise."""
    with join() as team:
        team.broadcast(None)


def _refreshed(store: MemoryStore, backbone: Backbone, linker: Linker, plan: TunePlan) -> Start:
    memory = Memory.load(store.path, backbone, linker)
    wanted = plan.refresh.kept | plan.refresh.again
    known = {fact.id: fact for fact in memory.facts if fact.id in wanted}
    return Start(memory, known, plan.refresh.kept)


def _resumed(store: MemoryStore, backbone: Backbone, linker: Linker, plan: TunePlan) -> Start:
    """Start from a stopped tune's result if it knows these facts; all are asked again, which costs
    no training step for known ones.
    """
    try:
        unfinished = store.unfinished()
        if not unfinished:
            return Start()
        memory = Memory.load(store.path, backbone, linker, version=unfinished)
    except MemoryError_:  # damaged, or of another base model: nothing to go on from
        return Start()
    facts = {fact.id: fact for fact in memory.facts}
    known = {fact.id: facts[fact.id] for fact in plan.facts if same_words(fact, facts.get(fact.id))}
    # The unfinished router was fitted to its own facts, as that of a memory to refresh was.
    fits = len(known) > (1 - MOST_NEW) * len(plan.facts)
    return Start(memory, known) if fits else Start()


def _facts(
    plan: TunePlan, start: Start, backbone: Backbone, linker: Linker, preparation: Preparation
) -> list[MemoryFact]:
    """Return all facts as the memory will keep them, in the plan's order. Known facts keep their
    words, except questions that new facts answer.
    """
    reporter, same = preparation.reporter, preparation.same_rows
    reporter.stage("Asking in other words")
    taken: list[str] = []
    for fact in start.known.values():
        taken += fact.wordings
    new = [fact for fact in plan.facts if fact.id not in start.known]
    progress = partial(reporter.progress, label="questions")
    phrased = phrase(new, backbone, linker, same, progress, taken=taken)
    made = {fact.id: memorable(fact, backbone, linker, same) for fact in phrased}
    asked: set[str] = set()
    for fact in new:
        asked.update(map(normalise, fact.wordings))
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
    """Return the fact without the normalised questions `asked`; None if none is left."""
    others = tuple(wording for wording in fact.wordings if normalise(wording) not in asked)
    if not others:
        return None
    return fact if others == fact.wordings else replace(fact, wordings=others)


def memorable(
    fact: MemoryFact, backbone: Backbone, linker: Linker, same: Callable[[str, str], bool]
) -> MemoryFact:
    """Return the fact with its SQL as the backbone writes it, if that returns the same rows."""
    short = backbone.canonical(fact.answer, linker)
    sql = short if short != fact.answer and same(fact.answer, short) else fact.answer
    return replace(fact, answer=sql)


def _verified_questions(facts: Sequence[MemoryFact]) -> list[tuple[str, MemoryFact]]:
    found = []
    for fact in facts:
        if fact.kind == "verified":
            found += [(question, fact) for question in fact.wordings]
    return found


def _practice(
    verified: Sequence[tuple[str, MemoryFact]], linker: Linker
) -> list[list[tuple[str, str]]]:
    """Return rounds of the verified questions; empty if there are too few."""
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
    """Return a function that builds prompts as `Translator.prompt` does: a known question's slice
    holds what its fact rests on.
    """
    rests_on = {question: fact.objects for question, fact in practised}
    for fact in facts:
        rests_on.update(dict.fromkeys(fact.wordings, fact.objects))
    return lambda question: backbone.prepare(linker.slice(question, rests_on[question]), linker)


def progress_to(reporter: Reporter) -> Callable[[TuneProgress], None]:
    """Return a callback that passes a tune's progress to a reporter."""

    def hear(progress: TuneProgress) -> None:
        reporter.progress(
            progress.done, progress.total, f"{progress.stage}: {progress.exposures} exposures"
        )

    return hear
