"""The experts of an adapter on disk, beside the two files that PEFT writes.

`MomeConfig.save_pretrained` writes them; `mome.peft_tuner.loading` reads them. The rows are sorted
by expert id and memory-mapped when read.

```
adapter_config.json           MomeConfig, with the router's hash
adapter_model.safetensors     the router and its keys, written and read by PEFT
experts-00000.safetensors     ids and rows of all touched experts, queries of the trained
                              questions, ids of the experts in training
checksums.json                size and SHA-256 of the experts' file
```
"""

from __future__ import annotations

from pathlib import Path

from safetensors.torch import save_file

from mome.artifacts.checksums import write_checksums
from mome.memory.store.files import EXPERTS
from mome.peft_tuner.experts import Experts


def write_experts(folder: Path, experts: Experts) -> None:
    """Write the file that `read_experts` reads, and its checksum."""
    tensors = experts.merged().tensors() | {"known": experts.known, "staged": experts.staged}
    contiguous = {name: tensor.contiguous() for name, tensor in tensors.items()}
    # Replace the old file instead of overwriting it: its rows may still be memory-mapped.
    draft = folder / f"{EXPERTS}.tmp"
    save_file(contiguous, draft)
    draft.replace(folder / EXPERTS)
    write_checksums(folder, names=[EXPERTS])
