"""Every error that `mome` raises for its users; each message says what to do next.

MomeError
├── CatalogError        catalog.json is missing, cut off or of another format
├── BackboneError       the base model cannot be found, read or used
│   └── NotExpressible  an answer that the backbone has no tokens for
├── MemoryError_        a memory that cannot be read or written
│   ├── NoMemory        there is none at this path
│   ├── BrokenMemory    files are missing, cut off or changed
│   └── OtherBackbone   it was tuned on another backbone
├── Refused             the guard does not let this SQL run
├── NotGuarded          something else than the guard's value was given to run
└── ExecutionError      the database did not answer
    ├── Unreachable     no connection: host, password, file
    └── TimedOut        the statement ran longer than allowed
"""


class MomeError(Exception):
    """Root of all errors meant for a user; `str(error)` is one line fit to show."""


class CatalogError(MomeError):
    """catalog.json is missing, cut off or of another format."""


class BackboneError(MomeError):
    """The base model cannot be found, read or used."""


class NotExpressible(BackboneError):
    """The backbone has no tokens for this answer."""


class MemoryError_(MomeError):
    """A memory cannot be read or written."""


class NoMemory(MemoryError_):
    """There is no memory at this path."""


class BrokenMemory(MemoryError_):
    """A memory's files are missing, cut off or changed."""


class OtherBackbone(MemoryError_):
    """A memory was tuned on another backbone than the one loaded."""


class Refused(MomeError):
    """The guard does not let this SQL run."""


class ExecutionError(MomeError):
    """The database did not answer."""


class Unreachable(ExecutionError):
    """No connection could be made."""


class TimedOut(ExecutionError):
    """The statement ran longer than it may."""


class NotGuarded(MomeError, TypeError):
    """Something else than the guard's value was given to run: a mistake of the caller."""
