"""The work of `mome pretrain`: build the corpus, train or resume, and export the model."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from mome.catalog import Catalog
from mome.errors import BackboneError
from mome.linking.values import read_values
from mome.pretrain.batches import Batches
from mome.pretrain.bird import bird_examples
from mome.pretrain.business.drawing import draw_database
from mome.pretrain.business.writing import write_database
from mome.pretrain.corpus import (
    business_examples,
    generated_examples,
    sampled_examples,
    self_join_examples,
    spider_examples,
    wikisql_examples,
)
from mome.pretrain.examples import Example, add_variants
from mome.pretrain.rows import TrainingRows
from mome.pretrain.sampling.role_comparisons import ROLE_COMPARISONS
from mome.pretrain.sampling.sample import BUSINESS, FAMILIES, SELF_JOINS, sample_questions
from mome.pretrain.sampling.scene import Scene
from mome.pretrain.sampling.self_keys import add_self_key
from mome.pretrain.timed_run import device
from mome.pretrain.train import PretrainingRun, TrainConfig, start_model
from mome.pretrain.variants import WORDNET, Database, Synonyms
from schemas import collect_values, introspect, resolve_url, write_values
from training_data import Fact, generate

WIKISQL = 6000
"""Number of WikiSQL's questions that are used; Spider has about as many."""
GENERATED = 120
"""Maximum number of facts generated about a database."""
SAMPLED = 240
"""Maximum number of questions that are sampled about a database."""
SELF_JOINED = 72
"""Maximum number of questions that are sampled about a copy in which a table refers to itself."""
# With fewer, the model writes self joins wherever a table refers to itself.
OTHERS = 40
"""Number of other families drawn for a copy, besides those about self joins, each twice."""
BUSINESS_SAMPLED = 170
"""Maximum number of questions that are sampled about a made-up business database."""
BUSINESS_OTHERS = 50
"""Number of other families drawn for one, besides those about businesses, each twice."""
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
    config = TrainConfig.on(device(), minutes, finished=start is not None)
    kept = work / "rows.safetensors"
    held = work / "held_out.safetensors"
    if kept.exists():
        batches = TrainingRows.load(kept, config.batch, device())
    else:
        drawn, held_out = _new_batches(data, work, config, say, start)
        held_out.save(held)
        batches = drawn
        if ahead:
            say(f"drawing {ahead} rows")
            batches = TrainingRows.drawn(islice(drawn.rows(config.seed), ahead), config.batch)
            batches.save(kept)
    held_out_batches = list(TrainingRows.load(held, config.batch, device()).once())
    run = PretrainingRun(work, batches, held_out_batches, config, say)
    run.train()
    run.export(work / "export")
    say(f"the model is in {work / 'export'}")


def _new_batches(
    data: Path, work: Path, config: TrainConfig, say: Callable[[str], None], start: Path | None
) -> tuple[Batches, TrainingRows]:
    """Return batches that draw rows from the corpus, and the held-out rows.

    Writes the model from which the run starts, because rows are encoded with its tokenizers.
    """
    check_data(data, ("spider", "bird_train", "wikisql"))
    say("reading the databases")
    examples, held_out = read_corpus(data, say)
    say(f"{len(examples)} questions to learn from")
    start_model(work / "model", examples, start)
    batches = Batches(examples, work / "model", config.batch)
    rows = (batches.row(example, None) for example in held_out)
    return batches, TrainingRows.drawn((row for row in rows if row), config.batch)


def check_data(data: Path, names: Sequence[str]) -> None:
    """Raise BackboneError if one of the data sets is missing."""
    for name in names:
        path = data / name / "questions.jsonl"
        if not path.exists():
            *others, last = (f"{one}/" for one in names)
            raise BackboneError(
                f"{path} is missing; --data names the folder with {', '.join(others)} and {last}"
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
    examples = [
        *generated_examples(data, read, generated, rng),
        *sampled_examples(data, read, sampled),
        *self_join_examples(data, read_database, self_joined),
        *business_examples(data, read_database, business_sampled),
        *spider_examples(data, ["train"], read),
        *spider_examples(data, ["train_syn"], read, "syn"),
        *bird_examples(data, rng),
        *wikisql_examples(data, WIKISQL, rng),
    ]
    if varied:
        synonyms = Synonyms()
        if not synonyms:
            say(
                f"WordNet is not in {WORDNET}: schemas are varied without synonyms "
                "(Debian: apt install wordnet-base)"
            )
        # WikiSQL's tables differ from question to question already.
        several_tables = [example for example in examples if example.source != "wikisql"]
        add_variants(several_tables, synonyms, rng)
    dev = spider_examples(data, ["dev"], read)
    return examples, rng.sample(dev, min(HELD_OUT, len(dev)))


def generated(path: Path) -> list[Fact]:
    """Return facts about a database file, generated as `mome tune` does.

    Their SQL is not run to check it: the rules write only SQL that runs.
    """
    return generate(introspect(resolve_url(path)), check=lambda sql: None, limit=GENERATED)


def sampled(path: Path) -> list[tuple[str, str]]:
    """Return questions with their SQL, sampled over a database file."""
    scene = Scene(introspect(resolve_url(path)), path, seed=0)
    return [
        (one.question, scene.forms.decode(one.form)) for one in sample_questions(scene, SAMPLED)
    ]


def self_joined(path: Path, folder: Path) -> tuple[Path, list[tuple[str, str]]] | None:
    """Return a copy of a database file in which a table refers to itself, and questions with SQL.

    `folder`: receives the copy. None if no table fits.
    """
    copy = add_self_key(path, introspect(resolve_url(path)), folder, seed=0)
    if copy is None:
        return None
    scene = Scene(introspect(resolve_url(copy)), copy, seed=0)
    # Comparisons fit to few tables, and are asked much where they do.
    families = [*SELF_JOINS, *SELF_JOINS, *ROLE_COMPARISONS, *scene.rng.sample(FAMILIES, OTHERS)]
    asked = sample_questions(scene, SELF_JOINED, families)
    pairs = [(one.question, scene.forms.decode(one.form)) for one in asked]
    scene.connection.close()
    return copy, pairs


def business_sampled(number: int, folder: Path) -> tuple[Path, list[tuple[str, str]]]:
    """Return a made-up business database, written into a folder, and questions with SQL."""
    drawn = draw_database(number)
    path, typed = folder / f"business_{number}.sqlite", folder / "typed.sqlite"
    write_database(drawn, path, number)
    # Dates that are stored as texts are known for dates only where they are declared so.
    write_database(drawn, typed, number, typed=True)
    scene = Scene(introspect(resolve_url(typed)), typed, seed=number)
    families = [*BUSINESS, *BUSINESS, *scene.rng.sample(FAMILIES, BUSINESS_OTHERS)]
    asked = sample_questions(scene, BUSINESS_SAMPLED, families)
    pairs = [(one.question, scene.forms.decode(one.form)) for one in asked]
    scene.connection.close()
    return path, pairs


def read_database(path: Path) -> Database:
    """Return the catalog and the stored values of a database file, read as `mome tune` does."""
    source = resolve_url(path)
    full = introspect(source)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        return Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl")
