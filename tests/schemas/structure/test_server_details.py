"""Details that the Inspector does not give; test_sqlalchemy_structure.py tests their use."""

from __future__ import annotations

from collections.abc import Callable

from schemas import open_reader, resolve_url
from schemas.structure.server_details import read_details


def test_a_domain_check_belongs_to_each_of_its_columns(postgres_url: str, run: Callable) -> None:
    run(postgres_url, "CREATE DOMAIN d AS text CHECK (VALUE IN ('a'))", "CREATE TABLE t(x d, y d)")
    with open_reader(resolve_url(postgres_url)) as reader:
        assert read_details(reader, []).allowed["public", "t"] == {"x": ("a",), "y": ("a",)}


def test_estimates_and_partitions_of_postgresql(postgres_url: str, run: Callable) -> None:
    run(
        postgres_url,
        "CREATE TABLE t AS SELECT generate_series(1, 500)",
        "CREATE TABLE p(a int) PARTITION BY LIST (a)",
    )
    run(postgres_url, "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)", "ANALYZE t")
    with open_reader(resolve_url(postgres_url)) as reader:
        details = read_details(reader, [])
    assert details.estimates == {("public", "t"): 500}
    assert details.hidden == {("public", "p1")}


def test_every_check_of_a_mariadb_table(mariadb_url: str, run: Callable) -> None:
    run(
        mariadb_url,
        "CREATE TABLE t(a VARCHAR(9) CHECK (a IN ('x', 'it''s')), b INT, "
        "CONSTRAINT n CHECK (b IN (1, 2)))",
    )
    schema = mariadb_url.rpartition("/")[2]
    with open_reader(resolve_url(mariadb_url)) as reader:
        allowed = read_details(reader, []).allowed
    assert allowed[schema, "t"] == {"a": ("x", "it's"), "b": (1, 2)}
