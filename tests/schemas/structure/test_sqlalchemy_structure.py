"""Structure of SQLite, PostgreSQL and MariaDB databases with every feature of the catalog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from schemas import FullCatalog, FullForeignKey, introspect, resolve_url

POSTGRES = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN grade AS varchar(2) CHECK (VALUE IN ('a', 'b'));
CREATE TABLE people(
    id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, mood mood, grade grade,
    status text CHECK (status IN ('new', 'old')), tags text[], doc jsonb, born date,
    salary numeric(10, 2), "Odd ""% :col" int, seen timestamptz, uid uuid, half float8,
    ok boolean DEFAULT true
);
COMMENT ON TABLE people IS 'everyone';
COMMENT ON COLUMN people.status IS 'where they stand';
CREATE UNIQUE INDEX born_once ON people(born);
CREATE UNIQUE INDEX partial ON people(salary) WHERE ok;
CREATE UNIQUE INDEX lowered ON people(lower(name));
INSERT INTO people VALUES
    (1, 'Ann', 'sad', 'a', 'new', '{x}', '{"a": 1}', '2000-01-02', 10.50, 1,
     '2024-01-02 03:04:05+02', gen_random_uuid(), 'NaN', true),
    (2, 'Bob', 'it''s ok', NULL, 'old', NULL, NULL, '1999-12-31', 20, 2,
     'infinity', NULL, 'Infinity', false);
CREATE SCHEMA sales;
CREATE TABLE sales.orders(id int PRIMARY KEY, person_id int REFERENCES public.people(id), day date);
CREATE TABLE sales.lines(
    order_id int, n int, PRIMARY KEY (order_id, n),
    FOREIGN KEY (order_id) REFERENCES sales.orders(id)
);
CREATE TABLE sales.people(id int);
CREATE VIEW sales.recent AS SELECT id, day FROM sales.orders;
CREATE MATERIALIZED VIEW totals AS
    SELECT person_id, count(*) AS n FROM sales.orders GROUP BY person_id;
COMMENT ON VIEW sales.recent IS 'the last ones';
CREATE TABLE events(at date, n int) PARTITION BY RANGE (at);
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO events VALUES ('2024-05-06', 1)
"""

MARIADB = (
    """CREATE TABLE people(
        id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL COMMENT 'full name',
        mood ENUM('sad', 'it''s ok'), flag TINYINT(1), level TINYINT(1),
        status VARCHAR(5) CHECK (status IN ('new', 'old')), price DECIMAL(10, 2), year YEAR,
        bits BIT(3), raw BLOB, doc JSON, `odd % :col` INT UNSIGNED, UNIQUE (name, mood),
        CONSTRAINT prices CHECK (price > 0)
    ) COMMENT 'everyone'""",
    "CREATE TABLE orders(id BIGINT PRIMARY KEY, person INT, day DATETIME,"
    " FOREIGN KEY (person) REFERENCES people(id))",
    "INSERT INTO people VALUES (1, 'Ann', 'sad', 0, 0, 'new', 1.50, 1999, 5, 'x', '{}', 1),"
    " (2, 'Zoë', NULL, 1, 3, NULL, 3, 2024, NULL, NULL, NULL, 4000000000)",
    "INSERT INTO orders VALUES (1, 1, '2024-01-02 03:04:05')",
    "CREATE VIEW names AS SELECT name FROM people",
    "CREATE TABLE doomed(a INT)",
    "CREATE VIEW broken AS SELECT a FROM doomed",
    "DROP TABLE doomed",
)

SQLITE = """
CREATE TABLE people(
    id INTEGER PRIMARY KEY, "na me" VARCHAR(40) NOT NULL,
    status TEXT CHECK (status IN ('new', 'old')), code XYZ(3), UNIQUE ("na me")
);
CREATE TABLE orders(id INTEGER PRIMARY KEY, person INT REFERENCES people, day DATE, sum NUMERIC);
CREATE UNIQUE INDEX one_a_day ON orders(person, day);
CREATE UNIQUE INDEX partial ON orders(sum) WHERE sum > 3;
CREATE VIEW names AS SELECT "na me", length(status) AS n FROM people;
CREATE TABLE doomed(a); CREATE VIEW broken AS SELECT a FROM doomed; DROP TABLE doomed;
CREATE VIRTUAL TABLE notes USING fts5(body);
INSERT INTO notes VALUES ('some words');
INSERT INTO people VALUES (1, 'Ann', 'new', 7), (2, 'Bob', NULL, 8);
INSERT INTO orders VALUES (1, 1, '2024-01-02', 1.5), (2, 2, '2023-11-12', 2);
"""


def _read(url: Path | str) -> FullCatalog:
    return introspect(resolve_url(url))


def test_tables_and_views_of_postgresql(postgres_url: str, run: Callable) -> None:
    run(postgres_url, POSTGRES)
    catalog = _read(postgres_url)
    assert [(table.key, table.kind) for table in catalog.tables] == [
        ("events", "table"),
        ("people", "table"),
        ("totals", "materialized_view"),
        ("sales.lines", "table"),
        ("sales.orders", "table"),
        ("sales.people", "table"),
        ("sales.recent", "view"),
    ]
    people = catalog.table("people")
    assert (people.primary_key, people.unique) == (("id",), (("born",), ("name",)))
    assert (people.comment, people.rows) == ("everyone", 2)
    assert catalog.table("events").rows == 1
    for view in ("totals", "sales.recent"):
        assert "FROM sales.orders" in catalog.table(view).definition
    assert people.definition is None
    assert catalog.problems == ()


def test_columns_of_postgresql(postgres_url: str, run: Callable) -> None:
    run(postgres_url, POSTGRES)
    people = _read(postgres_url).table("people")
    assert {column.name: (column.type, column.family) for column in people.columns} == {
        "id": ("integer", "integer"),
        "name": ("character varying(40)", "text"),
        "mood": ("mood", "text"),
        "grade": ("grade", "text"),
        "status": ("text", "text"),
        "tags": ("text[]", "other"),
        "doc": ("jsonb", "other"),
        "born": ("date", "date"),
        "salary": ("numeric(10,2)", "number"),
        'Odd "% :col': ("integer", "integer"),
        "seen": ("timestamp with time zone", "datetime"),
        "uid": ("uuid", "other"),
        "half": ("double precision", "number"),
        "ok": ("boolean", "boolean"),
    }
    assert people.column("mood").enum == ("sad", "it's ok")
    assert people.column("grade").enum == ("a", "b")
    assert people.column("status").enum == ("new", "old")
    assert people.column("name").enum is None
    assert people.column("mood").values == ("it's ok", "sad")
    assert people.column("ok").values == (False, True)
    assert people.column("status").comment == "where they stand"
    assert (people.column("name").nullable, people.column("grade").nullable) == (False, True)
    assert people.column("born").min == "1999-12-31"
    assert people.column("salary").max == 20.0
    assert people.column('Odd "% :col').max == 2
    assert (people.column("half").max, people.column("seen").max) == (None, None)


def test_keys_between_postgresql_schemas(postgres_url: str, run: Callable) -> None:
    run(postgres_url, POSTGRES)
    catalog = _read(postgres_url)
    orders = catalog.table("sales.orders")
    lines = catalog.table("sales.lines")
    assert orders.foreign_keys == (FullForeignKey(("person_id",), "people", ("id",)),)
    assert lines.foreign_keys == (FullForeignKey(("order_id",), "sales.orders", ("id",)),)
    assert lines.primary_key == ("order_id", "n")
    assert catalog.table("sales.recent").comment == "the last ones"
    assert [column.name for column in catalog.table("totals").columns] == ["person_id", "n"]


def test_a_postgresql_search_path_does_not_double_tables(postgres_url: str, run: Callable) -> None:
    run(postgres_url, POSTGRES)
    plain = _read(postgres_url)
    name = postgres_url.rpartition("/")[2]
    run(postgres_url, f"ALTER DATABASE {name} SET search_path = public, sales")
    assert _read(postgres_url) == plain
    views = [table.definition for table in plain.tables if table.kind != "table"]
    assert len(views) == 2
    assert all("sales.orders" in sql for sql in views)


def test_mariadb(mariadb_url: str, run: Callable) -> None:
    run(mariadb_url, *MARIADB)
    catalog = _read(mariadb_url)
    assert (catalog.dialect, catalog.engine) == ("mysql", "mariadb")
    assert [(table.key, table.kind) for table in catalog.tables] == [
        ("names", "view"),
        ("orders", "table"),
        ("people", "table"),
    ]
    people = catalog.table("people")
    assert (people.primary_key, people.unique) == (("id",), (("name", "mood"),))
    assert (people.comment, people.rows) == ("everyone", 2)
    assert {column.name: (column.family, column.values) for column in people.columns} == {
        "id": ("integer", (1, 2)),
        "name": ("text", ("Ann", "Zoë")),
        "mood": ("text", ("sad",)),
        "flag": ("boolean", (0, 1)),
        "level": ("integer", (0, 3)),
        "status": ("text", ("new",)),
        "price": ("number", None),
        "year": ("integer", (1999, 2024)),
        "bits": ("other", None),
        "raw": ("binary", None),
        "doc": ("text", ("{}",)),
        "odd % :col": ("integer", (1, 4000000000)),
    }
    assert people.column("mood").enum == ("sad", "it's ok")
    assert people.column("status").enum == ("new", "old")
    assert people.column("price").enum is None
    name = people.column("name")
    assert (name.comment, name.type) == ("full name", "varchar(40)")
    assert catalog.table("orders").foreign_keys == (FullForeignKey(("person",), "people", ("id",)),)
    assert catalog.table("orders").column("day").min == "2024-01-02 03:04:05"
    assert [problem.object for problem in catalog.problems] == ["broken"]


def test_mariadb_without_a_database_gives_all_of_them(mariadb_url: str, run: Callable) -> None:
    name = mariadb_url.rpartition("/")[2]
    run(mariadb_url, *MARIADB)
    catalog = _read(mariadb_url.removesuffix(name))
    orders = catalog.table(f"{name}.orders")
    assert orders.foreign_keys == (FullForeignKey(("person",), f"{name}.people", ("id",)),)
    schemas = {table.schema for table in catalog.tables}
    assert schemas.isdisjoint({None, "mysql", "sys", "information_schema"})


def test_a_column_whose_name_sqlalchemy_misreads_is_reported(
    mariadb_url: str, run: Callable
) -> None:
    run(mariadb_url, "CREATE TABLE t(a INT, `b``c` INT)")
    catalog = _read(mariadb_url)
    assert [column.name for column in catalog.table("t").columns] == ["a"]
    assert [problem.object for problem in catalog.problems] == ["t.b``c"]


def test_sqlite(make_sqlite: Callable) -> None:
    catalog = _read(make_sqlite(SQLITE))
    assert [(table.key, table.kind) for table in catalog.tables] == [
        ("names", "view"),
        ("notes", "table"),
        ("orders", "table"),
        ("people", "table"),
    ]
    people = catalog.table("people")
    orders = catalog.table("orders")
    assert (people.primary_key, people.unique) == (("id",), (("na me",),))
    assert [(column.type, column.nullable) for column in people.columns] == [
        ("INTEGER", False),
        ("VARCHAR(40)", False),
        ("TEXT", True),
        ("XYZ(3)", True),
    ]
    status = people.column("status")
    assert (status.enum, status.values) == (("new", "old"), ("new",))
    assert orders.foreign_keys == (FullForeignKey(("person",), "people", ("id",)),)
    assert orders.unique == (("person", "day"),)
    assert (orders.column("day").min, orders.column("sum").max) == ("2023-11-12", 2)
    assert [problem.object for problem in catalog.problems] == ["broken"]


def test_comments_of_sqlite_are_those_of_its_statements(make_sqlite: Callable) -> None:
    text = "CREATE TABLE t( -- orders\n  Id INT,\n  -- O open, C closed\n  Stat TEXT)"
    table = _read(make_sqlite(text)).table("t")
    assert table.comment == "orders"
    assert [column.comment for column in table.columns] == [None, "O open, C closed"]


def test_foreign_tables_of_postgresql(postgres_url: str, run: Callable) -> None:
    run(
        postgres_url,
        "CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE TABLE shops (id int PRIMARY KEY, city text)",
        # A file that every server has, as a table of one column.
        "CREATE FOREIGN TABLE notes (line text) SERVER files"
        " OPTIONS (filename 'PG_VERSION', format 'text')",
        "CREATE FOREIGN TABLE lost (line text) SERVER files"
        " OPTIONS (filename 'no such file', format 'text')",
    )
    catalog = _read(postgres_url)
    assert [(table.key, table.kind, table.rows) for table in catalog.tables] == [
        ("notes", "table", 1),
        ("shops", "table", 0),
    ]
    assert [problem.object for problem in catalog.problems] == ["lost"]


def test_keys_to_a_partitioned_table_are_kept_once(postgres_url: str, run: Callable) -> None:
    run(
        postgres_url,
        """
        CREATE SCHEMA parts;
        CREATE TABLE trips (id int, day date, km int, PRIMARY KEY (id, day))
            PARTITION BY RANGE (day);
        CREATE TABLE parts.trips_2023 PARTITION OF trips
            FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY HASH (id);
        CREATE TABLE parts.trips_2023_0 PARTITION OF parts.trips_2023
            FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        CREATE UNIQUE INDEX one ON parts.trips_2023_0 (km);
        CREATE TABLE claims (
            id int PRIMARY KEY, trip_id int, trip_day date,
            km int REFERENCES parts.trips_2023_0 (km),
            FOREIGN KEY (trip_id, trip_day) REFERENCES trips (id, day)
        );
        """,
    )
    catalog = _read(postgres_url)
    assert [table.key for table in catalog.tables] == ["claims", "trips"]
    to_trips = FullForeignKey(("trip_id", "trip_day"), "trips", ("id", "day"))
    assert catalog.table("claims").foreign_keys == (to_trips,)
    # `km` is unique in one partition only: a join with the whole table would repeat rows.
    assert [problem.reason for problem in catalog.problems] == [
        "its foreign key to parts.trips_2023_0 (km) has no target that can be read"
    ]


def test_names_of_postgresql_that_differ_by_case(postgres_url: str, run: Callable) -> None:
    run(
        postgres_url,
        """
        CREATE TABLE orders (id int PRIMARY KEY, "ID" int UNIQUE,
            state text CHECK (state IN ('new')), "State" text);
        CREATE TABLE "Orders" (code text PRIMARY KEY);
        CREATE TABLE links (a int REFERENCES orders (id), b int REFERENCES orders ("ID"),
            c text REFERENCES "Orders");
        """,
    )
    catalog = _read(postgres_url)
    assert catalog.problems == ()
    assert catalog.table("links").foreign_keys == (
        FullForeignKey(("a",), "orders", ("id",)),
        FullForeignKey(("b",), "orders", ("ID",)),
        FullForeignKey(("c",), "Orders", ("code",)),
    )
    allowed = {column.name: column.enum for column in catalog.table("orders").columns}
    assert allowed == {"id": None, "ID": None, "state": ("new",), "State": None}


def test_tables_of_mariadb_that_differ_by_case(mariadb_url: str, run: Callable) -> None:
    run(
        mariadb_url,
        "CREATE TABLE Item (id INT PRIMARY KEY)",
        "CREATE TABLE item (id INT PRIMARY KEY, whole INT,"
        " FOREIGN KEY (whole) REFERENCES Item(id))",
    )
    catalog = _read(mariadb_url)
    assert catalog.table("item").foreign_keys == (FullForeignKey(("whole",), "Item", ("id",)),)


def test_system_versioned_tables_of_mariadb(mariadb_url: str, run: Callable) -> None:
    run(
        mariadb_url,
        "CREATE TABLE pay (id INT PRIMARY KEY, sum INT, note INT INVISIBLE) WITH SYSTEM VERSIONING",
        "INSERT INTO pay (id, sum) VALUES (1, 10)",
        "UPDATE pay SET sum = 20",
        "CREATE SEQUENCE numbers",
    )
    (table,) = _read(mariadb_url).tables
    assert (table.key, table.rows) == ("pay", 1)
    assert [column.name for column in table.columns] == ["id", "sum", "note"]


def test_the_sql_of_a_view_is_kept_unless_columns_are_kept_out(make_sqlite: Callable) -> None:
    source = resolve_url(make_sqlite(SQLITE))
    view = introspect(source).table("names")
    assert view.definition.startswith("CREATE VIEW names AS SELECT")
    assert FullCatalog.from_dict(introspect(source).to_dict()).table("names") == view
    assert introspect(source, exclude=["people.code"]).table("names").definition is None
