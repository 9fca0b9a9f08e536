"""A domain is read from lines: tables with what they refer to, columns with their roles."""

from __future__ import annotations

from mome.pretrain.business.templates import ColumnTemplate, read_domain

_TEXT = """
client/customer
  name/full_name: person
bill > client
  state/status: kind open, paid
"""


def test_tables_columns_and_details_are_read() -> None:
    client, bill = read_domain(_TEXT)
    assert client.names == ("client", "customer")
    assert client.columns == (ColumnTemplate(("name", "full_name"), "person"),)
    assert bill.columns[0].details == ("open", "paid")
    assert bill.parents == ("client",)
    assert (client.is_fact, bill.is_fact) == (False, True)
