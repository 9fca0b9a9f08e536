"""Where the files of open models lie: in the folder MOME_MODELS, and in the hub's cache.

`mome models` lists them and a tune with `--base NAME` loads them. No other machine is asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from mome.artifacts.file_hashes import file_hash
from mome.backbones.models import OpenModel
from mome.errors import BackboneError


def models_folder() -> Path:
    """Return the folder of model files: MOME_MODELS, or one in the user's cache."""
    given = os.environ.get("MOME_MODELS")
    return Path(given).expanduser() if given else cache_folder() / "models"


def cache_folder() -> Path:
    """Return the folder of what can be brought or computed again."""
    return Path(platformdirs.user_cache_dir("mome"))


def present(model: OpenModel) -> Path | None:
    """Return the model's file: a whole one if there is any, else a damaged one, else None."""
    paths = [path for path in _places(model) if path.is_file()]
    whole = (path for path in paths if not flaw(path, model))
    return next(whole, paths[0] if paths else None)


def is_here(model: OpenModel) -> bool:
    """Return whether a whole file of the model is on this machine."""
    path = present(model)
    return path is not None and not flaw(path, model)


def flaw(path: Path, model: OpenModel) -> str:
    """Return what is wrong with a file that should be this model's; empty if it is whole."""
    size = path.stat().st_size
    if size < model.size:
        return f"it is cut off: {size:,} of {model.size:,} bytes"
    if size > model.size or file_hash(path).hex() != model.sha256:
        return "its SHA-256 is not that of the model"
    return ""


def whole_file(model: OpenModel) -> Path:
    """Return the model's file once size and SHA-256 are right. Raises BackboneError if it is
    missing or damaged.
    """
    path = present(model)
    if path is None:
        raise BackboneError(
            f"the model {model.name} is not on this machine; bring it with "
            f"`mome models get {model.name}`"
        )
    if wrong := flaw(path, model):
        raise BackboneError(
            f"{path} is damaged, {wrong}; bring it again with `mome models get {model.name}`"
        )
    return path


def _places(model: OpenModel) -> Iterator[Path]:
    yield models_folder() / model.file
    if model.repository:
        yield from _of_hub(model)


def _of_hub(model: OpenModel) -> Iterator[Path]:
    """Yield the file in every revision that the hub's cache holds: the file of a later one may well
    be the same.
    """
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    folder = repo_folder_name(repo_id=model.repository, repo_type="model")
    yield from Path(constants.HF_HUB_CACHE, folder, "snapshots").glob(f"*/{model.file}")
