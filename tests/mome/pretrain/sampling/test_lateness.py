"""What is late is one day after another, and what is overdue has none yet."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mome.pretrain.sampling import lateness
from mome.pretrain.sampling.drafts import SampleDraft
from mome.pretrain.sampling.sample import SampleFamily
from mome.pretrain.sampling.scene import Scene
from schemas import introspect, resolve_url

_ROWS = [
    ("2024-01-10", "2024-01-12", "web"),
    ("2024-01-10", "2024-01-10", "web"),
    ("2024-02-10", None, "shop"),
]


@pytest.fixture
def deliveries(tmp_path: Path) -> Scene:
    """Return a database of deliveries with a day that was promised."""
    path = tmp_path / "deliveries.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE delivery (id INTEGER PRIMARY KEY, promised_on DATE NOT NULL, "
            "delivered_on DATE, channel TEXT)"
        )
        insert = "INSERT INTO delivery (promised_on, delivered_on, channel) VALUES (?, ?, ?)"
        connection.executemany(insert, _ROWS * 4)
        connection.commit()
    return Scene(introspect(resolve_url(path)), path, seed=1)


def test_late_in_time_and_overdue(deliveries: Scene) -> None:
    said = {">": set(), "<=": set(), "EMPTY": set()}
    for one in _drawn(deliveries, lateness.late_rows):
        kind = "EMPTY" if "EMPTY" in one.form else "<=" if "<=" in one.form else ">"
        said[kind].add(one.question.lower())
    assert any("delivered late" in question for question in said[">"])
    assert any("promised date" in question for question in said[">"])
    assert any("on time" in question for question in said["<="])
    assert any("overdue" in question for question in said["EMPTY"])
    assert not any("late" in question.split() for question in said["<="])


def test_late_rows_are_found(deliveries: Scene) -> None:
    form = 'SELECT COUNT(*) FROM "delivery" WHERE "delivery"."delivered_on" > '
    drafts = [one for one in _drawn(deliveries, lateness.late_rows) if one.form.startswith(form)]
    assert deliveries.rows(drafts[0].form) == [(4,)]


def test_delay_is_counted_in_days(deliveries: Scene) -> None:
    drafts = _drawn(deliveries, lateness.delay)
    assert drafts
    assert all("day" in one.question for one in drafts)
    alone = next(one for one in drafts if "GROUP BY" not in one.form)
    assert deliveries.rows(alone.form) == [(2,)]


def test_a_table_without_a_day_that_is_due_has_nothing_late(scene: Scene) -> None:
    assert _drawn(scene, lateness.late_by_group) == []


def _drawn(scene: Scene, family: SampleFamily) -> list[SampleDraft]:
    return [one for one in (family(scene) for _ in range(200)) if one is not None]
