"""Sets of edits: prompts with a new answer, another wording, and neighbouring prompts."""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Edit:
    """One edit. Only prompt and answer may be trained on."""

    prompt: str
    answer: str
    rephrased: str
    neighbours: tuple[tuple[str, str], ...]
    """Prompts whose answers must stay as they are, with their true answers."""


def _qaedit(line: dict[str, Any]) -> Edit:
    near = tuple((one["loc"], one["loc_ans"]) for one in line["locality"])
    return Edit(line["prompt"], line["target"].strip(), line["rephrase"], near)


def _counterfact(line: dict[str, Any]) -> Edit:
    near = ((line["locality_prompt"], line["locality_ground_truth"]),)
    return Edit(line["prompt"], line["target_new"].strip(), line["rephrase_prompt"], near)


SETS: dict[str, Callable[[dict[str, Any]], Edit]] = {
    "qaedit": _qaedit,
    "counterfact": _counterfact,
}


def read_edits(folder: Path, name: str, count: int) -> list[Edit]:
    """Return the first `count` edits of a set. Raises ValueError if it has fewer."""
    lines = (folder / f"{name}.jsonl").read_text("utf-8").splitlines()
    if len(lines) < count:
        raise ValueError(f"{name} has {len(lines)} edits, not {count}: give a smaller --edits")
    return [SETS[name](json.loads(line)) for line in lines[:count]]


_NO_SIGNS = str.maketrans("", "", string.punctuation)


def plain(text: str) -> str:
    """Return a text as it is compared: without case, punctuation, articles and further spaces."""
    words = text.casefold().translate(_NO_SIGNS).split()
    return " ".join(word for word in words if word not in ("a", "an", "the"))
