"""Keep passwords, tokens and keys out of what is stored and shown.

`schemas.source`, the readers, `mome.execution` and the command line call it. Covered: the password
of a URL, options whose name says that they hold a secret, texts that are no URL, and these values
in a driver's message. Not covered: a secret in the name of a host, a user or a database.
"""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_NAMES = r"pass|pwd|secret|token|(?<!public_)key"
_SECRET = re.compile(_NAMES, re.IGNORECASE)
# `password=...` in text that is no URL, such as libpq's key words. Where the value ends is not
# known, so that all that follows is taken for it.
_ASSIGNED = re.compile(rf"((?:{_NAMES})\w*\s*=).*", re.IGNORECASE | re.DOTALL)
# `user:password@` in a path.
_CREDENTIALS = re.compile(r"[^/\\]*:[^@]*@")
HIDDEN = "***"


def is_secret(option: str) -> bool:
    """Return whether an option of a URL holds a secret, such as sslpassword or ssl_key."""
    return bool(_SECRET.search(option))


def parsed(text: str) -> URL | None:
    """Return the parts of a URL; None if the text is none."""
    try:
        return make_url(text) if "://" in text else None
    except (ArgumentError, ValueError):
        return None


def holds_password(text: str) -> bool:
    """Return whether a password or a token stands in what a person wrote as the database."""
    url = parsed(text)
    if url is None:
        return bool(_ASSIGNED.search(text))
    # A key is given as the path of its file.
    options = [name for name in url.query if is_secret(name) and not name.endswith("key")]
    return bool(url.password or options)


def storable_url(text: str) -> str:
    """Return a URL without its password and the options that hold secrets, so that it may be
    stored. A path is returned unchanged.
    """
    url = parsed(text)
    if url is None:
        scheme, is_url, rest = text.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}" if is_url else text
    kept = {name: value for name, value in url.query.items() if not is_secret(name)}
    return url.set(query=kept)._replace(password=None).render_as_string()


def shown_url(text: str) -> str:
    """Return a URL as messages show it: without password and options. A path is returned
    unchanged.
    """
    return storable_url(text).partition("?")[0] if "://" in text else text


def shown_text(text: str) -> str:
    """Return what a person wrote as the database and what is none, fit for a message."""
    plain = _ASSIGNED.sub(rf"\1{HIDDEN}", text)
    if plain.startswith(("/", "\\", ".", "~")):
        return _CREDENTIALS.sub(f"{HIDDEN}@", plain)
    # No path of this machine: all before the @ may be a user with a password.
    _, at, place = plain.rpartition("@")
    return f"{HIDDEN}@{place}" if at else plain


def without_secrets(message: str, text: str) -> str:
    """Return a driver's message without the secrets of the URL `text`, as they are and encoded."""
    url = parsed(text)
    if url is None:
        return message
    values = [url.password, *(value for name, value in url.query.items() if is_secret(name))]
    for value in filter(None, map(str, filter(None, values))):
        for written in (value, quote(value, safe=""), quote_plus(value)):
            message = message.replace(written, HIDDEN)
    return message
