"""Sampled questions: drafts of all families, kept if their forms compile, run and find something.

`sample_questions` is called for every database of the corpus.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mome.errors import NotExpressible
from mome.forms.forms import Forms
from mome.pretrain.sampling import (
    aggregates,
    arithmetic,
    averages,
    chosen_groups,
    comparisons,
    conditional,
    distributions,
    empties,
    groups,
    labels,
    lateness,
    lists,
    orders,
    outputs,
    plain_sums,
    ranks,
    relations,
    role_comparisons,
    role_groups,
    roles,
    series,
    sets,
    shares,
)
from mome.pretrain.sampling.drafts import SampleDraft
from mome.pretrain.sampling.running import run
from mome.pretrain.sampling.scene import Scene
from training_data.language.words import normalise

SampleFamily = Callable[[Scene], SampleDraft | None]

SELF_JOINS: tuple[SampleFamily, ...] = (
    *roles.ROLES,
    *role_groups.ROLE_GROUPS,
    *role_comparisons.ROLE_COMPARISONS,
)
"""The families about tables that refer to themselves."""
FAMILIES: tuple[SampleFamily, ...] = (
    aggregates.count_rows,
    aggregates.count_different,
    aggregates.aggregate,
    aggregates.several_aggregates,
    aggregates.first_or_last_day,
    groups.figure_by_group,
    groups.figure_by_two_groups,
    groups.several_figures_by_group,
    groups.different_by_group,
    chosen_groups.groups_with_figure,
    chosen_groups.top_groups,
    groups.counts_with_zero,
    lists.list_rows,
    lists.list_names,
    lists.list_all_details,
    lists.list_with_parent,
    lists.list_with_both_parents,
    lists.distinct_values,
    lists.full_names,
    lists.by_first_letter,
    orders.first_rows,
    orders.sorted_rows,
    *conditional.CONDITIONAL,
    arithmetic.difference,
    arithmetic.ratio,
    arithmetic.rounded,
    arithmetic.days_between,
    arithmetic.length_of_text,
    *ranks.RANKS,
    *shares.SHARES,
    *series.SERIES,
    *comparisons.COMPARISONS,
    *averages.AVERAGES,
    *distributions.DISTRIBUTIONS,
    *labels.LABELS,
    *empties.EMPTIES,
    *outputs.OUTPUTS,
    *relations.RELATIONS,
    *sets.SETS,
    *SELF_JOINS,
)
"""All families but `BUSINESS`; each draws one question, or None if the scene does not fit."""
BUSINESS: tuple[SampleFamily, ...] = (*plain_sums.PLAIN_SUMS, *lateness.LATENESS)
"""The families about business databases, whose measures are added up and whose rows are due."""

LONGEST_QUESTION = 300
"""Characters of a question; nobody writes longer ones."""
_TIMES = "DURING|SINCE|BEFORE|AFTER|UNTIL"
_BOUND = re.compile(rf"""({_TIMES})\(("[^"]*"(?:\."[^"]*")+), ('[^']*'(?:, '[^']*')?)\)""")
"""A condition on a period, as families write it."""
ATTEMPTS = 6
"""Drafts of a family in turn, until one is kept: many fit to few tables only."""
TRIES = 4
"""Turns a question wanted, after which a small database has no more to ask."""


@dataclass(frozen=True)
class Sampled:
    """A question with the form that answers it."""

    question: str
    form: str
    construct: str
    """The name of the family."""


def sample_questions(
    scene: Scene, count: int, families: Sequence[SampleFamily] = FAMILIES
) -> list[Sampled]:
    """Return at most `count` questions about the scene, the families in turn, none twice."""
    return Sampler(scene).sample(count, families)


class Sampler:
    """Draws questions from one scene, and counts why drafts were dropped."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._asked: set[str] = set()
        self.dropped: Counter[tuple[str, str]] = Counter()
        """Family and reason -> number of drafts."""
        self.drawn: Counter[str] = Counter()
        """Family -> number of calls."""

    def sample(self, count: int, families: Sequence[SampleFamily] = FAMILIES) -> list[Sampled]:
        """Return at most `count` questions that were not returned before, families in turn."""
        found: list[Sampled] = []
        for turn in range(count * TRIES):
            if len(found) == count:
                break
            one = self.draw(families[turn % len(families)])
            if one is not None:
                found.append(one)
        return found

    def draw(self, family: SampleFamily) -> Sampled | None:
        """Return one question of a family; None if `ATTEMPTS` drafts are dropped."""
        for _ in range(ATTEMPTS):
            found = self._draw_once(family)
            if found is not None:
                return found
        return None

    def _draw_once(self, family: SampleFamily) -> Sampled | None:
        name = getattr(family, "__name__", "")
        self.drawn[name] += 1
        draft = family(self._scene)
        if draft is None:
            self._drop(name, "does not fit")
            return None
        asked = normalise(draft.question)
        if asked in self._asked or len(draft.question) > LONGEST_QUESTION:
            self._drop(name, "asked before or too long")
            return None
        try:
            form = self._checked(draft)
        except NotExpressible:
            self._drop(name, "no form")
            return None
        except sqlite3.Error:
            self._drop(name, "does not run")
            return None
        if form is None:
            self._drop(name, "finds nothing")
            return None
        self._asked.add(asked)
        return Sampled(draft.question, form, name)

    def _drop(self, family: str, reason: str) -> None:
        self.dropped[family, reason] += 1

    def _checked(self, draft: SampleDraft) -> str | None:
        """Return the form as `Forms.encode` spells it; None if it finds nothing or other rows.

        Raises NotExpressible or sqlite3.Error.
        """
        forms = self._scene.forms
        sql = forms.decode(draft.form)
        rows = run(self._scene.connection, sql)
        if not draft.is_relative and not _says_something(rows):
            return None
        form = _as_asked(forms, draft.form, forms.encode(sql))
        same = forms.decode(form)
        if same != sql and _sorted(run(self._scene.connection, same)) != _sorted(rows):
            raise NotExpressible("a form that reads back as another one")
        return form


def _as_asked(forms: Forms, asked: str, form: str) -> str:
    """Return the form with the periods that the question names.

    `encode` reads UNTIL 2024 as BEFORE 2025, and SINCE 2024-Q3 as SINCE 2024-07.
    """
    for name, ref, text in _BOUND.findall(asked):
        spelled = _condition(forms, f"{name}({ref}, {text})")
        column = _condition(forms, f"FILLED({ref})").removeprefix("FILLED(").removesuffix(")")
        form = form.replace(spelled, f"{name}({column}, {text})")
    return form


def _condition(forms: Forms, condition: str) -> str:
    """Return a condition as `encode` spells it."""
    start = "SELECT COUNT(*) WHERE "
    return forms.encode(forms.decode(start + condition)).removeprefix(start)


def _says_something(rows: list[tuple]) -> bool:
    """Return True if a row holds more than NULLs, and a single one more than zeros."""
    if not any(value is not None for row in rows for value in row):
        return False
    return len(rows) > 1 or any(value not in (None, 0) for value in rows[0])


def _sorted(rows: list[tuple]) -> list[str]:
    return sorted(map(repr, rows))
