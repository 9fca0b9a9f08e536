"""Comments in the text of CREATE TABLE statements."""

from __future__ import annotations

from schemas.structure.sqlite_comments import read_comments

STATEMENT = """CREATE TABLE "supplier" ( -- who delivers
  sup_no TEXT PRIMARY KEY, [sup nm] TEXT NOT NULL,
  -- A active, I inactive,
  -- B blocked
  sup_stat CHAR(1) CHECK (sup_stat IN ('A', 'I', 'B -- none')),
  terms INTEGER NOT NULL, -- days until an invoice is due
  qty DECIMAL(8, 2), `qty rsv` INTEGER, -- on hand, reserved
  -- old_price REAL,
  -- ----------
  rating INTEGER /* 1 is the
     best */, note TEXT,
  wo_no INTEGER, -- or an order
  -- where it is
  PRIMARY KEY (sup_no)
)"""


def test_a_comment_is_of_the_column_beside_or_below_it() -> None:
    found = read_comments(STATEMENT)
    assert found.table == "who delivers"
    assert found.columns == {
        "sup_stat": "A active, I inactive, B blocked",
        "terms": "days until an invoice is due",
        "qty": "on hand",
        "qty rsv": "reserved",
        "rating": "1 is the best",
    }


def test_a_statement_without_comments_has_none() -> None:
    assert read_comments("CREATE TABLE t(a, 'b' TEXT DEFAULT '-- no')").columns == {}
