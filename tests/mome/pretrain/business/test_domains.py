"""Every domain can be filled: its references lead to earlier tables, its roles are known."""

from __future__ import annotations

from mome.pretrain.business.domains import DOMAINS
from mome.pretrain.business.values import VALUES

_DATES = {"start", "due", "done", "birth", "stamp"}


def test_tables_refer_to_earlier_ones() -> None:
    for domain in DOMAINS:
        seen: set[str] = set()
        for table in domain:
            assert set(table.parents) <= seen, table.names
            seen.add(table.names[0])


def test_every_role_has_values_and_the_details_that_it_needs() -> None:
    needed = {"kind": 2, "due": 2, "done": 1, "money": 2, "count": 2, "hours": 2, "code": 1}
    columns = [column for domain in DOMAINS for table in domain for column in table.columns]
    assert len(columns) > 300
    for column in columns:
        assert column.role in VALUES.keys() | _DATES | {"kind", "flag"}, column
        assert len(column.details) >= needed.get(column.role, 0), column
