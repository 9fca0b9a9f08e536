from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from streamlit import config

from app.launch import SETTINGS, command

USUAL_PORT = 8501


def test_every_setting_exists() -> None:
    assert set(SETTINGS) <= set(config.get_config_options())


def test_only_this_machine_can_open_the_page_and_nothing_is_reported() -> None:
    assert SETTINGS["server.address"] == "127.0.0.1"
    assert SETTINGS["browser.gatherUsageStats"] == "false"
    assert SETTINGS["client.showErrorDetails"] == "none"


def test_the_command_names_page_settings_and_memories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = command([Path("shop"), Path("/data/-farm")], port=8600, headless=True)
    assert words[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(words[4]).is_file()
    assert {"--server.port=8600", "--server.headless=true"} <= set(words)
    assert words[words.index("--") + 1 :] == [str(tmp_path / "shop"), "/data/-farm"]


def test_without_a_port_streamlit_chooses() -> None:
    words = command([])
    assert not any("server.port" in word for word in words)
    assert "--server.headless=false" in words
    assert words[-1] == "--"


def test_the_server_starts_answers_and_stops(tmp_path: Path, free_port: Callable[[], int]) -> None:
    port = free_port()
    words = [sys.executable, "-m", "app.launch", "--port", str(port), "--headless"]
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen(
            words,
            stdout=log,
            stderr=log,
            env={**os.environ, "MOME_HOME": str(tmp_path)},
            cwd=tmp_path,
        )
        try:
            assert healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
        finally:
            server.terminate()
            server.wait(30)
        log.seek(0)
        assert f"URL: http://127.0.0.1:{port}" in log.read()


def test_the_command_line_leaves_the_port_to_streamlit_where_its_own_is_taken(
    tmp_path: Path,
) -> None:
    words = [sys.executable, "-m", "mome.cli", "app", "--headless"]
    with socket.socket() as usual, (tmp_path / "log").open("w+") as log:
        with suppress(OSError):  # then someone else has it, which is as good
            usual.bind(("127.0.0.1", USUAL_PORT))
            usual.listen()
        environment = {**os.environ, "MOME_HOME": str(tmp_path)}
        server = subprocess.Popen(
            words, stdout=log, stderr=log, env=environment, cwd=tmp_path, start_new_session=True
        )
        try:
            address = printed_address(tmp_path / "log", server)
            assert address != f"http://127.0.0.1:{USUAL_PORT}"
            assert healthy(f"{address}/_stcore/health", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def printed_address(log: Path, server: subprocess.Popen[bytes]) -> str:
    """The page's address, once the server has said it."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if found := re.search(r"URL: (http://127\.0\.0\.1:\d+)", log.read_text()):
            return found[1]
        assert server.poll() is None, log.read_text()
        time.sleep(0.2)
    raise TimeoutError(log.read_text())


def healthy(url: str, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 120
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read() == b"ok"
        except OSError:
            time.sleep(0.2)
    return False
