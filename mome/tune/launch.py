"""Which of several processes of a tune this one is, by the variables that torchrun and `accelerate
launch` set.

`mome.cli.tune` reads them before it imports torch, so that variables that contradict each other are
refused at once. Otherwise such a process would tune alone, wait for others that do not exist, or do
nothing.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

from mome.errors import LaunchError

ADVICE = (
    "start the processes with torchrun or accelerate launch, or unset RANK and WORLD_SIZE to tune "
    "in one process"
)


@dataclass(frozen=True)
class Launch:
    """This process among those that share a tune."""

    rank: int = 0
    """0 for the process that reads the database and writes the memory."""
    size: int = 1
    """Number of processes; 1 if this one is alone."""


def read_launch() -> Launch:
    """Read which process this is; alone if neither RANK nor WORLD_SIZE is set. An empty variable
    counts as unset.

    Raises LaunchError if a variable is missing, malformed or contradicts another one, or if
    MASTER_ADDR names no known host.
    """
    size = _number("WORLD_SIZE", os.environ.get("WORLD_SIZE"), 1, None)
    rank = _number("RANK", os.environ.get("RANK"), 0, None)
    if size is None and rank is None:
        return Launch()
    if size is None:
        raise _refused("RANK is set and WORLD_SIZE is not")
    if rank is None:
        # One process can only be the first.
        if size == 1:
            return Launch()
        raise _refused(f"WORLD_SIZE is {size} and RANK is not set")
    if rank >= size:
        raise _refused(f"RANK is {rank}, and with WORLD_SIZE {size} it is at most {size - 1}")
    if size > 1:
        _check_meeting_place(os.environ.get("MASTER_ADDR"), os.environ.get("MASTER_PORT"))
    return Launch(rank, size)


def _check_meeting_place(address: str | None, port: str | None) -> None:
    if not address:
        raise _refused("RANK and WORLD_SIZE are set and MASTER_ADDR is not")
    if _number("MASTER_PORT", port, 1, 2**16 - 1) is None:
        raise _refused("RANK and WORLD_SIZE are set and MASTER_PORT is not")
    try:
        # torch would look for an unknown host until its time-out, which is hours.
        socket.getaddrinfo(address, None)
    except (OSError, UnicodeError):
        raise _refused(f"MASTER_ADDR is {address!r}, which is no known host") from None


def _number(name: str, text: str | None, least: int, most: int | None) -> int | None:
    """Return the variable's value; None if it is not set."""
    text = (text or "").strip()
    if not text:
        return None
    # Not `int` alone, which also takes "1_0", "+1" and other scripts' digits.
    value = int(text) if text.isascii() and text.isdigit() else -1
    if value < least or (most is not None and value > most):
        limits = f"from {least}" if most is None else f"from {least} to {most}"
        raise _refused(f"{name} is {text!r}, not a whole number {limits}")
    return value


def _refused(what: str) -> LaunchError:
    return LaunchError(f"{what}: {ADVICE}")
