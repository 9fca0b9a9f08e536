"""Ctrl-C at a line of progress."""

from __future__ import annotations

from collections.abc import Callable


def interrupted_at(lines: list[str], start: str) -> Callable[[str], None]:
    """Return a `say` that keeps all lines and acts as Ctrl-C at one that starts with `start`."""

    def say(line: str) -> None:
        lines.append(line)
        if line.startswith(start):
            raise KeyboardInterrupt

    return say
