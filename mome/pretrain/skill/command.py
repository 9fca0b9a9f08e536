"""The work of `mome pretrain --base`: draw questions, train or resume, and export the adapter."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import torch

from mome.backbones.identity import base_path, identity
from mome.errors import BackboneError
from mome.kernels.bfloat16 import has_bfloat16
from mome.pretrain.command import check_data, read_corpus, read_database
from mome.pretrain.corpus import kept_examples
from mome.pretrain.examples import Example, add_variants
from mome.pretrain.sede import sede_examples
from mome.pretrain.skill.examples import Group, GroupDrawer
from mome.pretrain.skill.model import SkillModel, load_base
from mome.pretrain.skill.rows import SkillBatch, SkillRows, SkillTokenizer, TokenizedGroup
from mome.pretrain.skill.run import SkillConfig, SkillRun, Update
from mome.pretrain.timed_run import device
from mome.pretrain.variants import Synonyms

UPDATE = 16
"""Number of questions whose gradients are summed."""
HELD_OUT = 64
"""Number of questions about withheld databases on which the adapter is measured."""


def pretrain_skill(
    base: str,
    data: Path,
    work: Path,
    minutes: float,
    say: Callable[[str], None],
    *,
    ahead: int = 0,
) -> None:
    """Train an adapter of `base` for `minutes` in total and write it to `work`/adapter.

    `base`: a causal language model, as `mome tune --base` takes it.
    `data`: folder with spider/, bird_train/, wikisql/ and sede/; not needed if `work` has drawn
    questions.
    `work`: folder of the run; a run found there is resumed, and its minutes count.
    `say`: receives each line of progress.
    `ahead`: number of questions to draw before training and to keep in `work`; 0 to draw them
    during training. With these files and the base model, `work` can be carried to a machine with a
    GPU.
    Raises BackboneError if data or the model is missing.
    """
    # Loaded first, so that a mistyped name fails fast.
    backbone = load_base(base)
    work.mkdir(parents=True, exist_ok=True)
    _check_base(work / "base.txt", identity(base_path(base)))
    updates = _updates(data, work, say, ahead, SkillTokenizer(backbone.tokenizer))
    held_out = list(
        SkillRows.load(work / "held_out_questions.safetensors", UPDATE, device()).once()
    )
    dtype = torch.bfloat16 if has_bfloat16(device()) else torch.float32
    model = SkillModel(backbone, device(), dtype)
    run = SkillRun(work, model, updates, held_out, SkillConfig.on(device(), minutes), say)
    run.train()
    say(f"held-out {run.measure()}")
    model.export(work / "adapter", base)
    say(f"the adapter is in {work / 'adapter'}")


def _check_base(path: Path, found: str) -> None:
    """Write the model's hash to `path`, or raise BackboneError if another one is there.

    The files of a run hold ids of one tokenizer and weights beside those of one model.
    """
    if not path.exists():
        path.write_text(found)
    if path.read_text() != found:
        raise BackboneError(f"{path.parent} has a run of another base model; use another --work")


def _updates(
    data: Path, work: Path, say: Callable[[str], None], ahead: int, tokenizer: SkillTokenizer
) -> Callable[[int], Iterator[Update]]:
    """Return updates for a seed; write the held-out questions, and those drawn ahead, to `work`."""
    kept = work / "questions.safetensors"
    if kept.exists():
        return SkillRows.load(kept, UPDATE, device())
    check_data(data, ("spider", "bird_train", "wikisql", "sede"))
    say("reading the databases")
    examples = skill_corpus(data, say)
    say(f"{len(examples)} questions to learn from")
    held_out = _tokenized(GroupDrawer(_held_out(data)).held_out(), tokenizer)
    SkillRows.of(held_out, UPDATE).save(work / "held_out_questions.safetensors")
    drawn = DrawnUpdates(GroupDrawer(examples), tokenizer)
    if not ahead:
        return drawn
    say(f"drawing {ahead} questions")
    SkillRows.of(drawn.first(ahead), UPDATE).save(kept)
    return SkillRows.load(kept, UPDATE, device())


def skill_corpus(data: Path, say: Callable[[str], None]) -> list[Example]:
    """Return the examples to train on: those of the bundled model, and SEDE's."""
    examples, _ = read_corpus(data, say)
    more = sede_examples(data)
    add_variants(more, Synonyms(), random.Random(0))
    return [*examples, *more]


def _held_out(data: Path) -> list[Example]:
    """Return questions about the databases of Spider that no training sees."""
    examples = kept_examples(data, cache(read_database))
    return random.Random(0).sample(examples, min(HELD_OUT, len(examples)))


def _tokenized(groups: Iterable[Group], tokenizer: SkillTokenizer) -> Iterator[TokenizedGroup]:
    """Yield the groups with token ids, without those that are too long."""
    for group in groups:
        tokenized = tokenizer.group(group)
        if tokenized is not None:
            yield tokenized


class DrawnUpdates:
    """Draws updates during training; calling an object yields them without end."""

    def __init__(self, drawer: GroupDrawer, tokenizer: SkillTokenizer) -> None:
        self._drawer = drawer
        self._tokenizer = tokenizer

    def __call__(self, seed: int) -> Iterator[list[SkillBatch]]:
        """Yield updates of at least `UPDATE` questions."""
        groups = _tokenized(self._drawer.groups(seed), self._tokenizer)
        while True:
            part = _first(groups, UPDATE)
            yield list(SkillRows.of(part, UPDATE, device()).once())

    def first(self, count: int) -> Iterator[TokenizedGroup]:
        """Return the first groups of seed 0, which have `count` questions or a few more."""
        return _first(_tokenized(self._drawer.groups(0), self._tokenizer), count)


def _first(groups: Iterator[TokenizedGroup], count: int) -> Iterator[TokenizedGroup]:
    """Yield groups until they have `count` questions."""
    questions = 0
    while questions < count:
        group = next(groups)
        questions += len(group.rows)
        yield group
