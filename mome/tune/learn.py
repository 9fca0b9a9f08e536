"""`mome learn` and `mome forget`: add or remove one fact by training its own experts only.
`mome.cli.edit` calls it.

The pair or the exclusion is written beside the memory just before it changes, so that later tunes
know it; if one of the two cannot be written, nothing changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from mome.answering.translator import Translator
from mome.artifacts.checksums import checked
from mome.artifacts.feedback import (
    NotStored,
    leave_out,
    leave_out_for_replaced,
    note_replaced,
    one_line,
    replaced_by,
    verify,
)
from mome.artifacts.source import executor_of
from mome.catalog import Catalog
from mome.errors import MemoryError_, Refused
from mome.execution import Executor
from mome.guard import guard
from mome.memory import Memory, MemoryFact, MemoryStore, TuneConfig
from mome.memory import tune as memorise
from mome.reporting import Reporter
from mome.tune.equivalence import gives_same_rows
from mome.tune.plan import CHECK_SECONDS, planned
from mome.tune.run import memorable, progress_to, prompter, without
from schemas import FullCatalog
from training_data import VerifiedPair, is_plain, normalise, verified_facts


@dataclass(frozen=True)
class MemoryChange:
    """The result of learning or forgetting."""

    fact: MemoryFact
    tried: bool = False
    """Whether its SQL ran on the database."""
    known: bool = False
    """Whether the memory recalled it before."""
    replaced: MemoryFact | None = None
    """The fact that lost the question to this one, with this wording alone; None if there was
    none.
    """
    restored: MemoryFact | None = None
    """The fact that answers the question again, now that this one is forgotten."""


def learn(
    memory: Path, question: str, sql: str, reporter: Reporter, *, stored: bool = False
) -> MemoryChange:
    """Memorise one verified pair; on failure the memory is unchanged.

    Another fact that has the question loses it, and `forget` gives it back. `stored`: whether the
    pair lies beside the memory already; what people say about it meanwhile then stays as it is.
    Raises Refused (by the guard), ExecutionError if the database does not run it, NotStored, or
    MemoryError_ if it is not memorised.
    """
    store, question = MemoryStore(memory), one_line(question)
    if not is_plain(question + sql):
        raise NotStored("the question or the SQL holds control characters; leave them out")
    with store.lock(), executor_of(memory, timeout_s=CHECK_SECONDS) as executor:
        # What the database refuses needs no model, which takes seconds to load.
        query = guard(sql, Catalog.load(checked(store.current / "catalog.json")))
        tried = executor.reachable()
        if tried:
            executor.run(query, max_rows=1)
        reporter.stage("Loading the memory")
        translator = Translator.load(memory)
        fact = _verified(question, query.sql, store.current, translator, executor)

        known = _recalled_already(fact, translator.memory)
        replaced = None if known else _replaced(question, fact, translator.memory)

        def store_pair() -> None:
            lost = None if replaced is None else replaced.to_dict()
            if not stored:
                verify(memory, translator.catalog, question, query.sql, "learned", replaced=lost)
            elif lost is not None:
                note_replaced(memory, question, query.sql, lost)

        if known is not None:
            store_pair()
            return MemoryChange(known, tried, known=True)
        others = (
            without({normalise(question)}, other)
            for other in translator.memory.facts
            if other.id != fact.id
        )
        _memorise(translator, [*filter(None, others), fact], reporter)
        store.append(translator.memory.stored(), agree=store_pair)
    return MemoryChange(fact, tried, replaced=replaced)


def forget(memory: Path, name: str, reporter: Reporter) -> MemoryChange:
    """Forget the fact with this id, or the one that answers this question. What it had replaced
    answers again. Raises MemoryError_ if there is none.
    """
    store = MemoryStore(memory)
    with store.lock():
        reporter.stage("Loading the memory")
        translator = Translator.load(memory)
        known = translator.memory.facts
        fact = next((fact for fact in known if fact.id == name or _asks(fact, name)), None)
        if fact is None:
            raise MemoryError_(
                f"the memory at {memory} has no fact {name}: give an id that `mome facts` lists, "
                "or its question"
            )
        left = [other for other in known if other is not fact]
        restored = _before(memory, fact, translator)
        _memorise(translator, left if restored is None else _with(restored, left), reporter)
        withdraw = partial(leave_out, memory, fact.id, fact.kind, fact.wordings)
        if restored is not None:
            asked = restored.wordings[0]
            withdraw = partial(leave_out_for_replaced, memory, fact.id, fact.kind, asked)
        store.append(translator.memory.stored(), agree=withdraw)
    return MemoryChange(fact, restored=restored)


def _replaced(question: str, fact: MemoryFact, memory: Memory) -> MemoryFact | None:
    """Return the other fact that has the question, with this wording alone."""
    for other in memory.facts:
        if other.id != fact.id and _asks(other, question):
            asked = [w for w in other.wordings if normalise(w) == normalise(question)]
            return replace(other, wordings=tuple(asked), experts=(), fitted=False)
    return None


def _before(memory: Path, fact: MemoryFact, translator: Translator) -> MemoryFact | None:
    """Return the fact that this one replaced; None if there is none, or if its SQL does not fit
    the database any more.
    """
    found = next(filter(None, (replaced_by(memory, w) for w in fact.wordings)), None)
    if found is None:
        return None
    try:
        before = MemoryFact.from_dict(found)
        guard(before.answer, translator.catalog)
    except (KeyError, TypeError, Refused):
        return None
    return before


def _with(restored: MemoryFact, facts: list[MemoryFact]) -> list[MemoryFact]:
    """Return the facts with one more, or with its wording at the fact that it was a part of."""
    for place, fact in enumerate(facts):
        if fact.id == restored.id:
            wordings = dict.fromkeys([*fact.wordings, *restored.wordings])
            whole = replace(fact, wordings=tuple(wordings))
            return [*facts[:place], whole, *facts[place + 1 :]]
    return [*facts, restored]


def _verified(
    question: str, sql: str, version: Path, translator: Translator, executor: Executor
) -> MemoryFact:
    """Return the pair as a fact, with SQL as the backbone writes it if the database confirms that
    it is equivalent.
    """
    facts, _ = verified_facts(
        [VerifiedPair(question, sql, 0)],
        FullCatalog.read(version / "catalog.json"),
        check=lambda sql: None,
    )
    same = partial(gives_same_rows, catalog=translator.catalog, executor=executor)
    return replace(
        memorable(planned(facts[0]), translator.backbone, translator.linker, same), fitted=False
    )


def _recalled_already(fact: MemoryFact, memory: Memory) -> MemoryFact | None:
    """Return the memory's verified fact that already gives this answer to this question; None if
    there is none.
    """
    verdicts = zip(memory.facts, memory.report.facts, strict=True)
    same = (
        known
        for known, said in verdicts
        if said.recalled and (known.kind, known.answer) == (fact.kind, fact.answer)
    )
    return next((known for known in same if _asks(known, fact.wordings[0])), None)


def _asks(fact: MemoryFact, question: str) -> bool:
    return normalise(question) in map(normalise, fact.wordings)


def _memorise(translator: Translator, facts: list[MemoryFact], reporter: Reporter) -> None:
    """Make the memory know these facts. Raises MemoryError_ if a new fact is not recalled or an old
    one is lost.
    """
    memory, backbone = translator.memory, translator.backbone
    missed = {fact.id for fact in memory.report.missed}
    # By id, because a search through all facts for each of them is quadratic.
    before = {fact.id: fact for fact in memory.facts}
    kept = {fact.id for fact in facts if before.get(fact.id) == fact}
    reporter.stage("Memorising")
    config = TuneConfig(learning_rate=backbone.learning_rate, pool=backbone.pool)
    report = memorise(
        memory,
        facts,
        prompter(backbone, translator.linker, facts),
        kept=kept,
        config=config,
        progress=progress_to(reporter),
    )
    for fact in report.missed:
        if fact.id not in missed:
            wording = next(wording for wording in fact.wordings if not wording.recalled)
            raise MemoryError_(
                f"this cannot be memorised, and nothing was changed; {wording.question}: "
                f"{wording.reason}"
            )
