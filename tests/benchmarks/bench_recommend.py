"""Recommendation: a memory of baskets beside popularity, item-item cosine and BM25 item-item.

`python tests/benchmarks/bench_recommend.py --data FOLDER [--csv FILE]` prints two tables and writes
them as CSV. FOLDER holds `groceries.jsonl` with {"items", "split"} on each line; rows of the split
`train` tune, and of each row of the split `test` its `items` are the question and its `held_out` is
the answer.

The peers are those of the library implicit 0.7.3 by their formulas, which give its figures: a dot
product of item columns, which are divided by their length (cosine) or weighted by BM25 with its
K1 = 1.2 and B = 0.75, cut to the largest K entries of an item or not cut at all. The library takes
an item as BM25's document; with baskets as documents the same formula is better, and is shown too.
A peer recommends no item of the question, and scores others by the sum over the question's items.
Differences are paired: the number of questions that only one of two gets right, the mean difference
of NDCG, and its 95% interval.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tables import Row, show

from mome.cli.progress import silent_libraries
from mome.recommend.backbone import question_of
from mome.recommend.baskets import BasketTune
from mome.recommend.known_baskets import KnownBaskets
from mome.recommend.recommender import Recommender
from mome.recommend.tuning import BasketResult, tune_baskets
from mome.reporting import Reporter

FIRST = 10
"""Places that count."""
K1, B = 1.2, 0.75
"""Constants of BM25 in implicit's `BM25Recommender`."""
NEIGHBOURS = 20
"""Entries of an item that implicit keeps by default, its own included."""
NORMAL = 1.96
"""Standard errors on either side of a mean that hold it with 95%."""
Ranked = list[list[str]]


@dataclass(frozen=True)
class Question:
    """Some items, and the one that was held out."""

    items: list[str]
    answer: str


@dataclass(frozen=True)
class Answers:
    """The recommendations of one system for each question, and what they took."""

    name: str
    ranked: Ranked
    fit_seconds: float
    seconds: float
    size: int
    """Bytes on the disk; of a peer, those of its matrix in single precision."""


@dataclass(frozen=True)
class Table:
    """Baskets as a matrix of ones."""

    names: list[str]
    rows: np.ndarray
    """(baskets, items)"""

    def states(self, baskets: Sequence[Sequence[str]]) -> np.ndarray:
        """Return a row of ones for the known items of each basket."""
        places = {name: place for place, name in enumerate(self.names)}
        found = np.zeros((len(baskets), len(self.names)))
        for row, basket in enumerate(baskets):
            found[row, [places[item] for item in basket if item in places]] = 1
        return found


class Quiet(Reporter):
    """Prints when a stage begins."""

    def stage(self, name: str) -> None:
        """Print the stage."""
        print(name, flush=True)


def read(path: Path) -> tuple[list[list[str]], list[Question]]:
    """Read the baskets of the split `train` and the questions of the split `test`."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    train = [row["items"] for row in rows if row["split"] == "train"]
    test = [Question(row["items"], row["held_out"]) for row in rows if row["split"] == "test"]
    return train, test


def memory(
    train: Sequence[Sequence[str]], test: Sequence[Question], folder: Path
) -> tuple[list[Answers], BasketResult]:
    """Tune a memory on the baskets in `folder` and ask it, with its experts and without."""
    baskets, path = folder / "baskets.jsonl", folder / "memory"
    lines = [json.dumps({"items": list(items)}) + "\n" for items in train]
    baskets.write_text("".join(lines), encoding="utf-8")
    start = time.perf_counter()
    result = tune_baskets(BasketTune(baskets, path), Quiet())
    tuned = time.perf_counter() - start
    known = KnownBaskets.load(path)
    recommender = Recommender(known)
    start = time.perf_counter()
    found = recommender.many([question.items for question in test], FIRST)
    seconds = time.perf_counter() - start
    size = sum(file.stat().st_size for file in (path / "current").resolve().iterdir())
    ranked = [[one.item for one in answers] for answers in found]
    start = time.perf_counter()
    questions = [question_of(question.items) for question in test]
    bare = known.backbone.ranked(known.backbone.chances(questions), FIRST)
    without = [[one.answer for one in answers] for answers in bare]
    bare_seconds = time.perf_counter() - start
    answers = [
        Answers("memory", ranked, tuned, seconds, size),
        Answers("memory without experts", without, tuned, bare_seconds, size),
    ]
    return answers, result


def popularity(rows: np.ndarray) -> np.ndarray:
    """Return (items, items): every item counts for the frequencies of all."""
    count = rows.sum(0)
    return np.tile(count, (len(count), 1))


def cosine(rows: np.ndarray) -> np.ndarray:
    """Return (items, items) the cosines of the items' columns."""
    weighted = rows / np.sqrt(rows.sum(0))
    return weighted.T @ weighted


def bm25(rows: np.ndarray) -> np.ndarray:
    """Return (items, items) the products of the items' columns, an item being a document and a
    basket a term.
    """
    weighted = bm25_weights(rows.T)
    return weighted @ weighted.T


def bm25_of_baskets(rows: np.ndarray) -> np.ndarray:
    """Return (items, items) the same, a basket being a document and an item a term."""
    weighted = bm25_weights(rows)
    return weighted.T @ weighted


def bm25_weights(counts: np.ndarray) -> np.ndarray:
    """Return (documents, terms) the weights of implicit's `bm25_weight`."""
    idf = np.log(len(counts)) - np.log1p(counts.sum(0))
    lengths = counts.sum(1)
    norm = (1 - B) + B * lengths / lengths.mean()
    return counts * (K1 + 1) / (K1 * norm[:, None] + counts) * idf


def cut(similar: np.ndarray) -> np.ndarray:
    """Return the matrix with the largest entries of each row alone."""
    kept = np.zeros_like(similar)
    for row, values in enumerate(similar):
        best = np.argsort(-values, kind="stable")[:NEIGHBOURS]
        kept[row, best] = values[best]
    return kept


PEERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "popularity": popularity,
    "cosine": cosine,
    f"cosine, {NEIGHBOURS} neighbours": lambda rows: cut(cosine(rows)),
    "BM25": bm25,
    f"BM25, {NEIGHBOURS} neighbours": lambda rows: cut(bm25(rows)),
    "BM25, baskets as documents": bm25_of_baskets,
}


def peer(name: str, train: Sequence[Sequence[str]], test: Sequence[Question]) -> Answers:
    """Fit a peer and ask it."""
    start = time.perf_counter()
    names = sorted({item for basket in train for item in basket})
    empty = Table(names, np.zeros((0, 0)))
    table = Table(names, empty.states(train))
    similar = PEERS[name](table.rows)
    fitted = time.perf_counter() - start
    start = time.perf_counter()
    asked = table.states([question.items for question in test])
    scores = asked @ similar
    scores[asked > 0] = -np.inf
    best = np.argsort(-scores, axis=1, kind="stable")[:, :FIRST]
    ranked = [[names[place] for place in row] for row in best]
    return Answers(name, ranked, fitted, time.perf_counter() - start, similar.size * 4)


def gains(answers: Answers, test: Sequence[Question]) -> np.ndarray:
    """Return (questions,) the NDCG at 10; with one right answer it is 1 / log2(place + 2)."""
    pairs = zip(answers.ranked, test, strict=True)
    return np.array(
        [
            1 / math.log2(ranked.index(asked.answer) + 2) if asked.answer in ranked else 0.0
            for ranked, asked in pairs
        ]
    )


def quality(mine: np.ndarray, answers: Answers, test: Sequence[Question]) -> Row:
    """Return a row of the first table; `mine` are the memory's gains."""
    theirs = gains(answers, test)
    hits, gain = float((theirs > 0).mean()), float(theirs.mean())
    row = {"system": answers.name, "hit rate": f"{hits:.4f}", "NDCG": f"{gain:.4f}"}
    more = mine - theirs
    error = NORMAL * more.std(ddof=1) / math.sqrt(len(more))
    only_mine = int(((mine > 0) & (theirs == 0)).sum())
    only_theirs = int(((mine == 0) & (theirs > 0)).sum())
    if answers.name == "memory":
        paired = dict.fromkeys(("only memory", "only this", "memory's NDCG less this one's"), "")
    else:
        paired = {
            "only memory": str(only_mine),
            "only this": str(only_theirs),
            "memory's NDCG less this one's": f"{more.mean():+.4f} +- {error:.4f}",
        }
    return row | paired


def costs(answers: Answers, baskets: int) -> Row:
    """Return a row of the second table."""
    return {
        "system": answers.name,
        "baskets/s tuned": f"{baskets / answers.fit_seconds:.0f}",
        "answers/s": f"{len(answers.ranked) / answers.seconds:.0f}",
        "bytes": f"{answers.size:,}",
    }


def wrong_items(answers: Answers, catalogue: set[str], test: Sequence[Question]) -> tuple[int, int]:
    """Return how many recommended items do not exist, and how many the question has itself."""
    pairs = list(zip(answers.ranked, test, strict=True))
    strange = sum(item not in catalogue for ranked, _ in pairs for item in ranked)
    there = sum(item in asked.items for ranked, asked in pairs for item in ranked)
    return strange, there


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--csv", type=Path, default=Path("build/bench_recommend.csv"))
    arguments = parser.parse_args()
    silent_libraries()
    train, test = read(arguments.data / "groceries.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        tuned, result = memory(train, test, Path(folder))
    mine = gains(tuned[0], test)
    every = [*tuned, *(peer(name, train, test) for name in PEERS)]
    show(
        arguments.csv,
        [quality(mine, answers, test) for answers in every],
        [costs(answers, len(train)) for answers in every],
    )
    strange, there = wrong_items(tuned[0], {item for basket in train for item in basket}, test)
    facts = f"{result.report.recalled} of {len(result.report.facts)} facts are recalled exactly"
    print(f"{facts}; items that do not exist: {strange}; items of the question itself: {there}")


if __name__ == "__main__":
    main()
