"""Generated facts in other words: the base model asks for their SQL, and what it reads back as the same is kept. `mome tune` calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from mome.artifacts.facts import MemoryFact
from mome.backbones.base import Backbone
from mome.linking.names import all_stems
from mome.linking.slice import Linker
from mome.tune.refresh import PEOPLES
from training_data import normalise

TRIES = 2
"""Questions that are sought for a fact."""
AT_ONCE = 16


def phrase(
    facts: Sequence[MemoryFact],
    backbone: Backbone,
    linker: Linker,
    same: Callable[[str, str], bool],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    *,
    taken: Iterable[str] = (),
) -> list[MemoryFact]:
    """The facts, those that rules wrote with more wordings: questions that the model alone answers with the rows of the fact's SQL.

    A question that speaks of something which is not in the database is none: a model may understand it all the same.

    `same` compares two SQL texts on the database; `on_progress` hears how many of all sought questions are through. No wording of
    one fact becomes another's, nor do those that are `taken` elsewhere.
    """
    taken = {
        normalise(wording)
        for wording in (*taken, *(wording for fact in facts for wording in fact.wordings))
    }
    sought = [fact for fact in facts if fact.kind not in PEOPLES]
    more: dict[str, tuple[str, ...]] = {}
    for seed in range(TRIES):
        for first in range(0, len(sought), AT_ONCE):
            group = sought[first : first + AT_ONCE]
            for fact, question in _understood(group, backbone, linker, same, seed):
                if normalise(question) not in taken:
                    taken.add(normalise(question))
                    more[fact.id] = (*more.get(fact.id, ()), question)
            on_progress(seed * len(sought) + first + len(group), TRIES * len(sought))
    return [replace(fact, wordings=fact.wordings + more.get(fact.id, ())) for fact in facts]


def _understood(
    facts: Sequence[MemoryFact],
    backbone: Backbone,
    linker: Linker,
    same: Callable[[str, str], bool],
    seed: int,
) -> Iterator[tuple[MemoryFact, str]]:
    """Facts with a new question that the model, with no memory, answers as they do."""
    asked = backbone.questions([fact.answer for fact in facts], linker, seed=seed)
    kept = [
        (fact, question) for fact, question in zip(facts, asked, strict=True) if normalise(question)
    ]
    pairs = [
        (fact, question)
        for fact, question in kept
        if not linker.unexplained(question) - all_stems(fact.wordings)
    ]
    prompts = [backbone.prepare(linker.slice(question), linker) for _, question in pairs]
    for (fact, question), candidates in zip(
        pairs, backbone.generate(prompts) if prompts else (), strict=True
    ):
        answer = candidates[0].answer if candidates else None
        if answer is not None and (
            answer == backbone.canonical(fact.answer, linker) or same(fact.answer, answer)
        ):
            yield fact, question
