"""`mome facts`: every fact with the id that `mome forget` takes, without a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from mome.artifacts.checksums import write_checksums
from mome.artifacts.facts import FACTS, MemoryFact

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Cli, Done

KNOWN = (
    MemoryFact("0a1b", "verified", ("Who joined in 2024?", "who is new"), "SELECT name FROM m"),
    MemoryFact(
        "2c3d", "count_rows", ("How many clubs\u202e are there?",), "SELECT COUNT(*) FROM c"
    ),
)


def test_facts_are_listed(tmp_path: Path, mome: Cli, refused: Callable[[Done, str], None]) -> None:
    version = tmp_path / "versions" / "0001"
    version.mkdir(parents=True)
    lines = [json.dumps(fact.to_dict()) for fact in KNOWN]
    (version / FACTS).write_text("\n".join(lines), "utf-8")
    write_checksums(version)
    (tmp_path / "current").symlink_to("versions/0001")
    listed = mome("facts", "--memory", tmp_path)
    assert (listed.code, listed.err) == (0, "")
    assert listed.out.splitlines() == [
        "0a1b  verified: Who joined in 2024?",
        "2c3d  count_rows: How many clubs\\u202e are there?",
    ]
    first, _ = json.loads(mome("facts", "--memory", tmp_path, "--json").out)
    assert first == {
        "id": "0a1b",
        "kind": "verified",
        "wordings": ["Who joined in 2024?", "who is new"],
        "sql": "SELECT name FROM m",
    }
    (version / FACTS).write_text((version / FACTS).read_text("utf-8").replace("0a1b", "0a1c"))
    refused(mome("facts", "--memory", tmp_path), "run `mome tune` again")
