"""The commands that ask an existing memory: `mome translate`, `ask` and `eval`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mome.answering.translation import Translation
from mome.cli.options import MemoryOption, QuietOption, chosen
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import err, out, say, show_rows, tell, tell_all

# Exit status of `mome ask` without an answer, so that scripts can tell it from an error.
UNANSWERED = 3


def translate(
    questions: Annotated[Path, typer.Option("--questions", help='JSONL of {"id", "question"}.')],
    out_path: Annotated[Path, typer.Option("--out", help="Where the answers go, a line each.")],
    memory: MemoryOption = None,
    quiet: QuietOption = False,
) -> None:
    """Translate many questions to SQL."""
    path = chosen(memory)
    silent_libraries()
    from mome.answering.batch import translate_file

    with Bars(err, quiet=quiet) as bars:
        count = translate_file(path, questions, out_path, bars)
    tell(f"{count} questions answered in {out_path}")


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    memory: MemoryOption = None,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows shown at most.")] = 50,
    sql_only: Annotated[
        bool, typer.Option("--sql", help="Print the SQL alone and run nothing.")
    ] = False,
) -> None:
    """Answer one question with rows."""
    path = chosen(memory)
    silent_libraries()
    from mome.answering.translator import Translator
    from mome.artifacts.source import executor_of
    from mome.guard import guard

    with executor_of(path) as executor:
        translator = Translator.load(path, executor=None if sql_only else executor)
        translation = translator.translate(question)
        if translation.sql is None:
            _refuse(translation)
        say(translation.sql)
        if sql_only:
            return
        _tell_reading(translation)
        result = executor.run(guard(translation.sql, translator.catalog), max_rows=rows)
    show_rows(result.columns, result.rows)
    tell(translation.explanation)
    more = ", and there are more" if result.truncated else ""
    sure = f"confidence {translation.confidence:.2f}"
    if translation.verified_match:
        sure = "a verified query"
    tell(f"{len(result.rows)} rows{more}; {sure}; {result.elapsed_ms:.0f} ms")


def _refuse(translation: Translation) -> NoReturn:
    near = ""
    if translation.nearest:
        near = f"; it can answer: {' / '.join(translation.nearest)}"
    tell(f"{translation.status}: {translation.reason}{near}")
    raise typer.Exit(UNANSWERED)


def _tell_reading(translation: Translation) -> None:
    """Print how the question was read where its words leave a choice."""
    for literal in translation.literals:
        tell(f"'{literal.written}' was read as '{literal.stored}' ({literal.column})")
    if translation.status == "ambiguous":
        for other in translation.alternatives[:1]:
            tell(f"it may also mean: {other.sql}")


def evaluate(
    memory: MemoryOption = None,
    pairs: Annotated[
        list[Path] | None,
        typer.Option(help="Held-back pairs (JSONL or CSV) to measure execution accuracy on."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Ask a memory everything it memorised, and any held-back pairs."""
    path = chosen(memory)
    silent_libraries()
    from mome.tune.evaluate import evaluate_memory

    with Bars(err, quiet=quiet) as bars:
        figures = evaluate_memory(path, tuple(pairs or ()), bars)
    tell_all("left out", figures.problems)
    if as_json:
        out.print_json(json.dumps(figures.to_dict()))
    else:
        for line in figures.lines():
            say(line)
