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
        "#!/bin/sh\n"
        f'printf "%s\\n" "$*" >{tmp_path}/arguments\n'
        f'printf "%s\\n" "$DB_URL" >{tmp_path}/url\n'
    )
    program.chmod(0o755)
    (tmp_path / "stamp").touch()
    return ["make", "--no-print-directory", f"BIN={tmp_path}", f"STAMP={tmp_path}/stamp", "tune"]


@pytest.mark.parametrize("by_environment", [True, False])
def test_make_tune_keeps_the_url_off_the_command_line(
    by_environment: bool, stand_in: list[str], tmp_path: Path
) -> None:
    environment = _without_url()
    variables = []
    if by_environment:
        environment["DB_URL"] = URL
    else:
        # make expands a single dollar sign.
        variables.append(f"DB_URL={URL.replace('$', '$$')}")
    command = [*stand_in, *variables]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "arguments").read_text() == "tune\n"
    assert (tmp_path / "url").read_text() == f"{URL}\n"
    assert URL not in result.stdout + result.stderr


def test_make_tune_without_a_database_says_what_to_do(stand_in: list[str]) -> None:
    result = subprocess.run(stand_in, cwd=ROOT, env=_without_url(), capture_output=True, text=True)
    assert result.returncode != 0
    assert result.stdout == (
        "Say which database: make tune DB_URL=postgresql://reader@host/name (or a file or folder)\n"
    )


def _without_url() -> dict[str, str]:
    """Return this process's environment without DB_URL."""
    return {name: value for name, value in os.environ.items() if name != "DB_URL"}
