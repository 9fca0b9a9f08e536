"""A memory on a frozen backbone: it routes questions and adds their experts to the forward pass.

The translator, the tuner and recall use it through `Memory.read` and `Memory.routed`. Axis legend:
`b` questions, `k` experts, `n` known wordings, `q` query width.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.errors import OtherBackbone
from mome.kernels import InputVectors
from mome.linking.names import all_stems
from mome.memory.backbone_protocol import MemoryBackbone
from mome.memory.config import ROW_TYPES, MemoryConfig
from mome.memory.experts.bank import Bank, LayerShape
from mome.memory.experts.layer import (
    MemoryLayer,
    Part,
    expert_parts,
    install,
    linear_shape,
    uninstall,
    using,
)
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.experts.shared import SharedExperts
from mome.memory.question_states import QuestionStates
from mome.memory.report import RecallReport
from mome.memory.routing.agreement import Asked
from mome.memory.routing.fit_router import (
    apart,
    fit_router,
    fit_without_threshold,
    foreign_words,
)
from mome.memory.routing.router import (
    PLAIN,
    Fits,
    Route,
    Router,
    Words,
    count_foreign,
    fact_anchors,
    find_route,
)
from mome.memory.routing.unrelated_questions import background
from mome.memory.store.files import StoredMemory
from mome.memory.store.versions import MemoryStore


@dataclass(frozen=True)
class Reading:
    """What a memory knows about one question before decoding."""

    route: Route
    """The question's experts; all tensors have one row."""
    nearest: tuple[tuple[MemoryFact, float], ...]
    """Known facts with their cosine similarities in [-1, 1], best first; empty if none is known."""

    @property
    def objects(self) -> tuple[str, ...]:
        """Tables and columns that the nearest fact rests on; empty if the question is not near."""
        if not self.nearest or not bool(self.route.near):
            return ()
        return self.nearest[0][0].objects

    def recalls(self, answer: str | None) -> bool:
        """Return whether the question's experts are those of a fact with this answer."""
        if not self.nearest or not bool(self.route.hit.any()):
            return False
        return self.nearest[0][0].answer == answer


@dataclass(frozen=True)
class Derived:
    """Values computed from a memory's facts on first use."""

    facts: tuple[MemoryFact, ...]
    said: frozenset[str]
    """Stems of all words in the facts' wordings."""
    anchors: Tensor
    """(n, q) anchor of each wording; see `fact_anchors`."""
    owners: tuple[MemoryFact, ...]
    """(n,) the fact that each wording belongs to."""


class Memory:
    """A memory attached to one backbone. Reading is thread-safe; `tune` replaces `bank`, `facts`,
    `known` and `report` when it ends.
    """

    has_threshold = True
    """Whether the router's threshold, which takes as long to fit as the router, says which
    questions are near.
    """

    def __init__(
        self,
        backbone: MemoryBackbone,
        config: MemoryConfig,
        router: Router,
        bank: LayeredBank,
        words: Words = PLAIN,
    ) -> None:
        """Hold a memory's parts; `words` explains a question's words by the database's names and
        values.
        """
        self.backbone = backbone
        self.config = config
        self.router = router
        self.bank = bank
        self.words = words
        self.facts: tuple[MemoryFact, ...] = ()
        self.known = torch.empty(0, router.projection.shape[1])
        """(n, q) queries of all wordings of all facts, in order."""
        self._derived = Derived((), frozenset(), self.known, ())
        self.report = RecallReport()
        self._states = QuestionStates(backbone)
        self.shared: SharedExperts | None = None
        """What all questions near the known ones go through; None where nothing was practised."""
        self._layers: tuple[MemoryLayer, ...] = ()
        self.shared_layers: tuple[MemoryLayer, ...] = ()
        """The installed layers of the shared experts."""

    @classmethod
    def create(
        cls,
        backbone: MemoryBackbone,
        config: MemoryConfig,
        wordings: Sequence[Sequence[str]],
        words: Words = PLAIN,
        *,
        any_subject: bool = False,
        strange: Sequence[tuple[str, str]] | None = None,
    ) -> Memory:
        """Create an empty memory and fit its router to `wordings`, one group per fact; for `words`
        see `__init__`.

        strange: unrelated questions, each in two wordings, where questions are not in English.
        any_subject: the facts are not about one database. Their own similarity decides then which
        questions are near; see `fit_router.apart`. Give `TEXT` as `words`.
        """
        states = QuestionStates(backbone)
        known = [group for group in wordings if group]
        if strange is None:
            strange = background(chain.from_iterable(known))
        # All questions in one call, so that batches are large whatever the cache can hold.
        counts = [len(group) for group in (*known, *strange)]
        found = states([*chain.from_iterable((*known, *strange))]).split(counts)
        groups, others = found[: len(known)], found[len(known) :]
        if any_subject and len(groups) > 1:
            router = apart(groups, fit_without_threshold(groups, others, config))
        elif cls.has_threshold:
            router = fit_router(groups, others, config, foreign_words(known, strange, words))
        else:
            router = fit_without_threshold(groups, others, config)
        memory = cls(
            backbone,
            config,
            router,
            LayeredBank.over(Bank.empty(_shapes(backbone), ROW_TYPES[config.row_dtype])),
            words,
        )
        memory._states = states
        return memory

    @classmethod
    def load(
        cls,
        path: Path,
        backbone: MemoryBackbone,
        words: Words = PLAIN,
        *,
        version: Path | None = None,
    ) -> Memory:
        """Load the memory in folder `path`, its current version or the given one.

        Raises NoMemory, BrokenMemory or OtherBackbone.
        """
        return cls.of(MemoryStore(path).open(version), backbone, words)

    @classmethod
    def of(cls, stored: StoredMemory, backbone: MemoryBackbone, words: Words = PLAIN) -> Memory:
        """Build a memory from stored parts. Raises OtherBackbone if they belong to another base
        model.
        """
        # An identity that begins with the stored one: experts act elsewhere in the same model.
        if not backbone.identity.startswith(stored.backbone):
            raise _on_another_model(stored)
        shared = () if stored.shared is None else stored.shared.names
        if stored.backbone != backbone.identity or (
            shared and shared != tuple(backbone.shared_modules())
        ):
            raise OtherBackbone(
                f"the memory at {stored.path} was tuned by another version of this program: "
                "tune again"
            )
        if stored.bank.layers != _shapes(backbone):
            raise _on_another_model(stored)
        memory = cls(backbone, stored.config, stored.router, stored.bank, words)
        memory.facts = stored.facts
        memory.known = stored.known
        memory.report = stored.report
        memory.shared = stored.shared
        return memory

    def stored(self) -> StoredMemory:
        """Return everything but the backbone, for a store to write."""
        parts = (self.shared, self.facts, self.report, self.known, self.bank)
        return StoredMemory(Path(), self.config, self.backbone.identity, self.router, *parts)

    def attach(self) -> None:
        """Install memory layers in the backbone; they change nothing until a route is active."""
        if not self._layers:
            self._layers = install(self.backbone.model, self.backbone.memory_modules())
            self.shared_layers = install(self.backbone.model, self.backbone.shared_modules())

    def detach(self) -> None:
        """Remove the memory layers from the backbone."""
        if self._layers:
            uninstall(self.backbone.model, self.backbone.memory_modules())
            uninstall(self.backbone.model, self.backbone.shared_modules())
            self._layers = self.shared_layers = ()

    def queries(self, questions: Sequence[str]) -> Tensor:
        """Return unit query vectors (b, q) of questions."""
        return self.router.query(self._states(questions))

    def select(self, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Return experts (b, k) and gates (b, k) for queries (b, q)."""
        return self.router.select(
            queries, top_k=self.config.top_k, temperature=self.config.temperature
        )

    def route(self, questions: Sequence[str], words: Words | None = None) -> Route:
        """Return each question's experts and whether it is close enough to the known questions.

        For the facts that a question is matched to see `agreement`.
        """
        return find_route(
            self.router,
            self.queries(questions),
            self.known,
            self._of_facts().anchors,
            top_k=self.config.top_k,
            temperature=self.config.temperature,
            foreign=self.foreign(questions, words),
            fits=self._fits(questions, words),
        )

    def _fits(self, questions: Sequence[str], words: Words | None) -> Fits:
        owners = self._of_facts().owners
        asked = [self.asked(question, words) for question in questions]
        return lambda row, known: asked[row].fits(owners[known])

    def asked(self, question: str, words: Words | None = None) -> Asked:
        """Return the question as it is compared with facts; for `words` see `read`."""
        return Asked(question, self.words, words)

    def foreign(self, questions: Sequence[str], words: Words | None = None) -> Tensor:
        """Return (b,) the number of words in each question that occur in no wording and that the
        database does not explain.
        """
        return count_foreign(questions, words or self.words, self._of_facts().said)

    def _of_facts(self) -> Derived:
        facts = self.facts
        # `tune` replaces the tuple as a whole, so its identity tells whether the values still hold.
        # Two threads may both compute them; they get the same values, so no lock is needed.
        if self._derived.facts is not facts:
            said = all_stems(wording for fact in facts for wording in fact.wordings)
            owners = tuple(fact for fact in facts for _ in fact.wordings)
            anchors = fact_anchors(self.known, facts, self.config.seed)
            self._derived = Derived(facts, said, anchors, owners)
        return self._derived

    @contextmanager
    def routed(self, questions: Sequence[str]) -> Iterator[Route]:
        """Route batches of these questions (or of their beams) through their experts within the
        context.
        """
        route = self.route(questions)
        with self.applied(route):
            yield route

    @contextmanager
    def applied(self, route: Route) -> Iterator[None]:
        """Do the same as `routed` for a route that was computed before."""
        with using(self.parts(route)):
            yield

    @contextmanager
    def shared_for(self, route: Route, rows: int) -> Iterator[None]:
        """Use only the shared experts within the context, for `rows` answers to the one question of
        `route`.
        """
        parts = {}
        if self.shared is not None and bool(route.near.all()):
            parts = self.shared.parts(self.shared_layers, rows)
        with using(parts):
            yield

    def parts(self, route: Route) -> dict[MemoryLayer, Part]:
        """Return what each memory layer adds under `route`; empty if no question is routed."""
        found: dict[MemoryLayer, Part] = {}
        if self.shared is not None:
            near = route.near.nonzero().squeeze(1)
            found = self.shared.parts(self.shared_layers, len(route.near), near)
        # No layer is in both dictionaries: a backbone keeps shared and memory layers apart.
        return found | expert_parts(
            self.layers, route, vectors=self.input_vectors, rows=self.bank.gather
        )

    @property
    def layers(self) -> tuple[MemoryLayer, ...]:
        """The installed memory layers."""
        if not self._layers:
            raise RuntimeError("the memory is not attached to its backbone: call attach() first")
        return self._layers

    def input_vectors(self, layer: int, ids: Tensor, gates: Tensor) -> InputVectors:
        """Return the input vectors and scaled gates of experts (b, k) in one layer."""
        device = self.layers[layer].weight.device
        gates = (gates * self.config.scale).to(device)
        return InputVectors(
            ids.to(device), gates, self.bank.layers[layer].d_in, self.config.seed, layer
        )

    def read(self, question: str, n: int = 3, words: Words | None = None) -> Reading:
        """Route one question and find the `n` known facts nearest to it.

        `words` explains the question's words in place of the memory's own, if that is done already.
        """
        return Reading(self.route([question], words), tuple(self.nearest(question, n)))

    def nearest(self, question: str, n: int) -> list[tuple[MemoryFact, float]]:
        """Return the `n` facts with the nearest wordings, best first, with cosine similarities in
        [-1, 1].
        """
        if not self.facts:
            return []
        owners = self._of_facts().owners
        scores = (self.queries([question]) @ self.known.T).squeeze(0)
        # Stable, so that of equal scores the first fact comes first, as in a sort of Python.
        order = scores.argsort(descending=True, stable=True)
        best: dict[str, tuple[MemoryFact, float]] = {}
        for index in order.tolist():
            if len(best) == n:
                break
            # The first entry of a fact is its best wording, because scores are sorted.
            best.setdefault(owners[index].id, (owners[index], float(scores[index])))
        return list(best.values())


def _on_another_model(stored: StoredMemory) -> OtherBackbone:
    where = f"the memory at {stored.path} was tuned on another base model"
    return OtherBackbone(f"{where}: load it with that one, or tune again with this one")


def _shapes(backbone: MemoryBackbone) -> tuple[LayerShape, ...]:
    return tuple(
        linear_shape(name, backbone.model.get_submodule(name)) for name in backbone.memory_modules()
    )
