from __future__ import annotations

import pytest

from app.markup import count, plain


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("order_line", r"order\_line"),
        ("COUNT(*)", r"COUNT\(\*\)"),
        ("![x](http://evil/?leak)", r"\!\[x\]\(http\:\/\/evil\/\?leak\)"),
        ("<b>`$x$`</b>", r"\<b\>\`\$x\$\`\<\/b\>"),
        ("# a\n- b", r"\# a \- b"),
        ("~~x~~ | y", r"\~\~x\~\~ \| y"),
        (12.5, r"12\.5"),
        ("Ünïcode 漢字", "Ünïcode 漢字"),
    ],
)
def test_nothing_in_a_text_is_formatting(text: object, markdown: str) -> None:
    assert plain(text) == markdown


def test_a_name_like_an_icon_stays_a_name() -> None:
    assert ":smile:" not in plain(":smile:").replace("\\", "")
    assert ":material/home:" not in plain(":material/home:").replace("\\", "")


def test_counts_agree_with_their_word() -> None:
    assert [count(number, "row") for number in (0, 1, 1300)] == ["0 rows", "1 row", "1,300 rows"]
