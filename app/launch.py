"""Start the page: run Streamlit with our settings as flags. `mome app` runs this module, which
becomes the server's process.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from app.theme import COLOURS

# A browser that `mome app` opens has drawn the page by then.
_FOR_A_BROWSER_S = 4.0

SETTINGS = {
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.showEmailPrompt": "false",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
}
"""Only this machine can open the page, no usage is reported, and unexpected errors show no detail
in the browser.
"""


def command(memories: Sequence[Path], port: int | None = None, headless: bool = False) -> list[str]:
    """Return the arguments of the process that serves these memories, or all under MOME_HOME if
    there are none.

    Without a port Streamlit takes 8501 or the next free one. `headless` opens no browser; the
    address is printed in both cases.
    """
    settings = SETTINGS | _theme() | {"server.headless": str(headless).lower()}
    if port is not None:
        settings["server.port"] = str(port)
    flags = [f"--{name}={value}" for name, value in settings.items()]
    page = Path(__file__).with_name("main.py")
    return [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(page),
        *flags,
        "--",
        *(str(path.absolute()) for path in memories),
    ]


def _theme() -> dict[str, str]:
    """Return the colours as settings. With both schemes given, Streamlit follows the browser's."""
    settings = {}
    for scheme, colours in COLOURS.items():
        for name, colour in colours.items():
            settings[f"theme.{scheme}.{name}"] = colour
    return settings


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve the page until the process is stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m app.launch", description="Serve the page on 127.0.0.1."
    )
    parser.add_argument(
        "memories", nargs="*", type=Path, help="folders of memories; all under MOME_HOME by default"
    )
    parser.add_argument("--port", type=int, help="8501, or the next free one, by default")
    parser.add_argument("--headless", action="store_true", help="open no browser")
    given = parser.parse_args(arguments)
    # Not at the top: the command is made without Streamlit, which takes half a second.
    from streamlit.web import cli

    # The server's start and the browser's take longer than these imports, and wait for them less.
    Thread(target=_load_ahead, args=(given.memories,), name="mome-ahead", daemon=True).start()
    _, _, *sys.argv = command(given.memories, given.port, given.headless)
    cli.main(prog_name="streamlit")


def _load_ahead(memories: Sequence[Path]) -> None:
    """Import the page, before a browser asks for it, and load its first memory if none does soon:
    the page itself begins that when it is drawn, which the loading would slow down.
    """
    from app import main, resources

    time.sleep(_FOR_A_BROWSER_S)
    first = main.first_memory(memories)
    if first is not None:
        resources.begin_loading(str(first.path), str(first.version))


if __name__ == "__main__":
    main()
