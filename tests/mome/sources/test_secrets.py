"""What of a database's address may be stored and shown."""

from __future__ import annotations

import pytest

from mome.sources.secrets import (
    holds_password,
    is_secret,
    shown_text,
    shown_url,
    storable_url,
    without_secrets,
)

URL = "postgresql://ann:hunter2@host/shop?sslmode=require&sslpassword=hunter2"


@pytest.mark.parametrize(
    ("option", "secret"),
    [
        ("password", True),
        ("passwd", True),
        ("sslpassword", True),
        ("ssl_key", True),
        ("ssl_key_password", True),
        ("sslkey", True),
        ("motherduck_token", True),
        ("server_public_key", False),
        ("keepalives_idle", False),
        ("sslmode", False),
    ],
)
def test_options_that_hold_secrets(option: str, secret: bool) -> None:
    assert is_secret(option) == secret


def test_what_is_stored_keeps_the_other_options_and_what_is_shown_none() -> None:
    assert storable_url(URL) == "postgresql://ann@host/shop?sslmode=require"
    assert shown_url(URL) == "postgresql://ann@host/shop"
    assert storable_url("mysql://h/d?ssl_key=/k.pem") == "mysql://h/d"
    assert storable_url("postgresql://ann:hunter2@host:port/shop") == "postgresql://host:port/shop"
    for path in ("/data/a?password=b.csv", "shop.sqlite"):
        assert storable_url(path) == shown_url(path) == path


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("host=h password=hunter2 user=ann", "host=h password=***"),
        ("host=h password = 'hunter2 or more'", "host=h password =***"),
        ("Server=h;Pwd=hunter2;", "Server=h;Pwd=***"),
        ("shop.sqlite?ssl_key=hunter2", "shop.sqlite?ssl_key=***"),
        ("ann:hunter2@host/shop", "***@host/shop"),
        ("ann/hunter2@host/shop", "***@host/shop"),
        ("/ann:hunter2@host/shop", "/***@host/shop"),
        ("/home/ann@work/passwords.csv", "/home/ann@work/passwords.csv"),
        ("shop.sqlite", "shop.sqlite"),
    ],
)
def test_what_is_no_database_is_shown_without_secrets(text: str, shown: str) -> None:
    assert shown_text(text) == shown


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (URL, True),
        ("mysql://ann@host/shop?passwd=hunter2", True),
        ("host=h password=hunter2", True),
        ("postgresql://ann@host/shop?sslkey=/k.pem", False),
        ("passwords.csv", False),
    ],
)
def test_whether_a_password_is_given(text: str, holds: bool) -> None:
    assert holds_password(text) == holds


def test_a_driver_s_message_loses_secrets_as_they_are_and_encoded() -> None:
    url = "postgresql://ann:p%40ss@host/shop?sslpassword=key+word"
    message = "p@ss, p%40ss, key word, key+word or key%20word of ann is wrong"
    assert without_secrets(message, url) == "***, ***, ***, *** or *** of ann is wrong"
    assert without_secrets(message, "shop.sqlite") == message
