"""Facts about a schema, asked without any slice of it: columns, keys and codes.

`python tests/benchmarks/bench_schema.py --data FOLDER [--tables N] [--limit N]` prints a table and
writes a CSV. FOLDER holds SQLite files; their tables, in the order of the files' names, make one
schema of N tables. The model reads a question in plain text and nothing else.

Each fact is trained in two wordings and in what the rules for restatements make of these. Two
further wordings of each, which nothing has seen, are asked at the end. By kind of fact:

- `recalled`: answers to the trained wordings that are exact, to the letter;
- `held-out`: the same for the held-out wordings; `routed to it`, those of them that the memory
  sends to their own fact;
- `alone`: answers of the model without the memory to the trained wordings that are exact.

A schema of N tables is fictional: tables of one name in two files stay apart by the file's name.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from edit_sides import Bare, Remembering, in_batches
from schema_facts import SchemaFact, schema_facts
from tables import Row, show

from mome.backbones.free_text import FreeText, load_free_text
from mome.cli.progress import silent_libraries
from mome.memory import TEXT, Memory, MemoryConfig, MemoryFact, TuneConfig, text_fact, tune

LONGEST = 96
"""Tokens of an answer: a list of columns."""


def memorised(fact: SchemaFact) -> MemoryFact:
    """Return the fact as it is tuned."""
    first, *others = fact.wordings
    return text_fact(first, fact.answer, others)


def remember(backbone: FreeText, facts: Sequence[MemoryFact]) -> Memory:
    """Return a memory of the facts, attached."""
    wordings = [fact.wordings for fact in facts]
    memory = Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True)
    config = TuneConfig(learning_rate=backbone.learning_rate, pool=backbone.pool)
    report = tune(memory, facts, backbone.prompt, config=config)
    print(f"{report.recalled} of {len(facts)} facts are recalled in all of their wordings")
    return memory


def routed_home(memory: Memory, texts: Sequence[str], owners: Sequence[str]) -> int:
    """Return how many prompts are routed, to the experts of their own fact."""
    experts = {fact.id: fact.experts for fact in memory.facts}
    route = memory.route(texts)
    rows = zip(route.ids.tolist(), route.hit.tolist(), owners, strict=True)
    return sum(is_hit and tuple(sorted(ids)) == experts[owner] for ids, is_hit, owner in rows)


class Asked:
    """The wordings of some facts with their answers."""

    def __init__(self, facts: Sequence[SchemaFact], *, held_out: bool) -> None:
        pairs = [
            (text, fact)
            for fact in facts
            for text in (fact.held_out if held_out else fact.wordings)
        ]
        self.texts = [text for text, _ in pairs]
        self.answers = [fact.answer for _, fact in pairs]
        self.owners = [memorised(fact).id for _, fact in pairs]

    def exact(self, side: Bare) -> str:
        """Return the share of exact answers."""
        found = in_batches(side.answers, self.texts)
        right = sum(one == other for one, other in zip(found, self.answers, strict=True))
        return f"{right / len(found):.3f}"


def row(kind: str, facts: Sequence[SchemaFact], memory: Memory, backbone: FreeText) -> Row:
    """Return the line of a kind of facts."""
    trained, held_out = Asked(facts, held_out=False), Asked(facts, held_out=True)
    side = Remembering(backbone, memory)
    home = routed_home(memory, held_out.texts, held_out.owners) / len(held_out.texts)
    return {
        "facts": kind,
        "count": str(len(facts)),
        "recalled": trained.exact(side),
        "held-out": held_out.exact(side),
        "routed to it": f"{home:.3f}",
        "alone": trained.exact(Bare(backbone)),
    }


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="a folder of SQLite files")
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--limit", type=int, help="facts at most, evenly spread")
    parser.add_argument("--base", default="qwen2.5-coder-0.5b", help="a causal model")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_schema.csv"))
    options = parser.parse_args()
    silent_libraries()
    facts = schema_facts(options.data, options.tables)
    count = min(options.limit or len(facts), len(facts))
    facts = [facts[place * len(facts) // count] for place in range(count)]
    backbone = load_free_text(options.base, longest=LONGEST)
    start, used = time.perf_counter(), time.process_time()
    memory = remember(backbone, [memorised(fact) for fact in facts])
    seconds, cores = time.perf_counter() - start, time.process_time() - used
    print(f"{seconds / count:.2f} s a fact, {cores / count:.2f} core seconds")
    kinds = dict.fromkeys(fact.kind for fact in facts)
    rows = [
        row(kind, [fact for fact in facts if fact.kind == kind], memory, backbone) for kind in kinds
    ]
    every = [replace(fact, kind="all") for fact in facts]
    show(options.csv, [*rows, row("all", every, memory, backbone)])


if __name__ == "__main__":
    main()
