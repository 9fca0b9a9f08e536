"""Deltas: what learning or forgetting a fact changes, as two small files beside a whole memory.
`versions` writes and reads them.

```
delta-00001.jsonl         one line per fact: {"fact", "recall"} if new or changed, {"forget": id}
delta-00001.safetensors   ids and rows of changed experts, zeros for forgotten ones; queries of the
                          changed facts' wordings
```
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from mome.artifacts.facts import MemoryFact, delta_files, read_lines
from mome.memory.experts.bank import Bank
from mome.memory.experts.layered_bank import LayeredBank
from mome.memory.report import FactRecall, RecallReport


@dataclass(frozen=True)
class Content:
    """The parts of a memory that learning or forgetting changes."""

    facts: tuple[MemoryFact, ...]
    report: RecallReport
    known: Tensor
    """(n, q) queries of all wordings."""
    bank: LayeredBank

    def entries(self) -> dict[str, Entry]:
        """Return every fact by id with its verdict and its wordings' queries. Raises ValueError if
        they do not fit together.
        """
        queries = split(self.known, self.facts)
        rows = zip(self.facts, self.report.facts, queries, strict=True)
        return {fact.id: (fact, verdict, own) for fact, verdict, own in rows}


Entry = tuple[MemoryFact, FactRecall, Tensor]


def split(queries: Tensor, facts: tuple[MemoryFact, ...]) -> tuple[Tensor, ...]:
    """Split queries by the facts whose wordings they belong to. Raises ValueError if the counts
    differ.
    """
    counts = [len(fact.wordings) for fact in facts]
    if len(queries) != sum(counts):
        raise ValueError("queries and facts do not belong together")
    return queries.split(counts) if counts else ()


def write_delta(
    folder: Path, before: Content, after: Content, save: Callable[[dict[str, Tensor], Path], None]
) -> None:
    """Write the difference between `before` and `after` into `folder` as its next delta."""
    old, new = before.entries(), after.entries()
    # Queries follow from the wordings, so facts and verdicts suffice to see a change.
    changed = [
        entry for name, entry in new.items() if name not in old or entry[:2] != old[name][:2]
    ]
    lines: list[dict[str, Any]] = [{"forget": name} for name in old if name not in new]
    lines += [{"fact": fact.to_dict(), "recall": asdict(verdict)} for fact, verdict, _ in changed]
    path = folder / f"delta-{len(delta_files(folder)) + 1:05d}.jsonl"
    written = [json.dumps(line, ensure_ascii=False) + "\n" for line in lines]
    path.write_text("".join(written), encoding="utf-8")
    known = torch.cat([after.known[:0], *(queries for _, _, queries in changed)])
    save(
        {"known": known} | after.bank.changed_since(before.bank).tensors(),
        path.with_suffix(".safetensors"),
    )


def with_deltas(
    folder: Path, content: Content, read: Callable[[Path], dict[str, Tensor]]
) -> Content:
    """Apply the deltas in `folder` to `content`. Raises ValueError, KeyError or TypeError if one is
    malformed.
    """
    paths = delta_files(folder)
    if not paths:
        return content
    entries, bank = content.entries(), content.bank
    for path in paths:
        tensors = read(path.with_suffix(".safetensors"))
        # Rows of a later delta override earlier ones without rewriting the base file.
        bank = bank.overlaid(Bank.from_tensors(tensors, bank.layers, bank.dtype))
        lines = list(read_lines(path))
        for line in lines:
            if "forget" in line:
                del entries[line["forget"]]
        learned = [line for line in lines if "fact" in line]
        new = tuple(MemoryFact.from_dict(line["fact"]) for line in learned)
        for line, fact, own in zip(learned, new, split(tensors["known"], new), strict=True):
            entries[fact.id] = (fact, FactRecall.from_dict(line["recall"]), own)
    facts = tuple(fact for fact, _, _ in entries.values())
    verdicts = tuple(verdict for _, verdict, _ in entries.values())
    # An empty slice of the known queries keeps their width if no fact is left.
    queries = torch.cat([content.known[:0], *(own for _, _, own in entries.values())])
    return Content(facts, RecallReport(verdicts), queries, bank)
