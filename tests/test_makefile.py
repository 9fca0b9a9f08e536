"""`make tune` passes the database URL in the environment: command lines show in process lists."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
URL = "postgresql://reader:p'a$s@host/warehouse"


@pytest.fixture
def stand_in(tmp_path: Path) -> list[str]:
    """Return a `make tune` command whose program writes its arguments and DB_URL to files.

    `make` takes the installation for done, because the stamp file exists.
    """
    program = tmp_path / "mome"
    program.write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >{tmp_path}/words\nprintf "%s\\n" "$DB_URL" >{tmp_path}/url\n'
    )
    program.chmod(0o755)
    (tmp_path / "stamp").touch()
    return ["make", "--no-print-directory", f"BIN={tmp_path}", f"STAMP={tmp_path}/stamp", "tune"]


@pytest.mark.parametrize("by_environment", [True, False])
def test_make_tune_keeps_the_url_off_the_command_line(
    by_environment: bool, stand_in: list[str], tmp_path: Path
) -> None:
    given = [] if by_environment else [f"DB_URL={URL.replace('$', '$$')}"]
    environment = {name: value for name, value in os.environ.items() if name != "DB_URL"} | (
        {"DB_URL": URL} if by_environment else {}
    )
    done = subprocess.run(
        [*stand_in, *given], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "words").read_text() == "tune\n" and (
        tmp_path / "url"
    ).read_text() == f"{URL}\n"
    assert URL not in done.stdout + done.stderr


def test_make_tune_without_a_database_says_what_to_do(stand_in: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DB_URL"}
    done = subprocess.run(stand_in, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert (
        done.stdout
        == "Say which database: make tune DB_URL=postgresql://reader@host/name (or a file or folder)\n"
    )
