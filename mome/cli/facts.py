"""`mome facts`: list what a memory knows. Loads no model."""

from __future__ import annotations

from typing import Annotated

import typer

from mome.artifacts.facts import MemoryFact, read_facts
from mome.artifacts.home import current_version, has_baskets, has_labels
from mome.cli.options import MemoryOption, chosen
from mome.cli.terminal import say, say_json
from mome.errors import BrokenMemory


def facts(
    memory: MemoryOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """List the facts of a memory with their ids, for `mome forget`."""
    path = chosen(memory)
    try:
        known = list(read_facts(current_version(path)).values())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenMemory(
            f"the facts of the memory at {path} cannot be read; run `mome tune` again"
        ) from error
    if as_json:
        answer = "label" if has_labels(path) else "sql"
        answer = "item" if has_baskets(path) else answer
        say_json([_entry(fact, answer) for fact in known])
        return
    for fact in known:
        say(f"{fact.id}  {fact.kind}: {fact.wordings[0]}")


def _entry(fact: MemoryFact, answer: str) -> dict[str, object]:
    return {"id": fact.id, "kind": fact.kind, "wordings": fact.wordings, answer: fact.answer}
