"""Time until facts are recalled exactly: a memory beside one PEFT LoRA on the same backbone.

`python tests/benchmarks/bench_tune.py [--facts N ...] [--kinds sql random] [--most-minutes M]`
prints a table and writes a CSV.

SQL facts ask for an invented product line whose code the question does not mention. Random facts
answer with 32 characters, as in arXiv 2406.17642. Both sides are done when every token of every
answer has the tuner's probability and greedy decoding gives every answer. The LoRA trains until
then, or for `--most-minutes`.
"""

from __future__ import annotations

import argparse
import random
import string
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from tables import Row, show

from mome.backbones.base import Backbone
from mome.backbones.loading import load
from mome.catalog import Catalog, Column, Table
from mome.cli.progress import silent_libraries
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig, tune
from mome.memory.recall import token_chances

RANK, LORA_RATE, BATCH = 32, 2e-3, 32
FIRST = "amber birch cedar delta ember fjord grove harbor iris jade kestrel lotus maple north onyx pearl quartz river slate tundra".split()
SECOND = "alpha bay crest dune edge field gate hill isle junction key lane mill nook oak point ridge shore trail vale".split()
CATALOG = Catalog(
    "sqlite",
    "sqlite",
    "sqlite:///sales.sqlite",
    "0",
    (
        Table(
            None,
            "sales",
            "table",
            None,
            0,
            (Column("amount", "REAL", "number"), Column("line_code", "TEXT", "text")),
        ),
    ),
)


def sql_facts(count: int) -> list[MemoryFact]:
    """Return facts about what a product line sold; its code occurs only in the answer."""
    rng = random.Random(0)
    names = [
        f"{a} {b}" if n == 0 else f"{a} {b} {n}"
        for n in range(-(-count // (len(FIRST) * len(SECOND))))
        for a in FIRST
        for b in SECOND
    ]
    codes = (
        "".join(rng.choices(string.ascii_uppercase, k=2)) + str(rng.randrange(1000, 10000))
        for _ in range(count)
    )
    return [
        MemoryFact(
            f"sql-{i}",
            "verified",
            (f"What did the {name} line sell?",),
            f"SELECT SUM(amount) FROM sales WHERE line_code = '{code}'",
        )
        for i, (name, code) in enumerate(zip(rng.sample(names, count), codes, strict=True))
    ]


def random_facts(count: int) -> list[MemoryFact]:
    """Return facts whose answers are 32 random characters."""
    rng = random.Random(1)
    letters = string.ascii_letters + string.digits
    return [
        MemoryFact(
            f"random-{i}",
            "verified",
            (f"What is the secret of item {i}?",),
            "".join(rng.choices(letters, k=32)),
        )
        for i in range(count)
    ]


KINDS = {"sql": sql_facts, "random": random_facts}
"""For each kind of facts the function that makes them."""


def prompter(backbone: Backbone):
    """Return a function that makes the prompt of a question over `CATALOG`."""
    linker = Linker(CATALOG)
    return lambda question: backbone.prepare(linker.slice(question), linker)


def with_experts(facts: Sequence[MemoryFact]) -> tuple[float, float, str]:
    """Return the seconds, the share recalled, and the maximum of training steps of a fact."""
    backbone = load("bundled")
    start = time.perf_counter()
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
    report = tune(
        memory, facts, prompter(backbone), config=TuneConfig(learning_rate=backbone.learning_rate)
    )
    most = max(wording.exposures for fact in report.facts for wording in fact.wordings)
    return time.perf_counter() - start, report.recalled / len(facts), str(most)


def with_lora(facts: Sequence[MemoryFact], seconds: float) -> tuple[float, float, str]:
    """Return the same as `with_experts`, for a LoRA on every linear layer of the model.

    Trained by Adam on shuffled batches, for at most `seconds`.
    """
    backbone, rng = load("bundled"), random.Random(0)
    names = sorted(
        {
            name
            for name, module in backbone.model.named_modules()
            if isinstance(module, torch.nn.Linear)
        }
    )
    torch.manual_seed(0)
    inject_adapter_in_model(
        LoraConfig(r=RANK, lora_alpha=RANK, target_modules=names), backbone.model
    )
    trained = [parameter for parameter in backbone.model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=LORA_RATE, weight_decay=0.0)
    prompt = prompter(backbone)
    prompts = {fact.id: prompt(fact.wordings[0]) for fact in facts}
    start, rounds, recalled = time.perf_counter(), 0, 0.0
    while time.perf_counter() - start < seconds:
        weakest = 1.0
        for part in _parts(rng.sample(list(facts), len(facts))):
            batch = backbone.batch(
                [prompts[fact.id] for fact in part], [fact.answer for fact in part]
            )
            logs = token_chances(*backbone.answer_logits(batch))
            weakest = min(weakest, float(logs.detach().min().exp()))
            # The mean over tokens; padding has the log-probability 0.
            (-logs.sum() / (logs != 0).sum()).backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            if time.perf_counter() - start > seconds:
                break
        rounds += 1
        # Decoding all answers is slow: do it only if every token has the tuner's probability.
        if weakest >= TuneConfig().mastered:
            recalled = _recalled(backbone, facts, prompts)
            if recalled == 1.0:
                return time.perf_counter() - start, recalled, str(rounds)
    return time.perf_counter() - start, _recalled(backbone, facts, prompts), str(rounds)


def _parts(facts: Sequence[MemoryFact]) -> Iterator[Sequence[MemoryFact]]:
    return (facts[first : first + BATCH] for first in range(0, len(facts), BATCH))


@torch.no_grad()
def _recalled(backbone: Backbone, facts: Sequence[MemoryFact], prompts: dict) -> float:
    """Return the share of facts whose answer greedy decoding gives."""
    right = 0
    for part in _parts(facts):
        found = backbone.generate([prompts[fact.id] for fact in part], beams=1)
        right += sum(
            bool(best) and best[0].answer == fact.answer
            for best, fact in zip(found, part, strict=True)
        )
    return right / len(facts)


def measure(kind: str, count: int, most: float) -> list[Row]:
    """Return the rows of both sides on the same facts.

    `most`: seconds after which the LoRA stops.
    """
    facts = KINDS[kind](count)
    rows = []
    for side, (seconds, recalled, rounds) in (
        ("experts", with_experts(facts)),
        (f"PEFT LoRA r={RANK}", with_lora(facts, most)),
    ):
        rate = f"{recalled * count / seconds:.1f}"
        row = {
            "facts": f"{count} {kind}",
            "side": side,
            "recalled": f"{recalled:.4f}",
            "seconds": f"{seconds:.1f}",
            "facts a second": rate,
        }
        rows.append({**row, "exposures at most": rounds})
    return rows


def main() -> None:
    """Print the table and write it as CSV."""
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("--facts", type=int, nargs="*", default=[100, 1000])
    words.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    words.add_argument(
        "--most-minutes", type=float, default=10.0, help="for the LoRA, of every row"
    )
    words.add_argument("--csv", type=Path, default=Path("build/bench_tune.csv"))
    given = words.parse_args()
    silent_libraries()
    rows = [
        row
        for kind in given.kinds
        for count in given.facts
        for row in measure(kind, count, given.most_minutes * 60)
    ]
    show(given.csv, rows)


if __name__ == "__main__":
    main()
