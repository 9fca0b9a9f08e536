"""What a router should read of a prompt: the bundled encoder's states, or the base model's own.

`python tests/benchmarks/bench_edit_routes.py --data FOLDER --set qaedit|counterfact --edits N`
prints a table and writes a CSV; with `--base MODEL` that model's states are read too. No fact is
trained. A router is fitted to the prompts of a set and their restatements, as `Memory.create` fits
it for facts about any subject. Then

- generality is the share of rephrasings that are routed to their own fact, which bounds that of
  `bench_edits`;
- locality is the share of neighbours that are routed nowhere;
- the last column is the generality at the threshold that keeps out 99% of the neighbours, which
  compares the readings alone. No threshold is chosen so.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import torch
from edit_sets import SETS, Edit, plain, read_edits
from tables import Row, show
from torch import Tensor

from mome.backbones.base import Backbone
from mome.backbones.free_text import FreeText, load_free_text
from mome.backbones.loading import load
from mome.cli.progress import silent_libraries
from mome.memory import MemoryConfig, text_facts
from mome.memory.question_states import pooled
from mome.memory.routing.fit_router import apart, fit_router
from mome.memory.routing.router import nearest_known
from mome.memory.routing.unrelated_questions import background

BATCH = 32
"""Prompts that are read at once."""
Read = Callable[[Sequence[str]], dict[str, Tensor]]
"""Returns states (b, d) of prompts for each reading."""


def by_encoder(backbone: Backbone) -> Read:
    """Return a function that reads prompts with the bundled encoder."""
    return lambda texts: {"bundled encoder, mean": backbone.question_state(texts)}


def by_model(backbone: FreeText) -> Read:
    """Return a function that reads prompts with the base model itself, at some of its layers."""
    count = backbone.model.config.num_hidden_layers
    layers = sorted({count // 4, count // 2, 2 * count // 3, count})

    @torch.no_grad()
    def read(texts: Sequence[str]) -> dict[str, Tensor]:
        batch = backbone.base.tokenizer(
            list(texts), return_tensors="pt", padding=True, padding_side="right"
        )
        mask = batch["attention_mask"]
        states = backbone.model.get_decoder()(
            input_ids=batch["input_ids"], attention_mask=mask, output_hidden_states=True
        ).hidden_states
        ends = mask.sum(1) - 1
        found = {}
        for layer in layers:
            at = states[layer].float()
            found[f"layer {layer} of {count}, mean"] = pooled(at, mask)
            found[f"layer {layer} of {count}, last token"] = at[torch.arange(len(at)), ends]
        return found

    return read


def states_of(read: Read, texts: Sequence[str]) -> dict[str, Tensor]:
    """Return the states (n, d) of all texts for each reading."""
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    parts = []
    for first in range(0, len(order), BATCH):
        parts.append(read([texts[place] for place in order[first : first + BATCH]]))
    back = torch.tensor(order).argsort()
    return {name: torch.cat([part[name] for part in parts])[back] for name in parts[0]}


def rows(read: Read, edits: Sequence[Edit]) -> Iterator[Row]:
    """Yield a row for each reading."""
    facts = text_facts((edit.prompt, edit.answer, ()) for edit in edits)
    groups = [fact.wordings for fact in facts]
    strange = background(chain.from_iterable(groups))
    edited = {plain(edit.prompt) for edit in edits}
    near = dict(chain.from_iterable(edit.neighbours for edit in edits))
    asked = {
        "known": [*chain.from_iterable(groups)],
        "strange": [*chain.from_iterable(strange)],
        "rephrased": [edit.rephrased for edit in edits],
        "near": [text for text in near if plain(text) not in edited],
    }
    found = {what: states_of(read, texts) for what, texts in asked.items()}
    for name in found["known"]:
        states = {what: readings[name] for what, readings in found.items()}
        yield {"router reads": name} | _judged(states, [*map(len, groups)], [*map(len, strange)])


def _judged(states: dict[str, Tensor], sizes: list[int], strange: list[int]) -> Row:
    known = [*states["known"].split(sizes)]
    fitted = fit_router(known, [*states["strange"].split(strange)], MemoryConfig())
    router = apart(known, fitted)
    owners = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    queries = router.query(states["known"])
    score, index = nearest_known(router.query(states["rephrased"]), queries)
    is_own = owners[index] == torch.arange(len(sizes))
    near, _ = nearest_known(router.query(states["near"]), queries)
    strict = float(near.quantile(0.99))
    return {
        "nearest is its own": f"{float(is_own.float().mean()):.3f}",
        "threshold": f"{router.threshold:.2f}",
        "generality": f"{float((is_own & (score >= router.threshold)).float().mean()):.3f}",
        "locality": f"{float((near < router.threshold).float().mean()):.3f}",
        "generality at locality 0.99": f"{float((is_own & (score >= strict)).float().mean()):.3f}",
    }


def main() -> None:
    """Print the table and write it as CSV."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    parser.add_argument("--set", choices=sorted(SETS), default="qaedit")
    parser.add_argument("--edits", type=int, default=100)
    parser.add_argument("--base", help="a causal model, whose states are read too")
    parser.add_argument("--csv", type=Path, default=Path("build/bench_edit_routes.csv"))
    options = parser.parse_args()
    silent_libraries()
    edits = read_edits(options.data, options.set, options.edits)
    readings = [by_encoder(load("bundled"))]
    if options.base:
        readings.append(by_model(load_free_text(options.base)))
    show(options.csv, [row for read in readings for row in rows(read, edits)])


if __name__ == "__main__":
    main()
