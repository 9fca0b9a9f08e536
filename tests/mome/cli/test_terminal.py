"""What data and questions hold is shown, and steers no terminal."""

from __future__ import annotations

import json

import pytest

from mome.cli.terminal import counted, say, say_json, show_csv, show_rows, tell


def test_lines_stay_whole_and_control_characters_are_escaped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("[red]" + "x" * 500 + "\x1b]0;title\x07\udcff")
    tell("a\x9b31mb")
    printed = capsys.readouterr()
    assert printed.out == "[red]" + "x" * 500 + "\\x1b]0;title\\x07\\udcff\n"
    assert printed.err == "a\\x9b31mb\n"


@pytest.mark.parametrize(
    "char", ["\u202e", "\u2066", "\u200f", "\u200b", "\u2028", "\ufeff", "\U000e0041", "\x00"]
)
def test_no_text_is_turned_around_or_hidden(char: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a{char}b")
    show_rows([f"c{char}d"], [(f"e{char}f",)])
    say_json({"g": f"h{char}i"})
    printed = capsys.readouterr().out
    assert char not in printed
    assert f"a{char.encode('unicode_escape').decode()}b" in printed
    assert json.loads(printed.splitlines()[-1]) == {"g": f"h{char}i"}


def test_scripts_and_emoji_stay_whole(capsys: pytest.CaptureFixture[str]) -> None:
    words = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f52c"
    say(words)
    assert capsys.readouterr().out == f"{words}\n"


def test_counts_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert [counted(number, "row") for number in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    show_csv(["name", "n"], [('a "b", c', 1), (None, 2.5)])
    assert capsys.readouterr().out == 'name,n\n"a ""b"", c",1\n,2.5\n'
    show_csv(["name", "n"], [("=1+1", -1), ("a;@b", None)])
    assert capsys.readouterr().out == "name,n\n'=1+1,-1\n\"a;'@b\",\n"


def test_a_table_shows_every_row_in_one_line_where_a_program_reads(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_rows(
        ["[b]name", "note"],
        [("[/x]", "y" * 300), (None, "\x1b[2J"), (1.5, "caf\u00e9 \u65e5\u672c")],
    )
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith(("┃", "│"))]
    cells = [
        [cell.strip() for cell in line.strip("│┃").replace("┃", "│").split("│")] for line in lines
    ]
    assert cells == [
        ["[b]name", "note"],
        ["[/x]", "y" * 300],
        ["", "\\x1b[2J"],
        ["1.5", "caf\u00e9 \u65e5\u672c"],
    ]
