"""Compare the parts of a large experts file with their checksums before they are used, so that the
memory-mapped bank need not be read whole at load. `files` gives it to the bank that it reads.
"""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor

from mome.artifacts.checksums import BLOCK, Blocks

# The format of safetensors: the header's length in 8 bytes, the header, then all tensors.
_LENGTH = 8


class FileChecks:
    """The checks of one experts file. Raises BrokenMemory where something has changed."""

    def __init__(self, path: Path, blocks: Blocks) -> None:
        """Check the header and the ids, which every question needs."""
        self._blocks = blocks
        with path.open("rb") as file:
            # Before the length is used, which a damaged byte can make any number.
            blocks.check([0])
            size = int.from_bytes(file.read(_LENGTH), "little")
            blocks.check(range(_last(_LENGTH + size) + 1))
            self._header = json.loads(file.read(size))
        self._start = _LENGTH + size
        start, end = self._place("ids")
        blocks.check(range(start // BLOCK, _last(end) + 1))

    def rows(self, layer: int, positions: Tensor) -> None:
        """Check the rows at these positions of a layer."""
        start, end = self._place(f"rows.{layer}")
        count = self._header[f"rows.{layer}"]["shape"][0]
        if not len(positions) or not count:
            return
        width = (end - start) // count
        first = start + positions.flatten() * width
        # A row that is longer than a block lies in all blocks between its ends.
        inner = torch.arange(0, width + BLOCK, BLOCK).clamp(max=width - 1)
        self._blocks.check(((first[:, None] + inner) // BLOCK).unique().tolist())

    def everything(self) -> None:
        """Check the whole file."""
        self._blocks.check(range(len(self._blocks)))

    def _place(self, name: str) -> tuple[int, int]:
        """Return where a tensor starts and ends in the file."""
        start, end = self._header[name]["data_offsets"]
        return self._start + start, self._start + end


def _last(end: int) -> int:
    """Return the block that holds the last byte before `end`."""
    return max(end - 1, 0) // BLOCK
