"""What every command has, and that bad input is told before a model is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from mome.artifacts.checksums import write_checksums
from mome.cli.main import main
from mome.cli.tune import FACTS
from mome.tune.plan import TuneRequest

CATALOG = {
    "format": 1,
    "dialect": "sqlite",
    "engine": "sqlite",
    "url": "club.sqlite",
    "fingerprint": "",
    "tables": [],
}
WITHOUT_TORCH = """
import sys
from mome.cli.main import main
try:
    main()
finally:
    assert not sys.modules.keys() & {"torch", "transformers", "pandas", "streamlit"}
"""


def called(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["mome", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    return capsys.readouterr().out


def test_version_and_short_help(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert called(capsys, monkeypatch, "--version") == f"mome {version('mome')}\n"
    assert "--rows" in called(capsys, monkeypatch, "ask", "-h")
    assert "by default all under" in called(capsys, monkeypatch, "doctor", "-h")


def test_the_default_number_of_facts_is_that_of_a_tune() -> None:
    assert FACTS == TuneRequest.limit


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("ask", "  "), "the question is empty"),
        (("ask", "Who?", "--json", "--csv"), "give one of --sql, --json and --csv"),
        (("ask", "Who?", "--memory", "nowhere"), "there is no memory at nowhere"),
        (("learn", "--question", "Who?", "--sql", "DROP TABLE club"), "DROP"),
        (
            ("learn", "--question", " ", "--sql", "SELECT 1"),
            "the question is empty; it may have 1 to 1,000",
        ),
        (("translate", "--questions", "none.jsonl", "--out", "o"), "none.jsonl cannot be read"),
        (("forget", "x", "--memory", "nowhere"), "there is no memory at nowhere"),
    ],
)
def test_bad_input_is_told_before_a_model_is_loaded(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    folder = tmp_path / "versions" / "0001"
    folder.mkdir(parents=True)
    (folder / "catalog.json").write_text(json.dumps(CATALOG))
    write_checksums(folder)
    (tmp_path / "current").symlink_to("versions/0001")
    memory = () if "--memory" in words else ("--memory", str(tmp_path))
    command = [sys.executable, "-c", WITHOUT_TORCH, *words, *memory]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (1, 2)
    assert told in done.stderr and done.stderr.count("\n") == 1, done.stderr
