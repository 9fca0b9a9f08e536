"""The router: do wordings of one fact meet the same experts, what is routed, how fast and exact are product keys beside a whole search?

`python tests/benchmarks/bench_router.py [--elsewhere QUESTIONS.jsonl]`, on the sample bookshop's generated facts, the last wording of
each held back. Overlap: the share of the 32 experts that it has in common with its fact's, and two facts with each other. What is routed:
the wordings held back, and the questions of a file about other databases ({"question": ...} a line), by a memory that looks at their words
and by one that ignores them; then, with the same threshold, by routers fitted to a share of the facts, and to none: to the built-in
questions about other subjects alone, as a router would be that comes with the backbone. Time and recall: of the 32 best of 2^20 experts,
beside every key scored (what is right by definition) and faiss over the same keys, whose IVFPQ index Lamini's implementation uses. Four
tables and a CSV.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import faiss
import torch
from tables import Row, show
from torch import Tensor

from mome.backbones.base import Backbone
from mome.backbones.loading import load
from mome.catalog import Catalog
from mome.cli.progress import silent_libraries
from mome.linking.slice import Linker
from mome.linking.values import read_values
from mome.memory import Memory, MemoryConfig, MemoryFact
from mome.memory.routing.router import PlainWords, Words
from schemas import collect_values, introspect, resolve_url, write_values
from training_data import Fact, generate
from training_data.sample.bookshop import create_sample

CELLS, PROBED, CODES = 1024, 16, 32
"""Of the IVFPQ index: cells, cells searched, bytes of a code."""
FEW = 40
"""Facts of a tune with its defaults."""
SHARES = (0.9, 0.75, 0.5, 0.1, 0.0)
"""Of the facts, those that a router is fitted to where it is not all."""


class Ignored(PlainWords):
    """No word is foreign, no name is told from another word."""

    def unexplained(self, question: str) -> frozenset[str]:
        """None."""
        return frozenset()

    named = unexplained


def bookshop() -> tuple[list[Fact], Linker]:
    """The sample's generated facts that have several wordings, and its linker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = resolve_url(create_sample(folder / "shop.sqlite"))
        full = introspect(source)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        linker = Linker(Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl"))
        facts = generate(full, check=lambda sql: None, limit=1000)
    return [fact for fact in facts if len(fact.wordings) > 1], linker


def knowing(facts: list[Fact], backbone: Backbone, words: Words, share: float = 1.0) -> Memory:
    """A memory of all wordings but the last of each fact, whose router is fitted to this share of the facts; nothing is trained."""
    fitted = random.Random(2).sample(facts, round(share * len(facts)))
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings[:-1] for fact in fitted], words)
    memory.facts = tuple(
        MemoryFact(fact.id, "generated", fact.wordings[:-1], fact.sql, fact.objects)
        for fact in facts
    )
    memory.known = memory.queries([wording for fact in memory.facts for wording in fact.wordings])
    return memory


def overlap(memory: Memory, facts: list[Fact]) -> list[Row]:
    """Mean share of experts in common."""
    firsts, held = ([fact.wordings[place] for fact in facts] for place in (0, -1))
    own, other = (memory.select(memory.queries(questions))[0] for questions in (firsts, held))
    routes, found = (memory.route(questions).ids for questions in (firsts, held))
    pairs = {
        "two wordings, each by its own query": zip(own, other, strict=True),
        "a fact and a held-back wording, by the nearest fact (used)": zip(
            routes, found, strict=True
        ),
        "two facts": zip(
            routes,
            routes[torch.randperm(len(routes), generator=torch.Generator().manual_seed(0))],
            strict=True,
        ),
    }
    shares = {what: [_shared(a, b) for a, b in some] for what, some in pairs.items()}
    return [
        {"experts of": what, "pairs": str(len(some)), "in common": f"{sum(some) / len(some):.3f}"}
        for what, some in shares.items()
    ]


def _shared(a: Tensor, b: Tensor) -> float:
    return len(set(a.tolist()) & set(b.tolist())) / len(a)


def routed(memory: Memory, facts: list[Fact], elsewhere: list[str]) -> Row:
    """How many held-back wordings go to the experts of their fact, and how many other questions go to any."""
    own, found = (
        memory.route([fact.wordings[0] for fact in facts]),
        memory.route([fact.wordings[-1] for fact in facts]),
    )
    right = (found.ids == own.ids).all(1)
    row = {
        "facts": str(len(facts)),
        "words": "ignored" if isinstance(memory.words, Ignored) else "counted",
    }
    row |= {"nearest to their fact": f"{float(right.float().mean()):.4f}"}
    row |= {"held-back wordings to their fact": f"{float((right & found.hit).float().mean()):.4f}"}
    return row | (
        {
            "other databases' questions routed": f"{float(memory.route(elsewhere).hit.float().mean()):.4f}"
        }
        if elsewhere
        else {}
    )


def searched(memory: Memory, queries: Tensor) -> list[Row]:
    """Time for all queries and recall of each way to find the best experts."""
    first, second = memory.router.keys
    k = memory.config.top_k

    def brute() -> Tensor:
        a, b = queries.chunk(2, 1)
        return (
            ((a @ first.T).unsqueeze(2) + (b @ second.T).unsqueeze(1))
            .flatten(1)
            .topk(k, dim=1)
            .indices
        )

    keys = torch.cat(
        [first.repeat_interleave(len(second), 0), second.repeat(len(first), 1)], 1
    ).numpy()
    flat = faiss.IndexFlatIP(keys.shape[1])
    flat.add(keys)
    quantiser = faiss.IndexFlatIP(keys.shape[1])
    ivfpq = faiss.IndexIVFPQ(quantiser, keys.shape[1], CELLS, CODES, 8, faiss.METRIC_INNER_PRODUCT)
    ivfpq.train(keys[:: len(keys) // 65_536])
    ivfpq.add(keys)
    ivfpq.nprobe = PROBED
    array = queries.numpy()
    exact = brute()
    ways: dict[str, Callable[[], Tensor]] = {
        "product keys": lambda: memory.select(queries)[0],
        "every key scored": brute,
        "faiss IndexFlatIP": lambda: torch.from_numpy(flat.search(array, k)[1]),
        "faiss IVFPQ": lambda: torch.from_numpy(ivfpq.search(array, k)[1]),
    }
    return [_row(name, way, exact) for name, way in ways.items()]


def _row(name: str, way: Callable[[], Tensor], exact: Tensor) -> Row:
    way()
    start = time.perf_counter()
    found = way()
    spent = time.perf_counter() - start
    right = sum(_shared(a, b) for a, b in zip(found, exact, strict=True)) / len(exact)
    return {
        "search": name,
        "queries": str(len(exact)),
        "ms a query": f"{spent / len(exact) * 1000:.3f}",
        "recall": f"{right:.4f}",
    }


def main() -> None:
    """Print the tables and write them as CSV."""
    words = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words.add_argument("--queries", type=int, default=64)
    words.add_argument("--elsewhere", type=Path, help="questions about other databases")
    words.add_argument("--csv", type=Path, default=Path("build/bench_router.csv"))
    given = words.parse_args()
    silent_libraries()
    faiss.omp_set_num_threads(torch.get_num_threads())
    facts, linker = bookshop()
    backbone = load("bundled")
    elsewhere = (
        [json.loads(line)["question"] for line in given.elsewhere.read_text("utf-8").splitlines()]
        if given.elsewhere
        else []
    )
    few = random.Random(1).sample(facts, FEW)
    memories = [
        (knowing(some, backbone, words), some)
        for some in (few, facts)
        for words in (Ignored(), linker)
    ]
    memory = memories[-1][0]
    shares = []
    for share in SHARES:
        one = knowing(facts, backbone, linker, share)
        one.router = replace(one.router, threshold=memory.router.threshold)
        shares.append({"fitted to": f"{share:.0%}"} | routed(one, facts, elsewhere))
    queries = memory.queries(
        [fact.wordings[0] for fact in random.Random(0).sample(facts, given.queries)]
    )
    show(
        given.csv,
        overlap(memory, facts),
        [routed(*one, elsewhere) for one in memories],
        shares,
        searched(memory, queries),
    )


if __name__ == "__main__":
    main()
