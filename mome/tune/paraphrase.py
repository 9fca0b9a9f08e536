"""Paraphrases of generated facts: the backbone asks a question for their SQL, which is kept if the
backbone answers it correctly. `mome tune` calls it.
"""

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
"""Questions drawn per fact; each more costs a decoding of every fact."""
# Facts per batch; bounds the working memory of a decoding.
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
    """Add wordings to the facts that rules generated: questions that the backbone alone answers
    with the same rows.

    Discard questions that mention anything outside of the database, even if the backbone answers
    them. `same` compares two SQL texts on the database. `on_progress` is called with the questions
    drawn and their total. A wording of one fact, or one that is `taken`, is not given to another
    fact.
    """
    taken = {normalise(wording) for wording in taken}
    for fact in facts:
        taken.update(map(normalise, fact.wordings))
    # What people wrote is asked in their words only.
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
    """Yield facts with a new question that the bare backbone answers as they do."""
    asked = backbone.questions([fact.answer for fact in facts], linker, seed=seed)
    pairs = []
    for fact, question in zip(facts, asked, strict=True):
        if not normalise(question):
            continue
        unknown = linker.unexplained(question) - all_stems(fact.wordings)
        if not unknown:
            pairs.append((fact, question))
    if not pairs:
        return
    prompts = [backbone.prepare(linker.slice(question), linker) for _, question in pairs]
    for (fact, question), candidates in zip(pairs, backbone.generate(prompts), strict=True):
        answer = candidates[0].answer if candidates else None
        if answer is None:
            continue
        # Equal SQL needs no comparison of rows on the database.
        if answer == backbone.canonical(fact.answer, linker) or same(fact.answer, answer):
            yield fact, question
