"""Facts that `Memory` has trained generate the same through PEFT, several in one batch."""

from __future__ import annotations

from pathlib import Path

import pytest
from text_memories import ASKED, FACTS, WIDE, bare_answers, generated, plain_model, tuned
from tiny_text_models import write_text_model

from mome.backbones.free_text import FreeText
from mome.backbones.loading import load
from mome.errors import OtherBackbone
from mome.memory import Memory, MemoryConfig, written
from mome.peft_tuner.fact_adapters import BARE, FactAdapters

STRANGE = "how old was the emperor when the lighthouse burned down"
REPHRASED = "which city has the most singers"


def test_a_batch_of_facts_generates_what_the_memory_writes(
    tmp_path: Path, one_thread: None
) -> None:
    folder = write_text_model(tmp_path, "chat", **WIDE)
    memory = tuned(folder)
    assert isinstance(memory.backbone, FreeText)
    adapters = FactAdapters(plain_model(folder), memory)
    # Two prompts of one fact, and one of none.
    asked = [*ASKED, memory.facts[1].wordings[1], STRANGE]
    names = adapters.names(asked)
    assert names == [fact.id for fact in memory.facts] + [memory.facts[1].id, BARE]
    prompts = [memory.backbone.prompt(text) for text in asked]
    found = generated(
        adapters.model, folder, [prompt.data for prompt in prompts], adapter_names=names
    )
    expected = written(memory, asked, prompts)
    assert found[:-1] == expected[:-1] == [*FACTS.values(), "Paris"]
    assert adapters.names([REPHRASED]) == [memory.facts[1].id]
    # Each made once, however often it is needed.
    assert adapters.names(asked) == names
    assert set(adapters.model.peft_config) == {fact.id for fact in memory.facts}
    bare = bare_answers(memory, asked)
    assert not set(bare) & set(FACTS.values())


def test_a_memory_of_sql_is_refused(songs_wordings: list[tuple[str, ...]]) -> None:
    memory = Memory.create(load(), MemoryConfig(), songs_wordings)
    with pytest.raises(OtherBackbone, match="load_free_text"):
        FactAdapters(None, memory)


@pytest.fixture
def songs_wordings() -> list[tuple[str, ...]]:
    return [("how many songs are there",), ("who sings most",)]
