"""The router: do wordings of one fact meet the same experts, and how fast and exact are product keys beside a search over all keys?

`python tests/benchmarks/bench_router.py`, on the sample bookshop's generated facts. Overlap: the share of the 32 experts that two wordings
of one fact have in common, and two facts. Time and recall: of the 32 best of 2^20 experts, beside every key scored (what is right by
definition) and faiss over the same keys, whose IVFPQ index Lamini's implementation uses. Two tables and a CSV.
"""

from __future__ import annotations

import argparse
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

from mome.backbone import load
from mome.memory import Memory, MemoryConfig
from mome.progress import silent_libraries
from schemas import introspect, resolve_url
from training_data import generate
from training_data.sample import create_sample

CELLS, PROBED, CODES = 1024, 16, 32
"""Of the IVFPQ index: cells, cells searched, bytes of a code."""


def wordings() -> list[tuple[str, ...]]:
    """Of the sample's generated facts that have several."""
    with tempfile.TemporaryDirectory() as folder:
        create_sample(Path(folder) / "shop.sqlite")
        facts = generate(introspect(resolve_url(Path(folder) / "shop.sqlite")), check=lambda sql: None, limit=1000)
    return [fact.wordings for fact in facts if len(fact.wordings) > 1]


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
    words.add_argument("--csv", type=Path, default=Path("build/bench_router.csv"))
    given = words.parse_args()
    silent_libraries()
    faiss.omp_set_num_threads(torch.get_num_threads())
    groups = wordings()
    memory = Memory.create(load("bundled"), MemoryConfig(), groups)
    queries = memory.queries([group[0] for group in random.Random(0).sample(groups, given.queries)])
    show(given.csv, overlap(memory, groups), searched(memory, queries))


if __name__ == "__main__":
    main()
