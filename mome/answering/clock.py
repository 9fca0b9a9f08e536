"""How long each stage of a translation takes. The translator measures its own with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import MappingProxyType
from typing import TypeVar

Result = TypeVar("Result")


class StageClock:
    """Measures stages and reports their start. A stage may be entered several times."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        """`tell` is called with each stage's name when it starts for the first time."""
        self._tell = tell
        self._spent: dict[str, float] = {}

    def __call__(self, stage: str, work: Callable[[], Result]) -> Result:
        """Return what `work` returns, and add its time to the stage's."""
        if stage not in self._spent:
            self._tell(stage)
        start = time.perf_counter()
        try:
            return work()
        finally:
            spent = (time.perf_counter() - start) * 1000
            self._spent[stage] = self._spent.get(stage, 0.0) + spent

    def timings(self) -> MappingProxyType[str, float]:
        """Return milliseconds by stage, with their sum as `total`."""
        return MappingProxyType({**self._spent, "total": sum(self._spent.values(), 0.0)})
