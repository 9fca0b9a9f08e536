"""A memory of baskets with its catalogue: load, change and store them together.

Beside a memory's own files a version holds:

```
baskets.json            the items by slot, forgotten facts, items that were alone
baskets.safetensors     the head, see `BasketHead`
```
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from safetensors.torch import load as read_bytes
from safetensors.torch import save as write_bytes

from mome.artifacts.checksums import broken, checked
from mome.artifacts.home import BASKETS, current_version
from mome.closed_set.memory import NoWords
from mome.errors import MemoryError_
from mome.memory import MemoryStore
from mome.recommend.backbone import BasketBackbone
from mome.recommend.memory import BasketMemory
from mome.recommend.model import BasketHead

HEAD = "baskets.safetensors"
WHOLE = ("precision", "fit")
"""Tensors of the head that are stored in single precision; see `head.rounded`."""


@dataclass(frozen=True)
class Catalogue:
    """The closed set of items with what is stored beside a memory."""

    names: tuple[str | None, ...]
    """The item in each slot; None for free slots."""
    head: BasketHead
    forgotten: frozenset[str] = field(default=frozenset())
    """Ids of facts that no tune brings back."""
    alone: frozenset[str] = field(default=frozenset())
    """Items that make up a basket by themselves, which no fact says."""

    @property
    def items(self) -> tuple[str, ...]:
        """The items, sorted."""
        return tuple(sorted(name for name in self.names if name is not None))

    def files(self) -> dict[str, bytes]:
        """Return the files of a version."""
        described = {
            "format": 1,
            "names": self.names,
            "forgotten": sorted(self.forgotten),
            "alone": sorted(self.alone),
        }
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        tensors = {
            name: tensor.contiguous() if name in WHOLE else tensor.half().contiguous()
            for name, tensor in self.head.tensors().items()
        }
        return {BASKETS: text.encode(), HEAD: write_bytes(tensors)}

    @classmethod
    def read(cls, version: Path) -> Catalogue:
        """Read the files of a version. Raises BrokenMemory."""
        try:
            described = json.loads(checked(version / BASKETS).read_text("utf-8"))
            tensors = read_bytes(checked(version / HEAD).read_bytes())
            head = BasketHead(**{name: tensor.float() for name, tensor in tensors.items()})
            names = tuple(None if name is None else str(name) for name in described["names"])
            forgotten, alone = frozenset(described["forgotten"]), frozenset(described["alone"])
            return cls(names, head, forgotten, alone)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise broken(version, f"{type(error).__name__} while reading the baskets") from error


@dataclass
class KnownBaskets:
    """A loaded memory of baskets."""

    memory: BasketMemory
    catalogue: Catalogue

    @classmethod
    def load(cls, path: Path) -> KnownBaskets:
        """Load the memory in folder `path`. Raises NoMemory, BrokenMemory, OtherBackbone, or
        MemoryError_ if it is no memory of baskets.
        """
        version = current_version(path)
        if not (version / BASKETS).exists():
            raise MemoryError_(
                f"the memory at {path} holds no baskets; make one that does with "
                "`mome tune --baskets FILE --memory DIR`"
            )
        catalogue = Catalogue.read(version)
        backbone = BasketBackbone(catalogue.names, catalogue.head)
        stored = MemoryStore(path).open(version)
        memory = cast(BasketMemory, BasketMemory.of(stored, backbone, NoWords()))
        memory.attach()
        return cls(memory, catalogue)

    @property
    def backbone(self) -> BasketBackbone:
        """The frozen model."""
        return cast(BasketBackbone, self.memory.backbone)

    def use(self, catalogue: Catalogue) -> None:
        """Take over another catalogue of as many slots."""
        self.catalogue = catalogue
        self.backbone.use(catalogue.names, catalogue.head)
