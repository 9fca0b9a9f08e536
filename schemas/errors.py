"""All errors that `schemas` raises for its users.

Each message is one line, contains no password and says what to do next.

SchemaError
├── BadUrl               the text is not a database URL, or is ambiguous
├── UnsupportedDatabase  the engine is not supported, or its driver is not installed
├── NoSuchDatabase       the file, the folder or the database on the server does not exist
├── NotADatabase         the file exists but is of another kind, or is damaged
├── EmptyDatabase        there is no table that can be read
├── Unreachable          the server does not answer, or the file is locked
├── LoginFailed          the server refuses the user or the password
├── BrokenCatalog        catalog.json is missing, truncated or of another format
└── QueryFailed          one statement failed
    └── QueryTimedOut    one statement ran longer than allowed
"""


class SchemaError(Exception):
    """Root of all errors of this package; `str(error)` is one line fit to show."""


class BadUrl(SchemaError):
    """The text is not a database URL, or is ambiguous."""


class UnsupportedDatabase(SchemaError):
    """The engine is not supported, or its driver is not installed."""


class NoSuchDatabase(SchemaError):
    """The file, the folder or the database on the server does not exist."""


class NotADatabase(SchemaError):
    """The file is of another kind than its name or URL says, or is damaged."""


class EmptyDatabase(SchemaError):
    """There is no table that can be read."""


class DatabaseUnreachable(SchemaError):
    """The server does not answer, or the file is locked."""


class LoginFailed(SchemaError):
    """The server refuses the user or the password."""


class BrokenCatalog(SchemaError):
    """catalog.json is missing, truncated or of another format."""


class QueryFailed(SchemaError):
    """One statement failed; introspection reports its table or column and continues."""


class QueryTimedOut(QueryFailed):
    """One statement ran longer than allowed."""
