"""The mixture of memory experts on a frozen backbone: `Memory` reads, `tune` memorises facts,
`MemoryStore` keeps versions on disk.

Other packages use only what is exported here.
"""

from __future__ import annotations

from mome.artifacts.facts import MemoryFact
from mome.memory.config import MemoryConfig, TuneConfig
from mome.memory.memory import Memory, Reading
from mome.memory.recall import recall, written
from mome.memory.report import FactRecall, RecallReport, TuneProgress, WordingRecall
from mome.memory.routing.router import TEXT, NameWords, Route
from mome.memory.store.versions import MemoryStore
from mome.memory.text_facts import text_fact, text_facts
from mome.memory.training.tuner import tune

__all__ = [
    "TEXT",
    "FactRecall",
    "Memory",
    "MemoryConfig",
    "MemoryFact",
    "MemoryStore",
    "NameWords",
    "Reading",
    "RecallReport",
    "Route",
    "TuneConfig",
    "TuneProgress",
    "WordingRecall",
    "recall",
    "text_fact",
    "text_facts",
    "tune",
    "written",
]
