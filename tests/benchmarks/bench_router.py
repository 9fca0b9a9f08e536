"""The router: do wordings of one fact meet the same experts, what is routed, how fast and exact are product keys beside a whole search?

`python tests/benchmarks/bench_router.py [--elsewhere QUESTIONS.jsonl]`, on the sample bookshop's generated facts. Overlap: the share of
the 32 experts that two wordings of one fact have in common, and two facts. What is routed: the last wording of every fact, held back, and
the questions of a file about other databases ({"question": ...} a line), by a memory that counts foreign words and by one that ignores
them. Time and recall: of the 32 best of 2^20 experts, beside every key scored (what is right by definition) and faiss over the same keys,
whose IVFPQ index Lamini's implementation uses. Three tables and a CSV.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import faiss
import torch
from tables import Row, show
from torch import Tensor

from mome.backbone import Backbone, load
from mome.catalog import Catalog
from mome.linking.slice import Linker
from mome.linking.values import read_values
from mome.memory import Memory, MemoryConfig, MemoryFact
from mome.memory.router import Words
from mome.progress import silent_libraries
from schemas import collect_values, introspect, resolve_url, write_values
from training_data import generate
from training_data.sample import create_sample

CELLS, PROBED, CODES = 1024, 16, 32
"""Of the IVFPQ index: cells, cells searched, bytes of a code."""
FEW = 40
"""Facts of a tune with its defaults."""


def ignored(question: str) -> frozenset[str]:
    """No word is foreign."""
    return frozenset()


def bookshop() -> tuple[list[tuple[str, ...]], Linker]:
    """The wordings of the sample's generated facts that have several, and its linker."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = resolve_url(create_sample(folder / "shop.sqlite"))
        full = introspect(source)
        full.write(folder / "catalog.json")
        write_values(folder / "values.jsonl", collect_values(source, full))
        linker = Linker(Catalog.load(folder / "catalog.json"), read_values(folder / "values.jsonl"))
        facts = generate(full, check=lambda sql: None, limit=1000)
    return [fact.wordings for fact in facts if len(fact.wordings) > 1], linker


def overlap(memory: Memory, groups: list[tuple[str, ...]]) -> list[Row]:
    """Mean share of experts that two wordings have in common."""
    ids, _ = memory.select(memory.queries([wording for group in groups for wording in group]))
    parts = ids.split([len(group) for group in groups])
    same = [_shared(a, b) for part in parts for a, b in combinations(part, 2)]
    rng = random.Random(0)
    firsts = [part[0] for part in parts]
    different = [_shared(*rng.sample(firsts, 2)) for _ in range(len(same))]
    return [
        {"two wordings of": name, "pairs": str(len(found)), "experts in common": f"{sum(found) / len(found):.3f}"}
        for name, found in (("one fact", same), ("different facts", different))
    ]


def _shared(a: Tensor, b: Tensor) -> float:
    return len(set(a.tolist()) & set(b.tolist())) / len(a)


def routed(backbone: Backbone, groups: list[tuple[str, ...]], words: Words, elsewhere: list[str]) -> Row:
    """How many held-back wordings go to the experts of their fact, and how many other questions go to any."""
    memory = Memory.create(backbone, MemoryConfig(), [group[:-1] for group in groups], words)
    memory.facts = tuple(MemoryFact(str(i), "generated", group[:-1], "") for i, group in enumerate(groups))
    memory.known = memory.queries([wording for fact in memory.facts for wording in fact.wordings])
    held = [group[-1] for group in groups]
    hits = memory.route(held).hit.tolist()
    own = [hit and memory.nearest(question, 1)[0][0].id == str(i) for i, (hit, question) in enumerate(zip(hits, held, strict=True))]
    row = {"facts": str(len(groups)), "foreign words": "ignored" if words is ignored else "counted"}
    row |= {"held-back wordings to their fact": f"{sum(own) / len(own):.4f}"}
    return row | ({"other databases' questions routed": f"{float(memory.route(elsewhere).hit.float().mean()):.4f}"} if elsewhere else {})


def searched(memory: Memory, queries: Tensor) -> list[Row]:
    """Time for all queries and recall of each way to find the best experts."""
    first, second = memory.router.keys
    k = memory.config.top_k

    def brute() -> Tensor:
        a, b = queries.chunk(2, 1)
        return ((a @ first.T).unsqueeze(2) + (b @ second.T).unsqueeze(1)).flatten(1).topk(k, dim=1).indices

    keys = torch.cat([first.repeat_interleave(len(second), 0), second.repeat(len(first), 1)], 1).numpy()
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
    return {"search": name, "queries": str(len(exact)), "ms a query": f"{spent / len(exact) * 1000:.3f}", "recall": f"{right:.4f}"}


def main() -> None:
    """Print the tables and write them as CSV."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--queries", type=int, default=64)
    words.add_argument("--elsewhere", type=Path, help="questions about other databases")
    words.add_argument("--csv", type=Path, default=Path("build/bench_router.csv"))
    given = words.parse_args()
    silent_libraries()
    faiss.omp_set_num_threads(torch.get_num_threads())
    groups, linker = bookshop()
    backbone = load("bundled")
    memory = Memory.create(backbone, MemoryConfig(), groups)
    queries = memory.queries([group[0] for group in random.Random(0).sample(groups, given.queries)])
    elsewhere = [json.loads(line)["question"] for line in given.elsewhere.read_text("utf-8").splitlines()] if given.elsewhere else []
    few = random.Random(1).sample(groups, FEW)
    rows = [routed(backbone, some, words, elsewhere) for some in (few, groups) for words in (ignored, linker.unexplained)]
    show(given.csv, overlap(memory, groups), rows, searched(memory, queries))


if __name__ == "__main__":
    main()
