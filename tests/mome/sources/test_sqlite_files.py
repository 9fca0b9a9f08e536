"""SQLite files in folders that cannot be written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from mome.sources.sqlite_files import read_only_uri


def test_a_file_in_a_frozen_folder_is_opened_without_files_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a b?.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert "immutable" not in read_only_uri(path)
    # A test may run as root, who can write anywhere.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert read_only_uri(path).endswith("?mode=ro&immutable=1")
    frozen = sqlite3.connect(read_only_uri(path), uri=True)
    assert frozen.execute("SELECT count(*) FROM t").fetchone() == (0,)
    frozen.close()
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
    path.with_name(path.name + "-wal").touch()
    assert "immutable" not in read_only_uri(path)
