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
from collections.abc import Iterator, Sequence
from pathlib import Path

from edit_sides import Bare, Remembering, in_batches
from schema_facts import SchemaFact, schema_facts
from tables import Row, show

from mome.backbones.free_text import FreeText, load_free_text
from mome.cli.progress import silent_libraries
from mome.memory import TEXT, Memory, MemoryConfig, MemoryFact, TuneConfig, text_fact, tune

ALL = "all"
"""The kind of all facts."""
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


def routed_home(memory: Memory, texts: Sequence[str], owners: Sequence[str]) -> list[bool]:
    """Return for each prompt whether it is routed, to the experts of its own fact."""
    experts = {fact.id: fact.experts for fact in memory.facts}
    route = memory.route(texts)
    rows = zip(route.ids.tolist(), route.hit.tolist(), owners, strict=True)
    return [is_hit and tuple(sorted(ids)) == experts[owner] for ids, is_hit, owner in rows]


class Asked:
    """The wordings of facts with their answers."""

    def __init__(self, facts: Sequence[SchemaFact], *, held_out: bool) -> None:
        pairs = [
            (text, fact)
            for fact in facts
            for text in (fact.held_out if held_out else fact.wordings)
        ]
        self.texts = [text for text, _ in pairs]
        self.answers = [fact.answer for _, fact in pairs]
        self.kinds = [fact.kind for _, fact in pairs]
        self.owners = [memorised(fact).id for _, fact in pairs]

    def exact(self, side: Bare) -> list[bool]:
        """Return for each wording whether its answer is exact."""
        found = in_batches(side.answers, self.texts)
        return [one == other for one, other in zip(found, self.answers, strict=True)]

    def share(self, verdicts: Sequence[bool], kind: str) -> str:
        """Return the share of right ones among the wordings of a kind, or of `ALL`."""
        of_kind = zip(verdicts, self.kinds, strict=True)
        own = [is_right for is_right, other in of_kind if kind in (other, ALL)]
        return f"{sum(own) / len(own):.3f}"


def measure(facts: Sequence[SchemaFact], memory: Memory, backbone: FreeText) -> Iterator[Row]:
    """Yield the line of each kind of facts, and of all."""
    trained, held_out = Asked(facts, held_out=False), Asked(facts, held_out=True)
    side = Remembering(backbone, memory)
    recalled, others = trained.exact(side), held_out.exact(side)
    home = routed_home(memory, held_out.texts, held_out.owners)
    alone = trained.exact(Bare(backbone))
    for kind in (*dict.fromkeys(fact.kind for fact in facts), ALL):
        yield {
            "facts": kind,
            "count": str(sum(kind in (fact.kind, ALL) for fact in facts)),
            "recalled": trained.share(recalled, kind),
            "held-out": held_out.share(others, kind),
            "routed to it": held_out.share(home, kind),
            "alone": trained.share(alone, kind),
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
    show(options.csv, list(measure(facts, memory, backbone)))


if __name__ == "__main__":
    main()
