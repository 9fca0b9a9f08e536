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
    held_back: dict[str, str]
    """A paraphrase by the fact's id."""

    @classmethod
    def make(cls, folder: Path, backbone: Backbone, count: int) -> Bookshop:
        """Write the sample to `folder` and generate `count` facts about it."""
        source = resolve_url(create_sample(folder / "shop.sqlite"))
        full = introspect(source)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        linker = Linker(Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl"))
        facts, held_back = [], {}
        generated = generate(full, check=lambda sql: None, limit=count)
        for fact in [*generated, *above(count - len(generated))]:
            if len(fact.wordings) > 1:
                held_back[fact.id] = fact.wordings[-1]
            wordings = fact.wordings[:-1] or fact.wordings
            facts.append(
                MemoryFact(
                    fact.id, fact.kind, wordings, backbone.canonical(fact.sql, linker), fact.objects
                )
            )
        return cls(linker, facts, held_back)


def above(count: int) -> list[Fact]:
    """Return facts that differ only in a number, which makes them hard to tell apart."""
    found = []
    for number in range(count):
        noun, table, name, column = MEASURES[number % len(MEASURES)]
        least = 10 + 7 * (number // len(MEASURES))
        wordings = [
            f"Which {noun} have {column} above {least}?",
            f"{noun} with more than {least} {column}",
            f"{noun}: {column} over {least}",
        ]
        sql = f"SELECT {name} FROM {table} WHERE {column} > {least}"
        found.append(
            make_fact("above", wordings, sql, [table, f"{table}.{name}", f"{table}.{column}"])
        )
    return found


def measure(folder: Path, count: int, changes: int, told: Callable[[str], None]) -> list[Row]:
    """Return all rows of the table.

    `say`: receives each line of progress.
    """
    backbone = load()
    shop = Bookshop.make(folder, backbone, count)
    config = TuneConfig(learning_rate=backbone.learning_rate)
    told(f"memorising {len(shop.facts)} facts")
    start = time.perf_counter()
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in shop.facts])
    before = tune(memory, shop.facts, prompter(backbone, shop.linker, shop.facts), config=config)
    spent = time.perf_counter() - start
    store = MemoryStore(folder / "memory")
    on_disk = timed(lambda: store.write(memory.stored()))
    told("asking its paraphrases")
    asked = [fact for fact in memory.facts if fact.id in shop.held_back][:PARAPHRASES]
    rows = [
        Row(
            f"tune {len(shop.facts)} facts",
            spent,
            on_disk,
            share(before.recalled, len(before.facts)),
            understood(memory, shop, asked),
        )
    ]
    told("changing facts one by one")
    known = {fact.id for fact in before.facts if fact.recalled}
    places = [
        place
        for place, fact in enumerate(memory.facts)
        if fact.id in known and fact.id in shop.held_back
    ]
    steps = [
        change(memory, place, shop, config, store)
        for place in places[:: max(1, len(places) // changes)][:changes]
    ]
    told("asking every fact again")
    after = recall(memory, memory.facts, prompter(backbone, shop.linker, memory.facts))
    lost = [fact.id for fact in after.missed if fact.id in known]
    if lost:
        raise SystemExit(f"{len(lost)} facts were lost, such as {lost[0]}: no time is reported")
    return [
        *rows,
        summed_up(
            steps, share(sum(fact.id in known for fact in after.facts if fact.recalled), len(known))
        ),
    ]


@dataclass(frozen=True)
class Step:
    """The measurements of one changed fact."""

    seconds: float
    """Time until it is recalled."""
    on_disk: float
    """Time to write it, in seconds."""
    recalled: bool
    understood: str
    neighbours: int
    """Number of other facts that share experts with it."""
    bits_elsewhere: int
    """Number of bits changed in experts that it does not use."""


def change(
    memory: Memory, place: int, shop: Bookshop, config: TuneConfig, store: MemoryStore
) -> Step:
    """Give the question of the fact at `place` the answer of the next fact, and measure it."""
    old, other = memory.facts[place], memory.facts[(place + 1) % len(memory.facts)]
    new = replace(old, answer=other.answer, objects=other.objects, fitted=False)
    facts = [*memory.facts[:place], new, *memory.facts[place + 1 :]]
    bank = memory.bank
    start = time.perf_counter()
    kept = {fact.id for fact in facts if fact is not new}
    report = tune(
        memory, facts, prompter(memory.backbone, shop.linker, facts), kept=kept, config=config
    )
    spent = time.perf_counter() - start
    on_disk = timed(lambda: store.append(memory.stored()))
    own = set(new.experts)
    neighbours = sum(not own.isdisjoint(fact.experts) for fact in facts if fact is not new)
    paraphrases = understood(memory, shop, [memory.facts[place]])
    return Step(
        spent,
        on_disk,
        report.facts[place].recalled,
        paraphrases,
        neighbours,
        bits_elsewhere(bank, memory.bank, own),
    )


def bits_elsewhere(before: object, after: object, own: set[int]) -> int:
    """Return the number of bits that differ between two banks in experts other than `own`."""
    ids = torch.cat([before.flat().ids, after.flat().ids]).unique()
    ids = ids[~torch.isin(ids, torch.tensor(sorted(own)))]
    different = 0
    for layer in range(len(before.layers)):
        one, two = (
            bank.gather(layer, ids).to(before.dtype).view(torch.int16) for bank in (before, after)
        )
        different += sum(int(((one ^ two) >> bit & 1).sum()) for bit in range(16))
    return different


def understood(memory: Memory, shop: Bookshop, facts: Sequence[MemoryFact]) -> str:
    """Return how many paraphrases of these facts give the facts' answers, such as 3 of 4.

    Each is asked on its own, as the translator asks.
    """
    translator = Translator(memory.backbone, shop.linker, memory)
    asked = [(shop.held_back[fact.id], fact.answer) for fact in facts]
    return share(
        sum(written(memory, [q], [translator.prompt(q)]) == [answer] for q, answer in asked),
        len(asked),
    )


def summed_up(steps: Sequence[Step], everything: str) -> Row:
    """One row for all changes: medians, and the worst of what must not happen."""
    paraphrases = share(sum(step.understood.startswith("1 ") for step in steps), len(steps))
    return Row(
        f"change 1 fact (median of {len(steps)})",
        statistics.median(step.seconds for step in steps),
        statistics.median(step.on_disk for step in steps),
        share(sum(step.recalled for step in steps), len(steps)),
        paraphrases,
        everything,
        f"{statistics.median(step.neighbours for step in steps):.0f}, at most {max(step.neighbours for step in steps)}",
        str(max(step.bits_elsewhere for step in steps)),
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
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(
            Path(folder), options.facts, options.changes, lambda what: print(what, flush=True)
        )
    show(options.csv, [row.shown() for row in rows])


if __name__ == "__main__":
    main()
