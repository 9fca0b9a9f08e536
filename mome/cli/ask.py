"""The commands that ask an existing memory: `mome translate` and `mome ask`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mome.answering.translation import Translation, as_dict
from mome.catalog import Catalog
from mome.cli.options import (
    LeastOption,
    MemoryOption,
    PreciseOption,
    QuietOption,
    least_confidence,
    loadable,
)
from mome.cli.progress import Bars, silent_libraries
from mome.cli.terminal import (
    counted,
    err,
    say,
    say_json,
    show_csv,
    show_rows,
    tell,
)
from mome.errors import ExecutionError, MomeError

# Exit status of `mome ask` without an answer, so that scripts can tell it from an error.
UNANSWERED = 3


def translate(
    questions: Annotated[Path, typer.Option("--questions", help='JSONL of {"id", "question"}.')],
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
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
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
    """Answer one question with rows."""
    if not question.strip():
        raise typer.BadParameter("the question is empty; ask it in words")
    if sum((sql_only, as_json, as_csv)) > 1:
        raise typer.BadParameter("give one of --sql, --json and --csv")
    path = loadable(memory)
    silent_libraries()
    from mome.answering.headings import headings
    from mome.answering.translator import Translator
    from mome.artifacts.source import executor_of
    from mome.guard import guard

    with executor_of(path) as executor:
        translator = Translator.load(
            path,
            executor=None if sql_only else executor,
            least=least_confidence(least, precise=precise),
        )
        translation = translator.translate(question)
        if translation.sql is None:
            _refuse(translation, path, sql_only=sql_only, as_json=as_json)
        if not as_json and not as_csv:
            say(translation.sql)
        if sql_only:
            return
        tell_reading(translation, translator.catalog)
        try:
            query = guard(translation.sql, translator.catalog)
            result = executor.run(query, max_rows=rows)
        except ExecutionError:
            _tell_schema_change(path)
            raise
    names = headings(query, result.columns, translator.catalog)
    if as_json:
        got = {"header": names, "rows": result.rows}
        say_json({**as_dict(translation), **got, "truncated": result.truncated, "cut": result.cut})
        return
    if as_csv:
        show_csv(names, result.rows)
    else:
        show_rows(names, result.rows)
    tell(translation.explanation)
    more = ", and there are more" if result.truncated else ""
    if result.cut:
        more += f"; {counted(result.cut, 'value')} cut for being too long"
    sure = f"confidence {translation.confidence:.2f}"
    if translation.verified_match:
        sure = "a verified query"
    tell(f"{counted(len(result.rows), 'row')}{more}; {sure}; {result.elapsed_ms:.0f} ms")


def _refuse(translation: Translation, memory: Path, *, sql_only: bool, as_json: bool) -> NoReturn:
    if as_json:
        say_json(as_dict(translation))
    near = ""
    if translation.nearest:
        near = f"; it can answer: {' / '.join(translation.nearest)}"
    tell(f"{translation.status}: {translation.reason}{near}")
    # `--sql` needs no database.
    if not sql_only and translation.status == "unanswerable":
        _tell_schema_change(memory)
    raise typer.Exit(UNANSWERED)


def _tell_schema_change(memory: Path) -> None:
    """Say if the database's schema is no longer the memorised one; reads no row."""
    from mome.cli.schema_change import schema_change
    from schemas import SchemaError

    try:
        change = schema_change(memory)
    except (MomeError, SchemaError):
        # The database cannot be asked; that is not what this command was about.
        return
    if change is not None:
        tell(change)


def tell_reading(translation: Translation, catalog: Catalog) -> None:
    """Print how the question was read where its words leave a choice."""
    spellings: dict[tuple[str, str], list[str]] = {}
    for literal in translation.literals:
        spellings.setdefault((literal.written, literal.column), []).append(literal.stored)
    for (written, column), stored in spellings.items():
        # A value in several spellings is matched in all of them.
        read = " and ".join(f"'{spelling}'" for spelling in stored)
        tell(f"'{written}' was read as {read} ({column})")
    for note in translation.notes:
        tell(note)
    if translation.status == "ambiguous" and translation.alternatives:
        from mome.answering.explanation import explain_difference

        other = translation.alternatives[0].sql
        tell(f"it may also mean: {other}")
        tell(f"in words: {explain_difference(translation.require_sql(), other, catalog)}")
