"""The names of the views over files."""

from __future__ import annotations

from pathlib import Path

from mome.sources.views import view_names


def test_a_view_bears_its_files_name_unless_two_would_share_it() -> None:
    files = [Path("a/Sales.csv"), Path("a/sales.parquet"), Path("a/one two.csv")]
    assert list(view_names(files)) == ["Sales_csv", "sales_parquet", "one two"]
