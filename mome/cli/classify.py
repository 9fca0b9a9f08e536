"""The commands of memories of labels: `mome classify`, and what `mome tune`, `learn` and `forget`
do with one.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.closed_set import refuse_kind, say_learned, tell_missed
from mome.cli.options import LeastOption, MissingOption, QuietOption, loadable
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import counted, err, say, tell

if TYPE_CHECKING:
    from mome.classify.examples import LabelTune
    from mome.classify.tuning import LabelResult

LabelMemoryOption = Annotated[
    Path, typer.Option("--memory", envvar="MEMORY", help="Folder of the memory of labels.")
]
TextColumnOption = Annotated[
    str, typer.Option("--text-column", help="Name of the column with the texts.")
]

LabelColumnOption = Annotated[
    str, typer.Option("--label-column", help="Name of the column with the labels.")
]
LabelsOption = Annotated[
    str | None,
    typer.Option(
        "--labels",
        help="Examples of texts with their labels: CSV, JSONL or Parquet; or, with --table, a "
        "database as --db-url takes it.",
    ),
]
TableOption = Annotated[
    str | None, typer.Option("--table", help="Table or view of the database of --labels.")
]
LaterWinsOption = Annotated[
    bool, typer.Option("--later-wins", help="Of two labels of one text, take the later one.")
]
OF_LABELS = {"memory", "labels", "table", "text_column", "label_column", "later_wins", "quiet"}
"""Parameters of `mome tune` that go with --labels."""


def classify(
    texts: Annotated[Path, typer.Option("--in", help="Texts: CSV, JSONL or Parquet.")],
    out_path: Annotated[
        Path, typer.Option("--out", help="Where the labels go, a row each: CSV or JSONL.")
    ],
    memory: LabelMemoryOption,
    text_column: TextColumnOption = "text",
    least: LeastOption = None,
    quiet: QuietOption = False,
) -> None:
    """Label texts with a memory that `mome tune --labels` has made."""
    path = loadable(memory, labels=True)
    from mome.closed_set.rows import check_file

    check_file(texts, (text_column,))
    silent_libraries()
    from mome.classify.batch import classify_file
    from mome.classify.classifier import Classifier
    from mome.closed_set.answered_file import check_target

    check_target(texts, out_path)
    classifier = Classifier.load(path, least=least)
    with Bars(err, quiet=quiet) as bars:
        bars.stage("Labelling")
        count, abstained = classify_file(
            classifier,
            texts,
            out_path,
            lambda rows: bars.progress(rows, rows, "rows"),
            text_column=text_column,
        )
    tell(f"{counted(count, 'row')} labelled in {out_path}; {abstained} abstained")


def tune_labels_file(request: LabelTune, *, quiet: bool) -> None:
    """Do `mome tune --labels`. Raises MissingOption and BadParameter for options that do not go
    together, and MemoryError_ if a memory of another kind would be replaced.
    """
    from mome.closed_set.rows import KINDS

    if request.table and request.later_wins:
        raise typer.BadParameter(
            "rows of a table have no order, so none is later; correct the table",
            param_hint="--later-wins",
        )
    if not request.table and Path(request.examples).suffix.lower() not in KINDS:
        raise MissingOption(
            f"--labels is no {', '.join(KINDS)} file; say with '--table' which table of a database "
            "has the examples"
        )
    refuse_kind(request.memory, labels=True)
    silent_libraries()
    from mome.classify.examples import read_examples
    from mome.classify.tuning import tune_labels
    from mome.cli.label_table import read_table

    with Bars(err, quiet=quiet) as bars:
        result = tune_labels(request, bars, read_table if request.table else read_examples)
    if result.warning:
        tell(f"warning: {result.warning}")
    _say_result(request.memory, result)


def _say_result(memory: Path, result: LabelResult) -> None:
    report = result.report
    tell_missed(report)
    known = f"{report.recalled} of {len(report.facts)} examples of {result.labels} labels"
    if result.changed:
        say(f"{known} are recalled exactly; the memory is in {memory}")
    else:
        say(f"nothing has changed; {known} are recalled exactly by the memory in {memory}")


def learn_label(path: Path, text: str, label: str, *, later_wins: bool, quiet: bool) -> None:
    """Do `mome learn --label`."""
    start = time.perf_counter()
    silent_libraries()
    from mome.classify.changes import learn

    with Bars(err, quiet=quiet) as bars:
        change = learn(path, text, label, bars, later_wins=later_wins)
    more = f"; {label!r} is a new label" if change.new_label else ""
    if change.replaced is not None:
        more += f"; the text was {change.replaced!r} before"
    say_learned(path, change.fact, more, known=change.known, start=start)
