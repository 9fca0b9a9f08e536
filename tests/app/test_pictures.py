from __future__ import annotations

import pytest

from app.charts import Multiples, choose
from app.pictures import draw

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (("channel", "orders"), [("web", 3), ("store", 9)]),
        (("month", "orders"), [("2024-01", 3), ("2024-02", 9)]),
        (("channel", "orders", "price"), [("web", 3, 1.5), ("store", 9, 2.5)]),
    ],
)
def test_a_chart_is_a_picture(columns: tuple[str, ...], rows: list[tuple]) -> None:
    chart = choose(columns, rows)
    assert chart is not None and not isinstance(chart, str)
    assert draw(chart, "Orders?", "PNG").startswith(PNG)
    drawn = draw(chart, "Orders & <b>?", "SVG").decode()
    assert drawn.startswith("<svg") and "orders" in drawn
    assert "Orders &amp; &lt;b&gt;?" in drawn and "<b>" not in drawn
    assert isinstance(chart, Multiples) == (len(columns) == 3)
