"""A memory of facts in plain text on a causal model of plain PEFT: each fact is an adapter.

`Memory` trains facts of prompt, answer and other wordings and finds the fact that a prompt asks
for; PEFT generates with that fact's adapter, several in one batch.
"""

from __future__ import annotations

from collections.abc import Sequence

from peft import PeftModel, get_peft_model, set_peft_model_state_dict
from transformers import PreTrainedModel

from mome.artifacts.facts import MemoryFact
from mome.backbones.free_text import FreeText
from mome.errors import OtherBackbone
from mome.memory.memory import Memory
from mome.peft_tuner.lora_export import FactLora, fact_lora

BARE = "__base__"
"""PEFT's name for a row of a batch that no adapter changes."""


class FactAdapters:
    """The facts of a memory as adapters of a PEFT model, each made when a prompt first needs it."""

    def __init__(self, model: PreTrainedModel, memory: Memory) -> None:
        """Add adapters to `model`, which has the weights of the memory's base model. The memory
        must have a fact. Raises OtherBackbone for a memory that is not of facts in plain text.
        """
        if not isinstance(memory.backbone, FreeText):
            raise OtherBackbone(
                "this memory is not one of facts in plain text: load it with load_free_text"
            )
        self._memory, self._backbone = memory, memory.backbone
        self._facts = {fact.experts: fact for fact in memory.facts}
        first = memory.facts[0]
        lora = self._lora(first)
        self.model: PeftModel = get_peft_model(model, lora.config, adapter_name=first.id)
        """The model with the adapters; its `generate` takes `adapter_names`."""
        self._fill(first, lora)
        # PEFT mixes the adapters of a batch in evaluation only.
        self.model.eval()

    def names(self, texts: Sequence[str]) -> list[str]:
        """Return for each prompt the adapter that answers it, `BARE` if the memory knows none."""
        route = self._memory.route(texts)
        rows = zip(route.ids.tolist(), route.hit.tolist(), strict=True)
        return [self._name(tuple(sorted(ids))) if is_hit else BARE for ids, is_hit in rows]

    def _name(self, experts: tuple[int, ...]) -> str:
        fact = self._facts[experts]
        if fact.id not in self.model.peft_config:
            lora = self._lora(fact)
            self.model.add_adapter(fact.id, lora.config)
            self._fill(fact, lora)
        return fact.id

    def _lora(self, fact: MemoryFact) -> FactLora:
        prompts = [self._backbone.prompt(wording).data for wording in fact.wordings]
        return fact_lora(self._memory, fact, prompts)

    def _fill(self, fact: MemoryFact, lora: FactLora) -> None:
        set_peft_model_state_dict(self.model, lora.tensors, adapter_name=fact.id)
