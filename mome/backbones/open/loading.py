"""Load an open model with its skill as a reader."""

from __future__ import annotations

from functools import lru_cache

from mome.backbones.identity import base_path
from mome.backbones.open.adapted_linear import adapter_off, load_adapter
from mome.backbones.open.int8_model import int8_model
from mome.backbones.open.reader import OpenReader
from mome.backbones.open.skills import reader_identity, skill_of
from mome.errors import OtherBackbone

SCALE = 1.0
"""Factor of the adapter's scale."""


def try_reader(base: str) -> None:
    """Load the open model of a base that has a skill, and drop it; its int8 weights are kept.

    A tune does this first: a machine that cannot hold or run the model is told before a memory
    names it, and the first question need not wait for the conversion. Raises BackboneError.
    """
    if skill_of(base) is not None:
        int8_model(base_path(base))


# Translators of several memories share one, for it takes most of their memory.
@lru_cache(maxsize=1)
def load_reader(base: str, known_identity: str) -> OpenReader:
    """Load the reader of a base model that has a skill.

    `known_identity`: that of the reader which a memory was tuned with.
    Raises BackboneError if the model is not on this machine, OtherBackbone if it is another one.
    """
    skill = skill_of(base)
    if skill is None or reader_identity(base) != known_identity:
        raise OtherBackbone(
            f"this memory was tuned with another version of {base}: tune again with this one"
        )
    tokenizer, model = int8_model(base_path(base))
    load_adapter(model, skill, SCALE)
    return OpenReader(model, tokenizer, adapter_off)
