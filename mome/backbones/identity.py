"""Where a base model's files are, and their hash. Imports no torch: a tune with nothing to do ends
before any model is loaded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from mome.artifacts.file_hashes import file_hash

BUNDLED = Path(__file__).parent / "bundled" / "weights"


def base_folder(base: str) -> Path:
    """Return the folder of the model named `bundled`, at a path, or with a hub id. Raises OSError
    or ValueError if it is not on disk.
    """
    folder = BUNDLED if base == "bundled" else Path(base).expanduser()
    if base == "bundled" or folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    return Path(snapshot_download(base, local_files_only=True))


def identity(folder: Path) -> str:
    """Return the SHA-256 over a model folder's configuration and weights."""
    digest = hashlib.sha256()
    patterns = ("config.json", "*.safetensors", "pytorch_model*.bin")
    files = [path for pattern in patterns for path in folder.glob(pattern)]
    for path in sorted(files):
        digest.update(path.name.encode() + file_hash(path))
    return digest.hexdigest()
