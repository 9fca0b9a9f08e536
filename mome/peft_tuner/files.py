"""The experts of an adapter on disk, beside PEFT's own two files: rows by sorted ids, memory-mapped when they are read again.

```
adapter_config.json           MomeConfig, with the router's hash
adapter_model.safetensors     the router and its keys, written and read by PEFT
experts-00000.safetensors     ids and rows of all touched experts, the queries of trained questions, which experts are in training
checksums.json                size and SHA-256 of the experts
```
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import save_file

from mome.artifacts.checksums import write_checksums
from mome.memory.store.versions import EXPERTS
from mome.peft_tuner.experts import Experts


def write_experts(folder: Path, experts: Experts) -> None:
    """Write what `read_experts` reads. The old file is replaced and not overwritten, for its rows may still be mapped."""
    tensors = experts.whole().tensors() | {"known": experts.known, "staged": experts.staged}
    draft = folder / f"{EXPERTS}.tmp"
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, draft)
    draft.replace(folder / EXPERTS)
    write_checksums(folder, names=[EXPERTS])
