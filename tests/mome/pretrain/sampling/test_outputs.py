"""Questions that say what is shown list the columns of the form, in its order."""

from __future__ import annotations

from collections.abc import Callable

from mome.pretrain.sampling import outputs
from mome.pretrain.sampling.scene import Scene

Asked = Callable[..., list[tuple]]


def test_figure_by_id_in_an_order(asked: Asked) -> None:
    form = (
        "SELECT sale.store_id, SUM(sale.amount) FROM sale GROUP BY sale.store_id "
        "ORDER BY SUM(sale.amount) DESC"
    )
    assert asked(outputs.figure_by_id, form, ("store",)) == [(1, 60), (2, 100)]


def test_first_rows_with_their_id(asked: Asked) -> None:
    form = (
        "SELECT employee.id, employee.name, employee.salary FROM employee ORDER BY "
        "employee.salary DESC LIMIT 3"
    )
    rows = asked(outputs.shown_first_rows, form, ("name",))
    assert rows == [(1, "Ann Lee", 50), (4, "Dan Roe", 45), (5, "Eva Sol", 47)]


def test_columns_are_said_in_the_order_of_the_form(scene: Scene) -> None:
    form = 'SELECT "orders"."id", "orders"."status" FROM "orders" ORDER BY "orders"."id"'
    drafts = [outputs.shown_rows(scene) for _ in range(3000)]
    asked = [one.question for one in drafts if one is not None and one.form == form]
    assert asked
    for question in asked:
        assert question.find("id") < question.rfind("status"), question
