"""What data and questions hold is shown, and steers no terminal."""

from __future__ import annotations

import pytest

from mome.cli.terminal import say, show_rows, tell


def test_lines_stay_whole_and_lose_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say("[red]" + "x" * 500 + "\x1b]0;title\x07\udcff")
    tell("a\x9b31mb")
    printed = capsys.readouterr()
    assert printed.out == "[red]" + "x" * 500 + "\ufffd]0;title\ufffd?\n"
    assert printed.err == "a\ufffd31mb\n"


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
        ["", "\ufffd[2J"],
        ["1.5", "caf\u00e9 \u65e5\u672c"],
    ]
