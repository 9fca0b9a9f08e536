"""The commands that ask an existing memory: `mome translate` and `mome ask`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mome.cli.options import (
    LeastOption,
    MemoryOption,
    PreciseOption,
    QuietOption,
    least_confidence,
    loadable,
)
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import counted, err, tell

if TYPE_CHECKING:
    from mome.cli.shown_answer import Shape

# Exit status of `mome ask` without an answer, so that scripts can tell it from an error.
UNANSWERED = 3


def translate(
    questions: Annotated[
        Path, typer.Option("--questions", help='JSONL of {"id", "question"[, "dialogue"]}.')
    ],
    out_path: Annotated[Path, typer.Option("--out", help="Where the answers go, a line each.")],
    memory: MemoryOption = None,
    least: LeastOption = None,
    precise: PreciseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Translate many questions to SQL."""
    path = loadable(memory)
    silent_libraries()
    from mome.answering.batch import translate_file

    with Bars(err, quiet=quiet) as bars:
        bound = least_confidence(least, precise=precise)
        count = translate_file(path, questions, out_path, bars, least=bound)
    tell(f"{counted(count, 'question')} answered in {out_path}")


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question, in quotes; without one, a prompt.")
    ] = None,
    memory: MemoryOption = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows shown at most.")] = 50,
    sql_only: Annotated[
        bool, typer.Option("--sql", help="Print the SQL alone and run nothing.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object with the answer and its rows.")
    ] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print the rows alone, as CSV with a header.")
    ] = False,
    least: LeastOption = None,
    precise: PreciseOption = False,
) -> None:
    """Answer one question with rows, or questions that follow each other at a prompt."""
    if question is not None and not question.strip():
        raise typer.BadParameter("the question is empty; ask it in words")
    if sum((sql_only, as_json, as_csv)) > 1:
        raise typer.BadParameter("give one of --sql, --json and --csv")
    path = loadable(memory)
    silent_libraries()
    from mome.answering.translator import Translator
    from mome.artifacts.source import executor_of
    from mome.cli.prompt import converse
    from mome.cli.shown_answer import ShownAnswers

    shape: Shape = "sql" if sql_only else "json" if as_json else "csv" if as_csv else "table"
    with executor_of(path) as executor:
        translator = Translator.load(
            path,
            executor=None if sql_only else executor,
            least=least_confidence(least, precise=precise),
        )
        shown = ShownAnswers(path, translator.catalog, translator.measures, executor, rows, shape)
        if question is None:
            converse(translator.conversation(), shown)
        elif not shown.show(translator.translate(question)):
            raise typer.Exit(UNANSWERED)
