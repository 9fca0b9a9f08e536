"""Options that several commands share, those of `mome tune`, and the default memory."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mome.artifacts.home import current_version, has_baskets, has_labels, home, memories
from mome.calibration.calibrator import PRECISE
from mome.errors import MemoryError_, NoMemory

MemoryOption = Annotated[
    Path | None,
    typer.Option(
        "--memory",
        envvar="MEMORY",
        help="Folder of the memory; by default the only one under MOME_HOME.",
    ),
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="No progress bars.")]

LeastOption = Annotated[
    float | None,
    typer.Option(
        "--least",
        envvar="MOME_LEAST",
        min=0.0,
        max=1.0,
        help="Give only answers that are right with at least this probability.",
    ),
]
PreciseOption = Annotated[
    bool, typer.Option("--precise", help=f"Give only sure answers: --least {PRECISE}.")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db-url",
        envvar="DB_URL",
        help="SQLAlchemy URL, database file, or csv/parquet file or folder.",
    ),
]
TunedMemoryOption = Annotated[
    Path | None,
    typer.Option(
        "--memory",
        envvar="MEMORY",
        help="Folder of the memory; by default under MOME_HOME, named after the database.",
    ),
]
VerifiedOption = Annotated[
    list[Path] | None,
    typer.Option("--verified", help="Verified pairs: JSONL or CSV with question and sql."),
]
GlossaryOption = Annotated[
    list[Path] | None,
    typer.Option("--glossary", help="Glossary: JSONL or CSV with term, meaning, expression."),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", help="Pattern of columns whose values stay out, such as '*.email'."),
]
BaseOption = Annotated[
    str,
    typer.Option(
        "--base",
        help="auto, bundled, a name of `mome models`, a folder, a .gguf file, or a hub id.",
    ),
]
FactsOption = Annotated[int, typer.Option("--facts", min=0, help="Generated facts at most.")]
ForceOption = Annotated[
    bool,
    typer.Option(
        "--force", help="Replace the memory even if verified questions that it recalls are lost."
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Print what would be memorised, and do nothing.")
]


class MissingOption(typer.BadParameter):
    """An option that is needed with these words is not there."""

    def format_message(self) -> str:
        """Return the line to show."""
        return self.message


def least_confidence(least: float | None, *, precise: bool) -> float | None:
    """Return the bound that `--least` or `--precise` sets; None for the calibrator's."""
    return PRECISE if precise and least is None else least


def loadable(memory: Path | None, *, labels: bool = False, baskets: bool = False) -> Path:
    """Return the memory to use, before torch is imported. Raises NoMemory also if there is none at
    the path, and MemoryError_ for a memory of labels or baskets unless `labels` or `baskets` allows
    it.
    """
    path = chosen(memory)
    current_version(path)
    if has_labels(path) and not labels:
        raise MemoryError_(f"the memory at {path} labels texts; give them to `mome classify`")
    if has_baskets(path) and not baskets:
        raise MemoryError_(f"the memory at {path} completes baskets; give them to `mome recommend`")
    return path


def chosen(memory: Path | None) -> Path:
    """Return the memory to use. Raises NoMemory if none is given and there is not exactly one."""
    if memory is not None:
        return memory
    found = memories()
    if not found:
        raise NoMemory(f"there is no memory under {home()}; make one with `mome tune --db-url URL`")
    if len(found) > 1:
        raise NoMemory(
            f"say which memory with --memory: {home()} holds "
            f"{', '.join(path.name for path in found)}"
        )
    return found[0]
