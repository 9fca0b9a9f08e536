"""Lines beside a memory: damage is told, changes happen together or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mome.artifacts.feedback import left_out
from mome.artifacts.records import RECORDS, changing, read_lines, tighten_memory
from mome.errors import BrokenMemory

GIVEN, FORGOTTEN = "feedback.jsonl", "forgotten.jsonl"


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """A memory with two files of lines."""
    write(tmp_path, {GIVEN: ["one", "two"], FORGOTTEN: ['{"id": "f1"}']})
    return tmp_path


def write(memory: Path, lines: dict[str, list[str]]) -> None:
    with changing(memory) as changes:
        for name, new in lines.items():
            changes.write(name, new)


def snapshot(memory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in memory.iterdir() if path.suffix != ".lock"}


def test_lines_come_back(memory: Path) -> None:
    assert read_lines(memory, GIVEN, FORGOTTEN, "history.jsonl") == [
        ["one", "two"],
        ['{"id": "f1"}'],
        [],
    ]
    assert set(snapshot(memory)) == {GIVEN, FORGOTTEN, RECORDS}


@pytest.mark.parametrize("name", [GIVEN, FORGOTTEN])
def test_every_flipped_byte_is_told(memory: Path, name: str) -> None:
    content = (memory / name).read_bytes()
    for place in range(len(content)):
        flipped = content[place] ^ 1
        (memory / name).write_bytes(content[:place] + bytes([flipped]) + content[place + 1 :])
        with pytest.raises(BrokenMemory, match=rf"{name} has changed.*delete .*{RECORDS}"):
            read_lines(memory, name)


def test_a_fact_that_was_forgotten_does_not_come_back(memory: Path) -> None:
    assert left_out(memory) == {"f1"}
    (memory / FORGOTTEN).write_text('{"ie": "f1"}\n')
    with pytest.raises(BrokenMemory, match="forgotten.jsonl has changed"):
        left_out(memory)
    (memory / FORGOTTEN).unlink()
    with pytest.raises(BrokenMemory, match="forgotten.jsonl is gone"):
        left_out(memory)
    (memory / RECORDS).unlink()
    assert left_out(memory) == frozenset()


def test_what_is_damaged_is_not_taken_for_whole_by_the_next_writer(memory: Path) -> None:
    (memory / FORGOTTEN).write_text("changed\n")
    write(memory, {GIVEN: ["three"]})
    assert read_lines(memory, GIVEN) == [["three"]]
    with pytest.raises(BrokenMemory, match="forgotten.jsonl has changed"):
        read_lines(memory, FORGOTTEN)
    with pytest.raises(BrokenMemory), changing(memory) as changes:
        changes.lines(FORGOTTEN)


@pytest.mark.parametrize("content", ["", "[]", '{"turn": 1}', '{"turn": 1, "files": {"a": 2}}'])
def test_checksums_that_are_none_are_damage(memory: Path, content: str) -> None:
    (memory / RECORDS).write_text(content)
    with pytest.raises(BrokenMemory, match=f"{RECORDS} cannot be read"):
        read_lines(memory, GIVEN)


def test_files_from_before_are_read_as_they_are(tmp_path: Path) -> None:
    (tmp_path / GIVEN).write_text("by hand")
    assert read_lines(tmp_path, GIVEN) == [["by hand"]]
    write(tmp_path, {FORGOTTEN: ["x"]})
    (tmp_path / GIVEN).write_text("by hanf")
    with pytest.raises(BrokenMemory, match="feedback.jsonl has changed"):
        read_lines(tmp_path, GIVEN)


@pytest.mark.parametrize("failing", range(4))
def test_a_full_disk_changes_nothing(
    memory: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    """At the write to each of the files: the checksums, two files, the checksums."""
    before, calls = snapshot(memory), []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) > failing:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space"):
        write(memory, {GIVEN: ["three"], FORGOTTEN: ["f2"]})
    assert snapshot(memory) == before


@pytest.mark.parametrize("steps", range(5))
def test_what_a_killed_process_began_is_finished_or_undone(
    memory: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """It is killed after so many of its four renames; nothing is damage at any of these points."""
    new = {GIVEN: ["three"], FORGOTTEN: ["f2"]}
    real, renames = os.replace, []

    def replace(source: Path, target: Path) -> None:
        if len(renames) == steps:
            raise KeyboardInterrupt
        renames.append(target)
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace)
        try:
            write(memory, new)
        except KeyboardInterrupt:
            pass
    expected = [["one", "two"], ['{"id": "f1"}']] if steps == 0 else list(new.values())
    assert read_lines(memory, GIVEN, FORGOTTEN) == expected
    write(memory, {"history.jsonl": ["asked"]})
    assert read_lines(memory, GIVEN, FORGOTTEN, "history.jsonl") == [*expected, ["asked"]]
    assert not list(memory.glob(".*"))
    (memory / GIVEN).write_text("one\ntwo\n" if steps else "three\n")
    with pytest.raises(BrokenMemory):
        read_lines(memory, GIVEN)


def test_readers_see_no_damage_while_others_write(memory: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from mome.artifacts.records import changing\n"
        "for number in range(60):\n"
        "    with changing(Path(sys.argv[1])) as changes:\n"
        f"        changes.write({GIVEN!r}, [*changes.lines({GIVEN!r}), sys.argv[2]])\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(memory), f"w{number}"])
        for number in range(2)
    ]
    failures: list[BrokenMemory] = []

    def read() -> None:
        while any(writer.poll() is None for writer in writers):
            try:
                read_lines(memory, GIVEN, FORGOTTEN)
            except BrokenMemory as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert [writer.wait() for writer in writers] == [0, 0] and failures == []
    assert sorted(read_lines(memory, GIVEN)[0][2:]) == ["w0"] * 60 + ["w1"] * 60


def test_nothing_to_change_writes_nothing(memory: Path) -> None:
    before = snapshot(memory)
    write(memory, {GIVEN: ["one", "two"]})
    assert snapshot(memory) == before


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_a_folder_that_holds_other_things_stays_open_to_others(tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    for folder in (shared, own):
        (folder / "versions").mkdir(parents=True)
        folder.chmod(0o755)
        (folder / "versions").chmod(0o755)
    (shared / "notes.txt").write_text("of somebody else")
    tighten_memory(shared)
    tighten_memory(own)
    modes = [path.stat().st_mode & 0o777 for path in (shared, shared / "versions", own)]
    assert modes == [0o755, 0o700, 0o700]
