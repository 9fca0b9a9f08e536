"""The commands that change a memory without a tune: `mome learn`, `forget` and `rollback`."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from mome.artifacts.checksums import checked
from mome.artifacts.home import current_version
from mome.catalog import Catalog
from mome.cli.options import MemoryOption, QuietOption, chosen, loadable
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import err, say


def learn(
    question: Annotated[str, typer.Option("--question", help="The question, in quotes.")],
    sql: Annotated[
        str, typer.Option("--sql", help="The SQL that answers it, in the database's dialect.")
    ],
    memory: MemoryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Memorise one verified pair, in seconds; further tunes keep it."""
    path, start = loadable(memory), time.perf_counter()
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
    what = "knows this already, as fact" if change.known else "has learned fact"
    say(
        f"the memory in {path} {what} {change.fact.id}; {tried}; "
        f"{time.perf_counter() - start:.1f} s"
    )
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
    path, start = loadable(memory), time.perf_counter()
    silent_libraries()
    from mome.tune.learn import forget

    with Bars(err, quiet=quiet) as bars:
        change = forget(path, fact, bars)
    wording = change.fact.wordings[0]
    say(
        f"the memory in {path} has forgotten fact {change.fact.id}, {wording}; "
        f"{time.perf_counter() - start:.1f} s"
    )
    if change.restored is not None:
        say(f"the answer from before counts again: {change.restored.answer}")


def rollback(memory: MemoryOption = None) -> None:
    """Go back to the version before the last tune, learn or forget; what people verified meanwhile
    is kept for the next tune.
    """
    path = chosen(memory)
    silent_libraries()
    from mome.memory import MemoryStore

    version = MemoryStore(path).rollback()
    say(f"the memory in {path} is version {version.name} again")
