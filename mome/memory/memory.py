"""A memory on a frozen backbone: routes questions and lets their experts take part while the backbone computes.

The translator, the tuner and recall all go through `Memory.routed`.
Axis legend: `b` questions, `k` experts, `n` known wordings, `q` query width.
"""

from __future__ import annotations

import re
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
from mome.linking.names import all_stems, name_words, question_words
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
from mome.memory.experts.shared import SharedExperts
from mome.memory.question_states import QuestionStates
from mome.memory.report import RecallReport
from mome.memory.routing.fit_router import fit_router, foreign_words
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
from mome.memory.store.versions import MemoryStore, StoredMemory


@dataclass(frozen=True)
class Reading:
    """What a memory has to say about one question, before any decoding."""

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


@dataclass(frozen=True)
class Derived:
    """What follows from the facts that a memory knows; made when it is first needed."""

    facts: tuple[MemoryFact, ...]
    said: frozenset[str]
    """The stems of all words of their wordings."""
    anchors: Tensor
    """(n, q) of their wordings; see `find_route`."""
    owners: tuple[MemoryFact, ...]
    """(n,) whose wordings they are."""


class Memory:
    """What a backbone has memorised. Reading is thread-safe; `tune` replaces `bank`, `facts`, `known` and `report` at its end."""

    def __init__(
        self,
        backbone: MemoryBackbone,
        config: MemoryConfig,
        router: Router,
        bank: Bank,
        words: Words = PLAIN,
    ) -> None:
        """`words` says what the database makes of a question's words."""
        self.backbone, self.config, self.router, self.bank, self.words = (
            backbone,
            config,
            router,
            bank,
            words,
        )
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
    ) -> Memory:
        """An empty memory whose router is fitted to `wordings`, one group for each fact; see `__init__` for `words`."""
        states = QuestionStates(backbone)
        known = [group for group in wordings if group]
        strange = background(chain.from_iterable(known))
        states(
            [*chain.from_iterable((*known, *strange))]
        )  # all in large batches, to be found one by one below
        groups, others = ([states(group) for group in which] for which in (known, strange))
        router = fit_router(groups, others, config, foreign_words(known, strange, words))
        memory = cls(
            backbone,
            config,
            router,
            Bank.empty(_shapes(backbone), ROW_TYPES[config.row_dtype]),
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
        """The memory of the folder `path`, in its current version or a given one; raises NoMemory, BrokenMemory or OtherBackbone."""
        return cls.of(MemoryStore(path).open(version), backbone, words)

    @classmethod
    def of(cls, stored: StoredMemory, backbone: MemoryBackbone, words: Words = PLAIN) -> Memory:
        """What was read from a folder, or what `stored` gave; raises OtherBackbone."""
        if stored.backbone != backbone.identity or stored.bank.layers != _shapes(backbone):
            where = f"the memory at {stored.path} was tuned on another base model"
            raise OtherBackbone(f"{where}: load it with that one, or tune again with this one")
        memory = cls(backbone, stored.config, stored.router, stored.bank, words)
        if stored.shared is not None and stored.shared.names != tuple(backbone.shared_modules()):
            raise OtherBackbone(
                f"the memory at {stored.path} was tuned by another version of this program: tune again"
            )
        memory.facts, memory.known, memory.report, memory.shared = (
            stored.facts,
            stored.known,
            stored.report,
            stored.shared,
        )
        return memory

    def stored(self) -> StoredMemory:
        """All of the memory but its backbone."""
        parts = (self.shared, self.facts, self.report, self.known, self.bank)
        return StoredMemory(Path(), self.config, self.backbone.identity, self.router, *parts)

    def attach(self) -> None:
        """Put memory layers into the backbone; without a route in force they change nothing."""
        if not self._layers:
            self._layers = install(self.backbone.model, self.backbone.memory_modules())
            self.shared_layers = install(self.backbone.model, self.backbone.shared_modules())

    def detach(self) -> None:
        """Take the memory layers out of the backbone again."""
        if self._layers:
            uninstall(self.backbone.model, self.backbone.memory_modules())
            uninstall(self.backbone.model, self.backbone.shared_modules())
            self._layers = self.shared_layers = ()

    def queries(self, questions: Sequence[str]) -> Tensor:
        """(b, q) unit queries of questions."""
        return self.router.query(self._states(questions))

    def select(self, queries: Tensor) -> tuple[Tensor, Tensor]:
        """Experts (b, k) and gates (b, k) of queries (b, q)."""
        return self.router.select(
            queries, top_k=self.config.top_k, temperature=self.config.temperature
        )

    def route(self, questions: Sequence[str]) -> Route:
        """The experts of each question, and whether it is near enough to what the memory knows.

        A question that names a table, column, value or number which a fact has nothing to do with is not that fact's, nor one that does not
        name the value which the fact is about.
        """
        parts = (self.router, self.queries(questions), self.known, self._of_facts().anchors)
        sizes = {"top_k": self.config.top_k, "temperature": self.config.temperature}
        return find_route(
            *parts, **sizes, foreign=self.foreign(questions), fits=self._fits(questions)
        )

    def _fits(self, questions: Sequence[str]) -> Fits:
        owners = self._of_facts().owners
        asked = [(self.words.named(question), all_stems([question])) for question in questions]
        return lambda row, known: (
            asked[row][0] <= _said_by(owners[known]) and _quoted_by(owners[known]) <= asked[row][1]
        )

    def foreign(self, questions: Sequence[str]) -> Tensor:
        """(b,) how many words of each question are in no fact's wording, and nothing in the database explains them."""
        return count_foreign(questions, self.words, self._of_facts().said)

    def _of_facts(self) -> Derived:
        facts = self.facts
        if self._derived.facts is not facts:
            said = all_stems(wording for fact in facts for wording in fact.wordings)
            owners = tuple(fact for fact in facts for _ in fact.wordings)
            self._derived = Derived(
                facts, said, fact_anchors(self.known, facts, self.config.seed), owners
            )
        return self._derived

    @contextmanager
    def routed(self, questions: Sequence[str]) -> Iterator[Route]:
        """Within the context, batches of these questions (or of beams of them) go through their experts."""
        route = self.route(questions)
        with self.applied(route):
            yield route

    @contextmanager
    def applied(self, route: Route) -> Iterator[None]:
        """`routed` for a route that is there already."""
        with using(self.parts(route)):
            yield

    @contextmanager
    def shared_for(self, route: Route, rows: int) -> Iterator[None]:
        """Within the context, the shared experts alone take part in batches of `rows` that are all about the one question of `route`."""
        takes_part = self.shared is not None and bool(route.near.all())
        with using(self.shared.parts(self.shared_layers, rows) if takes_part else {}):
            yield

    def parts(self, route: Route) -> dict[MemoryLayer, Part]:
        """What each memory layer adds under `route`; nothing at all when no question is routed."""
        near = route.near.nonzero().squeeze(1)
        found = (
            {}
            if self.shared is None
            else self.shared.parts(self.shared_layers, len(route.near), near)
        )
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
        """The input side of questions' experts (b, k) in one layer, scaled gates included."""
        device = self.layers[layer].weight.device
        gates = (gates * self.config.scale).to(device)
        return InputVectors(
            ids.to(device), gates, self.bank.layers[layer].d_in, self.config.seed, layer
        )

    def read(self, question: str, n: int = 3) -> Reading:
        """Route one question and find the `n` known facts nearest to it."""
        return Reading(self.route([question]), tuple(self.nearest(question, n)))

    def nearest(self, question: str, n: int) -> list[tuple[MemoryFact, float]]:
        """The `n` facts whose wordings are nearest to `question`, best first, with their cosines in [-1, 1]."""
        if not self.facts:
            return []
        scores = (self.queries([question]) @ self.known.T).squeeze(0).tolist()
        best: dict[str, tuple[MemoryFact, float]] = {}
        for fact, score in sorted(
            zip(self._of_facts().owners, scores, strict=True), key=lambda pair: -pair[1]
        ):
            best.setdefault(fact.id, (fact, score))
        return list(best.values())[:n]


def _said_by(fact: MemoryFact) -> frozenset[str]:
    """Stems and numbers of a fact's wordings and of the names that it rests on: what a question can name and still mean it."""
    names = (" ".join(name_words(part)) for name in fact.objects for part in name.split("."))
    figures = frozenset(
        word.number for wording in fact.wordings for word in question_words(wording) if word.number
    )
    return all_stems([*fact.wordings, *names]) | figures


def _quoted_by(fact: MemoryFact) -> frozenset[str]:
    """Stems of the texts of a fact's SQL that its wordings say too."""
    said = all_stems(fact.wordings)
    quoted = (all_stems([text]) for text in re.findall(r"'((?:[^']|'')*)'", fact.answer))
    return frozenset(chain.from_iterable(stems for stems in quoted if stems <= said))


def _shapes(backbone: MemoryBackbone) -> tuple[LayerShape, ...]:
    return tuple(
        linear_shape(name, backbone.model.get_submodule(name)) for name in backbone.memory_modules()
    )
