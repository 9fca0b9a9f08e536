"""`mome export`: hand facts to engines that serve adapters of PEFT."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.options import MemoryOption, MissingOption, loadable
from mome.cli.progress import silent_libraries
from mome.cli.terminal import say
from mome.errors import BackboneError, MemoryError_, NoMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mome.artifacts.facts import MemoryFact
    from mome.memory import Memory


def export(
    facts: Annotated[list[str], typer.Argument(metavar="FACT_ID...", help="Ids of `mome facts`.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder of the adapters; each fact gets one of its own.")
    ],
    memory: MemoryOption = None,
    lora: Annotated[
        bool, typer.Option("--lora", help="Write LoRA adapters that plain PEFT loads.")
    ] = False,
    base: Annotated[
        str | None,
        typer.Option("--base", help="The memory's base model, if the memory does not name it."),
    ] = None,
) -> None:
    """Write facts as adapters of PEFT that act from the answer on."""
    if not lora:
        raise MissingOption("Missing option '--lora': it is the only form there is")
    path = loadable(memory)
    folders = [out / fact for fact in dict.fromkeys(facts)]
    for folder in folders:
        if folder.exists():
            raise MemoryError_(f"{folder} is there already: give another folder with --out")
    silent_libraries()
    try:
        import peft  # noqa: F401
    except ImportError as error:
        raise BackboneError("adapters need peft: pip install 'mome[peft]'") from error
    loaded, name = _loaded(path, base)
    known = {fact.id: fact for fact in loaded.facts}
    for folder in folders:
        if folder.name not in known:
            raise NoMemory(
                f"the memory at {path} has no fact {folder.name}: give an id that `mome facts` "
                "lists"
            )
    for folder in folders:
        _write(loaded, known[folder.name], name, folder)


def _loaded(path: Path, base: str | None) -> tuple[Memory, str]:
    """Return the memory on its base model, and that model's name. Raises OtherBackbone."""
    from mome.artifacts.source import stored_base
    from mome.backbones.causal_model import CausalBackbone
    from mome.backbones.free_text import PLAIN_TEXT, load_free_text
    from mome.backbones.loading import load
    from mome.memory import TEXT, Memory, MemoryStore

    stored = MemoryStore(path).open()
    is_text = stored.backbone.startswith(PLAIN_TEXT)
    if is_text and base is None:
        raise MissingOption(
            "Missing option '--base': a memory of facts in plain text does not name its model"
        )
    name = base or stored_base(stored.path)
    if is_text:
        return Memory.of(stored, load_free_text(name), TEXT), name
    backbone = load(name)
    if not isinstance(backbone, CausalBackbone):
        raise BackboneError(
            f"{name} is no causal model of transformers, so no LoRA can be loaded into it: tune a "
            "memory with --base on one that is"
        )
    return Memory.of(stored, backbone), name


def _write(memory: Memory, fact: MemoryFact, base: str, folder: Path) -> None:
    from mome.peft_tuner.lora_export import fact_lora

    fact_lora(memory, fact, _prompts(memory, fact), base).save(folder)
    say(f"{folder}: rank {memory.config.top_k}, answers {fact.wordings[0]}")


def _prompts(memory: Memory, fact: MemoryFact) -> Sequence[list[int]]:
    """Return prompts that end as those of the fact's questions do."""
    from mome.backbones.causal_model import CausalBackbone
    from mome.backbones.free_text import FreeText

    backbone = memory.backbone
    if isinstance(backbone, FreeText):
        return [backbone.prompt(wording).data for wording in fact.wordings]
    assert isinstance(backbone, CausalBackbone)
    # The slice stands before the question, and no route depends on it.
    return [backbone.tokens(f"Question: {wording}\nSQL:") for wording in fact.wordings]
