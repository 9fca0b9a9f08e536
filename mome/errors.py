"""Every error that `mome` raises for its users; each message says what to do next.

```
MomeError
├── CatalogError        catalog.json is missing, truncated or of another format
├── BackboneError       the base model cannot be found, read or used
│   └── NotExpressible  the backbone has no tokens for an answer
├── MemoryError_        a memory cannot be read or written
│   ├── NoMemory        there is no memory at this path
│   ├── BrokenMemory    files are missing, truncated or changed
│   └── OtherBackbone   it was tuned on another backbone
├── NoAnswer            a translation that has no SQL was asked for it
├── LaunchError         the processes of a tune were not started together
├── Refused             the guard refuses this SQL
├── NotGuarded          the value to run did not come from the guard
├── TableError          a file of texts or labels cannot be used
└── ExecutionError      the database did not answer
    ├── Unreachable     no connection: host, password, file
    └── TimedOut        the statement exceeded its time limit
```
"""


class MomeError(Exception):
    """Root of all errors meant for a user; `str(error)` is one line fit to show."""


class CatalogError(MomeError):
    """catalog.json is missing, truncated or of another format."""


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


class NoAnswer(MomeError):
    """A translation that has no SQL was asked for it."""


class LaunchError(MomeError):
    """The processes of a tune were not started together."""


class Refused(MomeError):
    """The guard refuses this SQL."""


class ExecutionError(MomeError):
    """The database did not answer."""


class Unreachable(ExecutionError):
    """No connection could be made."""


class TimedOut(ExecutionError):
    """The statement exceeded its time limit."""


class NotGuarded(MomeError, TypeError):
    """The value to run did not come from the guard, which is a mistake of the caller."""


class TableError(MomeError):
    """A file of texts or labels cannot be used."""


class CalibrationError(MomeError):
    """Judged answers are too few to fit confidences to."""
