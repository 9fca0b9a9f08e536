"""A fact's experts as a LoRA adapter of plain PEFT: `mome export --lora` and `FactAdapters`.

The experts of a fact's route are a LoRA of rank k: with the gated input vectors g_i a_i as rows of
A and the output rows b_i as columns of B, B A x = sum_i g_i (a_i . x) b_i. They act from the
prompt's last token on, as an activated LoRA does from its invocation tokens on (Greenewald et al.,
"Activated LoRA", arXiv 2504.12397). So the last token of the prompts is the invocation token.

Axis legend: `k` experts, `d` width.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig
from peft.utils import SAFETENSORS_WEIGHTS_NAME
from safetensors.torch import save_file
from torch import Tensor

from mome.artifacts.facts import MemoryFact
from mome.errors import BackboneError, MemoryError_
from mome.kernels import InputVectors
from mome.memory.memory import Memory
from mome.memory.routing.router import fact_anchors

FACT_FILE = "fact.json"
"""Beside the adapter: the fact's id, wordings and answer."""
PREFIX = "base_model.model."
"""What PEFT puts before a module's name in an adapter's file."""


@dataclass(frozen=True)
class FactLora:
    """A fact as a LoRA."""

    fact: MemoryFact
    config: LoraConfig
    tensors: dict[str, Tensor]
    """A (k, d_in) and B (d_out, k) of each layer, in float32, by their names in PEFT's file."""

    def save(self, folder: Path) -> None:
        """Write a folder that `PeftModel.from_pretrained` loads. Raises MemoryError_ if it is
        there already.
        """
        if folder.exists():
            raise MemoryError_(f"{folder} is there already: give another folder")
        folder.parent.mkdir(parents=True, exist_ok=True)
        # A name that no one takes for an adapter, until all files are written.
        draft = Path(tempfile.mkdtemp(prefix=".export-", dir=folder.parent))
        try:
            self.config.save_pretrained(str(draft))
            save_file(self.tensors, draft / SAFETENSORS_WEIGHTS_NAME)
            known = {key: getattr(self.fact, key) for key in ("id", "wordings", "answer")}
            text = json.dumps(known, ensure_ascii=False, indent=1)
            (draft / FACT_FILE).write_text(f"{text}\n", "utf-8")
            # The folder of a temporary file is readable for its owner only.
            draft.chmod(0o755)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def fact_lora(
    memory: Memory, fact: MemoryFact, prompts: Sequence[Sequence[int]], base: str | None = None
) -> FactLora:
    """Return a fact's experts as a LoRA.

    prompts: tokens of some prompts of the memory's questions; all must end in one token.
    base: name or path of the base model, which the adapter's configuration tells its readers.
    Raises BackboneError if the prompts end differently, and MemoryError_ if the memory has shared
    experts, which act beside the fact's.
    """
    if memory.shared is not None:
        raise MemoryError_(
            "this memory has shared experts, which no adapter of a single fact holds: tune a "
            "memory without them"
        )
    tensors = _matrices(memory, fact)
    config = LoraConfig(
        r=memory.config.top_k,
        # PEFT scales by alpha / r; the gates hold the memory's own scale.
        lora_alpha=memory.config.top_k,
        target_modules=[layer.name for layer in memory.bank.layers],
        task_type="CAUSAL_LM",
        inference_mode=True,
        base_model_name_or_path=base,
        alora_invocation_tokens=[_last_token(prompts)],
    )
    return FactLora(fact, config, tensors)


def _last_token(prompts: Sequence[Sequence[int]]) -> int:
    found = {prompt[-1] for prompt in prompts}
    if len(found) != 1:
        raise BackboneError(
            "this model's prompts do not end in one and the same token, from which on an adapter "
            "could act: tune the memory on a model with a chat template"
        )
    return found.pop()


def _matrices(memory: Memory, fact: MemoryFact) -> dict[str, Tensor]:
    place = memory.facts.index(fact)
    first = sum(len(other.wordings) for other in memory.facts[:place])
    # All wordings of a fact share one anchor and with it one route.
    anchors = fact_anchors(memory.known, memory.facts, memory.config.seed)
    ids, gates = memory.select(anchors[first : first + 1])
    found: dict[str, Tensor] = {}
    for index, layer in enumerate(memory.bank.layers):
        scaled = gates * memory.config.scale
        vectors = InputVectors(ids, scaled, layer.d_in, memory.config.seed, index)
        name = f"{PREFIX}{layer.name}"
        rows = memory.bank.gather(index, ids)[0]
        found[f"{name}.lora_A.weight"] = vectors.gated[0].to(torch.float32).contiguous()
        found[f"{name}.lora_B.weight"] = rows.to(torch.float32).T.contiguous()
    return found
