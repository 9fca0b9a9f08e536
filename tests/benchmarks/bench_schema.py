"""Facts about a schema, asked without any slice of it: columns, keys and codes.

`python tests/benchmarks/bench_schema.py --data FOLDER [--tables N] [--limit N]` prints a table and
writes a CSV. FOLDER holds SQLite files; their tables, in the order of the files' names, make one
schema of N tables. The model reads a question in plain text and nothing else.

Each fact is trained in two wordings and in what the rules for restatements make of these. Two
further wordings of each, which nothing has seen, are asked at the end. By kind of fact:

- `recalled`: answers to the trained wordings that are exact, to the letter;
- `held-out`: the same for the held-out wordings; `routed to it`, those of them that the memory
  sends to their own fact;
- `alone`: answers of the model without the memory to the trained wordings that are exact;
- `others routed`: questions about the same tables that no fact answers (`OTHERS`) and that the
  memory sends to one.

A schema of N tables is fictional: tables of one name in two files stay apart by the file's name.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from edit_sides import Bare, Remembering, in_batches
from kept_memories import Spent, tuned
from schema_facts import SchemaFact, schema_facts
from tables import Row, show

from mome.backbones.free_text import FreeText, load_free_text
from mome.cli.progress import silent_libraries
from mome.memory import Memory, MemoryConfig, MemoryFact, NameWords, text_fact, text_facts

ALL = "all"
"""The kind of all facts."""
LONGEST = 96
"""Tokens of an answer: a list of columns."""
OTHERS = (
    "How many rows does {} have?",
    "Who maintains the table {}?",
    "When was {} last changed?",
    "How large is the table {} on disk?",
)
"""Questions about a table that no fact answers."""


def memorised(facts: Sequence[SchemaFact]) -> list[MemoryFact]:
    """Return the facts as they are tuned."""
    return text_facts((fact.wordings[0], fact.answer, fact.wordings[1:]) for fact in facts)


def remember(backbone: FreeText, facts: Sequence[SchemaFact], folder: Path) -> tuple[Memory, Spent]:
    """Return a memory of the facts, attached, and what its tune has taken."""
    known = memorised(facts)
    wordings = [fact.wordings for fact in known]
    words = NameWords(chain.from_iterable(fact.names for fact in facts))

    def create() -> Memory:
        return Memory.create(backbone, MemoryConfig(), wordings, words)

    _, spent = tuned(backbone, known, folder, create, words)
    memory = Memory.load(folder, backbone, words)
    memory.attach()
    return memory, spent


def others_routed(memory: Memory, facts: Sequence[SchemaFact]) -> str:
    """Return the share of questions for other things that are routed."""
    tables = dict.fromkeys(fact.names[0] for fact in facts)
    hits = memory.route([form.format(name) for name in tables for form in OTHERS]).hit
    return f"{float(hits.float().mean()):.3f}"


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
        self.owners = [text_fact(fact.wordings[0], "").id for _, fact in pairs]

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
            "others routed": others_routed(memory, facts) if kind == ALL else "",
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
    parser.add_argument("--keep", type=Path, help="a folder of the memory, to go on from")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_schema.csv"))
    options = parser.parse_args()
    silent_libraries()
    facts = schema_facts(options.data, options.tables)
    count = min(options.limit or len(facts), len(facts))
    facts = [facts[place * len(facts) // count] for place in range(count)]
    backbone = load_free_text(options.base, longest=LONGEST)
    with tempfile.TemporaryDirectory() as folder:
        memory, spent = remember(backbone, facts, options.keep or Path(folder))
        print(f"{spent.seconds / count:.2f} s a fact, {spent.cpu / count:.2f} core seconds")
        show(options.csv, list(measure(facts, memory, backbone)))


if __name__ == "__main__":
    main()
