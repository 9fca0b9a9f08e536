"""Every error that `schemas` raises for its users; each message is one line, free of passwords, and says what to do next.

SchemaError
├── BadUrl               the text is no database URL, or one that can be read in two ways
├── UnsupportedDatabase  an engine that is not covered, or whose driver is not installed
├── NoSuchDatabase       no such file, folder or database on the server
├── NotADatabase         the file is there and is something else, or is damaged
├── EmptyDatabase        there is no table that can be read
├── Unreachable          the server does not answer, or the file is locked
├── LoginFailed          the server refuses the user or the password
├── BrokenCatalog        catalog.json is missing, cut off or of another format
└── QueryFailed          one statement failed
    └── QueryTimedOut    it ran longer than allowed
"""


class SchemaError(Exception):
    """Root of all errors of this package; `str(error)` is one line fit to show."""


class BadUrl(SchemaError):
    """The text is no database URL, or one that can be read in two ways."""


class UnsupportedDatabase(SchemaError):
    """The engine is not covered, or its driver is not installed."""


class NoSuchDatabase(SchemaError):
    """There is no such file, folder or database."""


class NotADatabase(SchemaError):
    """The file is something else than its name says, or is damaged."""


class EmptyDatabase(SchemaError):
    """There is no table that can be read."""


class Unreachable(SchemaError):
    """The server does not answer, or the file is locked."""


class LoginFailed(SchemaError):
    """The server refuses the user or the password."""


class BrokenCatalog(SchemaError):
    """catalog.json is missing, cut off or of another format."""


class QueryFailed(SchemaError):
    """One statement failed; introspection reports its object and goes on."""


class QueryTimedOut(QueryFailed):
    """One statement ran longer than allowed."""
