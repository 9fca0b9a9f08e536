"""Print an answer of `mome ask`: its SQL, its rows, and how the question was read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mome.answering.measures import Measures
from mome.answering.translation import Translation, as_dict
from mome.catalog import Catalog
from mome.cli.terminal import counted, say, say_json, show_csv, show_rows, tell
from mome.errors import ExecutionError, MomeError
from mome.execution import Executor, Result

Shape = Literal["table", "sql", "json", "csv"]


@dataclass(frozen=True)
class ShownAnswers:
    """Prints the answers of one memory."""

    memory: Path
    catalog: Catalog
    measures: Measures
    executor: Executor
    rows: int
    """Rows that are shown at most."""
    shape: Shape
    """sql: the SQL alone, and nothing is run; json: one object; csv: the rows alone."""

    def show(self, translation: Translation) -> bool:
        """Print an answer, or why there is none; return whether there is one. Raises MomeError
        where the database does not give the rows.
        """
        if translation.sql is None:
            self._refuse(translation)
            return False
        if self.shape in ("table", "sql"):
            say(translation.sql)
        if self.shape == "sql":
            return True
        tell_reading(translation, self.catalog)
        self._show_rows(translation)
        return True

    def _show_rows(self, translation: Translation) -> None:
        from mome.answering.headings import headings
        from mome.guard import guard

        query = guard(translation.require_sql(), self.catalog)
        try:
            result = self.executor.run(query, max_rows=self.rows)
        except ExecutionError:
            _tell_schema_change(self.memory)
            raise
        names = headings(query, result.columns, self.catalog, self.measures)
        if self.shape == "json":
            got = {"header": names, "rows": result.rows}
            cut = {"truncated": result.truncated, "cut": result.cut}
            say_json({**as_dict(translation), **got, **cut})
            return
        if self.shape == "csv":
            show_csv(names, result.rows)
        else:
            show_rows(names, result.rows)
        _tell_result(translation, result)

    def _refuse(self, translation: Translation) -> None:
        if self.shape == "json":
            say_json(as_dict(translation))
        near = ""
        if translation.nearest:
            near = f"; it can answer: {' / '.join(translation.nearest)}"
        tell(f"{translation.status}: {translation.reason}{near}")
        # `--sql` needs no database.
        if self.shape != "sql" and translation.status == "unanswerable":
            _tell_schema_change(self.memory)


def _tell_result(translation: Translation, result: Result) -> None:
    tell(translation.explanation)
    more = ", and there are more" if result.truncated else ""
    if result.cut:
        more += f"; {counted(result.cut, 'value')} cut for being too long"
    sure = f"confidence {translation.confidence:.2f}"
    if translation.verified_match:
        sure = "a verified query"
    tell(f"{counted(len(result.rows), 'row')}{more}; {sure}; {result.elapsed_ms:.0f} ms")


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
    if translation.understood and translation.understood != translation.question:
        tell(f"understood as: {translation.understood}")
    spellings: dict[tuple[str, str], list[str]] = {}
    for literal in translation.literals:
        spellings.setdefault((literal.written, literal.column), []).append(literal.stored)
    for (written, column), stored in spellings.items():
        # A value in several spellings is matched in all of them.
        read = " and ".join(f"'{spelling}'" for spelling in stored)
        tell(f"'{written}' was read as {read} ({column})")
    for note in translation.notes:
        tell(note)
    if translation.display not in ("", "table"):
        tell("charts are drawn on the page (`mome app`); here are the rows")
    if translation.status == "ambiguous" and translation.alternatives:
        from mome.answering.explanation import explain_difference

        other = translation.alternatives[0].sql
        tell(f"it may also mean: {other}")
        tell(f"in words: {explain_difference(translation.require_sql(), other, catalog)}")
