"""Facts of any kind in one memory, beside a LoRA and retrieval.

`python tests/benchmarks/bench_edits.py --data FOLDER --set qaedit|counterfact --edits N` prints a
table and writes a CSV. FOLDER holds `qaedit.jsonl` and `counterfact.jsonl` (see `edit_sets`).

All edits of a set are in one memory. Only prompts and answers are trained; rephrasings and
neighbours are asked at the end. By free generation (greedy, at most 32 tokens):

- reliability: the answer to the prompt is the edit's, without regard to case, punctuation and
  articles; `within` counts answers that only hold it;
- generality: the same for the rephrasing;
- locality: the answer to a neighbouring prompt is that of the model alone, to the letter; prompts
  that another edit has as its own are left out, and their number is printed.

The columns `forced` have the share of tokens that are right, or unchanged, where all tokens before
are given. A neighbour that the memory does not route runs through the same arithmetic as without
it. All routed ones are answered, and 200 random ones, of which the benchmark stops if an unrouted
one differs. The peers answer the same 200.

The LoRA (PEFT, rank 32, all linear layers) gets the seconds of the memory's tune and the same
wordings; retrieval puts the three facts that BM25 finds into the prompt.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from statistics import fmean

from edit_sets import SETS, Edit, plain, read_edits
from edit_sides import Adapted, Bare, Remembering, Retrieving, Side, Tokens, in_batches
from kept_memories import tuned
from tables import Row, show

from mome.backbones.free_text import FreeText, load_free_text
from mome.cli.progress import silent_libraries
from mome.memory import TEXT, Memory, MemoryConfig, MemoryFact, text_facts

CHECKED = 200
"""Random neighbours that every method answers."""
Prompts = list[tuple[str, str]]
"""Prompts with the answers whose tokens are given where they are forced."""


@dataclass(frozen=True)
class Cost:
    """What a method takes."""

    seconds: float
    bytes: int
    cpu: float = 0.0
    """Seconds of a core; on a machine that others use too they tell more than the time does."""
    load: float = 0.0
    """Seconds until what is stored can answer, without the base model."""


@dataclass(frozen=True)
class Local:
    """How many answers to neighbours stay as they were."""

    free: float
    forced: float
    routed: int = 0
    """Neighbours that the memory routes."""


class Trial:
    """The edits, and what the model alone makes of their neighbours."""

    def __init__(self, backbone: FreeText, edits: Sequence[Edit]) -> None:
        self.backbone, self.edits = backbone, edits
        edited = {plain(edit.prompt) for edit in edits}
        every = dict(chain.from_iterable(edit.neighbours for edit in edits))
        near = [one for one in every.items() if plain(one[0]) not in edited]
        self.left_out = len(every) - len(near)
        """Neighbours that are the prompt of another edit to the letter."""
        self.neighbours = random.Random(0).sample(near, len(near))
        """Different ones, in a random order."""
        self._bare: dict[tuple[str, ...], tuple[list[str], list[Tokens]]] = {}

    def local(self, side: Side) -> Local:
        """Return the locality over the random neighbours."""
        asked = self.neighbours[:CHECKED]
        changed, forced = self._changes(side, asked)
        return Local(1 - len(changed) / len(asked), 1 - sum(forced) / len(asked))

    def local_to(self, side: Remembering) -> Local:
        """Return the locality over all neighbours; of those that are not routed some are asked."""
        routes = side.routed(self._texts())
        routed = {text for text, is_hit in zip(self._texts(), routes, strict=True) if is_hit}
        near = [one for one in self.neighbours[CHECKED:] if one[0] in routed]
        changed, forced = self._changes(side, [*self.neighbours[:CHECKED], *near])
        if changed - routed:
            raise SystemExit(f"an unrouted prompt has another answer: {min(changed - routed)!r}")
        total = len(self.neighbours)
        return Local(1 - len(changed) / total, 1 - sum(forced) / total, len(routed))

    def _texts(self) -> list[str]:
        return [text for text, _ in self.neighbours]

    def _changes(self, side: Side, asked: Prompts) -> tuple[set[str], list[float]]:
        """Return the prompts with another answer than that of the model alone, and for each prompt
        the share of forced tokens that are others.
        """
        texts = [text for text, _ in asked]
        before, tokens = self._by_the_model_alone(asked)
        after = in_batches(side.answers, texts)
        changed = {text for text, old, new in zip(texts, before, after, strict=True) if old != new}
        pairs = zip(tokens, in_batches(side.forced, *_columns(asked)), strict=True)
        return changed, [float((old != new).float().mean()) for (old, _), (new, _) in pairs]

    def _by_the_model_alone(self, asked: Prompts) -> tuple[list[str], list[Tokens]]:
        """Return what the model alone answers, kept from the first time: a LoRA stays in it."""
        texts, answers = _columns(asked)
        if tuple(texts) not in self._bare:
            side = Bare(self.backbone)
            free, forced = in_batches(side.answers, texts), in_batches(side.forced, texts, answers)
            self._bare[tuple(texts)] = free, forced
        return self._bare[tuple(texts)]

    def row(self, name: str, side: Side, cost: Cost, local: Local) -> Row:
        """Return a method's row."""
        wanted = [edit.answer for edit in self.edits]
        texts = {"reliability": [edit.prompt for edit in self.edits]}
        texts["generality"] = [edit.rephrased for edit in self.edits]
        exact, further = {}, {}
        for what, prompts in texts.items():
            found = in_batches(side.answers, prompts, routed=side.routed(prompts))
            answers = [plain(answer) for answer in found]
            pairs = list(zip(answers, map(plain, wanted), strict=True))
            exact[what] = _share(answer == target for answer, target in pairs)
            further[f"{what} within"] = _share(target in answer for answer, target in pairs)
            tokens = in_batches(side.forced, prompts, wanted)
            right = (float((best == target).float().mean()) for best, target in tokens)
            further[f"{what} forced"] = _share(right)
        count = len(self.edits)
        return {
            "method": name,
            "edits": str(count),
            **exact,
            "locality": f"{local.free:.4f}",
            **further,
            "locality forced": f"{local.forced:.4f}",
            "routed": f"{local.routed} of {len(self.neighbours)}",
            "s an edit": f"{cost.seconds / count:.2f}",
            "core s an edit": f"{cost.cpu / count:.2f}",
            "bytes an edit": f"{cost.bytes / count:.0f}",
            "load s": f"{cost.load:.2f}",
        }


def _columns(asked: Prompts) -> tuple[list[str], list[str]]:
    return [text for text, _ in asked], [answer for _, answer in asked]


def _share(values: Iterable[float]) -> str:
    return f"{fmean(values):.4f}"


def remember(
    backbone: FreeText, facts: Sequence[MemoryFact], folder: Path
) -> tuple[Remembering, Cost]:
    """Memorise the facts, unless the folder has them, and load them."""
    wordings = [fact.wordings for fact in facts]

    def create() -> Memory:
        return Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True)

    store, spent = tuned(backbone, facts, folder, create, TEXT)
    start = time.perf_counter()
    memory = Memory.load(folder, backbone, TEXT)
    load = time.perf_counter() - start
    memory.attach()
    size = sum(path.stat().st_size for path in store.current.iterdir())
    return Remembering(backbone, memory), Cost(spent.seconds, size, spent.cpu, load)


def measure(base: str, edits: Sequence[Edit], folder: Path, *, alone: bool) -> Iterator[Row]:
    """Yield the row of each method; only the memory's if it is `alone`."""
    backbone = load_free_text(base)
    trial = Trial(backbone, edits)
    print(f"{trial.left_out} neighbours that are an edit's prompt are left out")
    facts = text_facts((edit.prompt, edit.answer, ()) for edit in edits)
    memory, cost = remember(backbone, facts, folder)
    yield trial.row("memory", memory, cost, trial.local_to(memory))
    memory.memory.detach()
    if alone:
        return
    found = Retrieving(backbone, edits)
    size = sum(len(f"{edit.prompt} {edit.answer}".encode()) for edit in edits)
    yield trial.row("BM25 in the prompt", found, Cost(0.0, size), trial.local(found))
    pairs = [(wording, fact.answer) for fact in facts for wording in fact.wordings]
    adapted = Adapted(backbone, pairs, cost.seconds)
    print(f"LoRA: {adapted.steps} steps of {adapted.ROWS} wordings")
    yield trial.row("LoRA", adapted, Cost(cost.seconds, adapted.bytes), trial.local(adapted))


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--set", choices=sorted(SETS), default="qaedit")
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--only", choices=["memory"], help="leave out the peers")
    parser.add_argument("--base", default="qwen2.5-coder-0.5b", help="a causal model")
    parser.add_argument("--keep", type=Path, help="a folder of the memory, to go on from")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_edits.csv"))
    options = parser.parse_args()
    silent_libraries()
    edits = read_edits(options.data, options.set, options.edits)
    with tempfile.TemporaryDirectory() as folder:
        rows = []
        path = options.keep or Path(folder)
        for row in measure(options.base, edits, path, alone=options.only == "memory"):
            rows.append(row)
            print(row, flush=True)
        show(options.csv, rows)


if __name__ == "__main__":
    main()
