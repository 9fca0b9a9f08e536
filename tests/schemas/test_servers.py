"""The server fixtures of conftest.py give new databases that require a password."""

from __future__ import annotations

import pytest
import sqlalchemy


@pytest.mark.parametrize("fixture", ["postgres_url", "mariadb_url"])
def test_a_fixture_gives_an_empty_database_that_requires_a_password(
    fixture: str, request: pytest.FixtureRequest
) -> None:
    url = sqlalchemy.make_url(request.getfixturevalue(fixture))
    engine = sqlalchemy.create_engine(url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()
    locked_out = sqlalchemy.create_engine(url.set(password="wrong"))
    with pytest.raises(sqlalchemy.exc.OperationalError):
        locked_out.connect()
    locked_out.dispose()
