"""The command line: registers every command and turns named errors into one line on stderr.

A command validates its arguments before it imports torch, so that typos fail fast. What only a tune
needs is imported by the tune.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mome.artifacts.home import memories
from mome.artifacts.lock import DISK_FULL
from mome.cli.ask import ask, translate
from mome.cli.classify import classify
from mome.cli.edit import forget, learn, rollback
from mome.cli.evaluate import evaluate
from mome.cli.export import export
from mome.cli.facts import facts
from mome.cli.models import models
from mome.cli.options import LeastOption, PreciseOption, least_confidence
from mome.cli.progress import silent_libraries
from mome.cli.recommend import recommend
from mome.cli.terminal import say, tell
from mome.cli.tune import tune
from mome.errors import MomeError

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Text to SQL on a model that has memorised your database.",
)

# 128 + SIGINT, as shells report it.
INTERRUPTED = 130
UNCHANGED = "the memory is as it was"
LEFT = {
    "tune": UNCHANGED,
    "learn": UNCHANGED,
    "forget": UNCHANGED,
    "rollback": UNCHANGED,
    "classify": "the labels written so far are kept",
    "recommend": "the rows written so far are kept",
    "translate": "the answers written so far are kept",
    "models get": "the next call resumes the download, unless it was from the Python index",
    "pretrain": "the same command goes on from the last checkpoint",
}
"""What Ctrl-C leaves behind, by command. The others write nothing."""

COMMANDS = (
    learn, forget, rollback, facts, export, tune, translate, ask, classify, recommend,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
app.command("eval")(evaluate)
app.add_typer(models, name="models")


def _tell_version(wanted: bool) -> None:
    if wanted:
        say(f"mome {version('mome')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Text to SQL on a model that has memorised your database."""


@app.command()
def doctor(
    memory: Annotated[
        Path | None,
        typer.Option(
            "--memory", envvar="MEMORY", help="One memory; by default all under MOME_HOME."
        ),
    ] = None,
) -> None:
    """Check the installation, a memory and its database."""
    silent_libraries()
    from mome.cli.doctor import examine

    findings = list(examine([memory] if memory else memories()))
    for finding in findings:
        say(f"{'ok  ' if finding.good else 'BAD '} {finding.text}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.command("app")
def page(
    memory: Annotated[
        list[Path] | None,
        typer.Option(
            "--memory", envvar="MEMORY", help="Memories to offer; by default all under MOME_HOME."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port on 127.0.0.1; by default 8501 or the next free one."),
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", envvar="HEADLESS", help="Open no browser; print the URL.")
    ] = False,
    download_rows: Annotated[
        int | None,
        typer.Option(
            "--download-rows",
            envvar="MOME_DOWNLOAD_ROWS",
            min=1,
            help="Most rows of a download; by default 100,000.",
        ),
    ] = None,
    least: LeastOption = None,
    precise: PreciseOption = False,
) -> None:
    """Open the page in the browser."""
    # The page takes the place of this process, and inherits its environment alone.
    bound = least_confidence(least, precise=precise)
    if bound is not None:
        os.environ["MOME_LEAST"] = str(bound)
    if download_rows is not None:
        os.environ["MOME_DOWNLOAD_ROWS"] = str(download_rows)
    command = [sys.executable, "-m", "app.launch"]
    if port is not None:
        command += ["--port", str(port)]
    if headless:
        command.append("--headless")
    command += map(str, memory or ())
    # The page takes the place of this process, so that Ctrl-C and signals reach it.
    os.execv(command[0], command)


@app.command()
def pretrain(
    data: Annotated[
        Path,
        typer.Option(
            "--data", help="Folder with spider/, bird_train/, wikisql/; for --base also sede/."
        ),
    ],
    work: Annotated[
        Path,
        typer.Option(
            "--work", help="Checkpoints and the finished model; a later call resumes here."
        ),
    ],
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.1, help="Training time in all.")
    ] = 120.0,
    base: Annotated[
        str | None,
        typer.Option("--base", help="An open causal model; it gets an adapter that writes forms."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start",
            exists=True,
            file_okay=False,
            help="A finished model to go on from; default: MiniLM.",
        ),
    ] = None,
    ahead: Annotated[
        int,
        typer.Option(
            "--ahead", min=0, help="Rows to draw first and keep in --work, for a GPU to learn from."
        ),
    ] = 0,
) -> None:
    """Train the bundled backbone anew from people's questions, or an adapter of an open model, on a
    GPU where there is one; resumes after a stop.
    """
    if base is not None:
        if start is not None:
            raise typer.BadParameter(
                "it is for the bundled model; leave --base out", param_hint="--start"
            )
        from mome.pretrain.skill.command import pretrain_skill

        pretrain_skill(base, data, work, minutes, say, ahead=ahead)
        return
    from mome.pretrain.command import pretrain_backbone

    pretrain_backbone(data, work, minutes, say, start=start, ahead=ahead)


@app.command()
def calibrate(
    answers: Annotated[
        list[Path],
        typer.Argument(exists=True, dir_okay=False, help="Judged answers of bench_exam.py."),
    ],
    readers: Annotated[
        int, typer.Option("--readers", min=1, max=2, help="Number of models that have read them.")
    ],
    out: Annotated[Path, typer.Option("--out", help="Folder for the weights and their diagram.")],
) -> None:
    """Fit how sure an answer is to judged answers of other databases."""
    from mome.pretrain.calibrate import calibrate as fit

    fit(answers, readers, out, say)


def main() -> None:
    """Run the command line. Named errors become one line, and so does Ctrl-C."""
    try:
        # Outside of standalone mode Typer returns the code of an Exit, 130 after Ctrl-C, and None
        # where a command came to its end.
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except MomeError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except OSError as error:
        _fail(_reason(error))
    except typer.TyperException as error:
        _fail(error.format_message(), error.exit_code)
    except _errors_for_users() as error:
        _fail(str(error))
    if code == INTERRUPTED:
        _fail(_stopped(sys.argv[1:]), INTERRUPTED)
    sys.exit(code)


def _stopped(words: Sequence[str]) -> str:
    """Return the line for a command that was interrupted."""
    # No option before the name of a command takes a value.
    names = [word for word in words if not word.startswith("-")]
    left = LEFT.get(" ".join(names[:2])) or LEFT.get("".join(names[:1]))
    return f"stopped; {left}" if left else "stopped"


def _errors_for_users() -> tuple[type[Exception], ...]:
    """Return the errors of `schemas` and `training_data`, each with a line to show."""
    # Imported here, because only a command that has failed needs them.
    from schemas import SchemaError
    from training_data import TrainingDataError

    return SchemaError, TrainingDataError


def _reason(error: OSError) -> str:
    if error.errno in DISK_FULL:
        return "the disk is full; free some space and run it again"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _fail(message: str, code: int = 1) -> NoReturn:
    tell(f"mome: {' '.join(message.split())}")
    sys.exit(code)
