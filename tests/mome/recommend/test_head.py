"""The closed-form head beside the same regression over questions that are written down."""

from __future__ import annotations

import random

import torch

from mome.recommend import head as module
from mome.recommend.head import FEW, chosen_penalty, fit_head

ITEMS = 7


def drawn_baskets(count: int) -> list[tuple[tuple[int, ...], int]]:
    """Random baskets in which items 0 and 1 go together."""
    rng = random.Random(3)
    found: dict[tuple[int, ...], int] = {}
    for _ in range(count):
        items = set(rng.sample(range(2, ITEMS), rng.randint(1, 3)))
        items |= {0, 1} if rng.random() < 0.4 else set()
        key = tuple(sorted(items))
        found[key] = found.get(key, 0) + 1
    return list(found.items())


def test_the_moments_are_those_of_all_questions() -> None:
    baskets = drawn_baskets(60)
    inputs, answers = [], []
    for items, count in baskets:
        for answer in items if len(items) > 1 else ():
            state = torch.zeros(ITEMS)
            state[[item for item in items if item != answer]] = (len(items) - 1) ** -0.5
            inputs += [state] * count
            answers += [torch.eye(ITEMS)[answer]] * count
    x, y = torch.stack(inputs).double(), torch.stack(answers).double()
    found = module._moments(baskets, ITEMS)
    centred = x - x.mean(0)
    assert found.total == len(x)
    torch.testing.assert_close(found.inputs.double(), centred.T @ centred, atol=1e-3, rtol=1e-4)
    crossed = centred.T @ (y - y.mean(0))
    torch.testing.assert_close(found.answers.double(), crossed, atol=1e-3, rtol=1e-4)


def test_the_regression_is_that_of_the_normal_equations() -> None:
    moments = module._moments(drawn_baskets(60), ITEMS)
    head = module._regressed(moments, 5.0)
    wanted = torch.linalg.solve(moments.inputs + 5 * torch.eye(ITEMS), moments.answers)
    weights = (head.vectors @ head.projection).T
    torch.testing.assert_close(weights, wanted, atol=1e-4, rtol=1e-3)
    # The mean question gets the frequencies of the answers.
    scores = weights.T @ moments.mean + head.vectors @ head.offset + head.bias
    torch.testing.assert_close(scores, moments.share, atol=1e-4, rtol=1e-3)


def test_what_goes_together_scores_highest_and_free_slots_have_no_weight() -> None:
    head = fit_head(drawn_baskets(200), ITEMS, 16)
    scores = module._scores(head, [((0,), 1)])[0]
    assert int(scores[:ITEMS].argmax()) == 1
    base = len(head.precision)
    assert not head.projection[:, ITEMS:].any() and not head.vectors[ITEMS:, :base].any()
    # Only experts reach the other dimensions, where each item has a vector of the same length.
    assert not head.projection[base:].any()
    lengths = head.vectors[:, base:].norm(dim=1)
    torch.testing.assert_close(lengths, head.fit[0].expand(16), atol=1e-2, rtol=1e-2)


def test_the_penalty_comes_from_folds_where_there_are_enough_baskets() -> None:
    assert chosen_penalty(drawn_baskets(5), ITEMS, 0) == FEW
    assert chosen_penalty(drawn_baskets(400), ITEMS, 0) in module.PENALTIES


def test_a_large_catalogue_is_decomposed_alike(monkeypatch) -> None:
    matrix = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    matrix = matrix @ torch.randn(3, 40, generator=torch.Generator().manual_seed(1))
    exact = module._decomposed(matrix, 3)
    monkeypatch.setattr(module, "EXACT", 10)
    state = torch.get_rng_state()
    left, values, right = module._decomposed(matrix, 3)
    torch.testing.assert_close(values, exact[1], atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(left * values @ right.T, matrix, atol=1e-3, rtol=1e-3)
    assert torch.equal(torch.get_rng_state(), state)
