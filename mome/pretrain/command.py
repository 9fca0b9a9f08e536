"""What `mome pretrain` does: builds the corpus from the people's questions, trains or resumes, and exports the model."""

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
"""Questions taken from WikiSQL."""
GENERATED = 120
"""Facts generated about a database at most."""
HELD_OUT = 256


def pretrain_backbone(
    data: Path,
    work: Path,
    minutes: float,
    say: Callable[[str], None],
    *,
    start: Path | None = None,
    ahead: int = 0,
) -> None:
    """Train for `minutes` in all (earlier calls counted) and write the model to `work`/export. Raises BackboneError.

    A new run goes on from the finished model in `start`, or from MiniLM. With `ahead`, so many rows are drawn first and kept in `work`;
    with these files and the model that it begins with the run needs nothing else, so that it can be carried to a GPU.
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
    """The examples to learn from and those held out, of Spider's dev split; the first with variants of their schemas, if `varied`."""
    rng = random.Random(0)
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
    """Facts about one database file, as `mome tune` writes them; the rules write SQL that runs, so it is not run here."""
    return generate(introspect(resolve_url(path)), check=lambda sql: None, limit=GENERATED)


def read_database(path: Path) -> Database:
    """The catalog and value index of one database file, read as `mome tune` reads them."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as folder:
        full.write(Path(folder) / "catalog.json")
        write_values(Path(folder) / "values.jsonl", collect_values(source, full))
        return Catalog.load(Path(folder) / "catalog.json"), read_values(
            Path(folder) / "values.jsonl"
        )
