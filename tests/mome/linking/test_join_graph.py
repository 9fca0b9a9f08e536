"""Join paths: shortest, complete, declared keys first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mome.catalog import Catalog, Column, ForeignKey, Table
from mome.linking.join_graph import Edge, JoinGraph


@pytest.fixture
def graph(make_concerts) -> JoinGraph:
    return JoinGraph(make_concerts())


def test_neighbours_are_one_join_away_in_both_directions(graph: JoinGraph) -> None:
    assert set(graph.neighbours("singer")) == {"song", "performance", "Order Line"}
    assert set(graph.neighbours("stadium")) == {"concert"}
    assert not list(graph.neighbours("lonely"))


def test_a_path_is_the_shortest_and_reads_from_source_to_target(graph: JoinGraph) -> None:
    path = graph.path(["stadium"], ["song"])
    assert [(edge.left, edge.right) for edge in path] == [
        ("stadium", "concert"),
        ("concert", "performance"),
        ("performance", "singer"),
        ("singer", "song"),
    ]
    assert path[0].pairs == (("id", "stadium_id"),) and path[2].pairs == (("singer_id", "id"),)


def test_a_path_starts_at_the_nearest_source_and_ends_at_the_nearest_target(
    graph: JoinGraph,
) -> None:
    assert graph.path(["stadium", "singer"], ["song", "performance"]) in (
        [Edge("singer", "song", (("id", "singer_id"),))],
        [Edge("singer", "performance", (("id", "singer_id"),))],
    )
    assert graph.path(["song"], ["song"]) == []


def test_there_is_no_path_to_a_table_that_no_key_reaches(graph: JoinGraph) -> None:
    assert graph.path(["singer"], ["lonely"]) is None
    assert graph.tree(["singer", "lonely"]) is None


def test_a_tree_joins_all_tables_once_through_others(graph: JoinGraph) -> None:
    edges = graph.tree(["song", "stadium", "Order Line", "song"])
    joined = ["song"]
    for edge in edges:
        assert edge.left in joined and edge.right not in joined
        joined.append(edge.right)
    assert set(joined) == {"song", "singer", "performance", "concert", "stadium", "Order Line"}
    assert graph.tree(["song"]) == [] and graph.tree([]) == []


def test_a_declared_key_is_preferred_to_an_inferred_one(make_table, make_catalog) -> None:
    order = make_table("orders", "id integer!, seller_id integer, buyer_id integer")
    order = replace(
        order,
        foreign_keys=(
            ForeignKey(("buyer_id",), "people", ("id",), inferred=True),
            ForeignKey(("seller_id",), "PEOPLE", ("id",)),
        ),
    )
    graph = JoinGraph(make_catalog(order, make_table("people", "id integer!")))
    assert graph.path(["people"], ["orders"])[0].pairs == (("id", "seller_id"),)


def test_all_columns_of_a_composite_key_are_joined(make_table, make_catalog) -> None:
    line = replace(
        make_table("line", "a integer, b integer"),
        foreign_keys=(ForeignKey(("a", "b"), "head", ("x", "y")),),
    )
    graph = JoinGraph(make_catalog(line, make_table("head", "x integer, y integer")))
    assert graph.path(["head"], ["line"])[0].pairs == (("x", "a"), ("y", "b"))


@pytest.mark.parametrize(
    "key",
    [
        ForeignKey(("a",), "head", ()),
        ForeignKey(("a", "b"), "head", ("x",)),
        ForeignKey((), "head", ()),
        ForeignKey(("a",), "no", ("x",)),
    ],
)
def test_a_key_that_does_not_say_all_its_columns_joins_nothing(
    make_table, make_catalog, key: ForeignKey
) -> None:
    line = replace(make_table("line", "a integer, b integer"), foreign_keys=(key,))
    assert (
        JoinGraph(make_catalog(line, make_table("head", "x integer"))).path(["line"], ["head"])
        is None
    )


def test_a_table_that_refers_to_itself_gets_no_edge(make_table, make_catalog) -> None:
    graph = JoinGraph(
        make_catalog(make_table("person", "id integer!, boss integer", {"boss": "person.id"}))
    )
    assert not list(graph.neighbours("person"))


def test_several_keys_between_two_tables_are_kept_by_role() -> None:
    keys = tuple(
        ForeignKey((name,), "teams", ("id",))
        for name in ("away_team_id", "home_team_id", "winner_id")
    )
    columns = (Column("id", "int", "integer"),)
    tables = (
        Table(None, "teams", "table", None, 1, columns),
        Table(None, "matches", "table", None, 1, columns, foreign_keys=keys),
    )
    graph = JoinGraph(Catalog("sqlite", "sqlite", "", "", tables))
    assert [edge.pairs[0][0] for edge in graph.between("matches", "teams")] == [
        "away_team_id",
        "home_team_id",
        "winner_id",
    ]

    (edge,) = graph.tree(["teams", "matches"]) or []
    assert (edge.left, edge.right, edge.pairs) == ("teams", "matches", (("id", "away_team_id"),))


def test_of_equally_short_paths_the_one_that_repeats_no_rows_is_taken(
    make_table, make_catalog
) -> None:
    """An owner has many clients, so hours by owner would belong to each of them."""

    def key(column: str, target: str) -> ForeignKey:
        return ForeignKey((column,), target, ("id",))

    keys = {
        "person": (),
        "client": (key("owner_id", "person"),),
        "project": (key("client_id", "client"),),
        "hours": (key("person_id", "person"), key("project_id", "project")),
    }
    columns = "id integer!, owner_id integer, person_id integer, client_id integer, "
    columns += "project_id integer"
    tables = [
        replace(make_table(name, columns), foreign_keys=of_table) for name, of_table in keys.items()
    ]
    graph = JoinGraph(make_catalog(*tables))
    for first, last in (("client", "hours"), ("hours", "client")):
        path = graph.path([first], [last])
        assert path is not None
        assert {edge.right for edge in path} == {"project", last}
