"""Options of a URL: what works, and one line that names what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from mome.sources.url_options import WrongOption, check_options, driver_url

RIGHT = (
    "postgresql://h/d?sslmode=require&connect_timeout=3&application_name=x",
    "postgresql://h/d?autocommit=true&prepare_threshold=5",
    "postgresql://h/d?prepare_threshold=None&options=-c%20work_mem%3D4MB",
    "postgresql+psycopg://h/d?host=a&host=b&target_session_attrs=any&sslrootcert=system",
    "mysql://h/d?charset=utf8mb4&read_timeout=3&autocommit=0&local_infile=1",
    "mariadb+pymysql://h/d?ssl_verify_cert=false&init_command=SELECT%201",
    "duckdb:///x.duckdb?access_mode=read_only",
    "sqlite:///file:x.db?mode=ro&uri=true",
)
WRONG = {
    "postgresql://h/d?foo=secret": "PostgreSQL has no option foo",
    "postgresql://h/d?row_factory=secret": "PostgreSQL has no option row_factory",
    "postgresql://h/d?autocommit=secret": "autocommit of the URL has to be true or false",
    "postgresql://h/d?prepare_threshold=secret": "prepare_threshold of the URL has to be a whole",
    "postgresql://h/d?sslmode=secret": "sslmode of the URL has to be one of disable",
    "postgresql://h/d?connect_timeout=secret": "connect_timeout of the URL has to be a whole",
    "postgresql://h/d?connect_timeout=1&connect_timeout=2": "connect_timeout stands twice",
    "postgresql://h/d?sslrootcert=/secret": "sslrootcert of the URL has to be a file that exists",
    "mysql://h/d?foo=secret": "MySQL has no option foo",
    "mariadb://h/d?cursorclass=secret": "MariaDB has no option cursorclass",
    "mysql://h/d?charset=secret": "charset of the URL has to be a character set",
    "mysql://h/d?read_timeout=secret": "read_timeout of the URL has to be a whole number",
    "mysql://h/d?ssl_ca=/secret": "ssl_ca of the URL has to be a file that exists",
    "duckdb:///x?foo=secret": "DuckDB has no option foo",
    "duckdb:///x?access_mode=secret": "access_mode of the URL has to be one of",
    "sqlite:///x?mode=secret": "mode of the URL has to be one of ro, rw, rwc",
    "sqlite:///x?foo%0Abar=1": r"SQLite has no option foo\?bar",
}


@pytest.mark.parametrize("url", RIGHT)
def test_what_the_driver_takes_is_no_error(url: str) -> None:
    check_options(make_url(url))


@pytest.mark.parametrize("url", WRONG)
def test_what_it_does_not_take_is_named_without_its_value(url: str) -> None:
    with pytest.raises(WrongOption, match=WRONG[url]) as caught:
        check_options(make_url(url))
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_exists_is_right(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    check_options(make_url(f"mysql://h/d?ssl_ca={tmp_path}/ca.pem"))


def test_the_driver_gets_no_text_where_it_takes_other_types() -> None:
    url = make_url("mysql://h/d?autocommit=1&ssl_disabled=false&binary_prefix=true&charset=utf8")
    assert dict(driver_url(url).query) == {"binary_prefix": "true", "charset": "utf8"}
