"""The command line: `mome tune`, `translate`, `ask`, `eval`, `doctor`, `app`, `pretrain`, and those of `edit`.

What a person gets wrong is one line on stderr.

A command checks its words first and imports what brings torch after that: a mistyped URL or memory is told at once.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from mome.artifacts.home import CURRENT, home, memories
from mome.artifacts.lock import DISK_FULL
from mome.artifacts.source import stored_source
from mome.cli import edit
from mome.cli.options import MemoryOption, QuietOption, chosen
from mome.cli.progress import Bars, silent_libraries, silent_settings
from mome.cli.terminal import err, out, say, show_rows, tell
from mome.errors import BrokenMemory, MemoryError_, MomeError
from mome.tune.plan import Preparation, TunePlan, TuneRequest
from schemas import SchemaError, Source, resolve_url
from training_data import TrainingDataError

if TYPE_CHECKING:
    from mome.answering.translation import Translation
    from mome.memory import RecallReport

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Text to SQL on a model that has memorised your database.",
)

INTERRUPTED = 130
UNANSWERED = 3

for command in (edit.learn, edit.forget, edit.rollback):
    app.command()(command)


@app.command()
def tune(
    db_url: Annotated[
        str,
        typer.Option(
            "--db-url",
            envvar="DB_URL",
            help="SQLAlchemy URL, database file, or csv/parquet file or folder.",
        ),
    ],
    memory: Annotated[
        Path | None,
        typer.Option(
            envvar="MEMORY",
            help="Folder of the memory; by default under MOME_HOME, named after the database.",
        ),
    ] = None,
    verified: Annotated[
        list[Path] | None, typer.Option(help="Verified pairs: JSONL or CSV with question and sql.")
    ] = None,
    glossary: Annotated[
        list[Path] | None,
        typer.Option(help="Glossary: JSONL or CSV with term, meaning, expression."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="Pattern of columns whose values stay out, such as '*.email'."),
    ] = None,
    base: Annotated[
        str, typer.Option("--base", help="bundled, a folder, or a hub id.")
    ] = "bundled",
    facts: Annotated[
        int, typer.Option("--facts", min=0, help="Generated facts at most.")
    ] = TuneRequest.limit,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be memorised, and do nothing.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Memorise a database: its schema, codes, join paths and verified queries."""
    silent_settings()
    if int(os.environ.get("RANK", 0)) > 0:
        return _help_tune()
    request = TuneRequest(
        db_url=db_url,
        memory=memory or home() / _name(resolve_url(db_url)),
        verified=tuple(verified or ()),
        glossary=tuple(glossary or ()),
        base=base,
        exclude=tuple(exclude or ()),
        limit=facts,
    )
    with (
        Bars(err, quiet=quiet) as bars,
        Preparation(request, bars) as preparation,
        _alone(preparation, dry_run),
    ):
        if memory is None:
            _refuse_another(request.memory, preparation.source)
        plan = preparation.plan()
        _tell_all("warning", plan.warnings)
        _tell_all("left out", plan.problems)
        report = _tuned(preparation, plan, idle=dry_run or plan.refresh.idle)
    if dry_run:
        _show_plan(plan)
        return
    if report is None:
        say(
            f"nothing has changed; the memory in {request.memory} knows {len(plan.facts)} facts, and is as it was"
        )
        return
    _tell_missed(report)
    say(
        f"{report.recalled} of {len(report.facts)} facts are recalled exactly; the memory is in {request.memory}"
    )


def _alone(preparation: Preparation, dry_run: bool) -> AbstractContextManager[None]:
    """No other tune meanwhile; a dry run writes nothing and minds none."""
    return nullcontext() if dry_run else preparation.lock.hold()


def _refuse_another(memory: Path, source: Source) -> None:
    """Raises MemoryError_ where the memory is of another database: two of one name would share it, and what people verified on the page."""
    try:
        url = stored_source(memory / CURRENT).url
    except BrokenMemory:  # or none: it is made anew
        return
    if not source.is_at(url):
        raise MemoryError_(
            f"the memory at {memory} is of another database, {url}; say with --memory where that of {source.public} goes"
        )


def _tuned(preparation: Preparation, plan: TunePlan, *, idle: bool) -> RecallReport | None:
    """Tune, unless there is nothing to do, and let processes know that were started with this one."""
    if idle and int(os.environ.get("WORLD_SIZE", 1)) == 1:
        return None
    silent_libraries()
    from mome.tune.run import dismiss_helpers, tune_database

    return dismiss_helpers() if idle else tune_database(preparation, plan)


def _help_tune() -> None:
    """This process was started beside another one, by torchrun or `accelerate launch`, and does its share of what that one tunes."""
    silent_libraries()
    from mome.tune.run import help_tune

    help_tune()


def _name(source: Source) -> str:
    """A folder name for a source: its database or file name."""
    text = source.public if "://" not in source.public else source.public.split("?")[0].rstrip("/")
    name = Path(text.rsplit("/", 1)[-1]).stem
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name) or "database"


def _tell_all(label: str, lines: tuple[str, ...]) -> None:
    for line in lines:
        tell(f"{label}: {line}")


def _tell_missed(report: RecallReport) -> None:
    for fact in report.missed:
        reason = next(wording.reason for wording in fact.wordings if not wording.recalled)
        tell(f"not memorised ({fact.kind}): {fact.wordings[0].question}: {reason}")


def _show_plan(plan: TunePlan) -> None:
    if plan.changes is not None:
        for line in plan.changes.lines() or ("the catalog has not changed",):
            say(line)
    kinds: dict[str, int] = {}
    for fact in plan.facts:
        kinds[fact.kind] = kinds.get(fact.kind, 0) + 1
    for kind, count in sorted(kinds.items(), key=lambda pair: -pair[1]):
        say(f"{count:5d} {kind}")
    for line in plan.refresh.lines():
        say(line)


@app.command()
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


@app.command()
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
    sure = (
        "a verified query"
        if translation.verified_match
        else f"confidence {translation.confidence:.2f}"
    )
    tell(f"{len(result.rows)} rows{more}; {sure}; {result.elapsed_ms:.0f} ms")


def _refuse(translation: Translation) -> NoReturn:
    near = f"; it can answer: {' / '.join(translation.nearest)}" if translation.nearest else ""
    tell(f"{translation.status}: {translation.reason}{near}")
    raise typer.Exit(UNANSWERED)


def _tell_reading(translation: Translation) -> None:
    """How the question was read, where that is not plain from its words."""
    for literal in translation.literals:
        tell(f"'{literal.written}' was read as '{literal.stored}' ({literal.column})")
    for other in translation.alternatives[:1] if translation.status == "ambiguous" else ():
        tell(f"it may also mean: {other.sql}")


@app.command("eval")
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
    _tell_all("left out", figures.problems)
    if as_json:
        out.print_json(json.dumps(figures.to_dict()))
    else:
        for line in figures.lines():
            say(line)


@app.command()
def doctor(memory: MemoryOption = None) -> None:
    """Check the installation, a memory and its database."""
    silent_libraries()
    from mome.cli.doctor import examine

    findings = list(examine([memory] if memory else memories()))
    for finding in findings:
        say(f"{'ok  ' if finding.good else 'BAD '} {finding.text}")
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)


@app.command("app")
def page(
    memory: Annotated[
        list[Path] | None,
        typer.Option(
            "--memory", envvar="MEMORY", help="Memories to offer; by default all under MOME_HOME."
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port on 127.0.0.1; by default 8501 or the next free one."),
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", envvar="HEADLESS", help="Open no browser; print the URL.")
    ] = False,
) -> None:
    """Open the page in the browser."""
    options = [
        *([] if port is None else ["--port", str(port)]),
        *(["--headless"] if headless else []),
    ]
    command = [sys.executable, "-m", "app.launch", *options, *map(str, memory or ())]
    os.execv(command[0], command)


@app.command()
def pretrain(
    data: Annotated[
        Path, typer.Option("--data", help="Folder with spider/, bird_train/ and wikisql/.")
    ],
    work: Annotated[
        Path,
        typer.Option(
            "--work", help="Checkpoints and the finished model; a later call resumes here."
        ),
    ],
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.1, help="Training time in all.")
    ] = 120.0,
    start: Annotated[
        Path | None,
        typer.Option(
            "--start",
            exists=True,
            file_okay=False,
            help="A finished model to go on from; default: MiniLM.",
        ),
    ] = None,
    ahead: Annotated[
        int,
        typer.Option(
            "--ahead", min=0, help="Rows to draw first and keep in --work, for a GPU to learn from."
        ),
    ] = 0,
) -> None:
    """Train the bundled backbone anew from people's questions, on a GPU where there is one; resumes after a stop."""
    from mome.pretrain.command import pretrain_backbone

    pretrain_backbone(data, work, minutes, say, start=start, ahead=ahead)


def main() -> None:
    """Run the command line; every named error is one line, and Ctrl-C leaves the memory as it was."""
    try:
        # Outside of standalone mode Typer returns the code of an Exit, 130 after Ctrl-C, and None where a command came to its end.
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except (MomeError, SchemaError, TrainingDataError) as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except OSError as error:
        _fail(_reason(error))
    except typer.TyperException as error:
        _fail(error.format_message(), error.exit_code)
    if code == INTERRUPTED:
        _fail("stopped; the memory is as it was", INTERRUPTED)
    sys.exit(code)


def _reason(error: OSError) -> str:
    if error.errno in DISK_FULL:
        return "the disk is full; free some space and run it again"
    return f"{error.filename}: {error.strerror}" if error.filename else str(error)


def _fail(message: str, code: int = 1) -> NoReturn:
    tell(f"mome: {' '.join(message.split())}")
    sys.exit(code)
