"""A memory of a benchmark is tuned once, and a stopped tune goes on."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from types import ModuleType

import pytest
from text_memories import ASKED, FACTS, WIDE
from tiny_text_models import write_text_model


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("kept_memories")


def test_a_stopped_tune_goes_on_and_a_done_one_is_loaded(
    kept: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mome.backbones.free_text import load_free_text
    from mome.memory import TEXT, Memory, MemoryConfig, text_fact, written

    backbone = load_free_text(str(write_text_model(tmp_path / "base", "chat", **WIDE)), longest=8)
    facts = [text_fact(prompt, answer) for prompt, answer in FACTS.items()]
    made: list[Memory] = []

    def create() -> Memory:
        wordings = [fact.wordings for fact in facts]
        made.append(Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True))
        return made[-1]

    def stopped(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(kept, "SAVED_EVERY", 0.0)
    folder = tmp_path / "memory"
    with monkeypatch.context() as broken:
        broken.setattr("mome.memory.training.tuner.recall", stopped)
        with pytest.raises(KeyboardInterrupt):
            kept.tuned(backbone, facts, folder, create, TEXT)
    made[0].detach()
    before = json.loads((folder / "spent.json").read_text("utf-8"))
    for _ in range(2):
        _, spent = kept.tuned(backbone, facts, folder, create, TEXT)
    assert len(made) == 1
    assert spent.seconds > before["seconds"] > 0
    memory = Memory.load(folder, backbone, TEXT)
    # The second tune began with what the first one had trained.
    assert {one.exposures for fact in memory.report.facts for one in fact.wordings} == {0}
    memory.attach()
    assert written(memory, ASKED, [backbone.prompt(text) for text in ASKED]) == [*FACTS.values()]
