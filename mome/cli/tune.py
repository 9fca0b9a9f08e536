"""`mome tune`: the arguments of a tune and what is printed about it; `mome.tune` does the work."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mome.artifacts.home import CURRENT, home
from mome.backbones.auto import AUTO
from mome.classify.examples import LabelTune
from mome.cli.classify import (
    OF_LABELS,
    LabelColumnOption,
    LabelsOption,
    LaterWinsOption,
    TableOption,
    TextColumnOption,
    tune_labels_file,
)
from mome.cli.closed_set import needed_memory, refuse_kind, refuse_others
from mome.cli.options import (
    BaseOption,
    DatabaseOption,
    DryRunOption,
    ExcludeOption,
    FactsOption,
    ForceOption,
    GlossaryOption,
    MissingOption,
    QuietOption,
    TunedMemoryOption,
    VerifiedOption,
)
from mome.cli.progress import Bars, silent_libraries, silent_settings
from mome.cli.recommend import (
    ITEM_COLUMN,
    OF_BASKETS,
    BasketColumnOption,
    BasketsOption,
    ItemColumnOption,
    TimeColumnOption,
    tune_baskets_file,
)
from mome.cli.terminal import err, say, tell, tell_all
from mome.errors import BrokenMemory, MemoryError_
from mome.recommend.baskets import BasketTune
from mome.tune.launch import Launch, read_launch

if TYPE_CHECKING:
    from mome.memory import RecallReport
    from mome.tune.plan import Preparation, TunePlan, TuneRequest
    from schemas import Source

# That of TuneRequest, which brings `schemas` and `training_data`: other commands need neither.
FACTS = 40


def tune(
    context: typer.Context,
    db_url: DatabaseOption = None,
    memory: TunedMemoryOption = None,
    verified: VerifiedOption = None,
    glossary: GlossaryOption = None,
    exclude: ExcludeOption = None,
    base: BaseOption = "auto",
    facts: FactsOption = FACTS,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    labels: LabelsOption = None,
    table: TableOption = None,
    text_column: TextColumnOption = "text",
    label_column: LabelColumnOption = "label",
    later_wins: LaterWinsOption = False,
    baskets: BasketsOption = None,
    basket_column: BasketColumnOption = None,
    item_column: ItemColumnOption = ITEM_COLUMN,
    time_column: TimeColumnOption = None,
    quiet: QuietOption = False,
) -> None:
    """Memorise a database: its schema, codes, join paths and verified queries; or, with --labels,
    examples of texts with their labels; or, with --baskets, what goes together.
    """
    silent_settings()
    if labels is not None:
        refuse_others(context, "--labels", OF_LABELS)
        _warn_of_password(context, labels, "labels")
        target = needed_memory(memory, "labels")
        examples = LabelTune(labels, target, text_column, label_column, later_wins, table or "")
        return tune_labels_file(examples, quiet=quiet)
    if table is not None:
        raise MissingOption("Missing option '--labels': --table goes with it alone")
    if baskets is not None:
        refuse_others(context, "--baskets", OF_BASKETS)
        target = needed_memory(memory, "baskets")
        orders = BasketTune(baskets, target, basket_column, item_column, time_column)
        return tune_baskets_file(orders, quiet=quiet)
    if db_url is None:
        raise MissingOption(
            "Missing option '--db-url' (env var: 'DB_URL'), '--labels' or '--baskets'"
        )
    launch = read_launch()
    # Only the first process reads the database and writes the memory.
    if launch.rank > 0:
        return _help_tune()
    _check_base(base)
    folder = memory or _default_memory(db_url)
    refuse_kind(folder)
    _warn_of_password(context, db_url, "db_url")
    from mome.tune.plan import TuneRequest

    request = TuneRequest(
        db_url=db_url,
        memory=folder,
        verified=tuple(verified or ()),
        glossary=tuple(glossary or ()),
        base=_chosen(folder) if base == AUTO else base,
        exclude=tuple(exclude or ()),
        limit=facts,
        force=force,
    )
    report = _tune_database(
        request, launch, dry_run=dry_run, is_default=memory is None, quiet=quiet
    )
    if base == AUTO and report is not None:
        _tell_better(request.base)


def _tune_database(
    request: TuneRequest, launch: Launch, *, dry_run: bool, is_default: bool, quiet: bool
) -> RecallReport | None:
    """Do `mome tune --db-url`; return None if nothing was tuned.

    is_default: whether the memory's folder is named after the database.
    """
    with Bars(err, quiet=quiet) as bars:
        plan, report = _planned_and_tuned(
            request, bars, launch, dry_run=dry_run, is_default=is_default
        )
    if dry_run:
        _show_plan(plan)
    else:
        _say_result(request.memory, plan, report)
    return report


def _check_base(base: str) -> None:
    """Raise BackboneError for a model that is not here, before the database is read."""
    from mome.backbones.identity import base_path

    if base != AUTO:
        base_path(base)


def _chosen(memory: Path) -> str:
    """Return the base model that `auto` stands for."""
    from mome.backbones.auto import chosen_base
    from mome.backbones.identity import base_path

    base = chosen_base(memory)
    # That of an existing memory may be gone.
    base_path(base)
    return base


def _tell_better(base: str) -> None:
    """Say what a better base model would cost, if there is one."""
    from mome.backbones.auto import better_base

    if line := better_base(base):
        tell(line)


def _planned_and_tuned(
    request: TuneRequest, bars: Bars, launch: Launch, *, dry_run: bool, is_default: bool
) -> tuple[TunePlan, RecallReport | None]:
    """Plan a tune, say what to know of it, and run it; the report is None if there is nothing to
    do.
    """
    from mome.tune.plan import Preparation

    with Preparation(request, bars) as preparation, _alone(preparation, dry_run):
        if is_default:
            _refuse_another(request.memory, preparation.source)
        plan = preparation.plan()
        tell_all("warning", plan.warnings)
        tell_all("left out", plan.problems)
        return plan, _tuned(preparation, plan, launch, idle=dry_run or plan.refresh.idle)


def _warn_of_password(context: typer.Context, db_url: str, name: str) -> None:
    """Say that others can read a password that was given on the command line, not in DB_URL.

    name: the parameter that holds the URL.
    """
    from mome.sources.secrets import holds_password

    source = context.get_parameter_source(name)
    if source is not None and source.name == "COMMANDLINE" and holds_password(db_url):
        option = "--" + name.replace("_", "-")
        tell(
            f"warning: {option} holds a password, which every user of this machine can read in the "
            "list of processes; give the URL in the variable DB_URL instead"
        )


def _alone(preparation: Preparation, dry_run: bool) -> AbstractContextManager[None]:
    """Hold the lock of the memory; a dry run writes nothing and needs no lock."""
    return nullcontext() if dry_run else preparation.lock.hold()


def _refuse_another(memory: Path, source: Source) -> None:
    """Refuse if the default folder already belongs to another database. Raises MemoryError_."""
    from mome.artifacts.source import stored_text
    from mome.sources.secrets import shown_url

    try:
        url = stored_text(memory / CURRENT)
    except BrokenMemory:  # or none: it is made anew
        return
    if not source.is_at(url):
        raise MemoryError_(
            f"the memory at {memory} is of another database, {shown_url(url)}; say with --memory "
            f"where that of {source.shown} goes"
        )


def _tuned(
    preparation: Preparation, plan: TunePlan, launch: Launch, *, idle: bool
) -> RecallReport | None:
    """Tune unless there is nothing to do; release the processes that were started with this one."""
    if idle and launch.size == 1:
        return None
    silent_libraries()
    from mome.tune.run import dismiss_helpers, tune_database

    if idle:
        dismiss_helpers()
        return None
    return tune_database(preparation, plan)


def _help_tune() -> None:
    """Take part in the tune of the first process, as torchrun or `accelerate launch` started this
    one.
    """
    silent_libraries()
    from mome.tune.run import help_tune

    help_tune()


def _default_memory(db_url: str) -> Path:
    """Return the folder of a database's memory: under MOME_HOME, named after database or file."""
    from schemas import resolve_url

    text = resolve_url(db_url).public
    if "://" in text:
        text = text.split("?")[0].rstrip("/")
    name = Path(text.rsplit("/", 1)[-1]).stem
    # A folder's name needs no quotes in a shell.
    return home() / (re.sub(r"[^\w-]", "-", name) or "database")


def _say_result(memory: Path, plan: TunePlan, report: RecallReport | None) -> None:
    if report is None:
        say(
            f"nothing has changed; the memory in {memory} knows {len(plan.facts)} facts, and is as "
            "it was"
        )
        return
    _tell_missed(report)
    say(
        f"{report.recalled} of {len(report.facts)} facts are recalled exactly; the memory is in "
        f"{memory}"
    )


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
