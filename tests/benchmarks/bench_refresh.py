"""One changed fact among many: time until it is recalled and stored, beside a tune of all facts.

Also measures how many facts are recalled, how many held-out paraphrases are answered, and how many
bits change in experts that the fact does not use. Prints a table and writes a CSV.

The facts are generated on the sample bookshop; the last wording of each is held out as a
paraphrase. If the rules give too few facts, more are added that ask for rows above a number. A
change gives a question the answer of another fact. The benchmark stops if a fact that was recalled
before all changes is not recalled after them.
"""

from __future__ import annotations

import argparse
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from tables import show

from mome.answering.translator import Translator
from mome.backbones.base import Backbone
from mome.backbones.loading import load
from mome.catalog import Catalog
from mome.cli.progress import silent_libraries
from mome.linking.slice import Linker
from mome.linking.values import read_values
from mome.memory import Memory, MemoryConfig, MemoryFact, MemoryStore, TuneConfig, recall, tune
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.recall import written
from mome.tune.run import prompter
from schemas import collect_values, introspect, resolve_url, write_values
from training_data import Fact, generate, make_fact
from training_data.sample.bookshop import create_sample

MEASURES = (
    ("books", "book", "title", "pages"),
    ("employees", "employee", "full_name", "salary"),
    ("novels", "book", "title", "stock"),
)
"""For facts above a number: a noun, its table, the column shown and the column compared."""
PARAPHRASES = 100
"""Maximum number of paraphrases that are asked after the tune of all facts."""


@dataclass(frozen=True)
class Row:
    """One row of the table; what was not measured is an empty text."""

    what: str
    seconds: float
    """Time until the facts are recalled."""
    on_disk: float
    """Time to write them, in seconds."""
    recalled: str
    paraphrases: str
    everything: str = ""
    """Of the facts recalled before all changes, the changed ones included, those recalled after."""
    neighbours: str = ""
    """Number of other facts that share experts with the changed one."""
    bits_elsewhere: str = ""

    def shown(self) -> dict[str, str]:
        """Return the cells by column."""
        return {
            "what": self.what,
            "seconds": f"{self.seconds:.2f}",
            "on disk s": f"{self.on_disk:.2f}",
            "recalled": self.recalled,
            "paraphrases": self.paraphrases,
            "all facts recalled": self.everything,
            "facts that share experts": self.neighbours,
            "bits changed elsewhere": self.bits_elsewhere,
        }


@dataclass(frozen=True)
class Bookshop:
    """Facts about the sample, and their held-out paraphrases."""

    linker: Linker
    facts: list[MemoryFact]
    paraphrases: dict[str, str]
    """Paraphrases by the ids of their facts; a fact of one wording has none."""

    @classmethod
    def make(cls, folder: Path, backbone: Backbone, count: int) -> Bookshop:
        """Write the sample to `folder` and generate `count` facts about it."""
        source = resolve_url(create_sample(folder / "shop.sqlite"))
        full = introspect(source)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        linker = Linker(Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl"))
        generated = generate(full, check=lambda sql: None, limit=count)
        facts = []
        paraphrases = {}
        for fact in [*generated, *above(count - len(generated))]:
            wordings = fact.wordings
            if len(wordings) > 1:
                paraphrases[fact.id] = wordings[-1]
                wordings = wordings[:-1]
            sql = backbone.canonical(fact.sql, linker)
            facts.append(MemoryFact(fact.id, fact.kind, wordings, sql, fact.objects))
        return cls(linker, facts, paraphrases)


def above(count: int) -> list[Fact]:
    """Return facts that differ only in a number, which makes them hard to tell apart."""
    facts = []
    for number in range(count):
        noun, table, name, column = MEASURES[number % len(MEASURES)]
        least = 10 + 7 * (number // len(MEASURES))
        wordings = [
            f"Which {noun} have {column} above {least}?",
            f"{noun} with more than {least} {column}",
            f"{noun}: {column} over {least}",
        ]
        sql = f"SELECT {name} FROM {table} WHERE {column} > {least}"
        objects = [table, f"{table}.{name}", f"{table}.{column}"]
        facts.append(make_fact("above", wordings, sql, objects))
    return facts


def measure(folder: Path, count: int, changes: int, say: Callable[[str], None]) -> list[Row]:
    """Return all rows of the table.

    `say`: receives each line of progress.
    """
    backbone = load()
    shop = Bookshop.make(folder, backbone, count)
    config = TuneConfig(learning_rate=backbone.learning_rate)
    say(f"memorising {len(shop.facts)} facts")
    start = time.perf_counter()
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in shop.facts])
    before = tune(memory, shop.facts, prompter(backbone, shop.linker, shop.facts), config=config)
    spent = time.perf_counter() - start
    store = MemoryStore(folder / "memory")
    on_disk = timed(lambda: store.write(memory.stored()))
    say("asking its paraphrases")
    asked = [fact for fact in memory.facts if fact.id in shop.paraphrases][:PARAPHRASES]
    tuned = Row(
        what=f"tune {len(shop.facts)} facts",
        seconds=spent,
        on_disk=on_disk,
        recalled=share(before.recalled, len(before.facts)),
        paraphrases=understood(memory, shop, asked),
    )

    say("changing facts one by one")
    known = {fact.id for fact in before.facts if fact.recalled}
    places = [
        place
        for place, fact in enumerate(memory.facts)
        if fact.id in known and fact.id in shop.paraphrases
    ]
    # Spread the changes evenly over the facts.
    chosen = places[:: max(1, len(places) // changes)][:changes]
    steps = [change(memory, place, shop, config, store) for place in chosen]

    say("asking every fact again")
    after = recall(memory, memory.facts, prompter(backbone, shop.linker, memory.facts))
    lost = [fact.id for fact in after.missed if fact.id in known]
    if lost:
        raise SystemExit(f"{len(lost)} facts were lost, such as {lost[0]}: no time is reported")
    recalled = sum(fact.recalled and fact.id in known for fact in after.facts)
    return [tuned, summary(steps, share(recalled, len(known)))]


@dataclass(frozen=True)
class Step:
    """The measurements of one changed fact."""

    seconds: float
    """Time until it is recalled."""
    on_disk: float
    """Time to write it, in seconds."""
    recalled: bool
    paraphrase: str
    """Whether its paraphrase gives the new answer: 1 of 1, or 0 of 1."""
    neighbours: int
    """Number of other facts that share experts with it."""
    bits_elsewhere: int
    """Number of bits changed in experts that it does not use."""


def change(
    memory: Memory, place: int, shop: Bookshop, config: TuneConfig, store: MemoryStore
) -> Step:
    """Give the question of the fact at `place` the answer of the next fact, and measure it."""
    old = memory.facts[place]
    other = memory.facts[(place + 1) % len(memory.facts)]
    new = replace(old, answer=other.answer, objects=other.objects, fitted=False)
    facts = [*memory.facts[:place], new, *memory.facts[place + 1 :]]
    bank = memory.bank
    start = time.perf_counter()
    kept = {fact.id for fact in facts if fact is not new}
    prompt = prompter(memory.backbone, shop.linker, facts)
    report = tune(memory, facts, prompt, kept=kept, config=config)
    spent = time.perf_counter() - start
    on_disk = timed(lambda: store.append(memory.stored()))
    own = set(new.experts)
    neighbours = sum(not own.isdisjoint(fact.experts) for fact in facts if fact is not new)
    return Step(
        seconds=spent,
        on_disk=on_disk,
        recalled=report.facts[place].recalled,
        paraphrase=understood(memory, shop, [memory.facts[place]]),
        neighbours=neighbours,
        bits_elsewhere=bits_elsewhere(bank, memory.bank, own),
    )


def bits_elsewhere(before: LayeredBank, after: LayeredBank, own: set[int]) -> int:
    """Return the number of bits that differ between two banks in experts other than `own`."""
    ids = torch.cat([before.flat().ids, after.flat().ids]).unique()
    ids = ids[~torch.isin(ids, torch.tensor(sorted(own)))]
    different = 0
    for layer in range(len(before.layers)):
        old = before.gather(layer, ids).to(before.dtype).view(torch.int16)
        new = after.gather(layer, ids).to(before.dtype).view(torch.int16)
        changed = old ^ new
        for bit in range(16):
            different += int((changed >> bit & 1).sum())
    return different


def understood(memory: Memory, shop: Bookshop, facts: Sequence[MemoryFact]) -> str:
    """Return how many paraphrases of these facts give the facts' answers, such as 3 of 4.

    Each is asked on its own, as the translator asks.
    """
    translator = Translator(memory.backbone, shop.linker, memory)
    right = 0
    for fact in facts:
        question = shop.paraphrases[fact.id]
        right += written(memory, [question], [translator.prompt(question)]) == [fact.answer]
    return share(right, len(facts))


def summary(steps: Sequence[Step], everything: str) -> Row:
    """Return one row for all changes: medians, and the maximum of the bits changed elsewhere."""
    answered = sum(step.paraphrase.startswith("1 ") for step in steps)
    neighbours = [step.neighbours for step in steps]
    return Row(
        what=f"change 1 fact (median of {len(steps)})",
        seconds=statistics.median(step.seconds for step in steps),
        on_disk=statistics.median(step.on_disk for step in steps),
        recalled=share(sum(step.recalled for step in steps), len(steps)),
        paraphrases=share(answered, len(steps)),
        everything=everything,
        neighbours=f"{statistics.median(neighbours):.0f}, at most {max(neighbours)}",
        bits_elsewhere=str(max(step.bits_elsewhere for step in steps)),
    )


def timed(work: Callable[[], object]) -> float:
    """Return the time of `work` in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def share(part: int, whole: int) -> str:
    """Return a share as text, such as 3 of 4."""
    return f"{part} of {whole}"


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--facts", type=int, default=1000)
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--csv", type=Path, default=Path("build/bench_refresh.csv"))
    options = parser.parse_args()
    silent_libraries()
    say = functools.partial(print, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder), options.facts, options.changes, say)
    show(options.csv, [row.shown() for row in rows])


if __name__ == "__main__":
    main()
