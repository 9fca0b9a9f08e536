"""The commands of memories of baskets: `mome recommend`, and what `mome tune`, `learn` and `forget`
do with one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.closed_set import refuse_kind, say_learned, tell_missed
from mome.cli.options import QuietOption, loadable
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import counted, err, say, tell

if TYPE_CHECKING:
    from mome.recommend.baskets import BasketTune

BasketMemoryOption = Annotated[
    Path, typer.Option("--memory", envvar="MEMORY", help="Folder of the memory of baskets.")
]
BasketsOption = Annotated[
    Path | None,
    typer.Option("--baskets", help="Baskets with their items: CSV, JSONL or Parquet."),
]
BasketColumnOption = Annotated[
    str | None,
    typer.Option(
        "--basket-column", help="Column with the basket or user; by default basket, or else user."
    ),
]
ItemColumnOption = Annotated[
    str, typer.Option("--item-column", help="Column with the items, one a row.")
]
TimeColumnOption = Annotated[
    str | None,
    typer.Option("--time-column", help="Column with the times; by default time, if it is there."),
]
ItemOption = Annotated[
    list[str] | None,
    typer.Option(
        "--item", help="In a memory of baskets: an item; the last one completes the others."
    ),
]
OF_BASKETS = {"memory", "baskets", "basket_column", "item_column", "time_column", "quiet"}
"""Parameters of `mome tune` that go with --baskets."""
ITEM_COLUMN = "item"
# That of `Recommender`, which brings torch.
FIRST = 10


def recommend(
    baskets: Annotated[Path, typer.Option("--in", help="Rows with items: CSV, JSONL or Parquet.")],
    out_path: Annotated[
        Path, typer.Option("--out", help="Where the recommendations go: CSV or JSONL.")
    ],
    memory: BasketMemoryOption,
    k: Annotated[int, typer.Option("-k", min=1, help="Items for each row.")] = FIRST,
    quiet: QuietOption = False,
) -> None:
    """Recommend items with a memory that `mome tune --baskets` has made."""
    path = loadable(memory, baskets=True)
    silent_libraries()
    from mome.closed_set.answered_file import check_target
    from mome.recommend.batch import recommend_file
    from mome.recommend.recommender import Recommender

    check_target(baskets, out_path)
    recommender = Recommender.load(path)
    with Bars(err, quiet=quiet) as bars:
        bars.stage("Recommending")
        count, strange = recommend_file(
            recommender,
            baskets,
            out_path,
            lambda rows: bars.progress(rows, rows, "rows"),
            k=k,
        )
    unknown = f"; {strange} had unknown items" if strange else ""
    tell(f"{counted(count, 'row')} answered in {out_path}{unknown}")


def tune_baskets_file(request: BasketTune, *, quiet: bool) -> None:
    """Do `mome tune --baskets`. Raises MemoryError_ if a memory of another kind would be
    replaced.
    """
    refuse_kind(request.memory, baskets=True)
    silent_libraries()
    from mome.recommend.tuning import tune_baskets

    with Bars(err, quiet=quiet) as bars:
        result = tune_baskets(request, bars)
    tell_missed(result.report)
    known = (
        f"{result.report.recalled} of {len(result.report.facts)} facts of "
        f"{counted(result.baskets, 'basket')} and {counted(result.items, 'item')}"
    )
    if result.changed:
        say(f"{known} are recalled exactly; the memory is in {request.memory}")
    else:
        say(f"nothing has changed; {known} are recalled exactly by the memory in {request.memory}")


def learn_basket(path: Path, items: Sequence[str], *, quiet: bool) -> None:
    """Do `mome learn --item`."""
    start = time.perf_counter()
    silent_libraries()
    from mome.recommend.changes import learn

    with Bars(err, quiet=quiet) as bars:
        change = learn(path, items, bars)
    more = "".join(f"; {item!r} is a new item" for item in change.new_items)
    if change.replaced is not None:
        more += f"; {change.replaced!r} completed them before"
    say_learned(path, change.fact, more, known=change.known, start=start)
