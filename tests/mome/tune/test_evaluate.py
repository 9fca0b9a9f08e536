"""When two results count as the same answer."""

from __future__ import annotations

from mome.tune.evaluate import Figures


def test_figures_without_held_back_pairs_claim_no_accuracy() -> None:
    figures = Figures(
        facts=3,
        recalled=2,
        verified=0,
        verified_recalled=0,
        pairs=0,
        answered=0,
        ambiguous=0,
        right=0,
        failed=(),
        problems=(),
    )
    assert (
        figures.to_dict()["exact_recall"] == 0.6667
        and figures.to_dict()["execution_accuracy"] is None
    )
    assert figures.lines() == [
        "exact recall        2 of 3 facts (66.7%)",
        "verified pairs      0 of 0 (none given)",
    ]
