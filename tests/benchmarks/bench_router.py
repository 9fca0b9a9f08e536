"""The router: shared experts, what is routed, and the speed of product keys.

`python tests/benchmarks/bench_router.py [--elsewhere QUESTIONS.jsonl]` prints four tables and
writes a CSV. It uses the facts generated on the sample bookshop; the last wording of each is held
out.

- Overlap: the share of 32 experts in common, of a held-out wording and its fact, and of two facts.
- What is routed: held-out wordings, and questions about other databases from a file with
  {"question": ...} on each line. Measured with a memory that looks at words and one that ignores
  them.
- The same, with the same threshold, for routers fitted to a share of the facts. A router fitted to
  none has only seen the built-in questions about other subjects, as a router that comes with the
  backbone would.
- Search: time and recall of the best 32 of 2^20 experts, beside a search over all keys, whose
  result is right by definition, and faiss over the same keys. Its IVFPQ index is the one that
  Lamini's implementation uses.
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

CELLS = 1024
"""Number of cells of the IVFPQ index."""
PROBED = 16
"""Number of cells that a search visits."""
CODES = 32
"""Bytes of a code."""
TRAINED = 65_536
"""Number of keys on which the IVFPQ index is trained, about."""
FEW = 40
"""Number of facts of `mome tune` with its defaults."""
SHARES = (0.9, 0.75, 0.5, 0.1, 0.0)
"""Shares of the facts to which a router is fitted in the third table."""


class Ignored(PlainWords):
    """Takes every word for known and for no name."""

    def unexplained(self, question: str) -> frozenset[str]:
        """Return no word."""
        return frozenset()

    named = unexplained


def bookshop() -> tuple[list[Fact], Linker]:
    """Return the facts generated on the sample that have several wordings, and its linker."""
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
    """Return a memory that knows all wordings but the last of each fact; no expert is trained.

    `share`: share of the facts to which the router is fitted.
    """
    fitted = random.Random(2).sample(facts, round(share * len(facts)))
    memory = Memory.create(backbone, MemoryConfig(), [fact.wordings[:-1] for fact in fitted], words)
    memory.facts = tuple(
        MemoryFact(fact.id, "generated", fact.wordings[:-1], fact.sql, fact.objects)
        for fact in facts
    )
    memory.known = memory.queries([wording for fact in memory.facts for wording in fact.wordings])
    return memory


def overlap(memory: Memory, facts: list[Fact]) -> list[Row]:
    """Return the mean share of experts in common, for three kinds of pairs."""
    firsts = [fact.wordings[0] for fact in facts]
    held_out = [fact.wordings[-1] for fact in facts]
    own, _ = memory.select(memory.queries(firsts))
    other, _ = memory.select(memory.queries(held_out))
    routes = memory.route(firsts).ids
    held_out_routes = memory.route(held_out).ids
    shuffled = torch.randperm(len(routes), generator=torch.Generator().manual_seed(0))
    pairs = {
        "two wordings, each by its own query": (own, other),
        "a fact and a held-back wording, by the nearest fact (used)": (routes, held_out_routes),
        "two facts": (routes, routes[shuffled]),
    }
    rows = []
    for name, (left, right) in pairs.items():
        shares = [_shared(a, b) for a, b in zip(left, right, strict=True)]
        mean = sum(shares) / len(shares)
        rows.append({"experts of": name, "pairs": str(len(shares)), "in common": f"{mean:.3f}"})
    return rows


def _shared(a: Tensor, b: Tensor) -> float:
    """Return the share of the experts `a` (k,) that are in `b` (k,) too."""
    return len(set(a.tolist()) & set(b.tolist())) / len(a)


def routed(memory: Memory, facts: list[Fact], elsewhere: list[str]) -> Row:
    """Return the shares of held-out wordings and of other questions that are routed.

    `elsewhere`: questions about other databases; their column is left out if there are none.
    """
    own = memory.route([fact.wordings[0] for fact in facts])
    held_out = memory.route([fact.wordings[-1] for fact in facts])
    right = (held_out.ids == own.ids).all(1)
    row = {
        "facts": str(len(facts)),
        "words": "ignored" if isinstance(memory.words, Ignored) else "counted",
        "nearest to their fact": f"{_mean(right):.4f}",
        "held-back wordings to their fact": f"{_mean(right & held_out.hit):.4f}",
    }
    if elsewhere:
        row["other databases' questions routed"] = f"{_mean(memory.route(elsewhere).hit):.4f}"
    return row


def _mean(flags: Tensor) -> float:
    """Return the share of flags that are set."""
    return float(flags.float().mean())


def searched(memory: Memory, queries: Tensor) -> list[Row]:
    """Return time and recall of each way to find the best experts of the queries (n, q)."""
    first, second = memory.router.keys
    k = memory.config.top_k

    def brute() -> Tensor:
        a, b = queries.chunk(2, 1)
        scores = (a @ first.T).unsqueeze(2) + (b @ second.T).unsqueeze(1)
        return scores.flatten(1).topk(k, dim=1).indices

    # faiss does not know product keys: give it the key of every expert.
    firsts = first.repeat_interleave(len(second), 0)
    seconds = second.repeat(len(first), 1)
    keys = torch.cat([firsts, seconds], 1).numpy()
    width = keys.shape[1]
    flat = faiss.IndexFlatIP(width)
    flat.add(keys)
    quantiser = faiss.IndexFlatIP(width)
    ivfpq = faiss.IndexIVFPQ(quantiser, width, CELLS, CODES, 8, faiss.METRIC_INNER_PRODUCT)
    ivfpq.train(keys[:: len(keys) // TRAINED])
    ivfpq.add(keys)
    ivfpq.nprobe = PROBED
    array = queries.numpy()
    searches: dict[str, Callable[[], Tensor]] = {
        "product keys": lambda: memory.select(queries)[0],
        "every key scored": brute,
        "faiss IndexFlatIP": lambda: torch.from_numpy(flat.search(array, k)[1]),
        "faiss IVFPQ": lambda: torch.from_numpy(ivfpq.search(array, k)[1]),
    }
    exact = brute()
    return [_row(name, search, exact) for name, search in searches.items()]


def _row(name: str, search: Callable[[], Tensor], exact: Tensor) -> Row:
    """Time one way to search after one run to warm up, and compare it with the exact result."""
    search()
    start = time.perf_counter()
    ids = search()
    spent = time.perf_counter() - start
    recall = sum(_shared(a, b) for a, b in zip(ids, exact, strict=True)) / len(exact)
    return {
        "search": name,
        "queries": str(len(exact)),
        "ms a query": f"{spent / len(exact) * 1000:.3f}",
        "recall": f"{recall:.4f}",
    }


def main() -> None:
    """Print the tables and write them as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--queries", type=int, default=64)
    parser.add_argument("--elsewhere", type=Path, help="questions about other databases")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_router.csv"))
    options = parser.parse_args()
    silent_libraries()
    faiss.omp_set_num_threads(torch.get_num_threads())
    facts, linker = bookshop()
    backbone = load("bundled")
    elsewhere = []
    if options.elsewhere:
        lines = options.elsewhere.read_text("utf-8").splitlines()
        elsewhere = [json.loads(line)["question"] for line in lines]

    few = random.Random(1).sample(facts, FEW)
    routed_rows = []
    for chosen in (few, facts):
        for words in (Ignored(), linker):
            memory = knowing(chosen, backbone, words)
            routed_rows.append(routed(memory, chosen, elsewhere))
    # The last memory knows all facts and looks at words; the other tables use it.
    share_rows = []
    for share in SHARES:
        fitted = knowing(facts, backbone, linker, share)
        fitted.router = replace(fitted.router, threshold=memory.router.threshold)
        row = {"fitted to": f"{share:.0%}"}
        share_rows.append(row | routed(fitted, facts, elsewhere))
    sample = random.Random(0).sample(facts, options.queries)
    queries = memory.queries([fact.wordings[0] for fact in sample])
    show(
        options.csv,
        overlap(memory, facts),
        routed_rows,
        share_rows,
        searched(memory, queries),
    )


if __name__ == "__main__":
    main()
