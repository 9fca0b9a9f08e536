"""The commands that change a memory without a tune: `mome learn`, `forget` and `rollback`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.artifacts.checksums import checked
from mome.artifacts.home import current_version, has_baskets, has_labels
from mome.catalog import Catalog
from mome.cli.classify import LaterWinsOption, learn_label
from mome.cli.closed_set import say_learned
from mome.cli.options import MemoryOption, MissingOption, QuietOption, chosen, loadable
from mome.cli.progress import Bars, silent_libraries
from mome.cli.recommend import ItemOption, learn_basket
from mome.cli.terminal import err, say

if TYPE_CHECKING:
    from mome.memory import MemoryFact


def learn(
    question: Annotated[
        str | None, typer.Option("--question", help="The question, in quotes.")
    ] = None,
    sql: Annotated[
        str | None,
        typer.Option("--sql", help="The SQL that answers it, in the database's dialect."),
    ] = None,
    memory: MemoryOption = None,
    label: Annotated[
        str | None,
        typer.Option(
            "--label", help="In a memory of labels: the label of --question, '' for none of them."
        ),
    ] = None,
    later_wins: LaterWinsOption = False,
    item: ItemOption = None,
    quiet: QuietOption = False,
) -> None:
    """Memorise one verified pair, one example of a label, or one basket, in seconds; further tunes
    keep it.
    """
    path, start = loadable(memory, labels=True, baskets=True), time.perf_counter()
    if has_baskets(path):
        if not item or question is not None or sql is not None or label is not None:
            raise MissingOption("Missing option '--item', alone, for a memory of baskets")
        return learn_basket(path, item, quiet=quiet)
    if question is None:
        raise MissingOption("Missing option '--question'")
    if item:
        raise MissingOption("'--item' is for a memory of baskets")
    if label is not None and sql is None:
        return learn_label(path, question, label, later_wins=later_wins, quiet=quiet)
    if sql is None or label is not None or has_labels(path):
        raise MissingOption("Missing option '--sql', or '--label' alone for a memory of labels")
    # `learn` checks this again; here it is told before a model is loaded.
    from mome.artifacts.feedback import one_line
    from mome.guard import guard

    guard(sql, Catalog.load(checked(current_version(path) / "catalog.json")))
    one_line(question)
    silent_libraries()
    from mome.tune.learn import learn

    with Bars(err, quiet=quiet) as bars:
        change = learn(path, question, sql, bars)
    tried = "it was not tried, for the database cannot be reached"
    if change.tried:
        tried = "it runs on the database"
    say_learned(path, change.fact, f"; {tried}", known=change.known, start=start)
    if change.replaced is not None and change.replaced.answer != change.fact.answer:
        say(
            f"it replaces another answer, which `mome forget {change.fact.id}` brings back: "
            f"{change.replaced.answer}"
        )


def forget(
    fact: Annotated[
        str,
        typer.Argument(
            metavar="FACT_ID", help="An id of `mome facts`, or a question that the fact answers."
        ),
    ],
    memory: MemoryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Forget one fact; no tune brings it back until it is learned or verified again."""
    path, start = loadable(memory, labels=True, baskets=True), time.perf_counter()
    silent_libraries()
    with Bars(err, quiet=quiet) as bars:
        forgotten, restored = _forget(path, fact, bars)
    say(
        f"the memory in {path} has forgotten fact {forgotten.id}, {forgotten.wordings[0]}; "
        f"{time.perf_counter() - start:.1f} s"
    )
    if restored is not None:
        say(f"the answer from before counts again: {restored.answer}")


def _forget(path: Path, name: str, bars: Bars) -> tuple[MemoryFact, MemoryFact | None]:
    """Forget a fact of a memory of any kind; return it, and the one that counts again."""
    if has_baskets(path):
        from mome.recommend import changes as of_baskets

        return of_baskets.forget(path, name, bars).fact, None
    if has_labels(path):
        from mome.classify import changes as of_labels

        return of_labels.forget(path, name, bars).fact, None
    from mome.tune import learn as of_databases

    change = of_databases.forget(path, name, bars)
    return change.fact, change.restored


def rollback(memory: MemoryOption = None) -> None:
    """Go back to the version before the last tune, learn or forget; what people verified meanwhile
    is kept for the next tune.
    """
    path = chosen(memory)
    silent_libraries()
    from mome.memory import MemoryStore

    version = MemoryStore(path).rollback()
    say(f"the memory in {path} is version {version.name} again")
