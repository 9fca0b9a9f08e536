"""The work of `mome pretrain`: build the corpus, train or resume, and export the model."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from functools import cache
from itertools import islice
from pathlib import Path

from mome.catalog import Catalog
from mome.errors import BackboneError
from mome.linking.values import read_values
from mome.pretrain.corpus import Example, add_variants, bird, sampled, spider, wikisql
from mome.pretrain.rows import Rows
from mome.pretrain.train import Batches, Run, TrainConfig, begin, device
from mome.pretrain.variants import WORDNET, Database, Synonyms
from schemas import collect_values, introspect, resolve_url, write_values
from training_data import Fact, generate

WIKISQL = 6000
"""Number of WikiSQL's questions that are used; Spider has about as many."""
GENERATED = 120
"""Maximum number of facts generated about a database."""
HELD_OUT = 256
"""Number of questions of Spider's dev split on which the model is measured during training."""


def pretrain_backbone(
    data: Path,
    work: Path,
    minutes: float,
    say: Callable[[str], None],
    *,
    start: Path | None = None,
    ahead: int = 0,
) -> None:
    """Train for `minutes` in total and write the model to `work`/export.

    `data`: folder with spider/, bird_train/ and wikisql/; not needed if `work` has drawn rows.
    `work`: folder of the run; a run found there is resumed, and its minutes count.
    `say`: receives each line of progress.
    `start`: folder of a finished model from which a new run starts; None for MiniLM.
    `ahead`: number of rows to draw before training and to keep in `work`; 0 to draw them during
    training. With these files and the model that the run starts from, `work` can be carried to a
    machine with a GPU.
    Raises BackboneError if data or MiniLM is missing.
    """
    config = TrainConfig.on(device(), minutes)
    kept, held = work / "rows.safetensors", work / "held_out.safetensors"
    if kept.exists():
        batches = Rows.load(kept, config.batch, device())
    else:
        drawn, held_out = _drawn(data, work, config, say, start)
        held_out.save(held)
        batches = drawn
        if ahead:
            say(f"drawing {ahead} rows")
            batches = Rows.drawn(islice(drawn.rows(config.seed), ahead), config.batch)
            batches.save(kept)
    run = Run(work, batches, list(Rows.load(held, config.batch, device()).once()), config, say)
    run.train()
    run.export(work / "export")
    say(f"the model is in {work / 'export'}")


def _drawn(
    data: Path, work: Path, config: TrainConfig, say: Callable[[str], None], start: Path | None
) -> tuple[Batches, Rows]:
    """What draws rows from the people's questions, and the held-out rows; the model that they are for is begun."""
    for needed in (
        "spider/questions.jsonl",
        "bird_train/questions.jsonl",
        "wikisql/questions.jsonl",
    ):
        if not (data / needed).exists():
            raise BackboneError(
                f"{data / needed} is missing; --data names the folder with spider/, bird_train/ and wikisql/"
            )
    say("reading the databases")
    examples, held_out = read_corpus(data, say)
    say(f"{len(examples)} questions to learn from")
    begin(work / "model", examples, start)
    batches = Batches(examples, work / "model", config)
    return batches, Rows.drawn(
        (row for example in held_out if (row := batches.row(example, None))), config.batch
    )


def read_corpus(
    data: Path, say: Callable[[str], None], *, varied: bool = True
) -> tuple[list[Example], list[Example]]:
    """Return the examples to train on, and those held out, from Spider's dev split.

    `varied`: whether the databases of the first get variants.
    """
    rng = random.Random(0)
    # Generated facts and people's questions are about the same databases: read each once.
    read = cache(read_database)
    examples = sampled(data, read, generated, rng)
    examples += (
        spider(data, ["train"], read)
        + spider(data, ["train_syn"], read, "syn")
        + bird(data, rng)
        + wikisql(data, WIKISQL, rng)
    )
    synonyms = Synonyms()
    if varied and not synonyms:
        say(
            f"WordNet is not in {WORDNET}: schemas are varied without synonyms (Debian: apt install wordnet-base)"
        )
    if varied:
        add_variants(
            [example for example in examples if example.source != "wikisql"], synonyms, rng
        )
    found = spider(data, ["dev"], read)
    return examples, rng.sample(found, min(HELD_OUT, len(found)))


def generated(path: Path) -> list[Fact]:
    """Return facts about a database file, generated as `mome tune` does.

    Their SQL is not run to check it: the rules write only SQL that runs.
    """
    return generate(introspect(resolve_url(path)), check=lambda sql: None, limit=GENERATED)


def read_database(path: Path) -> Database:
    """Return the catalog and the stored values of a database file, read as `mome tune` does."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as folder:
        full.write(Path(folder) / "catalog.json")
        write_values(Path(folder) / "values.jsonl", collect_values(source, full))
        return Catalog.load(Path(folder) / "catalog.json"), read_values(
            Path(folder) / "values.jsonl"
        )
