"""A print shop as a SQLite database, read as `mome tune` reads one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from linked_databases import linked_database

from mome.answering.titles.figures import TitleScope
from mome.answering.titles.reader import Title, TitleReader
from mome.answering.titles.said_words import TitleWords
from mome.forms.forms import Forms
from mome.linking.slice import Linker

PRINT_SHOP = """
CREATE TABLE branch (branch_id INTEGER PRIMARY KEY, branch_name TEXT NOT NULL UNIQUE,
  city TEXT NOT NULL, annual_budget REAL NOT NULL);
CREATE TABLE clerk (clerk_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL,
  last_name TEXT NOT NULL, branch_id INTEGER NOT NULL REFERENCES branch, hired_on TEXT NOT NULL);
CREATE TABLE client (client_id INTEGER PRIMARY KEY, client_name TEXT NOT NULL UNIQUE,
  sector TEXT NOT NULL, is_public INTEGER NOT NULL, joined_on TEXT NOT NULL, left_on TEXT,
  adviser_id INTEGER REFERENCES clerk);
CREATE TABLE shop_job (job_id INTEGER PRIMARY KEY,
  client_id INTEGER NOT NULL REFERENCES client, accepted_by_clerk_id INTEGER REFERENCES clerk,
  checked_by_clerk_id INTEGER REFERENCES clerk, paper TEXT NOT NULL, status TEXT NOT NULL,
  ordered_on TEXT NOT NULL, due_on TEXT NOT NULL, printed_on TEXT, page_qty INTEGER NOT NULL,
  unit_price REAL NOT NULL);
CREATE TABLE bill (bill_id INTEGER PRIMARY KEY, job_id INTEGER NOT NULL REFERENCES shop_job,
  billDt TEXT NOT NULL, paid_on TEXT, status TEXT NOT NULL, amount REAL NOT NULL,
  tax_amount REAL NOT NULL);
CREATE TABLE refund (refund_id INTEGER PRIMARY KEY, bill_id INTEGER NOT NULL REFERENCES bill,
  asked_on TEXT NOT NULL, granted_on TEXT NOT NULL, amount REAL NOT NULL);

INSERT INTO branch VALUES (1, 'Harbour', 'Oslo', 900), (2, 'Old Town', 'Bergen', 500);
INSERT INTO clerk VALUES (1, 'Ada', 'Berg', 1, '2019-02-01'), (2, 'Ada', 'Berg', 2, '2020-03-01'),
  (3, 'Nils', 'Dahl', 2, '2021-04-01');
INSERT INTO client VALUES (1, 'Acme', 'retail', 0, '2023-01-05', NULL, 1),
  (2, 'City Hall', 'office', 1, '2023-06-01', NULL, 2),
  (3, 'Borealis', 'retail', 0, '2024-02-02', '2025-01-31', 2),
  (4, 'Delta', 'office', 1, '2024-07-07', '2024-12-31', NULL);
INSERT INTO shop_job VALUES
  (1, 1, 1, 2, 'matte', 'done', '2024-01-10', '2024-01-20', '2024-01-15', 100, 2),
  (2, 1, 1, 3, 'glossy', 'done', '2024-02-10', '2024-02-20', '2024-03-01', 50, 3),
  (3, 2, 2, 3, 'matte', 'open', '2024-05-10', '2024-05-20', NULL, 30, 2),
  (4, 3, 3, 1, 'glossy', 'open', '2025-01-10', '2025-01-20', NULL, 20, 4),
  (5, 3, 3, 1, 'matte', 'done', '2025-04-10', '2025-04-20', '2025-05-02', 10, 5);
INSERT INTO bill VALUES (1, 1, '2024-01-31', '2024-03-01', 'paid', 200, 40),
  (2, 2, '2024-03-31', NULL, 'unpaid', 150, 30), (3, 3, '2024-06-30', '2025-01-15', 'paid', 60, 12),
  (4, 4, '2025-02-28', NULL, 'unpaid', 80, 16), (5, 5, '2025-05-31', '2025-06-01', 'paid', 50, 10);
INSERT INTO refund VALUES (1, 1, '2024-04-01', '2024-05-01', 20),
  (2, 1, '2025-04-01', '2025-05-01', 5);
"""

Rows = list[tuple]


@pytest.fixture(scope="session")
def print_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("print_shop") / "print_shop.sqlite"


@pytest.fixture(scope="session")
def linker(print_shop: Path) -> Linker:
    return linked_database(print_shop, PRINT_SHOP)


@pytest.fixture(scope="session")
def reader(linker: Linker) -> TitleReader:
    return TitleReader(Forms(linker.catalog, graph=linker.graph))


@pytest.fixture(scope="session")
def scope(reader: TitleReader) -> TitleScope:
    return reader.scope


@pytest.fixture(scope="session")
def vocabulary(linker: Linker) -> TitleWords:
    return TitleWords(linker.catalog)


@pytest.fixture(scope="session")
def read(linker: Linker, reader: TitleReader) -> Callable[[str], Title | None]:
    """`read(question)`: how it is read as a title."""

    def read(question: str) -> Title | None:
        return reader.read(linker.match(question))

    return read


@pytest.fixture(scope="session")
def rows_of(read: Callable[[str], Title | None], print_shop: Path) -> Callable[[str], Rows | None]:
    """`rows_of(question)`: the rows of its query; None if it is not read as a title."""

    def rows_of(question: str) -> Rows | None:
        title = read(question)
        if title is None:
            return None
        connection = sqlite3.connect(f"file:{print_shop}?mode=ro", uri=True)
        try:
            return connection.execute(title.sql).fetchall()
        finally:
            connection.close()

    return rows_of
