"""Progress bars, and silence from libraries, for the command line."""

from __future__ import annotations

import logging
import os
import warnings

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from mome.cli.terminal import harmless
from mome.reporting import Reporter


def silent_settings() -> None:
    """Set environment variables that keep transformers and the hub client silent, and threads of
    torch asleep while they wait; they are read at import.
    """
    # By default a thread that waits for the next operation spins. Where other programs need the
    # core, answering one question then took up to three times the CPU time.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # A bar of transformers has no other switch: that of reading a GGUF file.
    os.environ.setdefault("TQDM_DISABLE", "1")


def silent_libraries() -> None:
    """Keep transformers and the hub client from printing; call it before they are imported."""
    # The variables also turn off the bars of transformers, which is not imported for that here.
    silent_settings()
    logging.getLogger("transformers").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=FutureWarning)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Return the items per second."""
        return Text("" if task.speed is None else f"{task.speed:.1f}/s")


class Bars(Reporter):
    """One progress bar per stage, with rate and time left; none with `quiet` or without a
    terminal.
    """

    def __init__(self, console: Console, *, quiet: bool) -> None:
        count = TextColumn(
            "{task.completed:.0f}/{task.total:.0f} {task.fields[label]}", markup=False
        )
        name = TextColumn("{task.description}", markup=False)
        times = (_Rate(), TimeElapsedColumn(), TimeRemainingColumn())
        self._bars = Progress(
            name,
            BarColumn(),
            count,
            *times,
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Clear the bars."""
        self._bars.stop()

    def stage(self, name: str) -> None:
        """Start a bar; see Reporter."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name, total=1, label="")

    def progress(self, done: int, total: int, label: str) -> None:
        """Update the bar; see Reporter."""
        if self._task is not None:
            # A label may be a question made of stored values.
            shown = harmless(label[:40])
            self._bars.update(self._task, completed=done, total=max(total, 1), label=shown)
