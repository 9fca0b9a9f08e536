"""Where a base model's files are, and their hash. Imports no torch: a tune with nothing to do ends
before any model is loaded.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from mome.artifacts.file_hashes import file_hash
from mome.backbones.model_files import whole_file
from mome.backbones.models import named, near
from mome.errors import BackboneError

BUNDLED = Path(__file__).parent / "bundled" / "weights"
# The version of what `mome.backbones.conversion` makes of a GGUF file. A change of it makes other
# weights of the same file, on which a memory does not fit.
CONVERSION = 1
HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


def base_path(base: str) -> Path:
    """Return the folder or GGUF file of a base model.

    base: `bundled`, the name of an open model, a path, or a hub id.
    Raises BackboneError if it is not on this machine.
    """
    if base == "bundled":
        return BUNDLED
    if model := named(base):
        return whole_file(model)
    path = Path(base).expanduser()
    if path.is_dir():
        return path
    if path.is_file():
        return _gguf(path)
    if HUB_ID.fullmatch(base) and path.suffix != ".gguf":
        return _snapshot(base)
    raise BackboneError(
        f"no model is called {base}, and nothing is at this path{near(base)} give `bundled`, a "
        "name that `mome models` lists, a folder, a .gguf file, or a hub id"
    )


def stored_base(base: str) -> str:
    """Return a base model as a memory names it: a path becomes absolute, a name stays one."""
    path = Path(base).expanduser()
    if base == "bundled" or named(base) or not path.exists():
        return base
    return str(path.absolute())


def identity(path: Path) -> str:
    """Return the SHA-256 over a model folder's configuration and weights, or over a GGUF file."""
    if path.is_file():
        return hashlib.sha256(f"gguf {CONVERSION}".encode() + file_hash(path)).hexdigest()
    digest = hashlib.sha256()
    files = [*path.glob("config.json"), *path.glob("*.safetensors")]
    for file in sorted(files):
        digest.update(file.name.encode() + file_hash(file))
    return digest.hexdigest()


def _gguf(path: Path) -> Path:
    with path.open("rb") as file:
        if file.read(4) == b"GGUF":
            return path
    raise BackboneError(
        f"{path} is no GGUF file; give `bundled`, a name that `mome models` lists, a folder with a "
        "transformers model, a .gguf file, or a hub id"
    )


def _snapshot(hub_id: str) -> Path:
    """Return the folder of a hub model in the hub's cache."""
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(hub_id, local_files_only=True))
    except (OSError, ValueError) as error:
        raise BackboneError(
            f"the model {hub_id} is not on this machine; bring it with `mome models get {hub_id}`, "
            "or use `bundled`"
        ) from error
