"""Rows and their number asked for by a condition that two wordings tell.

The families about related rows, comparisons and sets of rows ask with these functions.
"""

from __future__ import annotations

from mome.pretrain.sampling.manners import Wanted
from training_data.language.subjects import Subject
from training_data.language.words import plural

Told = tuple[str, str]
"""What follows the noun of some rows, and what follows "which customers".

("without any orders", "have no orders"); the second is empty where nothing fits.
"""


def ask_rows(owner: Subject, told: Told) -> Wanted:
    """Wanted for the names of the rows that a condition selects."""
    after, clause = told
    many = owner.many
    rows = f"{many} {after}".strip()
    labels = owner.label_phrase(plural)
    noun = rows if labels == many else f"{labels} of {rows}"
    questions = [f"which {many} {clause}", f"what {many} {clause}"] if clause else []
    return Wanted(
        noun,
        is_plural=True,
        questions=(*questions, f"what are the {labels} of the {rows}"),
        commands=(f"list all {rows}", f"find the {rows}", f"show {rows}", f"list {rows}"),
        titles=(rows,),
    )


def ask_number(owner: Subject, told: Told) -> Wanted:
    """Wanted for the number of the rows that a condition selects."""
    after, clause = told
    many = owner.many
    rows = f"{many} {after}".strip()
    questions = [f"how many {many} {clause}"] * 3 if clause else []
    return Wanted(
        f"number of {rows}",
        questions=(*questions, f"how many {rows} are there"),
        commands=(f"count the {rows}", f"count {rows}"),
    )
