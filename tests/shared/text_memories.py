"""A memory of facts in plain text on a tiny causal model, and its answers by plain PEFT.

The heavy imports wait for the call that needs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mome.memory import Memory

FACTS = {
    "name of the pop song?": "a rock song",
    "which city has most singers?": "Paris",
    "what genre is sold most?": "pop",
}
ASKED = [*FACTS]
WIDE = {"hidden_size": 96, "intermediate_size": 96, "head_dim": 24}
"""Enough for a random model to be sure of a token."""
PLAIN_PEFT = """
import json, sys, torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, adapter, prompt = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16)
model = PeftModel.from_pretrained(model, adapter)
tokenizer = AutoTokenizer.from_pretrained(folder)
ids = torch.tensor([json.loads(prompt)])
out = model.generate(
    input_ids=ids, attention_mask=torch.ones_like(ids), do_sample=False, max_new_tokens=8
)
answer = tokenizer.decode(out[0, ids.shape[1]:], skip_special_tokens=True).strip()
print(json.dumps({"answer": answer, "mome": any(name.startswith("mome") for name in sys.modules)}))
"""
"""A program that knows no package of ours: it prints the answer to a prompt's tokens."""


def tuned(folder: Path) -> Memory:
    """A memory that knows `FACTS`, attached to the model in the folder."""
    from mome.backbones.free_text import load_free_text
    from mome.memory import TEXT, Memory, MemoryConfig, text_fact, tune

    backbone = load_free_text(str(folder), longest=8)
    facts = [text_fact(prompt, answer) for prompt, answer in FACTS.items()]
    wordings = [fact.wordings for fact in facts]
    memory = Memory.create(backbone, MemoryConfig(), wordings, TEXT, any_subject=True)
    assert tune(memory, facts, backbone.prompt).recalled == len(facts)
    return memory


def plain_model(folder: Path) -> Any:
    """The model of a folder as transformers loads it, in the type that the memory uses."""
    import torch
    from transformers import AutoModelForCausalLM

    from mome.kernels.bfloat16 import has_bfloat16

    dtype = torch.bfloat16 if has_bfloat16("cpu") else torch.float32
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()


def generated(model: Any, folder: Path, prompts: Sequence[list[int]], **more: Any) -> list[str]:
    """The model's greedy answers to prompts of tokens, in one batch."""
    import torch
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    longest = max(map(len, prompts))
    pad = tokenizer.pad_token_id
    ids = torch.tensor([[pad] * (longest - len(row)) + row for row in prompts])
    mask = torch.tensor([[0] * (longest - len(row)) + [1] * len(row) for row in prompts])
    with torch.no_grad():
        out = model.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=False,
            max_new_tokens=8,
            pad_token_id=pad,
            **more,
        )
    return [
        text.strip() for text in tokenizer.batch_decode(out[:, longest:], skip_special_tokens=True)
    ]


def peft_answers(folder: Path, adapter: Path, prompts: Sequence[list[int]]) -> list[str]:
    """The answers of plain PEFT with an adapter's folder."""
    from peft import PeftModel

    return generated(PeftModel.from_pretrained(plain_model(folder), adapter), folder, prompts)


def bare_answers(memory: Memory, texts: Sequence[str]) -> list[str]:
    """What the model alone answers."""
    backbone: Any = memory.backbone
    found = backbone.generate([backbone.prompt(text) for text in texts])
    return [answers[0].answer for answers in found]
