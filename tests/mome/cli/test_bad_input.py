"""Everything a person can get wrong: one clear line that starts with `mome:`, a code that is not 0,
and no traceback.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Done, Tuned

Check = Callable[["Done", str], None]
SECRET = "s3cret-of-nobody"


@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_an_unknown_host(scheme: str, mome: Cli, refused: Check) -> None:
    url = f"{scheme}://reader:{SECRET}@no-such-host.invalid/warehouse"
    done = mome("tune", env={"DB_URL": url})
    refused(done, "no-such-host.invalid")
    assert SECRET not in done.err


def test_a_wrong_password_for_postgresql(postgres_url: str, mome: Cli, refused: Check) -> None:
    _assert_login_refused(postgres_url, mome, refused)


def test_a_wrong_password_for_mariadb(mariadb_url: str, mome: Cli, refused: Check) -> None:
    _assert_login_refused(mariadb_url, mome, refused)


def _assert_login_refused(url: str, mome: Cli, refused: Check) -> None:
    scheme, _, rest = url.partition("://")
    user, _, place = rest.partition("@")
    done = mome("tune", env={"DB_URL": f"{scheme}://{user.partition(':')[0]}:{SECRET}@{place}"})
    refused(done, "password")
    assert SECRET not in done.err


@pytest.mark.parametrize(
    "url",
    [
        f"host=localhost port=1 dbname=shop user=reader password='{SECRET} of many words'",
        f"Server=localhost;Database=shop;Pwd={SECRET}",
        f"postgresql:/reader:{SECRET}@localhost/shop",
        f"postgresql://reader@127.0.0.1:1/shop?password={SECRET}",
        f"postgresql://reader@127.0.0.1:1/shop?sslpassword={SECRET}",
        f"mysql://reader@127.0.0.1:1/shop?ssl_key={SECRET}",
        f"mysql://reader@127.0.0.1:1/shop?password=a&{SECRET}=b",
        f"postgresql://reader@127.0.0.1:1/shop password={SECRET}",
    ],
)
def test_no_form_of_a_secret_is_told(url: str, mome: Cli, refused: Check) -> None:
    done = mome("tune", env={"DB_URL": url})
    refused(done, "mome: ")
    assert SECRET not in done.err


def test_a_password_on_the_command_line_is_warned_of_once(mome: Cli) -> None:
    words = (f"postgresql://reader:{SECRET}@127.0.0.1:1/shop", "postgresql://reader@127.0.0.1:1/s")
    first, second = (mome("tune", "--db-url", url).err.splitlines() for url in words)
    assert [line.partition(":")[0] for line in first] == ["warning", "mome"]
    assert "list of processes" in first[0] and "DB_URL" in first[0]
    assert SECRET not in "".join(first)
    assert [line.partition(":")[0] for line in second] == ["mome"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("missing.sqlite", None, "there is no file or folder"),
        (
            "notes.sqlite",
            b"These are notes, not a database.",
            "is neither a SQLite nor a DuckDB database",
        ),
        ("broken.sqlite", b"SQLite format 3\0" + b"\x99" * 5000, "broken.sqlite"),
        ("broken.duckdb", b"\0" * 8 + b"DUCK" + b"\x99" * 5000, "broken.duckdb"),
        ("nothing.sqlite", b"", "is an empty file"),
    ],
)
def test_a_file_that_is_no_database(
    name: str, content: bytes | None, words: str, tmp_path: Path, mome: Cli, refused: Check
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    refused(mome("tune", "--db-url", tmp_path / name), words)


def test_a_database_without_tables(tmp_path: Path, mome: Cli, refused: Check) -> None:
    connection = sqlite3.connect(tmp_path / "empty.sqlite")
    connection.execute("CREATE TABLE passing (number INTEGER)")
    connection.execute("DROP TABLE passing")
    connection.close()
    refused(mome("tune", "--db-url", tmp_path / "empty.sqlite"), "holds no tables")


def test_a_verified_file_that_is_missing(
    club: Tuned, tmp_path: Path, mome: Cli, refused: Check
) -> None:
    refused(
        mome("tune", "--db-url", club.database, "--verified", tmp_path / "pairs.jsonl"),
        f"cannot read {tmp_path / 'pairs.jsonl'}",
    )


def test_broken_lines_of_a_verified_file_are_told_and_the_others_go_on(
    own_club: Tuned, mome: Cli
) -> None:
    harmful, unknown = (
        '{"question": "Gone?", "sql": "DROP TABLE club"}',
        '{"question": "Where?", "sql": "SELECT sea FROM club"}',
    )
    with own_club.pairs.open("a", encoding="utf-8") as lines:
        lines.write("\n".join(("{cut off", '{"question": "Who?"}', harmful, unknown)))
    done = mome(
        "tune",
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--verified",
        own_club.pairs,
        "--facts",
        0,
    )
    assert done.code == 0 and done.out.startswith("3 of 3 facts are recalled exactly"), done.err
    *told, better = done.err.splitlines()
    assert [line.partition(": ")[2].partition(": ")[0] for line in told] == [
        f"{own_club.pairs}, line {number}" for number in (4, 5, 6, 7)
    ]
    # Once something was tuned, it is said what would answer more.
    assert better.startswith("the bundled model reads the questions; ")
    assert all(line.startswith("left out: ") for line in told)


def test_a_base_that_does_not_exist(
    own_club: Tuned, mome: Cli, refused: Check, snapshot: Callable[[Path], dict]
) -> None:
    before = snapshot(own_club.memory)
    words = (
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--facts",
        0,
        "--base",
        own_club.memory.with_name("no-model"),
    )
    refused(mome("tune", *words), "nothing is at this path")
    assert snapshot(own_club.memory) == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tune", "--colour", "red"), "No such option: --colour"),
        (("tune",), "Missing option '--db-url'"),
        (("tune", "--db-url", "oracle://host/db"), "oracle databases are not supported"),
        (("tune", "--db-url", "postgresql://a@b@c/d"), "more than one @"),
        (("tuen",), "No such command 'tuen'"),
        (("ask", "Who?", "--memory", "nowhere"), "there is no memory at nowhere"),
        (("eval",), "there is no memory under"),
    ],
)
def test_words_that_are_no_command(
    words: tuple[str, ...], told: str, mome: Cli, refused: Check
) -> None:
    refused(mome(*words), told)


def test_no_words_at_all_show_the_help(mome: Cli) -> None:
    done = mome()
    assert (done.code, done.err) == (0, "")
    assert "Usage: mome" in done.out and "translate" in done.out


def test_two_memories_and_none_chosen(club: Tuned, mome: Cli, refused: Check) -> None:
    mome.home.mkdir()
    for name in ("first", "second"):
        (mome.home / name).symlink_to(club.memory)
    refused(mome("ask", "Who joined in 2024?"), "say which memory with --memory")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("experts-00000.safetensors", lambda content: content[: len(content) // 2]),
        ("adapter_model.safetensors", lambda content: _flipped(content, len(content) // 2)),
        ("source.json", lambda content: content.replace(b"bundled", b"bungled")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_damaged_memory_answers_nothing(
    name: str, harm: Callable[[bytes], bytes], own_club: Tuned, mome: Cli, refused: Check
) -> None:
    path = own_club.current / name
    path.write_bytes(harm(path.read_bytes()))
    refused(mome("ask", "Who joined in 2024?", "--memory", own_club.memory), name)


def test_a_damaged_memory_is_tuned_anew(own_club: Tuned, mome: Cli) -> None:
    (own_club.current / "catalog.json").write_text("{")
    (own_club.current / "facts.jsonl").unlink()
    done = mome(
        "tune",
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--verified",
        own_club.pairs,
        "--facts",
        0,
    )
    assert done.code == 0, done.err
    assert all(fact["recalled"] for fact in own_club.facts())


def test_a_hub_id_without_a_network(own_club: Tuned, mome: Cli, refused: Check) -> None:
    words = (
        "--db-url",
        own_club.database,
        "--memory",
        own_club.memory,
        "--facts",
        0,
        "--base",
        "nobody/no-such-model",
    )
    refused(
        mome("tune", *words, env={"HF_ENDPOINT": "http://127.0.0.1:9"}),
        "bring it with `mome models get nobody/no-such-model`",
    )


def test_a_memory_of_another_backbone(
    own_club: Tuned, tmp_path: Path, mome: Cli, refused: Check, other_base: Path
) -> None:
    memory = tmp_path / "other"
    words = (
        "--db-url",
        own_club.database,
        "--verified",
        own_club.pairs,
        "--facts",
        0,
        "--base",
        other_base,
    )
    tuned = mome("tune", *words, "--memory", memory)
    assert tuned.code == 0, tuned.err
    with (other_base / "config.json").open("a") as config:
        config.write("\n")
    refused(
        mome("ask", "Who joined in 2024?", "--memory", memory), "was tuned on another base model"
    )


@pytest.fixture
def other_base(tmp_path: Path) -> Path:
    """The bundled model in a folder of its own, whose configuration can be changed."""
    from mome.backbones.identity import BUNDLED

    folder = tmp_path / "base"
    folder.mkdir()
    for path in BUNDLED.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "config.json").unlink()
    (folder / "config.json").write_bytes((BUNDLED / "config.json").read_bytes())
    return folder


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
