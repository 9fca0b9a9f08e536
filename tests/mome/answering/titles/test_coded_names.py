"""Titles over names that people do not say as they are: a prefix of all tables, units, codes that
comments explain, Unix time, and the days of a date dimension.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import pytest
from linked_databases import linked_database

from mome.answering.titles.reader import TitleReader
from mome.forms.forms import Forms

FREIGHT = """
CREATE TABLE fr_depot (depot_cd TEXT PRIMARY KEY, depot_nm TEXT NOT NULL UNIQUE,
  dock_cnt INTEGER NOT NULL);
CREATE TABLE fr_truck (truck_id INTEGER PRIMARY KEY, plate_no TEXT NOT NULL UNIQUE,
  -- VAN = van, REF = refrigerated truck
  truck_typ TEXT NOT NULL, depot_cd TEXT NOT NULL REFERENCES fr_depot, decomm_dt TEXT);
CREATE TABLE fr_customer (cust_no INTEGER PRIMARY KEY, cust_nm TEXT NOT NULL UNIQUE);
CREATE TABLE fr_service (
  -- EXP = express, ECO = economy
  service_cd TEXT PRIMARY KEY, service_nm TEXT NOT NULL UNIQUE);
CREATE TABLE fr_parcel (parcel_no INTEGER PRIMARY KEY,
  cust_no INTEGER NOT NULL REFERENCES fr_customer,
  service_cd TEXT NOT NULL REFERENCES fr_service,
  -- NEW = booked, LST = lost, DLV = delivered
  status_cd TEXT NOT NULL, weight_kg REAL NOT NULL, created_ts TEXT NOT NULL,
  promised_ts TEXT NOT NULL, delivered_ts TEXT);
CREATE TABLE fr_scan (scan_id INTEGER PRIMARY KEY, parcel_no INTEGER NOT NULL REFERENCES fr_parcel,
  depot_cd TEXT NOT NULL REFERENCES fr_depot,
  -- seconds since 1970-01-01 UTC
  scanned_ep INTEGER NOT NULL);
CREATE TABLE fr_invoice (invoice_no INTEGER PRIMARY KEY,
  cust_no INTEGER NOT NULL REFERENCES fr_customer, issued_dt TEXT NOT NULL, paid_dt TEXT);
CREATE TABLE fr_invoice_line (invoice_no INTEGER NOT NULL REFERENCES fr_invoice,
  line_no INTEGER NOT NULL, parcel_no INTEGER NOT NULL REFERENCES fr_parcel,
  amount_eur REAL NOT NULL, PRIMARY KEY (invoice_no, line_no));
CREATE TABLE dim_day (date_key INTEGER PRIMARY KEY, year INTEGER NOT NULL, month INTEGER NOT NULL);
CREATE TABLE fact_sales (sale_key INTEGER PRIMARY KEY,
  date_key INTEGER NOT NULL REFERENCES dim_day, quantity INTEGER NOT NULL, net_amount REAL NOT NULL,
  gross_amount REAL NOT NULL);

INSERT INTO fr_depot VALUES ('HAM', 'Hamburg', 30), ('CGN', 'Cologne', 10);
INSERT INTO fr_truck VALUES (1, 'A-1', 'VAN', 'HAM', NULL), (2, 'A-2', 'VAN', 'CGN', '2024-05-01'),
  (3, 'A-3', 'REF', 'HAM', NULL);
INSERT INTO fr_customer VALUES (1, 'Nord Pharma'), (2, 'Beta Foods');
INSERT INTO fr_service VALUES ('EXP', 'Express'), ('ECO', 'Economy');
INSERT INTO fr_parcel VALUES (1, 1, 'EXP', 'DLV', 10, '2024-07-01', '2024-07-03', '2024-07-02'),
  (2, 1, 'ECO', 'LST', 20, '2024-08-01', '2024-09-03', NULL),
  (3, 2, 'EXP', 'NEW', 60, '2024-12-30', '2025-01-03', NULL);
INSERT INTO fr_scan VALUES (1, 1, 'HAM', 1704067199), (2, 1, 'HAM', 1704067200),
  (3, 2, 'CGN', 1735689599), (4, 3, 'CGN', 1735689600);
INSERT INTO fr_invoice VALUES (1, 1, '2024-07-31', NULL), (2, 2, '2025-01-31', '2025-02-15');
-- The second line bills another customer's parcel.
INSERT INTO fr_invoice_line VALUES (1, 1, 1, 100), (1, 2, 3, 50), (2, 1, 3, 70);
INSERT INTO dim_day VALUES (20240131, 2024, 1), (20240201, 2024, 2), (20250102, 2025, 1);
INSERT INTO fact_sales VALUES (1, 20240131, 2, 8, 10), (2, 20240201, 1, 5, 5),
  (3, 20250102, 4, 30, 40);
"""


@pytest.fixture(scope="module")
def rows_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[tuple] | None]:
    freight = tmp_path_factory.mktemp("freight") / "freight.sqlite"
    linker = linked_database(freight, FREIGHT)
    reader = TitleReader(Forms(linker.catalog, graph=linker.graph))

    def rows_of(question: str) -> list[tuple] | None:
        title = reader.read(linker.match(question))
        if title is None:
            return None
        connection = sqlite3.connect(f"file:{freight}?mode=ro", uri=True)
        try:
            return connection.execute(title.sql).fetchall()
        finally:
            connection.close()

    return rows_of


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Number of express parcels booked in Q3 2024", [(1,)]),
        ("Number of lost parcels", [(1,)]),
        ("How many vans do we have?", [(2,)]),
        ("Average weight of parcels per service", [("Economy", 20.0), ("Express", 35.0)]),
        ("Total weight in kg of the parcels booked in 2024", [(90.0,)]),
        ("Depots with more than 20 docks", [("Hamburg",)]),
        ('Customers whose name contains "pharma"', [("Nord Pharma",)]),
        ("Number of scans per depot in 2024", [("Cologne", 1), ("Hamburg", 1)]),
        (
            "Top 5 customers by invoiced amount, with the amount",
            [("Nord Pharma", 150.0), ("Beta Foods", 70.0)],
        ),
        ("Trucks still in service", [("A-1",), ("A-3",)]),
        ("Number of open invoices", [(1,)]),
        ("Which invoices are not yet paid?", [(1,)]),
        ("In which month of 2024 did the most parcels get booked?", None),
        ("Net sales in 2024", [(13.0,)]),
        ("Gross sales per year", [(2024, 15.0), (2025, 40.0)]),
        ("Units sold in January 2024", [(2,)]),
    ],
)
def test_names_are_read_as_people_say_them(
    question: str, expected: list[tuple] | None, rows_of: Callable[[str], list[tuple] | None]
) -> None:
    rows = rows_of(question)
    if expected is None:
        # Three months have one parcel each: one of them is shown.
        assert rows is not None
        assert len(rows) == 1
    else:
        assert rows is not None
        assert sorted(rows, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which depot has the most docks?", [("Hamburg",)]),
        ("Which depot comes second when it comes to the number of docks?", [("Cologne",)]),
        ("Which customer came first in number of parcels?", [("Nord Pharma",)]),
        (
            "The two largest customers by invoiced amount",
            [("Nord Pharma", 150.0), ("Beta Foods", 70.0)],
        ),
        ("Number of parcels without a delivery date", [(2,)]),
        ("Gross sales per year, latest year first", [(2025, 40.0), (2024, 15.0)]),
    ],
)
def test_ranks_are_read_in_many_words(
    question: str, expected: list[tuple], rows_of: Callable[[str], list[tuple] | None]
) -> None:
    assert rows_of(question) == expected
