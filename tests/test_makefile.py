"""`make tune` passes the database URL in the environment: command lines show in process lists.
`make demo` goes on without the open model where that cannot be had or be used.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
URL = "postgresql://reader:p'a$s@host/warehouse"
OPEN = "qwen2.5-coder-0.5b"
GETS = f"models get {OPEN}"
TUNES = "tune --base {}"
# A tune fails as TUNE says unless the base is the bundled model, and is noted by its base alone.
NOTED = """
case "$1" in
  -m) exit 0 ;;
  models) echo "$*" >>{folder}/calls; exit "${{GET:-0}}" ;;
  tune)
    for last; do :; done
    echo "tune --base $last" >>{folder}/calls
    test "$last" = bundled || exit "${{TUNE:-0}}" ;;
  *) echo "$*" >>{folder}/calls ;;
esac
"""


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
    return [*_make(tmp_path), "tune"]


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


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """A `make demo` whose programs note how they are called."""
    for name in ("mome", "python"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{NOTED.format(folder=tmp_path)}")
        program.chmod(0o755)
    (tmp_path / "stamp").touch()
    return Demo(tmp_path)


@dataclass(frozen=True)
class Demo:
    """Runs `make demo`; `folder` has the programs and what they noted."""

    folder: Path

    def __call__(self, *variables: str, **codes: str) -> tuple[int, str, list[str]]:
        """Return the exit code, what was printed, and the calls of `mome` in short.

        codes: exit codes of `mome models get` (GET) and of a tune with the open model (TUNE).
        """
        environment = _without_url() | {"MOME_HOME": str(self.folder / "home")} | codes
        environment.pop("MODEL", None)
        done = subprocess.run(
            [*_make(self.folder), "demo", *variables],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        calls = (self.folder / "calls").read_text().splitlines()
        return done.returncode, done.stdout, calls


def test_make_demo_gets_the_open_model_and_tunes_with_it(demo: Demo) -> None:
    code, printed, calls = demo()
    assert (code, printed) == (0, "")
    assert calls == [GETS, TUNES.format(OPEN), "app"]


@pytest.mark.parametrize(
    ("variables", "codes", "tried"),
    [
        (["MODEL=bundled"], {}, []),
        ([], {"GET": "1"}, [GETS]),
        ([], {"TUNE": "1"}, [GETS, TUNES.format(OPEN)]),
    ],
)
def test_make_demo_goes_on_with_the_bundled_model(
    variables: list[str], codes: dict[str, str], tried: list[str], demo: Demo
) -> None:
    code, printed, calls = demo(*variables, **codes)
    assert (code, printed) == (0, "The demo uses the bundled model.\n")
    assert calls == [*tried, TUNES.format("bundled"), "app"]


def test_make_demo_gets_another_model(demo: Demo) -> None:
    code, printed, calls = demo("MODEL=smollm2-135m")
    assert (code, printed) == (0, "")
    assert calls == ["models get smollm2-135m", TUNES.format("smollm2-135m"), "app"]


@pytest.mark.parametrize("stopped", ["GET", "TUNE"])
def test_ctrl_c_ends_make_demo(stopped: str, demo: Demo) -> None:
    code, printed, calls = demo(**{stopped: "130"})
    assert code != 0 and printed == ""
    assert calls == ([GETS] if stopped == "GET" else [GETS, TUNES.format(OPEN)])


def _make(folder: Path) -> list[str]:
    """Return a `make` that finds its programs in the folder and takes the installation for done."""
    return ["make", "--no-print-directory", f"BIN={folder}", f"STAMP={folder}/stamp"]


def _without_url() -> dict[str, str]:
    """Return this process's environment without DB_URL."""
    return {name: value for name, value in os.environ.items() if name != "DB_URL"}
