"""The database's side of a tune: its catalog, its values, and facts that were checked on it. No
model is loaded here.

`mome.cli` makes a `Preparation` and `mome.tune.run` memorises its plan; `--dry-run` stops in
between.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from mome.artifacts.checksums import checked
from mome.artifacts.facts import MemoryFact
from mome.artifacts.feedback import left_out, verified_file
from mome.artifacts.lock import TuneLock
from mome.backbones.identity import stored_base
from mome.backbones.open.skills import reader_identity
from mome.catalog import Catalog
from mome.errors import BrokenMemory, ExecutionError, Refused
from mome.execution import Executor, open_executor
from mome.guard import guard
from mome.linking.slice import Linker
from mome.linking.values import read_values
from mome.reporting import Reporter
from mome.tune.equivalence import gives_same_rows
from mome.tune.refresh import Refresh, plan_refresh
from schemas import (
    BrokenCatalog,
    CatalogDiff,
    FullCatalog,
    Source,
    collect_values,
    diff,
    introspect,
    resolve_url,
    write_values,
)
from training_data import (
    Fact,
    GlossaryTerm,
    RecordProblem,
    VerifiedPair,
    combine,
    generate,
    glossary_facts,
    read_glossary,
    read_verified,
    synonyms,
    verified_facts,
)

CHECK_SECONDS = 5.0
"""Time limit of a fact's SQL while facts are checked; a slower one would delay every tune."""
BUNDLED = "bundled"
"""Name of the base model that needs no folder."""


@dataclass(frozen=True)
class TuneRequest:
    """The arguments of `mome tune`."""

    db_url: str = field(repr=False)
    memory: Path
    verified: tuple[Path, ...] = ()
    glossary: tuple[Path, ...] = ()
    base: str = BUNDLED
    exclude: tuple[str, ...] = ()
    limit: int = 40
    """Maximum number of generated facts."""
    force: bool = False
    """Whether the new memory replaces one that recalls more of the verified questions."""


@dataclass(frozen=True)
class TunePlan:
    """What a tune will do."""

    catalog: FullCatalog
    changes: CatalogDiff | None
    """Differences from the existing memory's catalog; None if there is none to read."""
    facts: tuple[MemoryFact, ...]
    """All facts that the memory shall know."""
    problems: tuple[str, ...]
    """What was left out and why, one line each."""
    warnings: tuple[str, ...] = ()
    """What the operator should fix, for example a role that can write."""
    refresh: Refresh = Refresh("")
    """What to do to the existing memory."""


class Preparation:
    """Catalog, values and checked facts of a database. Use it as a context manager."""

    def __init__(self, request: TuneRequest, reporter: Reporter) -> None:
        self.request, self.reporter = request, reporter
        self.source: Source = resolve_url(request.db_url)
        self.lock = TuneLock(request.memory)
        self._folder = tempfile.TemporaryDirectory(prefix="mome-")
        self.folder = Path(self._folder.name)
        self.executor: Executor = open_executor(self.source, timeout_s=CHECK_SECONDS)
        self._returned: list[str] = []

    def __enter__(self) -> Preparation:
        return self

    def __exit__(self, *error: object) -> None:
        self.executor.close()
        self._folder.cleanup()

    def plan(self) -> TunePlan:
        """Read what people gave, then the database. Raises SchemaError, TrainingDataError or
        MomeError.
        """
        pairs, terms, unusable = self._given()
        self.reporter.stage("Reading the database")
        full = introspect(
            self.source, exclude=self.request.exclude, progress=self.reporter.progress
        )
        full.write(self.folder / "catalog.json")
        self.reporter.stage("Reading stored values")
        write_values(
            self.folder / "values.jsonl",
            collect_values(self.source, full, progress=self.reporter.progress),
        )
        self.catalog, self.terms = Catalog.load(self.folder / "catalog.json"), terms
        self.linker = Linker(
            self.catalog, read_values(self.folder / "values.jsonl"), synonyms(terms)
        )
        facts, refused = self._facts(full, pairs)
        before = _catalog_before(self.request.memory)
        problems = [f"{problem.object}: {problem.reason}" for problem in full.problems]
        problems += map(str, [*unusable, *refused])
        changes = None if before is None else diff(before, full)
        files = self.files(self.request.base)
        refresh = plan_refresh(
            self.request.memory,
            facts,
            changes,
            base=self.request.base,
            linker=self.linker,
            files=files,
        )
        return TunePlan(
            full,
            changes,
            tuple(facts),
            tuple(problems),
            (*self.executor.warnings, *self._returned),
            refresh,
        )

    def _given(self) -> tuple[list[VerifiedPair], list[GlossaryTerm], list[RecordProblem]]:
        """Return verified pairs (those of the page last), terms, and problems of unusable lines."""
        feedback = verified_file(self.request.memory)
        # The page's pairs come last: of two answers to a question the later one counts.
        files = [*self.request.verified, *([] if feedback is None else [feedback])]
        pairs: list[VerifiedPair] = []
        terms: list[GlossaryTerm] = []
        problems: list[RecordProblem] = []
        for path in files:
            read, bad = read_verified(path)
            pairs += read
            problems += bad
        for path in self.request.glossary:
            defined, bad = read_glossary(path)
            terms += defined
            problems += bad
        return pairs, terms, problems

    def _facts(
        self, full: FullCatalog, pairs: list[VerifiedPair]
    ) -> tuple[list[MemoryFact], list[RecordProblem]]:
        self.reporter.stage("Writing and checking facts")
        verified, refused = verified_facts(pairs, full, check=self.check)
        defined, undefined = glossary_facts(self.terms, full, check=self.check)
        generated = generate(
            full, check=self.check, limit=self.request.limit, progress=self.reporter.progress
        )
        # A forgotten fact must neither be planned nor take words from others. `combine` may give
        # a fact a new id, so that what it returns is filtered once more. What `mome forget` removed
        # is not among the page's pairs, so that a verified fact here is one that a file given to
        # this tune vouches for.
        forgotten = left_out(self.request.memory)
        for fact in verified:
            if fact.id in forgotten:
                told = "this was forgotten, and is memorised again: a given file verifies it"
                self._returned.append(f"{fact.wordings[0]}: {told}")
        groups = [verified]
        for group in (defined, generated):
            groups.append([fact for fact in group if fact.id not in forgotten])
        wanted = []
        for fact in combine(*groups):
            if fact.kind == "verified" or fact.id not in forgotten:
                wanted.append(planned(fact))
        return wanted, [*refused, *undefined]

    def check(self, sql: str) -> str | None:
        """Return None if guard and database accept the SQL, else the reason."""
        try:
            self.executor.run(guard(sql, self.catalog), max_rows=1)
        except (Refused, ExecutionError) as error:
            return str(error)
        return None

    def same_rows(self, sql: str, other: str) -> bool:
        """Compare two queries; see `gives_same_rows`."""
        return gives_same_rows(sql, other, self.catalog, self.executor)

    def files(self, base: str) -> dict[str, bytes | Path]:
        """Return the files stored beside the memory's own."""
        source = {
            "url": self.source.public,
            "files": [str(path) for path in self.source.files],
            "base": stored_base(base),
        }
        if reader := reader_identity(base):
            source["reader"] = reader
        return {
            "catalog.json": self.folder / "catalog.json",
            "values.jsonl": self.folder / "values.jsonl",
            "source.json": json.dumps(source, indent=1).encode(),
            "synonyms.json": json.dumps(synonyms(self.terms), ensure_ascii=False).encode(),
        }


def planned(fact: Fact) -> MemoryFact:
    """Return a fact as the memory will keep it, before any expert holds it."""
    return MemoryFact(fact.id, fact.kind, fact.wordings, fact.sql, fact.objects)


def _catalog_before(memory: Path) -> FullCatalog | None:
    """Return the existing memory's catalog; None if it cannot be read, as a damaged memory is tuned
    anew.
    """
    try:
        return FullCatalog.read(checked(memory / "current" / "catalog.json"))
    except (BrokenCatalog, BrokenMemory):
        return None
