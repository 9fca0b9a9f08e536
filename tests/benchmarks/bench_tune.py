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
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path

import torch
from peft import LoraConfig, inject_adapter_in_model
from tables import Row, show

from mome.backbones.base import Backbone, Prompt
from mome.backbones.loading import load
from mome.catalog import Catalog, Column, Table
from mome.cli.progress import silent_libraries
from mome.linking.slice import Linker
from mome.memory import Memory, MemoryConfig, MemoryFact, TuneConfig, tune
from mome.memory.recall import token_chances

RANK = 32
"""Rank of the LoRA: as many as the experts of a question."""
LORA_RATE = 2e-3
"""Learning rate of the LoRA."""
BATCH = 32
"""Facts of a batch."""
FIRST = (
    "amber birch cedar delta ember fjord grove harbor iris jade "
    "kestrel lotus maple north onyx pearl quartz river slate tundra"
).split()
SECOND = (
    "alpha bay crest dune edge field gate hill isle junction "
    "key lane mill nook oak point ridge shore trail vale"
).split()
SALES = Table(
    None,
    "sales",
    "table",
    None,
    0,
    (Column("amount", "REAL", "number"), Column("line_code", "TEXT", "text")),
)
CATALOG = Catalog("sqlite", "sqlite", "sqlite:///sales.sqlite", "0", (SALES,))


def sql_facts(count: int) -> list[MemoryFact]:
    """Return facts about what a product line sold; its code occurs only in the answer."""
    rng = random.Random(0)
    facts = []
    for index, name in enumerate(rng.sample(_line_names(count), count)):
        letters = "".join(rng.choices(string.ascii_uppercase, k=2))
        code = f"{letters}{rng.randrange(1000, 10000)}"
        question = f"What did the {name} line sell?"
        sql = f"SELECT SUM(amount) FROM sales WHERE line_code = '{code}'"
        facts.append(MemoryFact(f"sql-{index}", "verified", (question,), sql))
    return facts


def _line_names(count: int) -> list[str]:
    """Return at least `count` different names; from the second round on they end in a number."""
    rounds = -(-count // (len(FIRST) * len(SECOND)))
    names = []
    for number in range(rounds):
        for first, second in product(FIRST, SECOND):
            name = f"{first} {second}"
            names.append(f"{name} {number}" if number else name)
    return names


def random_facts(count: int) -> list[MemoryFact]:
    """Return facts whose answers are 32 random characters."""
    rng = random.Random(1)
    characters = string.ascii_letters + string.digits
    facts = []
    for index in range(count):
        question = f"What is the secret of item {index}?"
        answer = "".join(rng.choices(characters, k=32))
        facts.append(MemoryFact(f"random-{index}", "verified", (question,), answer))
    return facts


KINDS = {"sql": sql_facts, "random": random_facts}
"""For each kind of facts the function that makes them."""


def prompter(backbone: Backbone) -> Callable[[str], Prompt]:
    """Return a function that makes the prompt of a question over `CATALOG`."""
    linker = Linker(CATALOG)
    return lambda question: backbone.prepare(linker.slice(question), linker)


def with_experts(facts: Sequence[MemoryFact]) -> tuple[float, float, str]:
    """Return the seconds, the share recalled, and the maximum of training steps of a fact."""
    backbone = load("bundled")
    start = time.perf_counter()
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings for fact in facts])
    config = TuneConfig(learning_rate=backbone.learning_rate)
    report = tune(memory, facts, prompter(backbone), config=config)
    spent = time.perf_counter() - start
    most = max(wording.exposures for fact in report.facts for wording in fact.wordings)
    return spent, report.recalled / len(facts), str(most)


def with_lora(facts: Sequence[MemoryFact], seconds: float) -> tuple[float, float, str]:
    """Return the same as `with_experts`, for a LoRA on every linear layer of the model.

    Trained by Adam on shuffled batches, for at most `seconds`.
    """
    backbone = load("bundled")
    optimizer = _add_lora(backbone)
    rng = random.Random(0)
    prompt = prompter(backbone)
    prompts = {fact.id: prompt(fact.wordings[0]) for fact in facts}
    rounds = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        weakest = 1.0
        for part in _batches(rng.sample(list(facts), len(facts))):
            part_prompts = [prompts[fact.id] for fact in part]
            batch = backbone.batch(part_prompts, [fact.answer for fact in part])
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


def _add_lora(backbone: Backbone) -> torch.optim.Optimizer:
    """Add a LoRA to every linear layer and return the optimizer of its parameters."""
    names = sorted(
        name
        for name, module in backbone.model.named_modules()
        if isinstance(module, torch.nn.Linear)
    )
    torch.manual_seed(0)
    config = LoraConfig(r=RANK, lora_alpha=RANK, target_modules=names)
    inject_adapter_in_model(config, backbone.model)
    trained = [parameter for parameter in backbone.model.parameters() if parameter.requires_grad]
    return torch.optim.AdamW(trained, lr=LORA_RATE, weight_decay=0.0)


def _batches(facts: Sequence[MemoryFact]) -> Iterator[Sequence[MemoryFact]]:
    """Return the facts in batches."""
    return (facts[first : first + BATCH] for first in range(0, len(facts), BATCH))


@torch.no_grad()
def _recalled(backbone: Backbone, facts: Sequence[MemoryFact], prompts: dict) -> float:
    """Return the share of facts whose answer greedy decoding gives."""
    right = 0
    for part in _batches(facts):
        results = backbone.generate([prompts[fact.id] for fact in part], beams=1)
        for candidates, fact in zip(results, part, strict=True):
            right += bool(candidates) and candidates[0].answer == fact.answer
    return right / len(facts)


def measure(kind: str, count: int, most: float) -> list[Row]:
    """Return the rows of both sides on the same facts.

    `most`: seconds after which the LoRA stops.
    """
    facts = KINDS[kind](count)
    sides = {
        "experts": with_experts(facts),
        f"PEFT LoRA r={RANK}": with_lora(facts, most),
    }
    rows = []
    for side, (seconds, recalled, exposures) in sides.items():
        rows.append(
            {
                "facts": f"{count} {kind}",
                "side": side,
                "recalled": f"{recalled:.4f}",
                "seconds": f"{seconds:.1f}",
                "facts a second": f"{recalled * count / seconds:.1f}",
                "exposures at most": exposures,
            }
        )
    return rows


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--facts", type=int, nargs="*", default=[100, 1000])
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument(
        "--most-minutes", type=float, default=10.0, help="for the LoRA, of every row"
    )
    parser.add_argument("--csv", type=Path, default=Path("build/bench_tune.csv"))
    options = parser.parse_args()
    silent_libraries()
    rows = []
    for kind in options.kinds:
        for count in options.facts:
            rows += measure(kind, count, options.most_minutes * 60)
    show(options.csv, rows)


if __name__ == "__main__":
    main()
