"""A memory of labels with its set of labels: load, change and store them together.

Beside a memory's own files a version holds:

```
labels.json             names of the labels in order, the confidence's weights, forgotten examples
labels.safetensors      the head: projection, and a vector for each label
```
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load as read_bytes
from safetensors.torch import save as write_bytes
from torch import Tensor

from mome.artifacts.checksums import broken, checked
from mome.artifacts.home import LABELS, current_version
from mome.classify.backbone import LabelBackbone
from mome.classify.confidence import Confidence
from mome.classify.memory import LabelMemory
from mome.classify.model import LabelHead
from mome.closed_set.memory import NoWords
from mome.errors import MemoryError_, OtherBackbone
from mome.memory import MemoryFact, MemoryStore

HEAD = "labels.safetensors"
FORMAT = 2
"""With heads over three layers of the encoder; those of format 1 were over one."""
KIND, LEARNED = "label", "learned label"
"""Kinds of facts: of a file, and learned one by one, which every tune keeps."""


def example_id(text: str) -> str:
    """Return the id of a text's fact."""
    return hashlib.blake2s(text.encode(), digest_size=6).hexdigest()


def fact_of(text: str, label: str, *, learned: bool) -> MemoryFact:
    """Return an example as a fact."""
    kind = LEARNED if learned else KIND
    return MemoryFact(example_id(text), kind, (text,), label, fitted=not learned)


@dataclass(frozen=True)
class LabelSet:
    """The closed set of answers, and what was fitted to it."""

    names: tuple[str, ...]
    """In the order of the head's vectors. The empty one stands for texts that no label fits."""
    head: LabelHead
    confidence: Confidence
    forgotten: frozenset[str] = field(default=frozenset())
    """Ids of examples that no tune brings back."""

    def files(self) -> dict[str, bytes]:
        """Return the files of a version."""
        described = {
            "format": FORMAT,
            "names": self.names,
            "confidence": asdict(self.confidence),
            "forgotten": sorted(self.forgotten),
        }
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        tensors = {name: tensor.contiguous() for name, tensor in self.head.tensors().items()}
        # The head is rounded when it is made, so that nothing is lost here.
        halves = {name: tensor.half() for name, tensor in tensors.items()}
        return {LABELS: text.encode(), HEAD: write_bytes(halves)}

    @classmethod
    def read(cls, version: Path) -> LabelSet:
        """Read the files of a version. Raises BrokenMemory or OtherBackbone."""
        try:
            described = json.loads(checked(version / LABELS).read_text("utf-8"))
            if described["format"] != FORMAT:
                raise OtherBackbone(
                    f"the memory at {version} was made by another version of this program: tune "
                    "again"
                )
            tensors = read_bytes(checked(version / HEAD).read_bytes())
            head = LabelHead(**{name: tensor.float() for name, tensor in tensors.items()})
            weights = described["confidence"]
            confidence = Confidence(tuple(weights["weights"]), float(weights["bias"]))
            names = tuple(map(str, described["names"]))
            return cls(names, head, confidence, frozenset(described["forgotten"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise broken(version, f"{type(error).__name__} while reading the labels") from error

    def owners(self, facts: Sequence[MemoryFact]) -> Tensor:
        """Return (n,) the index of each fact's label."""
        places = {name: place for place, name in enumerate(self.names)}
        return torch.tensor([places[fact.answer] for fact in facts], dtype=torch.int64)

    def with_names(self, names: Sequence[str], new: Tensor) -> LabelSet:
        """Return the set with these names: known ones keep their vectors, and unknown ones get the
        rows of `new` in turn.
        """
        places = {name: place for place, name in enumerate(self.names)}
        rows = iter(new)
        vectors = self.head.vectors
        chosen = [vectors[places[name]] if name in places else next(rows) for name in names]
        head = replace(self.head, vectors=torch.stack(chosen))
        return replace(self, names=tuple(names), head=head)


@dataclass
class KnownLabels:
    """A loaded memory of labels."""

    memory: LabelMemory
    labels: LabelSet

    @classmethod
    def load(cls, path: Path) -> KnownLabels:
        """Load the memory in folder `path`. Raises NoMemory, BrokenMemory, OtherBackbone, or
        MemoryError_ if it is a memory of a database.
        """
        version = current_version(path)
        if not (version / LABELS).exists():
            raise MemoryError_(
                f"the memory at {path} has no labels; make one of labels with "
                "`mome tune --labels FILE --memory DIR`"
            )
        labels = LabelSet.read(version)
        backbone = LabelBackbone()
        backbone.use(labels.names, labels.head)
        stored = MemoryStore(path).open(version)
        memory = cast(LabelMemory, LabelMemory.of(stored, backbone, NoWords()))
        memory.attach()
        return cls(memory, labels)

    @property
    def backbone(self) -> LabelBackbone:
        """The frozen model."""
        return cast(LabelBackbone, self.memory.backbone)

    def use(self, labels: LabelSet) -> None:
        """Take over another set of labels."""
        self.labels = labels
        self.backbone.use(labels.names, labels.head)


def rounded(head: LabelHead) -> LabelHead:
    """Return the head as it is stored, in half precision, so that trained and stored ones agree."""
    return LabelHead(**{name: tensor.half().float() for name, tensor in head.tensors().items()})
