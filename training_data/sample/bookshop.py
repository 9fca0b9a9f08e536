"""The sample database of `make demo` and of the tests: a small bookshop chain.

The rows are drawn at random from a fixed seed, so that they are the same on every run.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

from training_data.sample.pairs import GLOSSARY, VERIFIED
from training_data.sample.words import (
    CITIES,
    COUNTRIES,
    FIRST_NAMES,
    GENRES,
    LAST_NAMES,
    PUBLISHERS,
    STORES,
    TITLE_ENDINGS,
    TITLE_OPENINGS,
)

SEED = 20260105
"""Tests and the verified pairs rely on the rows that this seed gives."""

FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2025, 12, 31)
"""The days of orders and reviews."""

AUTHORS, BOOKS, CUSTOMERS, ORDERS, REVIEWS = 60, 180, 320, 1300, 540
"""Numbers of rows."""

# The last rows of some tables have no rows that refer to them, so that a question with "without"
# has an answer.
AUTHORS_WITHOUT_BOOKS = 4
PUBLISHERS_WITHOUT_BOOKS = 1
BOOKS_WITHOUT_ORDERS = 8
CUSTOMERS_WITHOUT_ORDERS = 25
STORES_WITHOUT_ORDERS = 1

FORMATS = ("PB", "HC", "EB", "AU")
"""Paperback, hardcover, e-book and audiobook."""

FORMAT_WEIGHTS = (50, 25, 18, 7)
PRICES = {"PB": (8, 16), "HC": (18, 42), "EB": (4, 11), "AU": (12, 26)}
"""The lowest and highest price of a format, in whole units."""

PAY = {"Manager": 52000, "Bookseller": 34000, "Cashier": 29500, "Warehouse": 31000}
"""The lowest salary of a role, per year."""

STORE_ROLES = ("Manager", "Bookseller", "Bookseller", "Cashier", "Warehouse")
"""Of a store's employees, in the order in which they are hired."""

COUNTRY_WEIGHTS = (4, 10, 22, 6, 14, 20, 6, 5, 18)
"""Shares of customers, in the order of COUNTRIES."""

# The key of review.customer_id is left out, for introspection to infer it from names and rows.
SCHEMA = """
CREATE TABLE country (
  country_code CHAR(2) PRIMARY KEY, name TEXT NOT NULL UNIQUE, currency CHAR(3) NOT NULL);
CREATE TABLE genre (genre_code CHAR(3) PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE publisher (
  publisher_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  country_code CHAR(2) NOT NULL REFERENCES country);
CREATE TABLE author (
  author_id INTEGER PRIMARY KEY, name TEXT NOT NULL, birth_year INTEGER NOT NULL,
  country_code CHAR(2) NOT NULL REFERENCES country);
CREATE TABLE book (
  book_id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER NOT NULL REFERENCES author,
  publisher_id INTEGER NOT NULL REFERENCES publisher, genre_code CHAR(3) NOT NULL REFERENCES genre,
  format CHAR(2) NOT NULL CHECK (format IN ('AU', 'EB', 'HC', 'PB')),
  price DECIMAL(8, 2) NOT NULL, pages INTEGER,
  published_on DATE NOT NULL, stock INTEGER NOT NULL);
CREATE TABLE store (
  store_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, city TEXT NOT NULL,
  country_code CHAR(2) NOT NULL REFERENCES country, opened_on DATE NOT NULL);
CREATE TABLE employee (
  employee_id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, role TEXT NOT NULL,
  store_id INTEGER NOT NULL REFERENCES store, manager_id INTEGER REFERENCES employee (employee_id),
  salary DECIMAL(10, 2) NOT NULL, hired_on DATE NOT NULL);
CREATE TABLE customer (
  customer_id INTEGER PRIMARY KEY, first_name TEXT NOT NULL, last_name TEXT NOT NULL, email TEXT,
  segment CHAR(1) NOT NULL CHECK (segment IN ('B', 'P', 'S')), city TEXT NOT NULL,
  country_code CHAR(2) NOT NULL REFERENCES country, signed_up_on DATE NOT NULL);
CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customer,
  store_id INTEGER REFERENCES store,
  channel TEXT NOT NULL CHECK (channel IN ('phone', 'store', 'web')),
  status CHAR(1) NOT NULL CHECK (status IN ('C', 'D', 'N', 'P', 'R', 'S')),
  ordered_on DATE NOT NULL, shipped_on DATE);
CREATE TABLE order_line (
  order_id INTEGER NOT NULL REFERENCES orders, line_no INTEGER NOT NULL,
  book_id INTEGER NOT NULL REFERENCES book, quantity INTEGER NOT NULL,
  unit_price DECIMAL(8, 2) NOT NULL, discount DECIMAL(3, 2) NOT NULL,
  PRIMARY KEY (order_id, line_no));
CREATE TABLE review (
  review_id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES book,
  customer_id INTEGER NOT NULL,
  rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5), reviewed_on DATE NOT NULL);
CREATE VIEW monthly_sales AS
  SELECT strftime('%Y-%m', orders.ordered_on) AS month,
         COUNT(DISTINCT orders.order_id) AS orders,
         ROUND(SUM(order_line.quantity * order_line.unit_price * (1 - order_line.discount)), 2)
           AS revenue
  FROM orders JOIN order_line ON order_line.order_id = orders.order_id
  WHERE orders.status NOT IN ('C', 'R') GROUP BY strftime('%Y-%m', orders.ordered_on);
"""

Row = tuple[object, ...]


def create_sample(path: Path | str) -> Path:
    """Write the bookshop to `path` and return the path.

    An existing file is replaced in one rename, so that no reader sees half a database.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(f".{path.name}.{os.getpid()}.new")
    building.unlink(missing_ok=True)
    try:
        _build(building)
        os.replace(building, path)
    finally:
        building.unlink(missing_ok=True)
    return path


def sample_verified(path: Path | str) -> Path:
    """Write the bookshop's verified pairs as JSONL and return the path."""
    return _write_lines(path, ({"question": question, "sql": sql} for question, sql in VERIFIED))


def sample_glossary(path: Path | str) -> Path:
    """Write the bookshop's glossary as JSONL and return the path."""
    return _write_lines(path, (dict(entry) for entry in GLOSSARY))


def main(folder: str) -> None:
    """Write bookshop.sqlite, verified.jsonl and glossary.jsonl into `folder`; print their paths."""
    print(create_sample(Path(folder) / "bookshop.sqlite"))
    print(sample_verified(Path(folder) / "verified.jsonl"))
    print(sample_glossary(Path(folder) / "glossary.jsonl"))


def _write_lines(path: Path | str, entries: Iterable[dict[str, str]]) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries]
    path.write_text("".join(lines), "utf-8")
    return path


def _build(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.executescript(SCHEMA)
        for table, rows in _tables(random.Random(SEED)):
            _insert(connection, table, rows)
        connection.commit()
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    marks = ", ".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _tables(rng: random.Random) -> Iterator[tuple[str, list[Row]]]:
    """Yield the rows of every table, referred tables before referring ones.

    The order in which the tables are drawn is part of the sample: another order gives other rows.
    """
    books, customers = _books(rng), _customers(rng)
    orders = _orders(rng, customers)
    yield "country", list(COUNTRIES)
    yield "genre", list(GENRES)
    yield "publisher", [(number, *publisher) for number, publisher in enumerate(PUBLISHERS, 1)]
    yield "author", _authors(rng)
    yield "book", books
    yield "store", [(number, *store) for number, store in enumerate(STORES, 1)]
    yield "employee", _employees(rng)
    yield "customer", customers
    yield "orders", orders
    yield "order_line", list(_order_lines(rng, orders, books))
    yield "review", _reviews(rng, customers)


def _day(rng: random.Random, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    return first + timedelta(days=rng.randint(0, (last - first).days))


def _people(rng: random.Random, count: int) -> list[tuple[str, str]]:
    return rng.sample([(first, last) for first in FIRST_NAMES for last in LAST_NAMES], count)


def _authors(rng: random.Random) -> list[Row]:
    rows: list[Row] = []
    for number, (first, last) in enumerate(_people(rng, AUTHORS), 1):
        birth_year = rng.randint(1938, 1994)
        country = rng.choice(COUNTRIES)[0]
        rows.append((number, f"{first} {last}", birth_year, country))
    return rows


def _books(rng: random.Random) -> list[Row]:
    titles = [f"{opening} {ending}" for opening in TITLE_OPENINGS for ending in TITLE_ENDINGS]
    chosen = rng.sample(titles, BOOKS)
    return [_book(rng, number, title) for number, title in enumerate(chosen, 1)]


def _book(rng: random.Random, number: int, title: str) -> Row:
    kind = rng.choices(FORMATS, FORMAT_WEIGHTS)[0]
    price = rng.randint(*PRICES[kind]) + rng.choice((0.5, 0.9, 0.99))
    pages = None if kind == "AU" else rng.randrange(96, 720, 8)
    author = rng.randint(1, AUTHORS - AUTHORS_WITHOUT_BOOKS)
    publisher = rng.randint(1, len(PUBLISHERS) - PUBLISHERS_WITHOUT_BOOKS)
    published = _day(rng, date(2016, 1, 1), date(2025, 6, 30)).isoformat()
    genre = rng.choice(GENRES)[0]
    stock = rng.randint(0, 120)
    return (number, title, author, publisher, genre, kind, price, pages, published, stock)


def _employees(rng: random.Random) -> list[Row]:
    """Draw three to five employees per store, the manager first."""
    rows: list[Row] = []
    for store, (_, _, _, opened) in enumerate(STORES, 1):
        manager = len(rows) + 1
        for role in STORE_ROLES[: rng.randint(3, 5)]:
            name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
            pay = PAY[role] + 250 * rng.randint(0, 24)
            if role == "Manager":
                boss, hired = None, opened
            else:
                boss, hired = manager, _day(rng, date.fromisoformat(opened)).isoformat()
            rows.append((len(rows) + 1, name, role, store, boss, pay, hired))
    return rows


def _customers(rng: random.Random) -> list[Row]:
    countries = [row[0] for row in COUNTRIES]
    rows: list[Row] = []
    for number, (first, last) in enumerate(_people(rng, CUSTOMERS), 1):
        country = rng.choices(countries, COUNTRY_WEIGHTS)[0]
        has_email = rng.random() < 0.9
        email = f"{first}.{last}{number}@example.com".lower() if has_email else None
        segment = rng.choices("PBS", (78, 14, 8))[0]
        signed_up = _day(rng, date(2022, 7, 1), date(2025, 10, 31)).isoformat()
        city = rng.choice(CITIES[country])
        rows.append((number, first, last, email, segment, city, country, signed_up))
    return rows


def _orders(rng: random.Random, customers: list[Row]) -> list[Row]:
    """Draw orders in the order of their dates, none before its customer signed up."""
    buyers = customers[: CUSTOMERS - CUSTOMERS_WITHOUT_ORDERS]
    drawn = [rng.choice(buyers) for _ in range(ORDERS)]
    dated = [(_day(rng, _first_day_of(customer)), customer[0]) for customer in drawn]
    dated.sort()
    return [_order(rng, number, day, customer) for number, (day, customer) in enumerate(dated, 1)]


def _first_day_of(customer: Row) -> date:
    """Return the first day on which a customer can order or review."""
    signed_up = date.fromisoformat(str(customer[7]))
    return max(FIRST_DAY, signed_up)


def _order(rng: random.Random, number: int, day: date, customer: object) -> Row:
    channel = rng.choices(("web", "store", "phone"), (60, 33, 7))[0]
    last_store = len(STORES) - STORES_WITHOUT_ORDERS
    store = rng.randint(1, last_store) if channel == "store" else None
    is_recent = day > LAST_DAY - timedelta(days=14)
    if is_recent:
        status = rng.choices("NPS", (5, 3, 2))[0]
    else:
        status = rng.choices("DRCS", (84, 6, 7, 3))[0]
    shipped = (day + timedelta(days=rng.randint(0, 6))).isoformat() if status in "SDR" else None
    return (number, customer, store, channel, status, day.isoformat(), shipped)


def _order_lines(rng: random.Random, orders: list[Row], books: list[Row]) -> Iterator[Row]:
    sold = books[: BOOKS - BOOKS_WITHOUT_ORDERS]
    for order in orders:
        count = rng.choices((1, 2, 3, 4), (50, 27, 15, 8))[0]
        for line, book in enumerate(rng.sample(sold, count), 1):
            quantity = rng.choices((1, 2, 3, 10), (80, 13, 5, 2))[0]
            discount = rng.choices((0.0, 0.05, 0.1, 0.2), (70, 10, 14, 6))[0]
            yield (order[0], line, book[0], quantity, book[6], discount)


def _reviews(rng: random.Random, customers: list[Row]) -> list[Row]:
    rows: list[Row] = []
    for number in range(1, REVIEWS + 1):
        customer = rng.choice(customers)
        day = _day(rng, _first_day_of(customer)).isoformat()
        book = rng.randint(1, BOOKS)
        rating = rng.choices((1, 2, 3, 4, 5), (4, 8, 20, 38, 30))[0]
        rows.append((number, book, customer[0], rating, day))
    return rows
