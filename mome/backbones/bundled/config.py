"""The sizes of the bundled backbone, as config.json in its folder holds them."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FILE = "config.json"
MODEL_TYPE = "mome_bundled"
"""Tells a folder of this kind of model from one of transformers."""


@dataclass(frozen=True)
class BundledConfig:
    """Sizes of one model. Raises ValueError if the heads do not divide the width."""

    output_size: int = 1600
    """Number of words of the output vocabulary; the ids of pointers follow them."""
    max_items: int = 192
    """Maximum number of items of a slice that can be pointed at."""
    encoder_vocab_size: int = 30522
    """Number of word pieces that the encoder reads."""
    d_model: int = 384
    """Width of the hidden states."""
    encoder_layers: int = 6
    """Number of the encoder's layers."""
    decoder_layers: int = 3
    """Number of the decoder's layers."""
    heads: int = 12
    """Number of heads of every attention."""
    d_ff: int = 1536
    """Width inside the feed-forward parts."""
    max_source: int = 512
    """Maximum number of source tokens."""
    max_answer: int = 512
    """Maximum number of answer tokens."""
    dropout: float = 0.1
    """Dropout while it is pretrained."""
    asks: bool = False
    """Whether it was trained to ask questions."""

    def __post_init__(self) -> None:
        if self.d_model % self.heads:
            raise ValueError(f"{self.heads} heads do not divide a width of {self.d_model}")

    @property
    def vocab_size(self) -> int:
        """Number of output ids: words and pointers."""
        return self.output_size + self.max_items

    @classmethod
    def read(cls, folder: Path) -> BundledConfig:
        """Read a model's config.json. Raises OSError, ValueError or TypeError."""
        stored = json.loads((folder / FILE).read_text("utf-8"))
        return cls(
            **{field.name: stored[field.name] for field in fields(cls) if field.name in stored}
        )

    def write(self, folder: Path) -> None:
        """Write config.json."""
        text = json.dumps({"model_type": MODEL_TYPE, **asdict(self)}, indent=2)
        (folder / FILE).write_text(f"{text}\n", encoding="utf-8")


def is_bundled(folder: Path) -> bool:
    """Return whether the folder holds a model of this kind."""
    try:
        stored = json.loads((folder / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return stored.get("model_type") == MODEL_TYPE
